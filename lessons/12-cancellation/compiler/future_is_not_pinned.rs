//! What is awaited through `&mut`, so that it outlives a turn of a loop, has to be pinned before.

#[cfg(feature = "cured")]
use std::pin::pin;
use std::time::Duration;

use tokio::select;
use tokio::time::sleep;

#[tokio::main]
async fn main() -> shared::Result {
    let lesson = shared::start()?;
    for page in lesson.pages() {
        #[cfg(not(feature = "cured"))]
        let mut answer = get_page(lesson.url(page));
        #[cfg(feature = "cured")]
        let mut answer = pin!(get_page(lesson.url(page)));
        let status = loop {
            select! {
                status = &mut answer => break status?,
                () = sleep(Duration::from_millis(200)) => eprintln!("page {page} is late"),
            }
        };
        println!("Page: {page} Status: {status}");
    }
    lesson.finish()
}

async fn get_page(url: String) -> shared::Result<u16> {
    Ok(reqwest::get(url).await?.status().as_u16())
}
