//! What concerns the process as a whole: its environment, its limits, and how it ends early.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Once};
use std::time::Duration;
use std::{env, panic, process, thread};

use console::signals::{INTERRUPTED, Stop};
use console::{fail, say};
use tokio::runtime;
use tokio::time::{Instant, interval_at};

use crate::{Result, Run};

/// Prepares what the lessons' libraries find in the process.
pub fn prepare() {
    #[cfg(feature = "tls")]
    // An error means that a provider is there already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    spare_loopback_from_proxies();
}

/// The value of the variable `NO_PROXY` that keeps clients from asking an HTTP proxy for the practice site: loopback,
/// and the hosts that the environment excepts already.
pub fn no_proxy() -> String {
    let set = ["NO_PROXY", "no_proxy"].into_iter().find_map(|name| env::var(name).ok());
    ["127.0.0.1,localhost,::1"].into_iter().chain(set.as_deref()).collect::<Vec<_>>().join(",")
}

/// Keeps clients from asking the environment's HTTP proxy for the practice site.
fn spare_loopback_from_proxies() {
    // SAFETY: a lesson starts with this, before any thread of its own that could read the environment without the
    // standard library's lock; a runtime's worker threads have nothing to do yet.
    #[allow(unsafe_code)]
    unsafe {
        env::set_var("NO_PROXY", no_proxy());
    }
}

/// Starts the thread that sees to Ctrl-C and to progress on long runs, and has some panics end the program in one line.
///
/// # Errors
/// When there is no thread to be had.
pub(crate) fn attend(run: &Arc<Run>, pages: u32) -> Result {
    end_in_one_line(Arc::clone(run));
    let run = Arc::clone(run);
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    let mut stop = {
        let _entered = runtime.enter();
        Stop::listen()?
    };
    thread::Builder::new().name("ctrl-c".to_owned()).spawn(move || {
        runtime.block_on(async {
            tokio::select! {
                () = interrupted(&mut stop, &run) => {}
                () = say_progress(&run, pages) => {}
            }
        });
        let after = run.lang.seconds(u64::try_from(run.started.elapsed().as_micros()).unwrap_or(u64::MAX));
        say(run.lang.pick(
            format!("\nInterrupted after {after}; the pages printed above had arrived.\n"),
            format!("\nПрервано: прошло {after}; напечатанные выше страницы получены.\n"),
        ));
        // The status says that the program did not end well, whether or not there is a picture.
        let _ = run.show();
        process::exit(INTERRUPTED.into());
    })?;
    Ok(())
}

/// Waits for a signal that is not left to the program.
async fn interrupted(stop: &mut Stop, run: &Run) {
    stop.recv().await;
    while run.leaves_ctrl_c.load(Ordering::Relaxed) {
        stop.recv().await;
    }
}

/// Says every five seconds how far the pages have come, as the site sees it.
async fn say_progress(run: &Run, pages: u32) {
    const PAUSE: Duration = Duration::from_secs(5);
    let mut ticks = interval_at(Instant::now() + PAUSE, PAUSE);
    loop {
        ticks.tick().await;
        if let Some(site) = &run.site {
            let (arrived, in_flight) = site.log().read(|log| (log.arrived(), log.in_flight() as u64));
            // A site that is there for its database is asked for no pages.
            if arrived == 0 {
                continue;
            }
            let (answered, all) = (run.lang.number(arrived - in_flight), run.lang.number(pages.into()));
            let in_flight = run.lang.number(in_flight);
            say(run.lang.pick(
                format!("... {answered} of {all} pages answered, {in_flight} in flight\n"),
                format!("... получено страниц: {answered} из {all}, в работе {in_flight}\n"),
            ));
        }
    }
}

/// Some libraries panic for what a person can cause. That deserves a line and the timeline instead: `println!` when it
/// can't write (`| head -1`, a full disk), and reqwest's `Client::new()` where the system has no root certificates.
fn end_in_one_line(run: Arc<Run>) {
    let default = panic::take_hook();
    // Several threads may print: the first one to fail ends the program, the others wait for that here.
    let once = Once::new();
    panic::set_hook(Box::new(move |panic| {
        let text = panic.payload_as_str().unwrap_or_default();
        let why = if let Some(why) = text.strip_prefix("failed printing to stdout: ") {
            format!("stdout can't be written: {why}")
        } else if text.contains("No CA certificates were loaded") {
            "the system has no root certificates, which reqwest needs even for http: install them (the package is \
             mostly called ca-certificates), or name a file of them in SSL_CERT_FILE"
                .to_owned()
        } else {
            return default(panic);
        };
        once.call_once(|| {
            let _ = run.show();
            fail(&why);
        });
    }));
}
