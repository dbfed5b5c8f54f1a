//! A thread of `thread::spawn` may outlive this function, so it can't borrow from it; one of a scope can.

use std::thread;

use reqwest::blocking::Client;

fn main() -> shared::Result {
    let lesson = shared::start()?;
    let client = Client::new();
    let page_1 = client.get(lesson.url(1)).build()?;
    #[cfg(not(feature = "cured"))]
    let answer = thread::spawn(|| client.execute(page_1)).join();
    #[cfg(feature = "cured")]
    let answer = thread::scope(|scope| scope.spawn(|| client.execute(page_1)).join());
    let status = answer.expect("reqwest does not panic")?.status();
    println!("Page: 1 Status: {}", status.as_u16());
    lesson.finish()
}
