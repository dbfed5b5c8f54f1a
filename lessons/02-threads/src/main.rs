//! Lesson 02. A thread for every page: each waits for its own answer, and all of them wait at once.
//!
//!     cargo run -p lesson02

use std::thread;

use reqwest::blocking::Client;

fn main() -> shared::Result {
    let lesson = shared::start()?;

    // #region threads
    let client = Client::new();
    thread::scope(|scope| {
        let mut threads = Vec::new();
        for page in lesson.pages() {
            let (client, url) = (&client, lesson.url(page));
            let work = move || get_page(client, page, url);
            let thread = thread::Builder::new().spawn_scoped(scope, work);
            threads.push(thread.map_err(|why| format!("no thread for page {page}: {why}"))?);
        }
        for thread in threads {
            thread.join().expect("get_page does not panic")?;
        }
        shared::Result::Ok(())
    })?;
    // #endregion threads

    lesson.finish()
}

// #region get_page
fn get_page(client: &Client, page: u32, url: String) -> shared::Result {
    let response = client.get(url).send()?;
    let status = response.status().as_u16();
    response.bytes()?;
    println!("Page: {page} Status: {status}");
    Ok(())
}
// #endregion get_page
