//! Answers in a zip. Only files that are asked for are inflated, and no further than an answer can be long.

use std::collections::HashMap;
use std::io::{Cursor, Read};

use zip::result::ZipError;
use zip::{CompressionMethod, ZipArchive};

use super::{Files, LARGEST, is_a_folder, is_a_link, name, too_large};
use crate::text::Text;

/// The most files and folders in a zip.
const MOST: usize = 10_000;

/// How each entry of a zip's list begins.
const SIGNATURE: &[u8] = b"PK\x01\x02";

/// A learner's zip.
#[derive(Debug)]
pub struct Zip {
    archive: ZipArchive<Cursor<Vec<u8>>>,
    /// Which entry has which path; none where several have the same.
    entries: HashMap<String, Option<usize>>,
    /// The folder around everything, with a slash, if there is one.
    around: String,
    label: String,
}

impl Zip {
    /// Reads what there is in a zip.
    ///
    /// # Errors
    /// One line when that can't be read, or is too much.
    pub fn new(bytes: Vec<u8>, label: String) -> Result<Self, Text> {
        // Before the list is read, and whatever it says of its length.
        if bytes.windows(SIGNATURE.len()).filter(|bytes| *bytes == SIGNATURE).count() > MOST {
            return Err(Text::new(
                format!("{label} has more than {MOST} files and folders: hand in the answers only"),
                format!("в {label} больше {MOST} файлов и папок: сдайте только ответы"),
            ));
        }
        let cannot = |why: ZipError| broken(&Text::same(&label), &why);
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(cannot)?;
        if archive.has_duplicate_names() {
            return Err(Text::new(
                format!("{label} has two files of the same name: make it anew"),
                format!("в {label} два файла с одним именем: соберите архив заново"),
            ));
        }
        let (mut entries, mut folders) = (HashMap::new(), Vec::new());
        for index in 0..archive.len() {
            let entry = archive.by_index_data(index).map_err(cannot)?;
            // A name of which the encoding is broken is none that is asked for.
            let Some(path) = entry.name().ok().and_then(|name| clean(name.as_ref())) else { continue };
            folders.push(folder(&path, entry.is_dir()).map(str::to_owned));
            entries.entry(path).and_modify(|index| *index = None).or_insert(Some(index));
        }
        Ok(Self { archive, entries, around: around(&folders), label })
    }

    fn inflate(&mut self, index: usize, shown: &Text) -> Result<Vec<u8>, Text> {
        let entry = self.archive.by_index_data(index).map_err(|why| broken(shown, &why))?;
        if entry.is_dir() {
            return Err(is_a_folder(shown));
        }
        if entry.is_symlink() {
            return Err(is_a_link(shown));
        }
        if entry.encrypted() {
            return Err(shown
                .with("is encrypted: hand it in without a password", "не открыть без пароля: сдайте архив без него"));
        }
        if !matches!(entry.compression(), CompressionMethod::Stored | CompressionMethod::Deflated) {
            return Err(shown.with(
                "is compressed by something else than deflate: make a plain zip",
                "сжат не методом deflate: соберите обычный zip",
            ));
        }
        let file = self.archive.by_index(index).map_err(|why| broken(shown, &why))?;
        let mut content = Vec::new();
        // What the zip says of its size need not be true.
        file.take(LARGEST + 1).read_to_end(&mut content).map_err(|why| broken(shown, &ZipError::Io(why)))?;
        if content.len() as u64 > LARGEST {
            return Err(too_large(shown, LARGEST));
        }
        Ok(content)
    }
}

impl Files for Zip {
    fn label(&self) -> Text {
        Text::same(&self.label)
    }

    fn read(&mut self, path: &str) -> Option<Result<Vec<u8>, Text>> {
        let path = format!("{}{path}", self.around);
        let label = &self.label;
        let shown = Text::same(name::shown(&path)).with(format!("in {label}"), format!("в {label}"));
        let Some(index) = *self.entries.get(&path)? else {
            return Some(Err(shown.with("is there more than once", "есть не один раз")));
        };
        Some(self.inflate(index, &shown))
    }
}

fn broken(shown: &Text, why: &ZipError) -> Text {
    let why = match why {
        ZipError::Io(why) => why.to_string(),
        other => other.to_string(),
    };
    let why = name::shown(&why);
    shown.with(format!("can't be unpacked: {why}"), format!("не распаковать: {why}"))
}

/// A path without what makes no difference; none for what is junk, or leads elsewhere.
fn clean(path: &str) -> Option<String> {
    // Some tools on Windows write backslashes.
    let path = path.replace('\\', "/");
    if path.starts_with('/') {
        return None;
    }
    let steps: Vec<_> = path.split('/').filter(|step| !step.is_empty() && *step != ".").collect();
    let is_junk = |step: &&str| step.starts_with('.') || *step == "__MACOSX";
    let is_clean = !steps.is_empty() && !steps.iter().any(is_junk);
    is_clean.then(|| steps.join("/"))
}

/// The first folder of a path, if it is in one, or is one itself.
fn folder(path: &str, is_folder: bool) -> Option<&str> {
    path.split_once('/').map(|(folder, _)| folder).or(is_folder.then_some(path))
}

/// The folder that everything is in, with a slash. That of the lessons is part of the course's layout.
fn around(folders: &[Option<String>]) -> String {
    match folders {
        [Some(first), rest @ ..] if first != "lessons" && rest.iter().all(|other| other.as_ref() == Some(first)) => {
            format!("{first}/")
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    fn zip_of(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (path, content) in files {
            if path.ends_with('/') {
                zip.add_directory(*path, SimpleFileOptions::default()).unwrap();
            } else {
                zip.start_file(*path, SimpleFileOptions::default()).unwrap();
                zip.write_all(content).unwrap();
            }
        }
        zip.finish().unwrap().into_inner()
    }

    fn read(bytes: Vec<u8>, path: &str) -> Option<Result<Vec<u8>, String>> {
        Some(Zip::new(bytes, "anna.zip".to_owned()).unwrap().read(path)?.map_err(Text::english))
    }

    /// Changes 16 bits at an offset from each header of this kind.
    fn patch(bytes: &mut [u8], signature: &[u8], offset: usize, value: u16) {
        let headers: Vec<_> = (0..bytes.len()).filter(|at| bytes[*at..].starts_with(signature)).collect();
        for at in headers {
            bytes[at + offset..at + offset + 2].copy_from_slice(&value.to_le_bytes());
        }
    }

    #[test]
    fn a_folder_around_everything_makes_no_difference() {
        let junk: [(&str, &[u8]); 3] = [("__MACOSX/a/._x", b""), (".DS_Store", b""), ("a/.git/config", b"")];
        for path in ["homework03.rs", "a/homework03.rs", "./a/homework03.rs", "a\\homework03.rs"] {
            let bytes = zip_of(&[&junk[..], &[(path, b"mine")]].concat());
            assert_eq!(read(bytes, "homework03.rs"), Some(Ok(b"mine".into())), "{path}");
        }
        let bytes = zip_of(&[("a/", b""), ("a/homework03.rs", b"mine"), ("b/x", b"")]);
        assert_eq!(read(bytes, "homework03.rs"), None);
        let bytes = zip_of(&[("lessons/", b""), ("lessons/03-tokio/homework.rs", b"mine")]);
        assert_eq!(read(bytes, "lessons/03-tokio/homework.rs"), Some(Ok(b"mine".into())));
        assert_eq!(read(zip_of(&[]), "homework03.rs"), None);
    }

    #[test]
    fn what_leads_elsewhere_is_nobodys_answer() {
        for path in ["../homework03.rs", "/homework03.rs", "a/../homework03.rs", "..\\homework03.rs"] {
            let bytes = zip_of(&[(path, b"not mine"), ("x", b"")]);
            for asked in ["homework03.rs", "../homework03.rs", path] {
                assert_eq!(read(bytes.clone(), asked), None, "{path} {asked}");
            }
        }
    }

    #[test]
    fn a_bomb_is_inflated_no_further_than_an_answer_is_long() {
        let most = usize::try_from(LARGEST).unwrap();
        let bytes =
            zip_of(&[("fits", &vec![b'x'; most]), ("more", &vec![b'x'; most + 1]), ("bomb", &vec![0; 32 * most])]);
        assert_eq!(read(bytes.clone(), "fits").unwrap().unwrap().len(), most);
        for path in ["more", "bomb"] {
            let why = format!("{path} in anna.zip is larger than 256 KiB");
            assert_eq!(read(bytes.clone(), path), Some(Err(why)));
        }
        let mut lying = zip_of(&[("bomb", &vec![0; 32 * most])]);
        patch(&mut lying, SIGNATURE, 24, 1);
        patch(&mut lying, SIGNATURE, 26, 0);
        assert!(read(lying, "bomb").unwrap().is_err());
    }

    #[test]
    fn too_many_files_are_not_listed() {
        let names: Vec<_> = (0..=MOST).map(|number| number.to_string()).collect();
        let files: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b""[..])).collect();
        Zip::new(zip_of(&files[1..]), String::new()).unwrap();
        let why = Zip::new(zip_of(&files), "anna.zip".to_owned()).unwrap_err().english();
        assert_eq!(why, "anna.zip has more than 10000 files and folders: hand in the answers only");
    }

    #[test]
    fn what_is_no_plain_file_is_said_in_a_line() {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        zip.add_symlink("link", "/etc/passwd", SimpleFileOptions::default()).unwrap();
        zip.add_directory("folder", SimpleFileOptions::default()).unwrap();
        for twice in ["twice", "./twice"] {
            zip.start_file(twice, SimpleFileOptions::default()).unwrap();
        }
        let bytes = zip.finish().unwrap().into_inner();
        for (path, what) in [
            ("link", "is a link, and links are not followed"),
            ("folder", "is a folder, not a file"),
            ("twice", "is there more than once"),
        ] {
            assert_eq!(read(bytes.clone(), path), Some(Err(format!("{path} in anna.zip {what}"))));
        }
    }

    #[test]
    fn encrypted_and_broken_zips_are_said_in_a_line() {
        let good = zip_of(&[("x", b"a text that is long enough, a text that is long enough")]);
        let mut encrypted = good.clone();
        patch(&mut encrypted, b"PK\x03\x04", 6, 1);
        patch(&mut encrypted, SIGNATURE, 8, 1);
        let why = "x in anna.zip is encrypted: hand it in without a password".to_owned();
        assert_eq!(read(encrypted, "x"), Some(Err(why)));
        let mut other = good.clone();
        patch(&mut other, SIGNATURE, 10, 14);
        let why = "x in anna.zip is compressed by something else than deflate: make a plain zip".to_owned();
        assert_eq!(read(other, "x"), Some(Err(why)));
        let mut changed = good.clone();
        patch(&mut changed, SIGNATURE, 16, 0);
        let why = read(changed, "x").unwrap().unwrap_err();
        assert!(why.starts_with("x in anna.zip can't be unpacked: ") && !why.contains('\n'), "{why}");
        for broken in [&b""[..], b"no zip", &good[..good.len() - 9], &good[20..]] {
            let why = match Zip::new(broken.to_vec(), "anna.zip".to_owned()) {
                Ok(mut zip) => zip.read("x").unwrap().unwrap_err(),
                Err(why) => why,
            }
            .english();
            assert!(why.contains("anna.zip can't be unpacked: ") && !why.contains('\n'), "{why}");
        }
    }
}
