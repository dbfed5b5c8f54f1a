//! An `async` block borrows what it uses, and runs when the closure's own variables are gone: `async move` takes them.

use futures::future::join_all;

#[tokio::main]
async fn main() -> shared::Result {
    let lesson = shared::start()?;
    let lesson_ref = &lesson;
    let requests = lesson.pages().map(|page| {
        #[cfg(not(feature = "cured"))]
        let request = async { reqwest::get(lesson_ref.url(page)).await };
        #[cfg(feature = "cured")]
        let request = async move { reqwest::get(lesson_ref.url(page)).await };
        request
    });
    for answer in join_all(requests).await {
        println!("{}", answer?.status());
    }
    lesson.finish()
}
