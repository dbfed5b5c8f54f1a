//! Lesson 01. One page after another: the program waits for each answer before it asks for the next page.
//!
//!     cargo run -p lesson01

use reqwest::blocking::Client;

// #region program
fn main() -> shared::Result {
    let lesson = shared::start_one_by_one()?;

    // One client, bodies read to their end: pages share a connection.
    // #region loop
    let client = Client::new();
    for page in lesson.pages() {
        let response = client.get(lesson.url(page)).send()?;
        let status = response.status().as_u16();
        response.bytes()?;
        println!("Page: {page} Status: {status}");
    }
    // #endregion loop

    lesson.finish()
}
// #endregion program
