//! Reading the body takes the response whole: its status must be asked for before.

use reqwest::blocking::Client;

fn main() -> shared::Result {
    let lesson = shared::start_one_by_one()?;
    let response = Client::new().get(lesson.url(1)).send()?;
    #[cfg(feature = "cured")]
    let status = response.status();
    let html = response.text()?;
    #[cfg(not(feature = "cured"))]
    let status = response.status();
    println!("Page: 1 Status: {} Price: {:?}", status.as_u16(), shared::first_price(&html));
    lesson.finish()
}
