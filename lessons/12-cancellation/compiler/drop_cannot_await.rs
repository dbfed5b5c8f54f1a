//! A destructor can't wait: `drop` is no `async fn`, and there is nobody who would poll it again. What has to wait is done
//! before, by a function that is awaited.

use reqwest::Client;

/// The pages that were asked for, which the site is to be told in the end.
struct Visit {
    client: Client,
    last: String,
}

#[cfg(not(feature = "cured"))]
impl Drop for Visit {
    fn drop(&mut self) {
        let _ = self.client.get(&self.last).send().await;
    }
}

#[cfg(feature = "cured")]
impl Visit {
    async fn end(self) {
        let _ = self.client.get(&self.last).send().await;
    }
}

#[tokio::main]
async fn main() -> shared::Result {
    let lesson = shared::start()?;
    let visit = Visit { client: Client::new(), last: lesson.url(1) };
    for page in lesson.pages().skip(1) {
        let response = visit.client.get(lesson.url(page)).send().await?;
        println!("Page: {page} Status: {}", response.status().as_u16());
    }
    #[cfg(feature = "cured")]
    visit.end().await;
    lesson.finish()
}
