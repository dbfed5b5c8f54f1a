//! Running a program under a plan: holding and releasing answers, and noting all that can be seen of it. What that is
//! worth is judged in [`crate::expect`].
//!
//! - `conduct`: the run itself; `conduct::files`: that of a program that reads lists and saves pages
//! - `statements`: holding and releasing the database's statements
//! - `patience`: how long nothing may happen
//! - `never_ran`: what to say of a program that was not even started
//! - `seen`: what was seen of a run
//! - `refused`: what was refused to the program, by its own words

mod conduct;
mod never_ran;
mod patience;
mod refused;
mod seen;
mod statements;

pub use conduct::{Judging, conduct};
pub use never_ran::never_ran;
pub use refused::Refusal;
pub use seen::{DatabaseSeen, End, Job, Run, Spell, Stall, Waiting, page_of};
pub use statements::HalfPage;
