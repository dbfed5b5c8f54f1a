//! `circle`: two actors with bounded mailboxes, each of which sends to the other. Once both mailboxes are full, both
//! wait for ever.

use std::time::Duration;

use reqwest::Client;
use shared::Lesson;
use tokio::sync::mpsc::{self, Receiver, Sender, WeakSender};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::common::get_page;

type Link = (u32, String);

/// Gets one page after another, and sends the finder each that has come.
async fn get(mut mailbox: Receiver<Link>, finder: Sender<u32>, client: Client) -> shared::Result {
    // #region getter
    while let Some((page, url)) = mailbox.recv().await {
        let (status, _) = get_page(&client, url).await?;
        println!("Page: {page} Status: {status}");
        finder.send(page).await?;
    }
    // #endregion getter
    Ok(())
}

/// Finds what a page leads to: page 2 to pages 4 and 5. It sends the getter there, until all pages have come.
async fn find(mut mailbox: Receiver<u32>, getter: Sender<Link>, pages: Vec<Link>) -> shared::Result {
    // #region finder
    for _ in &pages {
        let Some(page) = mailbox.recv().await else { break };
        for next in pages.iter().filter(|(next, _)| next / 2 == page) {
            // An error means that the getter has ended, and it says why.
            getter.send(next.clone()).await.ok();
        }
    }
    // #endregion finder
    Ok(())
}

pub async fn run(lesson: &Lesson, client: &Client, mailbox: usize) -> shared::Result {
    let pages: Vec<Link> = lesson.pages().map(|page| (page, lesson.url(page))).collect();
    let (getter, links) = mpsc::channel(mailbox);
    let (finder, found) = mpsc::channel(mailbox);
    // With weak ones this function keeps neither mailbox open.
    let (to_getter, to_finder) = (getter.downgrade(), finder.downgrade());
    getter.send(pages[0].clone()).await?;
    let mut actors = JoinSet::new();
    actors.spawn(get(links, finder, client.clone()));
    actors.spawn(find(found, getter, pages));
    loop {
        match timeout(Duration::from_secs(1), actors.join_next()).await {
            Ok(Some(ended)) => ended??,
            Ok(None) => return Ok(()),
            // A slow page is no reason to give up. But who sends to a full mailbox can't empty its own.
            Err(_) if is_full(&to_getter) && is_full(&to_finder) => return Err(STANDS_STILL.into()),
            Err(_) => {}
        }
    }
}

const STANDS_STILL: &str = "both mailboxes are full, and each actor waits for room in the other's";

fn is_full<Message>(mailbox: &WeakSender<Message>) -> bool {
    mailbox.upgrade().is_some_and(|sender| sender.capacity() == 0)
}
