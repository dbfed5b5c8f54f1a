//! Messages and errors on standard error.

use std::fmt::Display;
use std::io::Write;
use std::process;

/// Writes to standard error. Unlike `eprint!` it does not panic when nobody reads that any more.
pub fn say(text: impl Display) {
    let _ = write!(anstream::stderr(), "{text}");
}

/// Ends the program with status 1 and one line that says why.
pub fn fail(why: impl Display) -> ! {
    say(format_args!("Error: {why}\n"));
    process::exit(1);
}
