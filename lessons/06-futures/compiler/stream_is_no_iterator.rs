//! A stream hands out its next item only to those who await it: `while let` and `next().await` instead of `for`.

use futures::stream::{FuturesUnordered, StreamExt};

#[tokio::main]
async fn main() -> shared::Result {
    let lesson = shared::start()?;
    let requests = lesson.pages().map(|page| reqwest::get(lesson.url(page)));
    #[cfg(not(feature = "cured"))]
    for answer in FuturesUnordered::from_iter(requests) {
        println!("{}", answer?.status());
    }
    #[cfg(feature = "cured")]
    {
        let mut answers = FuturesUnordered::from_iter(requests);
        while let Some(answer) = answers.next().await {
            println!("{}", answer?.status());
        }
    }
    lesson.finish()
}
