//! The pages are dealt out beforehand: three workers have one each, and are idle while the fourth has all the others.
//!
//! Must fail: kept-full
//! Shows first: kept-full

use std::thread;

use reqwest::blocking::Client;
use shared::Lesson;

use crate::get_page;

pub fn answer(lesson: &Lesson) -> shared::Result {
    let client = &Client::new();
    let pages: Vec<u32> = lesson.pages().collect();
    let (one_each, the_others) = pages.split_at(3);
    let work = |share: &[u32]| share.iter().try_for_each(|&page| get_page(client, page, lesson.url(page)));
    thread::scope(|scope| {
        let workers: Vec<_> =
            one_each.chunks(1).chain([the_others]).map(|share| scope.spawn(move || work(share))).collect();
        workers.into_iter().try_for_each(|worker| worker.join().expect("a worker does not panic"))
    })
}
