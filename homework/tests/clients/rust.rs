//! Homework 01, 02, 03 and 06 in Rust with tokio and reqwest, in two ways: with spawned tasks, and with a stream.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use clap::Args;
use futures::future;
use futures::stream::{self, StreamExt, TryStreamExt};
use reqwest::Client;
use shared::Lesson;
use tokio::task::JoinSet;

/// Which homework is done, and how.
#[derive(Args)]
struct Choice {
    #[arg(value_parser = ["01", "02", "03", "06"])]
    homework: String,
    #[arg(value_parser = ["tasks", "stream"])]
    way: String,
}

/// What a page's line says.
struct Page {
    number: u32,
    status: u16,
    price: Option<u32>,
}

impl Page {
    fn print(&self) {
        println!("Page: {} Status: {}", self.number, self.status);
    }

    fn print_with_price(&self) {
        match self.price {
            Some(price) => println!("Page: {} Status: {} Price: {price}", self.number, self.status),
            None => self.print(),
        }
    }
}

async fn get_page(client: Client, number: u32, url: String) -> shared::Result<Page> {
    let response = client.get(url).send().await?;
    let status = response.status().as_u16();
    let price = shared::first_price(&response.text().await?);
    Ok(Page { number, status, price })
}

/// One of homework 02's four workers.
async fn work(client: Client, pages: Arc<[(u32, String)]>, next: Arc<AtomicUsize>) -> shared::Result {
    while let Some((page, url)) = pages.get(next.fetch_add(1, Ordering::Relaxed)) {
        get_page(client.clone(), *page, url.clone()).await?.print();
    }
    Ok(())
}

async fn with_tasks(homework: &str, lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    let get_page = |page| get_page(client.clone(), page, lesson.url(page));
    match homework {
        "01" => {
            for page in lesson.pages() {
                get_page(page).await?.print_with_price();
            }
        }
        "02" => {
            let pages: Arc<[_]> = lesson.pages().map(|page| (page, lesson.url(page))).collect();
            let next = Arc::new(AtomicUsize::new(0));
            let workers = [(); 4].map(|()| tokio::spawn(work(client.clone(), pages.clone(), next.clone())));
            for worker in workers {
                worker.await??;
            }
        }
        "03" => {
            let tasks: Vec<_> = lesson.pages().map(|page| tokio::spawn(get_page(page))).collect();
            for task in tasks {
                task.await??.print_with_price();
            }
        }
        _ => {
            let mut tasks: JoinSet<_> = lesson.pages().map(get_page).collect();
            while let Some(page) = tasks.join_next().await {
                page??.print_with_price();
            }
        }
    }
    Ok(())
}

async fn with_a_stream(homework: &str, lesson: &Lesson) -> shared::Result {
    let client = Client::new();
    let answers = stream::iter(lesson.pages()).map(|page| get_page(client.clone(), page, lesson.url(page)));
    let all = lesson.pages().count();
    let print = |page: Page| {
        if homework == "02" {
            page.print();
        } else {
            page.print_with_price();
        }
        future::ok(())
    };
    match homework {
        "01" => answers.buffered(1).try_for_each(print).await,
        "02" => answers.buffer_unordered(4).try_for_each(print).await,
        "03" => answers.buffered(all).try_for_each(print).await,
        _ => answers.buffer_unordered(all).try_for_each(print).await,
    }
}

#[tokio::main]
async fn main() -> shared::Result {
    let (lesson, Choice { homework, way }) = shared::start_with(|_: &Choice| u32::MAX)?;
    match &*way {
        "tasks" => with_tasks(&homework, &lesson).await?,
        _ => with_a_stream(&homework, &lesson).await?,
    }
    lesson.finish()
}
