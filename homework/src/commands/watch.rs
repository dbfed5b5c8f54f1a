//! `cargo homework watch`: checks again whenever the learner's file is saved.

use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, SystemTime};
use std::{fs, future};

use console::Canvas;
use console::signals::{INTERRUPTED, Stop};
use crossterm::event::{self, Event, KeyCode, KeyEventKind, KeyModifiers};
use crossterm::terminal::{disable_raw_mode, enable_raw_mode};
use notify_debouncer_mini::notify::{RecommendedWatcher, RecursiveMode};
use notify_debouncer_mini::{Debouncer, new_debouncer};
use tokio::sync::mpsc;
use tokio::time::{MissedTickBehavior, interval};

use super::hint;
use crate::context::{self, Context};
use crate::progress::State;
use crate::terminal::{Typeset, print};
use crate::workspace::Lesson;

/// How long a file must have been left alone: editors save in several steps.
const DEBOUNCE: Duration = Duration::from_millis(50);
/// How often a file is looked at where the system does not tell of changes: network drives, some containers.
const LOOK: Duration = Duration::from_secs(1);
/// How often keys are looked for.
const KEYS: Duration = Duration::from_millis(50);

/// Watches the homework of `first`, or of the first lesson that has not passed, and goes on to the next after a pass.
/// `check` checks a lesson's file, says what came out, keeps it, and tells whether it passed; when it is dropped before
/// it is done, it must leave nothing running.
///
/// # Errors
/// When something can't be read or watched.
pub async fn run(
    context: &Context,
    first: Option<&Lesson>,
    check: impl AsyncFn(&Lesson) -> bool,
) -> Result<ExitCode, String> {
    let mut stop = context::listen()?;
    let keys = io::stdin().is_terminal();
    let mut next = match first {
        Some(first) => Some(first),
        None => next_after(context, None)?,
    };
    while let Some(lesson) = next {
        match watch(context, lesson, keys, &mut stop, &check).await? {
            None => next = next_after(context, Some(lesson))?,
            Some(status) => return Ok(status),
        }
    }
    print(context.lang.pick("All homework has passed.\n", "Все домашние задания сданы.\n"));
    Ok(ExitCode::SUCCESS)
}

/// Watches one lesson's homework until it passes, or until the learner leaves, with which exit status.
async fn watch(
    context: &Context,
    lesson: &Lesson,
    keys: bool,
    stop: &mut Stop,
    check: &impl AsyncFn(&Lesson) -> bool,
) -> Result<Option<ExitCode>, String> {
    let mut file = File::watch(lesson)?;
    let task = lesson.read_task()?.summary;
    let heading = format!("{:02} {}. {}", lesson.number, lesson.name, task.pick(context.lang));
    print(format_args!("\n{}\n", Canvas::of_stdout(context.lang).wrap(&heading, 0)));
    let state = context.progress.state(lesson)?;
    // The verdict on a stub is known, and so is that on a file that has passed.
    let mut wait = matches!(state, State::Missing | State::Untouched | State::Passed);
    loop {
        if wait {
            invite(context, lesson, keys);
            match file.wait(keys, stop).await? {
                Wake::Saved => {}
                Wake::Hint => {
                    print("\n");
                    if let Err(why) = hint::hint(context, lesson) {
                        context::complain(why);
                    }
                    continue;
                }
                Wake::Leave => return Ok(Some(ExitCode::SUCCESS)),
                Wake::Interrupt => return Ok(Some(INTERRUPTED.into())),
            }
        }
        if io::stdout().is_terminal() {
            print("\x1b[2J\x1b[H");
        }
        let passed = tokio::select! {
            // Ctrl-C ends cargo, too, which must not be taken for a verdict.
            biased;
            () = stop.recv() => return Ok(Some(INTERRUPTED.into())),
            passed = check(lesson) => passed,
        };
        wait = !file.has_changed();
        if passed && wait {
            return Ok(None);
        }
    }
}

/// The lesson to go on with: the first one after this that has not passed, or else the first one before it.
fn next_after<'a>(context: &'a Context, done: Option<&Lesson>) -> Result<Option<&'a Lesson>, String> {
    let lessons = &context.workspace.lessons;
    let after = done.map_or(0, |done| lessons.iter().take_while(|lesson| lesson.number <= done.number).count());
    for lesson in lessons[after..].iter().chain(&lessons[..after]) {
        // Where nothing can be kept, the one that is done would come again and again.
        if Some(lesson) != done && context.progress.state(lesson)? != State::Passed {
            return Ok(Some(lesson));
        }
    }
    Ok(None)
}

fn invite(context: &Context, lesson: &Lesson, keys: bool) {
    let file = context.workspace.shown(&lesson.homework());
    let leave = if keys {
        context.lang.pick("q leaves, h shows a hint.", "q — выйти, h — подсказка.")
    } else {
        context.lang.pick("Ctrl-C leaves.", "Ctrl-C — выйти.")
    };
    let text = context.lang.pick(
        format!("Save {file}, and it is checked. {leave}"),
        format!("Сохраните {file}, и он будет проверен. {leave}"),
    );
    print(format_args!("\n{}\n", Canvas::of_stdout(context.lang).wrap(&text, 0)));
}

/// What the waiting ended with.
enum Wake {
    Saved,
    Hint,
    Leave,
    Interrupt,
}

/// The learner's file, and what was in it when it was last looked at.
struct File {
    path: PathBuf,
    content: Option<Vec<u8>>,
    stamp: Option<(Option<SystemTime>, u64)>,
    events: mpsc::UnboundedReceiver<()>,
    /// Watches until it is dropped.
    _debouncer: Debouncer<RecommendedWatcher>,
}

impl File {
    fn watch(lesson: &Lesson) -> Result<Self, String> {
        let why = |why| format!("{} can't be watched: {why}", lesson.folder.display());
        let (to, events) = mpsc::unbounded_channel();
        let mut debouncer = new_debouncer(DEBOUNCE, move |_| {
            // Nobody waits any more when it fails.
            let _ = to.send(());
        })
        .map_err(why)?;
        // The folder, as many editors put a new file in the old one's place.
        debouncer.watcher().watch(&lesson.folder, RecursiveMode::NonRecursive).map_err(why)?;
        let mut file = Self { path: lesson.homework(), content: None, stamp: None, events, _debouncer: debouncer };
        file.has_changed();
        Ok(file)
    }

    /// Whether another text is in the file than when this was last asked. A file that is not there has not changed: it
    /// is about to come back.
    fn has_changed(&mut self) -> bool {
        // To read a file is an event, too, which would lead to the next one.
        let Ok(metadata) = fs::metadata(&self.path) else { return false };
        let stamp = Some((metadata.modified().ok(), metadata.len()));
        if stamp == self.stamp {
            return false;
        }
        let Ok(content) = fs::read(&self.path) else { return false };
        self.stamp = stamp;
        let content = Some(content);
        let has_changed = content != self.content;
        self.content = content;
        has_changed
    }

    /// Waits until the file has changed, or for a key.
    async fn wait(&mut self, keys: bool, stop: &mut Stop) -> Result<Wake, String> {
        let _raw = if keys { Some(Raw::enter()?) } else { None };
        let mut looks = interval(LOOK);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                Some(()) = self.events.recv() => {}
                _ = looks.tick() => {}
                wake = key(keys) => return wake,
                () = stop.recv() => return Ok(Wake::Interrupt),
            }
            if self.has_changed() {
                return Ok(Wake::Saved);
            }
        }
    }
}

/// The next key that means something.
async fn key(keys: bool) -> Result<Wake, String> {
    if !keys {
        future::pending::<()>().await;
    }
    let why = |why| format!("the keyboard can't be read: {why}");
    let mut looks = interval(KEYS);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        looks.tick().await;
        while event::poll(Duration::ZERO).map_err(why)? {
            let Event::Key(key) = event::read().map_err(why)? else { continue };
            if key.kind == KeyEventKind::Release {
                continue;
            }
            match key.code {
                KeyCode::Char('c') if key.modifiers.contains(KeyModifiers::CONTROL) => return Ok(Wake::Interrupt),
                // The same keys in the Russian layout, too.
                KeyCode::Char('q' | 'Q' | 'й' | 'Й') => return Ok(Wake::Leave),
                KeyCode::Char('h' | 'H' | 'р' | 'Р') => return Ok(Wake::Hint),
                _ => {}
            }
        }
    }
}

/// The terminal's raw mode, until this is dropped.
struct Raw;

impl Raw {
    fn enter() -> Result<Self, String> {
        enable_raw_mode().map_err(|why| format!("the keyboard can't be read: {why}"))?;
        Ok(Self)
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        // A terminal that is gone needs no restoring.
        let _ = disable_raw_mode();
    }
}

#[cfg(test)]
mod tests {
    use std::fs::OpenOptions;
    use std::path::Path;
    use std::{env, process};

    use console::Lang;

    use super::*;
    use crate::progress::Progress;
    use crate::workspace::Workspace;

    /// Generous: it ends a test that has failed.
    const PATIENCE: Duration = Duration::from_mins(1);

    fn workspace(root: &Path, lessons: &[&str]) -> Context {
        for name in lessons {
            let folder = root.join("lessons").join(name);
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join("homework.toml"), crate::task::example("pages = [8]", "")).unwrap();
            fs::write(folder.join("solution.rs"), "").unwrap();
            fs::write(folder.join("homework.rs"), "").unwrap();
        }
        let workspace = Workspace::open(root.to_owned()).unwrap();
        Context { progress: Progress::of(&workspace), workspace, lang: Lang::En }
    }

    /// A text saved, and how editors do that.
    type Save = fn(&Path, &str);

    fn in_place(path: &Path, text: &str) {
        fs::write(path, text).unwrap();
    }

    fn by_rename(path: &Path, text: &str) {
        let temporary = path.with_extension("rs~");
        fs::write(&temporary, text).unwrap();
        fs::rename(&temporary, path).unwrap();
    }

    fn by_removal(path: &Path, text: &str) {
        fs::remove_file(path).unwrap();
        fs::write(path, text).unwrap();
    }

    fn touch(path: &Path) {
        let file = OpenOptions::new().append(true).open(path).unwrap();
        file.set_modified(SystemTime::now() + Duration::from_secs(5)).unwrap();
    }

    #[tokio::test(flavor = "current_thread")]
    async fn every_way_to_save_is_noticed_and_a_touch_is_no_change() {
        let root = env::temp_dir().join(format!("homework события {}", process::id()));
        let context = workspace(&root, &["03-tokio"]);
        let mut file = File::watch(&context.workspace.lessons[0]).unwrap();
        let path = file.path.clone();
        // The events alone: without looking now and then, as the watch does where there are none.
        let noticed = async {
            for (save, text) in [(in_place as Save, "one"), (by_rename, "two"), (by_removal, "three")] {
                save(&path, text);
                while !file.has_changed() {
                    file.events.recv().await.unwrap();
                }
                assert_eq!(file.content.as_deref(), Some(text.as_bytes()));
                touch(&path);
                file.events.recv().await.unwrap();
                assert!(!file.has_changed());
            }
        };
        tokio::time::timeout(PATIENCE, noticed).await.expect("every save is noticed");
        fs::remove_dir_all(&root).unwrap();
    }

    #[tokio::test(flavor = "current_thread")]
    async fn every_save_is_checked_until_one_passes() {
        let root = env::temp_dir().join(format!("homework наблюдение {}", process::id()));
        let context = workspace(&root, &["01-blocking", "03-tokio"]);
        let [first, second] = [0, 1].map(|index| context.workspace.lessons[index].homework());
        let (to, mut checked) = mpsc::unbounded_channel();
        let check = async |lesson: &Lesson| {
            let text = fs::read_to_string(lesson.homework()).unwrap();
            if text == "slow" {
                // Saved while the check is running.
                in_place(&lesson.homework(), "late");
            }
            let passed = text.starts_with("good");
            context.progress.keep_verdict(lesson, &text, passed).unwrap();
            to.send((lesson.number, text)).unwrap();
            passed
        };
        let mut stop = Stop::listen().unwrap();
        let watched = async {
            for lesson in &context.workspace.lessons {
                assert!(watch(&context, lesson, false, &mut stop, &check).await.unwrap().is_none());
            }
        };
        let edits = async {
            let saves: [(Save, &str); 4] =
                [(in_place, "one"), (by_rename, "two"), (by_removal, "three"), (in_place, "slow")];
            for (save, text) in saves {
                // The first save may come before the file is watched; it is seen then all the same.
                save(&first, text);
                assert_eq!(checked.recv().await.unwrap(), (1, text.to_owned()));
                touch(&first);
            }
            assert_eq!(checked.recv().await.unwrap(), (1, "late".to_owned()));
            in_place(&first, "good");
            assert_eq!(checked.recv().await.unwrap(), (1, "good".to_owned()));
            // The next one is a stub, which is not checked before it is saved.
            by_rename(&second, "good, too");
            assert_eq!(checked.recv().await.unwrap(), (3, "good, too".to_owned()));
        };
        tokio::time::timeout(PATIENCE, async { tokio::join!(watched, edits) }).await.expect("every save is checked");
        assert!(next_after(&context, None).unwrap().is_none());
        fs::remove_dir_all(&root).unwrap();
    }

    #[test]
    fn after_a_pass_comes_the_next_that_has_not_passed() {
        let root = env::temp_dir().join(format!("homework дальше {}", process::id()));
        let context = workspace(&root, &["01-blocking", "03-tokio", "04-async-std", "05-smol"]);
        let next = |done: Option<usize>| {
            let done = done.map(|index| &context.workspace.lessons[index]);
            next_after(&context, done).unwrap().map(|lesson| lesson.number)
        };
        assert_eq!((next(None), next(Some(0)), next(Some(3))), (Some(1), Some(3), Some(1)));
        for index in [0, 2] {
            let lesson = &context.workspace.lessons[index];
            fs::write(lesson.homework(), "good").unwrap();
            context.progress.keep_verdict(lesson, "good", true).unwrap();
        }
        assert_eq!((next(None), next(Some(1)), next(Some(3))), (Some(3), Some(5), Some(3)));
        fs::remove_dir_all(&root).unwrap();
    }
}
