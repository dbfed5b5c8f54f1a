//! A request that is given up before its answer has come, and what surf hands to the next one.

use std::time::Duration;

use async_std::future;
use shared::Lesson;
use surf::Client;

/// Longer than it takes to send a request, shorter than the site takes to answer.
const PATIENCE: Duration = Duration::from_millis(50);

pub async fn run(lesson: &Lesson) -> shared::Result {
    // #region cancelled
    let client = Client::new();
    let impatient = get_price(&client, lesson.url(2));
    if future::timeout(PATIENCE, impatient).await.is_err() {
        println!("Page 2 given up");
    }
    let price = get_price(&client, lesson.url(1)).await?;
    println!("Page 1 from the same client: {price}");
    // #endregion cancelled
    let other = Client::new();
    for page in [1, 2] {
        let price = get_price(&other, lesson.url(page)).await?;
        println!("Page {page} from a new client: {price}");
    }
    Ok(())
}

async fn get_price(client: &Client, url: String) -> shared::Result<u32> {
    let html = client.get(url).recv_string().await?;
    Ok(shared::first_price(&html).ok_or("a page without a price")?)
}
