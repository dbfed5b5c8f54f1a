//! How every program of the course talks with a person.
//!
//! - [`Lang`]: the two languages, and how each writes numbers
//! - [`options`]: parsing a command line, and the types of its values
//! - [`say`] and [`fail`]: messages and errors on standard error
//! - [`Canvas`]: how wide a stream is, and whether it shows colours and Unicode
//! - [`OutputFile`]: a file that appears when it is complete; [`LineFile`]: one that grows by whole lines
//! - [`signals`]: Ctrl-C and its like
//! - [`open_files`]: the limit of open files
//! - [`cargo`]: what a cargo that such a program starts must not know
//!
//! This crate knows no other one of the course.

#![warn(missing_docs)]

mod canvas;
pub mod cargo;
mod lang;
mod message;
pub mod open_files;
pub mod options;
mod output;
pub mod signals;

pub use canvas::Canvas;
pub use lang::Lang;
pub use message::{fail, say};
pub use output::{LineFile, OutputFile, is_same_file, remove_partial_files};
