//! What holds for the course's Rust files.

use std::fs;
use std::path::{Path, PathBuf};

use testing::root;

/// The Rust files of the workspace.
fn sources() -> Vec<PathBuf> {
    let (mut folders, mut files) = (vec![root()], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let is_built = path.ends_with("target") || path.ends_with("node_modules");
            if path.is_dir() && !path.is_symlink() && !is_built {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    files
}

/// A program with such a path looks at the old folder when the workspace, with what was built in it, has been moved.
#[test]
fn no_path_is_fixed_when_it_is_compiled() {
    let fixed = ["MANIFEST_DIR", "BIN_EXE_"].map(|what| format!("env!(\"CARGO_{what}"));
    let sources = sources();
    assert!(sources.len() > 50, "only {} files were found", sources.len());
    let has_one = |path: &&PathBuf| {
        let text = fs::read_to_string(path).unwrap();
        fixed.iter().any(|fixed| text.contains(fixed))
    };
    let found: Vec<&Path> = sources.iter().filter(has_one).map(PathBuf::as_path).collect();
    assert!(found.is_empty(), "use std::env::var_os instead in {found:?}");
}
