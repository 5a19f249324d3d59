//! What a program asks of the system, and faults put in its way, by strace where that is installed.

use std::collections::BTreeMap;
use std::fs;

use super::home::Home;
use super::installed;
use super::run::Run;

const LOG: &str = "strace.log";

/// Whether strace works here. Where it does not, that is said, and the test has to pass by other means.
pub(crate) fn is_here(test: &str) -> bool {
    installed::works("strace", &["-o", "/dev/null", "true"], test)
}

/// Runs under strace with these `-e` expressions; the log is kept beside the home's files. The program is kept from
/// closing its memory, which nobody but an administrator could look into then.
pub(crate) fn traced(run: Run, expressions: &[&str]) -> Run {
    let open = ["inject=prctl:error=EPERM"];
    traced_as_it_is(run, &[expressions, &open].concat())
}

/// The same, with nothing done to the program but what is told.
pub(crate) fn traced_as_it_is(run: Run, expressions: &[&str]) -> Run {
    let mut script = format!("exec strace -f -y -o {LOG}");
    for expression in expressions {
        script.push_str(" -e ");
        script.push_str(expression);
    }
    run.through_shell(&format!("{script} \"$@\""))
}

/// The log so far.
pub(crate) fn log(home: &Home) -> String {
    fs::read_to_string(home.path(LOG)).unwrap_or_default()
}

/// The log, which is taken away.
pub(crate) fn take_log(home: &Home) -> String {
    let log = log(home);
    fs::remove_file(home.path(LOG)).unwrap();
    log
}

/// The system calls of the program's first thread, in order: the calls that `when=N` counts.
pub(crate) fn calls_of_first_thread(log: &str) -> Vec<&str> {
    let thread = log.split_whitespace().next().unwrap();
    log.lines()
        .filter_map(|line| Some(line.strip_prefix(thread)?.trim_start()))
        .filter(|line| line.contains('(') && !line.starts_with(['<', '-', '+']))
        .collect()
}

/// The calls that may change a file or the folder: between two of them a kill leaves what it leaves at the second.
const CHANGES: [&str; 11] = [
    "chmod",
    "fchmod",
    "flock",
    "fsync",
    "ftruncate",
    "link",
    "open",
    "openat",
    "rename",
    "unlink",
    "write",
];

/// Every call of the first thread from the `lock`th that concerns a lock to the end which may change a file: its name,
/// and its number among those of that name.
pub(crate) fn places_from_lock(log: &str, lock: usize) -> Vec<(String, usize)> {
    let calls = calls_of_first_thread(log);
    let names = calls.iter().map(|call| call.split('(').next().unwrap());
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut places = Vec::new();
    for name in names {
        let count = counts.entry(name).or_default();
        *count += 1;
        let is_after = !places.is_empty() || (name == "flock" && *count >= lock);
        let changes = CHANGES.iter().any(|change| name.starts_with(change));
        if is_after && changes {
            places.push((name.to_owned(), *count));
        }
    }
    places
}

/// Which of the first thread's calls `name` meets `wanted`, counting from one as `when=N` does.
pub(crate) fn place_of(log: &str, name: &str, wanted: impl Fn(&str) -> bool) -> Vec<usize> {
    let calls = calls_of_first_thread(log).into_iter();
    let named = calls.filter(|call| call.split('(').next() == Some(name));
    let places = named.enumerate().filter(|(_, call)| wanted(call));
    places.map(|(index, _)| index + 1).collect()
}
