//! The checker as a program; all of it is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    homework::commands::main()
}
