//! `next` is a method of the trait `StreamExt`, which has to be imported.

use futures::stream::FuturesUnordered;
#[cfg(feature = "cured")]
use futures::stream::StreamExt;

#[tokio::main]
async fn main() -> shared::Result {
    let lesson = shared::start()?;
    let requests = lesson.pages().map(|page| reqwest::get(lesson.url(page)));
    let mut answers = FuturesUnordered::from_iter(requests);
    while let Some(answer) = answers.next().await {
        println!("{}", answer?.status());
    }
    lesson.finish()
}
