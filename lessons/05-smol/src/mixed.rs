//! reqwest, which is made for tokio, polled by smol: first as it is, then with `compat`.

use std::panic::AssertUnwindSafe;

use async_compat::CompatExt;
use futures::FutureExt;
use reqwest::Client;
use shared::Lesson;

pub async fn run(lesson: &Lesson) -> shared::Result {
    // #region mixed
    let client = Client::new();
    let page_1 = get_page(&client, lesson.url(1));
    // The panic is caught, so that the program can go on and show the cure.
    if AssertUnwindSafe(page_1).catch_unwind().await.is_err() {
        eprintln!("reqwest panicked: no tokio reactor. Now with compat().");
    }
    for page in lesson.pages() {
        let status = get_page(&client, lesson.url(page)).compat().await?;
        println!("Page: {page} Status: {status}");
    }
    // #endregion mixed
    Ok(())
}

async fn get_page(client: &Client, url: String) -> shared::Result<u16> {
    let response = client.get(url).send().await?;
    let status = response.status().as_u16();
    response.bytes().await?;
    Ok(status)
}
