//! Waiting for the first of two: a page or 200 ms. The loser is dropped, so the site sees its request given up.
//!
//!     cargo run -p lesson05 --example page_or_timer

use std::time::Duration;

use lesson05::get_page;
use smol::Timer;
use smol::future::or;

fn main() -> shared::Result {
    let lesson = shared::start()?;
    smol::block_on(async {
        for page in lesson.pages() {
            let answer = async { Some(get_page(lesson.url(page)).await) };
            let too_late = async {
                Timer::after(Duration::from_millis(200)).await;
                None
            };
            match or(answer, too_late).await {
                Some(status) => println!("Page: {page} Status: {}", status?),
                None => println!("Page: {page} given up"),
            }
        }
        shared::Result::Ok(())
    })?;
    lesson.finish()
}
