//! `?` converts any error, so nothing in the block says into which type. An `async fn` says it in its signature.

use reqwest::Client;

#[tokio::main(flavor = "current_thread")]
async fn main() -> shared::Result {
    let lesson = shared::start()?;
    let (client, url) = (Client::new(), lesson.url(1));
    let task = tokio::spawn(async move {
        let status = client.get(url).send().await?.status();
        #[cfg(not(feature = "cured"))]
        return Ok(status);
        #[cfg(feature = "cured")]
        return shared::Result::Ok(status);
    });
    println!("{}", task.await??);
    lesson.finish()
}
