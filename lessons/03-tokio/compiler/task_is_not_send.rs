//! What a task keeps across an `.await` must be `Send`, as tokio may move tasks between threads: `Rc` is not.

#[cfg(not(feature = "cured"))]
use std::rc::Rc;
#[cfg(feature = "cured")]
use std::sync::Arc as Rc;

use reqwest::Client;

#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::Result {
    let lesson = shared::start()?;
    let url = Rc::new(lesson.url(1));
    let task = tokio::spawn(async move {
        let answer = Client::new().get(url.as_str()).send().await;
        println!("{url}: {}", answer.is_ok());
    });
    task.await?;
    lesson.finish()
}
