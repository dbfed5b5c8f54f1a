//! A trait with an `async fn` makes no trait objects: each type has a future of its own. Generic code takes any one of
//! them.

use std::sync::Mutex;

trait Total {
    async fn add(&self, price: u32);
}

impl Total for Mutex<u32> {
    async fn add(&self, price: u32) {
        *self.lock().unwrap() += price;
    }
}

#[cfg(not(feature = "cured"))]
async fn add(total: &dyn Total, html: &str) {
    total.add(shared::first_price(html).unwrap_or_default()).await;
}

#[cfg(feature = "cured")]
async fn add(total: &impl Total, html: &str) {
    total.add(shared::first_price(html).unwrap_or_default()).await;
}

#[tokio::main]
async fn main() -> shared::Result {
    let lesson = shared::start()?;
    let total = Mutex::new(0);
    for page in lesson.pages() {
        let html = reqwest::get(lesson.url(page)).await?.text().await?;
        add(&total, &html).await;
    }
    println!("Sum: {}", total.lock().unwrap());
    lesson.finish()
}
