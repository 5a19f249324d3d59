//! The search of a repository's history for secrets. They stay in this process: git only hands over what it holds.

use std::collections::{BTreeMap, HashSet};
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use super::git::git;

/// Larger objects are passed over: credentials stand in small files.
const OBJECT_LIMIT: u64 = 1024 * 1024;

/// How long a search may take before it is given up.
const TIME_LIMIT: Duration = Duration::from_secs(20);

/// Values of an account, each under its label.
pub(crate) type Values = BTreeMap<String, &'static str>;

/// What the history holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Found {
    /// The labels of the values that stand in it.
    pub(crate) labels: HashSet<&'static str>,
    /// The first path under which one was found.
    pub(crate) path: Option<String>,
    /// All of it was looked at.
    pub(crate) complete: bool,
}

/// Searches everything that any branch, tag or stash of the work tree's repository has ever held.
pub(crate) fn search(work_tree: &Path, values: &Values) -> io::Result<Found> {
    let limit = format!("--filter=blob:limit={OBJECT_LIMIT}");
    let mut listing = Ended(
        git(work_tree)
            .args(["rev-list", "--objects", "--all", &limit])
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
    let mut found = look_through(BufReader::new(objects), values)?;
    if found.complete {
        found.complete = listing.0.wait()?.success() && reading.0.wait()?.success();
    }
    Ok(found)
}

/// A child that does not outlive its owner.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        // It has ended already, most likely.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Reads objects as `git cat-file --batch` writes them: a line about each, its content, a newline.
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
            // An object that is not here: a partial clone.
            continue;
        };
        content.clear();
        (&mut objects).take(size + 1).read_to_end(&mut content)?;
        if kind == Some("tree") {
            continue;
        }
        for label in labels_in(&content, values) {
            if found.labels.insert(label) && found.path.is_none() {
                found.path = path.filter(|path| !path.is_empty()).map(str::to_owned);
            }
        }
    }
}

/// The labels of the values that stand in `content`, each as a word of its own.
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
    fn a_part_of_a_word_and_a_tree_are_no_finding() {
        let text = "0123 missing\nblob 15 a\nxmade-up-key-1x\ntree 14 b\nmade-up-secret\n";
        let found = look_through(text.as_bytes(), &values());
        assert!(found.is_ok_and(|found| found.labels.is_empty() && found.complete));
    }
}
