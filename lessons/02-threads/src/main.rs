//! Lesson 02. A thread for every page: each waits for its own answer, and all of them wait at once.
//!
//!     cargo run -p lesson02

use std::thread;

use reqwest::blocking::Client;

fn main() -> shared::Result {
    let lesson = shared::start()?;

    // One client for all threads, so that they share its pool of connections.
    let client = Client::new();
    // The scope ends when its threads have ended, so they may borrow the client.
    thread::scope(|scope| -> shared::Result {
        // #region threads
        let mut threads = Vec::new();
        for page in lesson.pages() {
            let (client, url) = (&client, lesson.url(page));
            let work = move || get_page(client, page, url);
            // `scope.spawn` would panic when the system has no thread left.
            threads.push(thread::Builder::new().spawn_scoped(scope, work)?);
        }
        for thread in threads {
            thread.join().expect("get_page does not panic")?;
        }
        // #endregion threads
        Ok(())
    })?;

    lesson.finish()
}

fn get_page(client: &Client, page: u32, url: String) -> shared::Result {
    let response = client.get(url).send()?;
    let status = response.status().as_u16();
    response.bytes()?;
    println!("Page: {page} Status: {status}");
    Ok(())
}
