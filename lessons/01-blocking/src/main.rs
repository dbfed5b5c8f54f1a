//! Lesson 01. One page after another: the program waits for each answer before it asks for the next page.
//!
//!     cargo run -p lesson01

use reqwest::blocking::Client;

fn main() -> shared::Result {
    let lesson = shared::start_one_by_one()?;

    // #region loop
    // Made once, so that the pages can share its connection.
    let client = Client::new();
    for page in lesson.pages() {
        let response = client.get(lesson.url(page)).send()?;
        let status = response.status().as_u16();
        // Only a body that was read to its end leaves the connection to the next page.
        response.bytes()?;
        println!("Page: {page} Status: {status}");
    }
    // #endregion loop

    lesson.finish()
}
