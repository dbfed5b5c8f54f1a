//! It goes on past the page that answers 500 and prints its status, but then reports it as the job's own failure.
//!
//! Must fail: exit
//! Shows first: exit

use reqwest::blocking::Client;
use shared::Lesson;

use crate::{get_page, line};

pub fn answer(lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    let mut result = Ok(());
    for page in lesson.pages() {
        let answer = get_page(&client, lesson.url(page))?;
        println!("{}", line(page, answer));
        if answer.0 >= 500 {
            result = Err(shared::Error::from(format!("page {page} answered {}", answer.0)));
        }
    }
    result
}
