//! Homework 01. One page after another, over one connection, and past a page that the site fails to serve.
//!
//! Each page's line is printed before the next page is asked for. A status of 500 is an answer like any other.
//!
//!     Page: 3 Status: 200 Price: 9050     the price of the first car: see `shared::first_price`
//!     Page: 4 Status: 500                 a page without cars has no price
//!
//! The whole task is in this lesson's README. To try your program, and to have it judged:
//!
//!     cargo run -p lesson01 --bin homework01 -- --fault 3:500
//!     cargo homework check 1

// #region answer
use reqwest::blocking::Client;
// #endregion answer
use shared::Lesson;

fn main() -> shared::Result {
    let lesson = shared::start_one_by_one()?;
    answer(&lesson)?;
    lesson.finish()
}

fn answer(lesson: &Lesson) -> shared::Result {
    // #region answer: ask for one page after another with one client, and print each one's line at once
    let client = Client::new();
    for page in lesson.pages() {
        let response = client.get(lesson.url(page)).send()?;
        let status = response.status().as_u16();
        let html = response.text()?;
        match shared::first_price(&html) {
            Some(price) => println!("Page: {page} Status: {status} Price: {price}"),
            None => println!("Page: {page} Status: {status}"),
        }
    }
    Ok(())
    // #endregion answer
}
