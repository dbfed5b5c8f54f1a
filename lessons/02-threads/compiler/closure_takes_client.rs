//! `move` takes the client into the first thread's closure; a reference to it can be taken into each of them.

use std::thread;

use reqwest::blocking::Client;

fn main() -> shared::Result {
    let lesson = shared::start()?;
    let client = Client::new();
    #[cfg(feature = "cured")]
    let client = &client;
    thread::scope(|scope| {
        for page in lesson.pages() {
            let url = lesson.url(page);
            scope.spawn(move || client.get(url).send().is_ok());
        }
    });
    lesson.finish()
}
