//! What was refused to a program, as far as it said so itself: runtimes name the call that failed, and what it was about.

use console::Lang;
use serde::Serialize;

use super::seen::Run;
use crate::process::{Captured, Wall};

/// Something that a judged program may not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Refusal {
    /// Listening on a port.
    Listen,
    /// Connecting to what it was not given.
    Connect,
    /// A socket of another kind than TCP's.
    Socket,
    /// Writing outside its own folder.
    Write,
    /// Opening or making a file.
    File,
    /// Ending a process, or changing how one runs.
    Process,
    /// Opening a terminal.
    Terminal,
    /// Something that it did not name.
    Other,
}

/// How systems and runtimes say that something was refused.
const REFUSED: [&str; 8] = [
    "eacces",
    "eperm",
    "erofs",
    "operation not permitted",
    "permission denied",
    "permissiondenied",
    "permissionerror",
    "read-only file system",
];

/// How runtimes name what was tried, in lower case. Of a file they may speak beside what it is.
const CALLS: [(Refusal, &[&str]); 7] = [
    (
        Refusal::Listen,
        &[
            " bind(",
            ".bind(",
            ".bind0(",
            ".listen(",
            ": bind:",
            ": listen:",
            "attempting to bind",
            "bind(2)",
            "listen eacces",
            "listen eperm",
            "listen(2)",
        ],
    ),
    (
        Refusal::Connect,
        &[
            " connect(",
            ".connect(",
            ".connect0(",
            ": connect:",
            "connect eacces",
            "connect eperm",
            "connect error",
            "connect(2)",
            "java.net.connectexception",
        ],
    ),
    (Refusal::Socket, &[".socket0(", ": socket:", "bind eperm", "socket(2)", "socket.__init__(", "socket.socket("]),
    (Refusal::Write, &["erofs", "read-only file system"]),
    (
        Refusal::Process,
        &[
            " kill(",
            ".kill(",
            ".prlimit(",
            ".ptrace(",
            ".sched_set",
            ".setpriority(",
            "`kill'",
            "`setpriority'",
            "kill eperm",
            "kill: ",
            "os_setpriority",
            "renice: ",
        ],
    ),
    (Refusal::Terminal, &["/dev/tty", "openpty(", "posix_openpt"]),
    (
        Refusal::File,
        &[
            "(permission denied)",
            ", mkdir '/",
            ", open '/",
            ": open /",
            ": mkdir /",
            " open /",
            "accessdeniedexception: /",
            "cannot create ",
            "denied: '/",
            "rb_sysopen - /",
        ],
    ),
];

/// How many lines around a refusal may name the call.
const AROUND: usize = 3;

impl Refusal {
    /// It in a sentence.
    pub fn words(self, lang: Lang) -> &'static str {
        match self {
            Self::Listen => lang.pick(
                "It tried to listen on a port, which is not allowed here.",
                "Программа пыталась слушать порт: здесь это запрещено.",
            ),
            Self::Connect => lang.pick(
                "It tried to connect elsewhere than to the site, which is not allowed here.",
                "Программа пыталась соединиться с чем-то помимо сайта: здесь это запрещено.",
            ),
            Self::Socket => lang.pick(
                "It tried to open a socket of another kind than TCP's, which is not allowed here.",
                "Программа пыталась открыть сокет, отличный от TCP: здесь это запрещено.",
            ),
            Self::Write => lang.pick(
                "It tried to write outside its own folder, which is not allowed here.",
                "Программа пыталась писать не в свою папку: здесь это запрещено.",
            ),
            Self::File => lang.pick(
                "It tried to open or make a file that it has no right to: it writes only to its own folder.",
                "Программа пыталась открыть или создать файл, на который у неё нет прав: писать она может только в свою \
                 папку.",
            ),
            Self::Process => lang.pick(
                "It tried to end a process or to change how one runs, which is not allowed here.",
                "Программа пыталась завершить процесс или изменить его приоритет или ограничения: здесь это запрещено.",
            ),
            Self::Terminal => lang.pick(
                "It tried to open a terminal, which is not allowed here.",
                "Программа пыталась открыть терминал: здесь это запрещено.",
            ),
            Self::Other => lang.pick(
                "Something was refused to the program. It writes only to its own folder, connects only to the site, \
                 listens nowhere, and opens no terminal.",
                "Программе в чём-то отказано. Она может писать только в свою папку и соединяться только с сайтом; слушать \
                 порты и открывать терминалы ей нельзя.",
            ),
        }
    }
}

impl Run {
    /// What was refused to the program, by its own words, each once. Where there are no walls, nothing was refused by them.
    pub fn refused(&self) -> Vec<Refusal> {
        let mut all: Vec<Refusal> = Vec::new();
        if self.walls.contains(&Wall::Files) {
            all.extend(self.acts.iter().flat_map(|act| said_to_be_refused(&act.stderr)));
        }
        all.sort_unstable();
        all.dedup();
        // What it did not name may be what it named elsewhere.
        if all.len() > 1 {
            all.retain(|one| *one != Refusal::Other);
        }
        all
    }
}

/// What a program says on its standard error that was refused to it.
fn said_to_be_refused(stderr: &Captured) -> Vec<Refusal> {
    let text = format!("{}\n{}", stderr.beginning, stderr.end).to_lowercase();
    // Python underlines the part of a line that it is about.
    let is_text = |line: &&str| !line.trim_matches(['^', '~', ' ']).is_empty();
    let lines: Vec<&str> = text.lines().filter(is_text).collect();
    let refused = (0..lines.len()).filter(|index| REFUSED.iter().any(|words| lines[*index].contains(words)));
    refused.map(|index| named(&lines, index)).collect()
}

/// What was tried, by the line that says that it was refused, or else by those around it that runtimes name the call in.
fn named(lines: &[&str], index: usize) -> Refusal {
    // Python's is the last of its source's before the error.
    let before = lines[..index].last().into_iter().filter(|line| line.starts_with(' '));
    // Java's come after it, innermost first.
    let after = lines[index + 1..].iter().take(AROUND).take_while(|line| line.trim_start().starts_with("at "));
    let mut places = [lines[index]].into_iter().chain(before.copied()).chain(after.copied());
    places.find_map(call).unwrap_or(Refusal::Other)
}

/// The call that a line names, if it is one alone.
fn call(line: &str) -> Option<Refusal> {
    let is_named = |words: &[&str]| words.iter().any(|word| line.contains(word));
    let calls: Vec<Refusal> = CALLS.iter().filter(|(_, words)| is_named(words)).map(|(refusal, _)| *refusal).collect();
    match calls.as_slice() {
        [] => None,
        [one] | [one, Refusal::File] => Some(*one),
        // Two in a line say nothing of which of them was refused.
        _ => Some(Refusal::Other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(stderr: &str) -> Vec<Refusal> {
        said_to_be_refused(&Captured { beginning: stderr.to_owned(), ..Captured::default() })
    }

    /// What runtimes say, as they said it.
    const SAID: [(Refusal, &str); 30] = [
        (Refusal::Listen, "Error: listen EACCES: permission denied 0.0.0.0:8080\n    at Server.setupListenHandle"),
        (Refusal::Listen, "2026/11/27 03:15:15 listen tcp :8080: bind: permission denied"),
        (
            Refusal::Listen,
            "Exception in thread \"main\" java.net.BindException: Permission denied\n\
             \tat java.base/sun.nio.ch.Net.bind0(Native Method)\n\tat java.base/sun.nio.ch.Net.bind(Net.java:555)",
        ),
        (
            Refusal::Listen,
            "/a.rb:2:in `initialize': Permission denied - bind(2) for \"127.0.0.1\" port 8080 (Errno::EACCES)",
        ),
        (
            Refusal::Listen,
            "  File \"/a.py\", line 3, in <module>\n    s.listen()\nPermissionError: [Errno 1] Operation not permitted",
        ),
        (
            Refusal::Listen,
            "    self.socket.bind(self.server_address)\n    ^^^^^^^^^^^^^^^^\nPermissionError: [Errno 13] Permission denied",
        ),
        (
            Refusal::Listen,
            "PermissionError: [Errno 13] error while attempting to bind on address ('127.0.0.1', 8080): permission denied",
        ),
        (Refusal::Connect, "Error: connect EACCES 127.0.0.1:9 - Local (0.0.0.0:0)"),
        (Refusal::Connect, "2026/11/27 03:15:13 dial tcp 127.0.0.1:9: connect: permission denied"),
        (
            Refusal::Connect,
            "Error: error sending request for url (http://127.0.0.1:9/): client error (Connect): tcp connect error: \
             Permission denied (os error 13)",
        ),
        (
            Refusal::Connect,
            "java.net.BindException: Permission denied\n\tat java.base/sun.nio.ch.Net.connect0(Native Method)",
        ),
        (Refusal::Connect, "    sock.connect(sa)\nPermissionError: [Errno 13] Permission denied"),
        (Refusal::Socket, "Error: bind EPERM 0.0.0.0\n    at node:dgram:373:20"),
        (Refusal::Socket, "dial tcp: lookup x on [::1]:53: dial udp [::1]:53: socket: operation not permitted"),
        (
            Refusal::Socket,
            "    _socket.socket.__init__(self, family, type, proto, fileno)\nPermissionError: [Errno 1] Operation not permitted",
        ),
        (Refusal::Socket, "/a.rb:2:in `initialize': Operation not permitted - socket(2) - udp (Errno::EPERM)"),
        (Refusal::Write, "OSError: [Errno 30] Read-only file system: '/etc/x'"),
        (Refusal::Write, "Error: EROFS: read-only file system, open '/etc/x'"),
        (Refusal::Write, "/a.rb:1:in `write': Read-only file system @ rb_sysopen - /etc/x (Errno::EROFS)"),
        (Refusal::File, "PermissionError: [Errno 13] Permission denied: '/home/ann/x'"),
        (Refusal::File, "sh: 1: cannot create /home/ann/x: Permission denied"),
        (Refusal::File, "2026/11/27 03:15:16 open /home/ann/x: permission denied"),
        (Refusal::File, "Error: EACCES: permission denied, open '/home/ann/x'"),
        (
            Refusal::File,
            "java.io.FileNotFoundException: /home/ann/x (Permission denied)\n\tat java.base/java.io.X.open0(Y)",
        ),
        (Refusal::Process, "    os.kill(1, 9)\nPermissionError: [Errno 1] Operation not permitted"),
        (Refusal::Process, "/a.rb:1:in `setpriority': Operation not permitted (Errno::EPERM)"),
        (Refusal::Process, "renice: failed to set priority for 1 (process ID): Operation not permitted"),
        (
            Refusal::Terminal,
            "    open('/dev/tty', 'w').write('x')\n    ^^^^^^^^^^^^^^^\nPermissionError: [Errno 13] Permission denied: '/dev/tty'",
        ),
        (Refusal::Other, "Error: Os { code: 13, kind: PermissionDenied, message: \"Permission denied\" }"),
        (Refusal::Other, "    s = socket.socket(); s.listen()\nPermissionError: [Errno 1] Operation not permitted"),
    ];

    #[test]
    fn runtimes_name_what_was_refused() {
        for (refusal, said) in SAID {
            assert!(refused(said).iter().all(|one| *one == refusal) && !refused(said).is_empty(), "{said}");
        }
    }

    #[test]
    fn what_went_wrong_otherwise_was_not_refused() {
        for said in [
            "",
            "ConnectionRefusedError: [Errno 111] Connection refused",
            "    sock.connect(sa)\nTimeoutError: timed out",
            "FileNotFoundError: [Errno 2] No such file or directory: '/etc/x'",
            "listening on port 8080",
        ] {
            assert!(refused(said).is_empty(), "{said}");
        }
    }
}
