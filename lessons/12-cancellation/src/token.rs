//! `token`: everybody is told to end, each does so in its own way, which may take awaits, and all are waited for.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Client;
use shared::Lesson;
use tokio::fs::File;
use tokio::io::AsyncWriteExt;
use tokio::select;
use tokio::signal::ctrl_c;
use tokio::sync::Mutex;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::cant_be_written;
use crate::get_page::get_page;

pub async fn run(lesson: &Lesson, client: &Client, patience: Duration, output: &Path) -> shared::Result<ExitCode> {
    lesson.leave_ctrl_c_to_the_program();
    let left = Arc::new(Mutex::new(File::create(output).await.map_err(|why| cant_be_written(output, &why))?));
    let (token, tracker) = (CancellationToken::new(), TaskTracker::new());
    let mut tasks = Vec::new();
    for page in lesson.pages() {
        let (client, url) = (client.clone(), lesson.url(page));
        let (token, left) = (token.clone(), Arc::clone(&left));
        tasks.push(tracker.spawn(get_or_note(client, page, url, token, left)));
    }
    // #region token
    // From now on no task is added: without this, `wait` would never end.
    tracker.close();
    let mut status = ExitCode::SUCCESS;
    select! {
        () = tracker.wait() => {}
        () = sleep(patience) => token.cancel(),
        _ = ctrl_c() => {
            token.cancel();
            status = ExitCode::from(130);
        }
    }
    tracker.wait().await;
    // #endregion token
    for task in tasks {
        task.await??;
    }
    Ok(status)
}

async fn get_or_note(
    client: Client,
    page: u32,
    url: String,
    token: CancellationToken,
    left: Arc<Mutex<File>>,
) -> shared::Result {
    // #region get_or_note
    let request = get_page(&client, page, url);
    let Some(answer) = token.run_until_cancelled(request).await else {
        // The request is dropped. This waits, and is waited for.
        let mut left = left.lock().await;
        left.write_all(format!("{page}\n").as_bytes()).await?;
        return Ok(left.flush().await?);
    };
    let (page, status) = answer?;
    println!("Page: {page} Status: {status}");
    // #endregion get_or_note
    Ok(())
}
