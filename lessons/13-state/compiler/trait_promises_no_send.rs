//! What an `async fn` of a trait returns need not be `Send`, as far as the trait says. A task of any such type needs the
//! trait to say that it is.

use std::sync::{Arc, Mutex};

use tokio::task::JoinSet;

trait Total: Send + Sync + 'static {
    #[cfg(not(feature = "cured"))]
    async fn add(&self, price: u32);
    // Whoever implements the trait writes `async fn` all the same.
    #[cfg(feature = "cured")]
    fn add(&self, price: u32) -> impl Future<Output = ()> + Send;
}

impl Total for Mutex<u32> {
    async fn add(&self, price: u32) {
        *self.lock().unwrap() += price;
    }
}

fn add_in_a_task(tasks: &mut JoinSet<shared::Result>, total: Arc<impl Total>, url: String) {
    tasks.spawn(async move {
        let html = reqwest::get(url).await?.text().await?;
        total.add(shared::first_price(&html).unwrap_or_default()).await;
        Ok(())
    });
}

#[tokio::main]
async fn main() -> shared::Result {
    let lesson = shared::start()?;
    let total = Arc::new(Mutex::new(0));
    let mut tasks = JoinSet::new();
    for page in lesson.pages() {
        add_in_a_task(&mut tasks, Arc::clone(&total), lesson.url(page));
    }
    while let Some(added) = tasks.join_next().await {
        added??;
    }
    lesson.finish()
}
