//! `cargo homework watch`: checks again whenever the learner's file is saved.

use std::io::{self, IsTerminal};
use std::pin::pin;
use std::process::ExitCode;
use std::time::{Duration, SystemTime};
use std::{fs, future, thread};

use console::Canvas;
use console::signals::{INTERRUPTED, Stop};
use crossterm::event::{self, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use crossterm::terminal::{disable_raw_mode, enable_raw_mode};
use notify_debouncer_mini::notify::{RecommendedWatcher, RecursiveMode};
use notify_debouncer_mini::{Debouncer, new_debouncer};
use tokio::sync::mpsc;
use tokio::time::sleep;

use super::hint;
use crate::context::{self, Context};
use crate::progress::State;
use crate::terminal::{Typeset, clear_line, print};
use crate::workspace::Lesson;

/// How long a file must have been left alone: editors save in several steps.
const DEBOUNCE: Duration = Duration::from_millis(50);
/// How often a file is looked at where the system does not tell of changes: network drives, some containers.
const LOOK: Duration = Duration::from_secs(1);

/// Watches the homework of `first`, or of the first lesson that has not passed, and goes on to the next after a pass.
/// `check` checks a lesson's file, shows and keeps the verdict, and tells whether it passed; when it is dropped before
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
    let mut keys = Keys::listen()?;
    let mut next = match first {
        Some(first) => Some(first),
        None => context.next_after(None)?,
    };
    while let Some(lesson) = next {
        match watch(context, lesson, &mut keys, &mut stop, &check).await? {
            None => next = context.next_after(Some(lesson))?,
            Some(status) => return Ok(status),
        }
    }
    let end = context.lang.pick("All homework has passed.", "Все домашние задания сданы.");
    let text = format!("{end} {}", context.after_the_last());
    print(format_args!("\n{}\n", Canvas::of_stdout(context.lang).wrap(&text, 0)));
    Ok(ExitCode::SUCCESS)
}

/// Watches one lesson's homework until it passes, or until the learner leaves, with which exit status.
async fn watch(
    context: &Context,
    lesson: &Lesson,
    keys: &mut Keys,
    stop: &mut Stop,
    check: &impl AsyncFn(&Lesson) -> bool,
) -> Result<Option<ExitCode>, String> {
    let mut file = File::watch(lesson)?;
    introduce(context, lesson)?;
    let state = context.progress.state(lesson)?;
    // The verdict on a stub is known, and so is that on a file that has passed.
    let mut is_due = !matches!(state, State::Missing | State::Untouched | State::Passed);
    loop {
        if is_due && io::stdout().is_terminal() {
            print("\x1b[2J\x1b[H");
        }
        let mut checking = pin!(async move { if is_due { check(lesson).await } else { future::pending().await } });
        let passed = loop {
            if !is_due {
                invite(context, lesson, keys);
            }
            let key = tokio::select! {
                // Ctrl-C may end cargo, too, which must not be taken for a verdict.
                biased;
                () = stop.recv() => Key::Interrupt,
                key = keys.next() => key?,
                () = file.changed() => break None,
                passed = &mut checking => break Some(passed),
            };
            match key {
                Key::Hint => {
                    clear_line();
                    print("\n");
                    if let Err(why) = hint::hint(context, lesson) {
                        context::complain(why);
                    }
                }
                Key::Leave => return Ok(Some(ExitCode::SUCCESS)),
                Key::Interrupt => return Ok(Some(INTERRUPTED.into())),
            }
        };
        // A text that was saved meanwhile is checked in the place of the one that was being checked.
        let was_saved = passed.is_none() || file.has_changed();
        if passed == Some(true) && !was_saved {
            return Ok(None);
        }
        is_due = was_saved;
    }
}

/// Says which homework is watched.
fn introduce(context: &Context, lesson: &Lesson) -> Result<(), String> {
    let (number, name, task) = (lesson.number, &lesson.name, lesson.read_task()?.summary);
    let (summary, readme) = (task.pick(context.lang), context.readme(lesson));
    let text = context.lang.pick(
        format!("{number:02} {name}. {summary} The task is in {readme}."),
        format!("{number:02} {name}. {summary} Задание — в {readme}."),
    );
    print(format_args!("\n{}\n", Canvas::of_stdout(context.lang).wrap(&text, 0)));
    Ok(())
}

fn invite(context: &Context, lesson: &Lesson, keys: &Keys) {
    let file = context.workspace.shown(&lesson.homework());
    let leave = match keys.pressed {
        Some(_) => context.lang.pick("q leaves, h shows a hint.", "q — выйти, h — подсказка."),
        None => context.lang.pick("Ctrl-C leaves.", "Ctrl-C — выйти."),
    };
    let text = context.lang.pick(
        format!("Save {file}, and it is checked. {leave}"),
        format!("Сохраните {file}, и он будет проверен. {leave}"),
    );
    print(format_args!("\n{}\n", Canvas::of_stdout(context.lang).wrap(&text, 0)));
}

/// The learner's file, and what was in it when it was last looked at.
struct File<'a> {
    lesson: &'a Lesson,
    content: Option<Vec<u8>>,
    stamp: Option<(Option<SystemTime>, u64)>,
    events: mpsc::UnboundedReceiver<()>,
    /// Watches until it is dropped.
    _debouncer: Debouncer<RecommendedWatcher>,
}

impl<'a> File<'a> {
    fn watch(lesson: &'a Lesson) -> Result<Self, String> {
        let why = |why| format!("{} can't be watched: {why}", lesson.folder.display());
        let (to, events) = mpsc::unbounded_channel();
        let mut debouncer = new_debouncer(DEBOUNCE, move |_| {
            // It fails when the watch has ended.
            let _ = to.send(());
        })
        .map_err(why)?;
        // The folder, as many editors put a new file in the old one's place.
        debouncer.watcher().watch(&lesson.folder, RecursiveMode::NonRecursive).map_err(why)?;
        let mut file = Self { lesson, content: None, stamp: None, events, _debouncer: debouncer };
        file.has_changed();
        Ok(file)
    }

    /// Whether another text is in the file than when this was last asked. A file that is not there has not changed: it
    /// is about to come back.
    fn has_changed(&mut self) -> bool {
        // To read a file is an event, too, which would lead to the next one.
        let Ok(metadata) = fs::metadata(self.lesson.homework()) else { return false };
        let stamp = Some((metadata.modified().ok(), metadata.len()));
        if stamp == self.stamp {
            return false;
        }
        let Ok(Some(content)) = self.lesson.read_homework() else { return false };
        self.stamp = stamp;
        let content = Some(content);
        let has_changed = content != self.content;
        self.content = content;
        has_changed
    }

    /// Waits until the file has changed. Cancel safe.
    async fn changed(&mut self) {
        while !self.has_changed() {
            tokio::select! {
                Some(()) = self.events.recv() => {}
                () = sleep(LOOK) => {}
            }
        }
    }
}

/// A key that means something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    Hint,
    Leave,
    Interrupt,
}

impl Key {
    fn of(key: KeyEvent) -> Option<Self> {
        match key.code {
            _ if key.kind == KeyEventKind::Release => None,
            KeyCode::Char('c') if key.modifiers.contains(KeyModifiers::CONTROL) => Some(Self::Interrupt),
            // The same keys in the Russian layout, too.
            KeyCode::Char('q' | 'Q' | 'й' | 'Й') => Some(Self::Leave),
            KeyCode::Char('h' | 'H' | 'р' | 'Р') => Some(Self::Hint),
            _ => None,
        }
    }
}

/// The keyboard. Nothing that is typed is echoed until this is dropped.
struct Keys {
    /// The keys, if standard input is a terminal.
    pressed: Option<mpsc::UnboundedReceiver<io::Result<Key>>>,
    _raw: Option<Raw>,
}

impl Keys {
    fn listen() -> Result<Self, String> {
        if !io::stdin().is_terminal() {
            return Ok(Self { pressed: None, _raw: None });
        }
        let raw = Raw::enter().map_err(|why| no_keyboard(&why))?;
        let (to, pressed) = mpsc::unbounded_channel();
        // A thread that waits costs less than looking for keys now and then; it ends with the process.
        thread::spawn(move || {
            loop {
                let event = event::read();
                let has_failed = event.is_err();
                let key = event.map(|event| event.as_key_event().and_then(Key::of)).transpose();
                if key.is_some_and(|key| to.send(key).is_err()) || has_failed {
                    break;
                }
            }
        });
        Ok(Self { pressed: Some(pressed), _raw: Some(raw) })
    }

    /// Waits for the next key. Cancel safe.
    async fn next(&mut self) -> Result<Key, String> {
        match &mut self.pressed {
            Some(pressed) => match pressed.recv().await {
                Some(key) => key.map_err(|why| no_keyboard(&why)),
                None => future::pending().await,
            },
            None => future::pending().await,
        }
    }
}

fn no_keyboard(why: &io::Error) -> String {
    format!("the keyboard can't be read: {why}")
}

/// The terminal's raw mode, until this is dropped.
struct Raw;

impl Raw {
    fn enter() -> io::Result<Self> {
        enable_raw_mode()?;
        let raw = Self;
        #[cfg(unix)]
        begin_lines_at_the_margin()?;
        Ok(raw)
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        // A terminal that is gone needs no restoring.
        let _ = disable_raw_mode();
    }
}

/// Lets a line feed begin a new line again, which raw mode has ended: what cargo and the checker print does not know of
/// raw mode. On Windows, raw mode changes nothing about what is printed.
#[cfg(unix)]
fn begin_lines_at_the_margin() -> io::Result<()> {
    use rustix::termios::{OptionalActions, OutputModes, tcgetattr, tcsetattr};

    let mut modes = tcgetattr(io::stdin())?;
    modes.output_modes |= OutputModes::OPOST;
    Ok(tcsetattr(io::stdin(), OptionalActions::Now, &modes)?)
}

#[cfg(test)]
mod tests {
    use std::fs::OpenOptions;
    use std::path::Path;

    use console::Lang;
    use tempfile::TempDir;

    use super::*;
    use crate::progress::Progress;
    use crate::workspace::Workspace;

    /// Generous: it ends a test that has failed.
    const PATIENCE: Duration = Duration::from_mins(1);

    fn workspace(lessons: &[&str]) -> (TempDir, Context) {
        let folder = TempDir::with_prefix("homework наблюдение ").unwrap();
        let root = folder.path();
        for name in lessons {
            let folder = root.join("lessons").join(name);
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join("homework.toml"), crate::task::example("pages = [8]", "")).unwrap();
            fs::write(folder.join("solution.rs"), "").unwrap();
            fs::write(folder.join("homework.rs"), "").unwrap();
        }
        let workspace = Workspace::open(root.to_owned()).unwrap();
        (folder, Context { progress: Progress::of(&workspace), workspace, lang: Lang::En })
    }

    fn no_keys() -> Keys {
        Keys { pressed: None, _raw: None }
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
        let (_folder, context) = workspace(&["03-tokio"]);
        let mut file = File::watch(&context.workspace.lessons[0]).unwrap();
        let path = file.lesson.homework();
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
    }

    #[tokio::test(flavor = "current_thread")]
    async fn every_save_is_checked_until_one_passes() {
        let (_folder, context) = workspace(&["01-blocking", "03-tokio"]);
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
                assert!(watch(&context, lesson, &mut no_keys(), &mut stop, &check).await.unwrap().is_none());
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
        assert!(context.next_after(None).unwrap().is_none());
    }

    /// A check that says that it has begun, and never ends. What it was given is said again when it is dropped.
    fn endless(to: &mpsc::UnboundedSender<String>) -> impl AsyncFn(&Lesson) -> bool {
        struct Checking(String, mpsc::UnboundedSender<String>);
        impl Drop for Checking {
            fn drop(&mut self) {
                self.1.send(format!("{} dropped", self.0)).unwrap();
            }
        }
        async |lesson: &Lesson| {
            let text = fs::read_to_string(lesson.homework()).unwrap();
            to.send(text.clone()).unwrap();
            let _checking = Checking(text, to.clone());
            future::pending().await
        }
    }

    #[tokio::test(flavor = "current_thread")]
    async fn a_save_during_a_check_begins_it_anew_and_keys_act_at_once() {
        let (_folder, context) = workspace(&["03-tokio"]);
        let lesson = &context.workspace.lessons[0];
        in_place(&lesson.homework(), "one");
        let (to, mut said) = mpsc::unbounded_channel();
        let check = endless(&to);
        let mut stop = Stop::listen().unwrap();
        let (press, pressed) = mpsc::unbounded_channel();
        let mut keys = Keys { pressed: Some(pressed), _raw: None };
        let watched = async {
            let status = watch(&context, lesson, &mut keys, &mut stop, &check).await.unwrap();
            assert_eq!(format!("{status:?}"), format!("{:?}", Some(ExitCode::SUCCESS)));
        };
        let person = async {
            assert_eq!(said.recv().await.unwrap(), "one");
            in_place(&lesson.homework(), "two");
            assert_eq!(said.recv().await.unwrap(), "one dropped");
            assert_eq!(said.recv().await.unwrap(), "two");
            press.send(Ok(Key::Hint)).unwrap();
            while context.progress.hints_shown(lesson).unwrap() == 0 {
                tokio::task::yield_now().await;
            }
            // The check goes on.
            assert!(said.is_empty());
            press.send(Ok(Key::Leave)).unwrap();
            assert_eq!(said.recv().await.unwrap(), "two dropped");
        };
        tokio::time::timeout(PATIENCE, async { tokio::join!(watched, person) }).await.expect("keys and saves act");
    }

    #[test]
    fn keys_are_known_in_both_layouts() {
        let of = |code, modifiers| Key::of(KeyEvent::new(code, modifiers));
        for (letter, key) in [('q', Key::Leave), ('й', Key::Leave), ('h', Key::Hint), ('Р', Key::Hint)] {
            assert_eq!(of(KeyCode::Char(letter), KeyModifiers::NONE), Some(key));
        }
        assert_eq!(of(KeyCode::Char('c'), KeyModifiers::CONTROL), Some(Key::Interrupt));
        assert_eq!(of(KeyCode::Char('c'), KeyModifiers::NONE), None);
        let mut released = KeyEvent::new(KeyCode::Char('q'), KeyModifiers::NONE);
        released.kind = KeyEventKind::Release;
        assert_eq!(Key::of(released), None);
    }

    #[test]
    fn after_a_pass_comes_the_next_that_has_not_passed() {
        let (_folder, context) = workspace(&["01-blocking", "03-tokio", "04-async-std", "05-smol"]);
        let next = |done: Option<usize>| {
            let done = done.map(|index| &context.workspace.lessons[index]);
            context.next_after(done).unwrap().map(|lesson| lesson.number)
        };
        assert_eq!((next(None), next(Some(0)), next(Some(3))), (Some(1), Some(3), Some(1)));
        for index in [0, 2] {
            let lesson = &context.workspace.lessons[index];
            fs::write(lesson.homework(), "good").unwrap();
            context.progress.keep_verdict(lesson, "good", true).unwrap();
        }
        assert_eq!((next(None), next(Some(1)), next(Some(3))), (Some(3), Some(5), Some(3)));
    }
}
