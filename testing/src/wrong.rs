//! The `main` of a lesson's wrong programs, one of which its first argument names.

use clap::Args;
use console::fail;
use shared::Lesson;

/// Makes the `main` that runs one of a lesson's wrong programs, each of which is a module with a function `answer`.
///
/// In front of the modules stands what runs a future to its end, if `answer` is asynchronous:
/// `wrong!(smol::block_on: waits_for_both, one_after_another);`; in front of that stands `with database` in the lesson
/// that asks one.
#[macro_export]
macro_rules! wrong {
    (@$run:ident $block_on:path: $($program:ident),+) => {
        fn main() -> shared::Result {
            $crate::wrong::$run(&[$(stringify!($program)),+], |lesson, program| {
                $block_on(async {
                    match program {
                        $(stringify!($program) => $program::answer(lesson).await,)+
                        _ => unreachable!("no program is called {program}"),
                    }
                })
            })
        }
    };
    (with database $block_on:path: $($program:ident),+ $(,)?) => {
        $crate::wrong!(@run_with_database $block_on: $($program),+);
    };
    ($block_on:path: $($program:ident),+ $(,)?) => {
        $crate::wrong!(@run $block_on: $($program),+);
    };
    ($($program:ident),+ $(,)?) => {
        fn main() -> shared::Result {
            $crate::wrong::run(&[$(stringify!($program)),+], |lesson, program| match program {
                $(stringify!($program) => $program::answer(lesson),)+
                _ => unreachable!("no program is called {program}"),
            })
        }
    };
}

#[derive(Args)]
struct Wrong {
    /// Which program to run, written like asks-twice
    program: Option<String>,
}

impl Wrong {
    /// The module of the program.
    fn module<'a>(&self, modules: &[&'a str]) -> Result<&'a str, String> {
        let names = || modules.join(", ").replace('_', "-");
        let Some(program) = &self.program else { return Err(format!("name one of these programs: {}", names())) };
        let module = modules.iter().find(|module| module.replace('_', "-") == *program);
        module.copied().ok_or_else(|| format!("there is no {program} here, but there are {}", names()))
    }

    /// The same; without one, the program ends.
    fn chosen<'a>(&self, modules: &[&'a str]) -> &'a str {
        self.module(modules).unwrap_or_else(|why| fail(why))
    }
}

/// Starts a lesson, runs the one of `modules` that the command line names, and finishes the lesson. A command line that
/// names none of them is answered with one line that lists them, and ends the program with status 1.
///
/// # Errors
/// Those of the lesson, and of the wrong program.
pub fn run(modules: &[&str], answer: impl FnOnce(&Lesson, &str) -> shared::Result) -> shared::Result {
    let mut module = "";
    // Chosen in here, which is before the site is started.
    let (lesson, _) = shared::start_with(|wrong: &Wrong| {
        module = wrong.chosen(modules);
        u32::MAX
    })?;
    answer(&lesson, module)?;
    lesson.finish()
}

/// Like [`run`], with a database.
///
/// # Errors
/// As [`run`].
#[cfg(feature = "database")]
pub fn run_with_database(modules: &[&str], answer: impl FnOnce(&Lesson, &str) -> shared::Result) -> shared::Result {
    let mut module = "";
    let (lesson, _) = shared::database::start_with(|wrong: &Wrong| {
        module = wrong.chosen(modules);
        (u32::MAX, true)
    })?;
    answer(&lesson, module)?;
    lesson.finish()
}

#[cfg(test)]
mod tests {
    use super::Wrong;

    #[test]
    fn a_program_is_called_like_its_module_with_hyphens() {
        let module = |program: Option<&str>| {
            Wrong { program: program.map(str::to_owned) }.module(&["asks_twice", "holds_the_lock"])
        };
        assert_eq!(module(Some("asks-twice")), Ok("asks_twice"));
        assert_eq!(
            module(Some("asks_twice")),
            Err("there is no asks_twice here, but there are asks-twice, holds-the-lock".to_owned())
        );
        assert_eq!(module(None), Err("name one of these programs: asks-twice, holds-the-lock".to_owned()));
    }
}
