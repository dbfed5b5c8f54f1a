//! It goes on past the page that answers 500 and prints its status, but then reports it as the job's own failure.
//!
//! Must fail: exit

use reqwest::blocking::Client;
use shared::Lesson;

pub fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    let mut result = Ok(());
    for page in lesson.pages() {
        let response = client.get(lesson.url(page)).send()?;
        let status = response.status();
        let html = response.text()?;
        match shared::first_price(&html) {
            Some(price) => println!("Page: {page} Status: {} Price: {price}", status.as_u16()),
            None => println!("Page: {page} Status: {}", status.as_u16()),
        }
        if status.is_server_error() {
            result = Err(shared::Error::from(format!("page {page} answered {status}")));
        }
    }
    result
}
