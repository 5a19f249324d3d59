//! Searches a repository's history for secrets. The secrets stay in this process: git only outputs objects.

use std::collections::{BTreeMap, HashSet};
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::pin::pin;
use std::process::Stdio;
use std::time::{Duration, Instant};

use tokio::time::timeout;

use super::git::{Ended, git};
use crate::blocking;

/// Larger objects are not searched: credentials are in small files. In bytes.
const OBJECT_LIMIT: u64 = 1024 * 1024;

/// The time limit of a search.
const TIME_LIMIT: Duration = Duration::from_secs(20);

/// How long the reader may take to notice that git was killed.
const GRACE: Duration = Duration::from_secs(1);

/// Values of an account, with their labels.
pub(crate) type Values = BTreeMap<String, &'static str>;

/// What was found in the history.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Found {
    /// The labels of the values found.
    pub(crate) labels: HashSet<&'static str>,
    /// The first path with one of them.
    pub(crate) path: Option<String>,
    /// Whether all of it was searched.
    pub(crate) complete: bool,
}

/// Searches everything that any branch, tag or stash of the repository contains.
pub(crate) async fn search(work_tree: &Path, values: Values) -> io::Result<Found> {
    search_within(TIME_LIMIT, work_tree, values).await
}

async fn search_within(limit: Duration, work_tree: &Path, values: Values) -> io::Result<Found> {
    let filter = format!("--filter=blob:limit={OBJECT_LIMIT}");
    let mut listing = Ended(
        git(work_tree)
            .args(["rev-list", "--objects", "--all", &filter])
            .stdout(Stdio::piped())
            .spawn()?,
    );
    let names = listing.0.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
    let mut reading = Ended(
        git(work_tree)
            .args([
                "cat-file",
                "--buffer",
                "--batch=%(objecttype) %(objectsize) %(rest)",
            ])
            .stdin(Stdio::from(names))
            .stdout(Stdio::piped())
            .spawn()?,
    );
    let objects = reading.0.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
    let mut looking = pin!(blocking::apart(move || look_through(
        BufReader::new(objects),
        &values
    )));
    let Ok(found) = timeout(limit, &mut looking).await else {
        // git is killed, so the reader ends with what it has found so far.
        drop((listing, reading));
        let mut found = timeout(GRACE, looking).await???;
        found.complete = false;
        return Ok(found);
    };
    let mut found = found??;
    if found.complete {
        found.complete = listing.0.wait()?.success() && reading.0.wait()?.success();
    }
    Ok(found)
}

/// Reads the output of `git cat-file --batch`: a line about each object, its content, a newline.
fn look_through(mut objects: impl BufRead, values: &Values) -> io::Result<Found> {
    let start = Instant::now();
    let mut found = Found::default();
    let mut line = Vec::new();
    let mut content = Vec::new();
    loop {
        line.clear();
        if objects.read_until(b'\n', &mut line)? == 0 {
            found.complete = true;
            return Ok(found);
        }
        if start.elapsed() > TIME_LIMIT {
            return Ok(found);
        }
        let said = String::from_utf8_lossy(&line);
        let mut words = said.trim_end_matches('\n').splitn(3, ' ');
        let (kind, size, path) = (words.next(), words.next(), words.next());
        let Some(size) = size.and_then(|size| size.parse::<u64>().ok()) else {
            // A missing object: a partial clone.
            continue;
        };
        let mut object = (&mut objects).take(size.saturating_add(1));
        if kind == Some("tree") || size > OBJECT_LIMIT {
            io::copy(&mut object, &mut io::sink())?;
            continue;
        }
        content.clear();
        object.read_to_end(&mut content)?;
        for label in labels_in(&content, values) {
            if found.labels.insert(label) && found.path.is_none() {
                found.path = path.filter(|path| !path.is_empty()).map(str::to_owned);
            }
        }
    }
}

/// The labels of the values in `content`, each as a whole word.
fn labels_in<'a>(
    content: &'a [u8],
    values: &'a Values,
) -> impl Iterator<Item = &'static str> + use<'a> {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    content
        .split(move |byte| !is_part(byte))
        .filter(|word| word.len() >= 8)
        .filter_map(|word| values.get(std::str::from_utf8(word).ok()?).copied())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    fn values() -> Values {
        Values::from([
            ("made-up-key-1".to_owned(), "consumer_key"),
            ("made-up-secret".to_owned(), "consumer_secret"),
        ])
    }

    #[test]
    fn a_value_is_found_in_any_object_with_its_path() {
        let text = "commit 5 \nhello\nblob 30 a folder/old.py\nkey('made-up-key-1')# and more\n\n";
        let found = look_through(text.as_bytes(), &values());
        let expected = Found {
            labels: HashSet::from(["consumer_key"]),
            path: Some("a folder/old.py".to_owned()),
            complete: true,
        };
        assert_eq!(found.ok(), Some(expected));
    }

    #[test]
    fn a_large_object_is_not_kept_whatever_its_kind() {
        struct Objects(usize);
        impl Read for Objects {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                assert!(buffer.len() <= 64 * 1024, "{} bytes at once", buffer.len());
                let length = buffer.len().min(self.0);
                self.0 -= length;
                buffer[..length].fill(b'x');
                Ok(length)
            }
        }
        let size = 64 * OBJECT_LIMIT;
        let head = format!("commit {size} \n");
        let tail = "\nblob 13 a\nmade-up-key-1\n";
        let objects = head
            .as_bytes()
            .chain(Objects(usize::try_from(size).unwrap()));
        let found = look_through(BufReader::new(objects.chain(tail.as_bytes())), &values());
        assert!(found.is_ok_and(|found| found.complete && found.labels.len() == 1));
    }

    #[cfg(unix)]
    #[test]
    fn a_git_that_never_ends_is_ended() {
        let folder = tempfile::tempdir().unwrap();
        let run = |program: &str, arguments: &[&str]| {
            let mut command = std::process::Command::new(program);
            command.args(arguments).current_dir(folder.path()).status()
        };
        let made = run("git", &["init", "--quiet"])
            .and_then(|_| run("mkfifo", &[".git/packed-refs"]))
            .is_ok_and(|status| status.success());
        if !made {
            // No git here, so there is nothing to search.
            return;
        }
        let started = Instant::now();
        let limit = Duration::from_millis(200);
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let found = runtime
            .enable_all()
            .build()
            .unwrap()
            .block_on(search_within(limit, folder.path(), values()));
        assert!(started.elapsed() < Duration::from_secs(10));
        assert!(found.is_ok_and(|found| !found.complete));
    }

    #[test]
    fn a_part_of_a_word_and_a_tree_are_no_finding() {
        let text = "0123 missing\nblob 15 a\nxmade-up-key-1x\ntree 14 b\nmade-up-secret\n";
        let found = look_through(text.as_bytes(), &values());
        assert!(found.is_ok_and(|found| found.labels.is_empty() && found.complete));
    }
}
