//! `?` converts any error, so nothing in the closure says into which type; the closure has to.

use std::thread;

use reqwest::blocking::Client;

fn main() -> shared::Result {
    let lesson = shared::start()?;
    let client = Client::new();
    let get = || {
        client.get(lesson.url(1)).send()?.bytes()?;
        #[cfg(not(feature = "cured"))]
        return Ok(());
        #[cfg(feature = "cured")]
        return shared::Result::Ok(());
    };
    thread::scope(|scope| scope.spawn(get).join()).expect("get does not panic")?;
    lesson.finish()
}
