//! Searches a repository's history for secrets. The secrets stay in this process: git only outputs objects.

use std::collections::{BTreeMap, HashSet};
use std::io;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufRead, AsyncBufReadExt as _, AsyncReadExt as _, BufReader, copy_buf, sink};
use tokio::time::timeout;

use super::git::git;

/// Larger objects are not searched: credentials are in small files. In bytes.
const OBJECT_LIMIT: u64 = 1024 * 1024;

/// The time limit of a search.
const TIME_LIMIT: Duration = Duration::from_secs(20);

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
    search_within(TIME_LIMIT, work_tree, &values).await
}

async fn search_within(limit: Duration, work_tree: &Path, values: &Values) -> io::Result<Found> {
    let filter = format!("--filter=blob:limit={OBJECT_LIMIT}");
    let mut listing = git(work_tree)
        .args(["rev-list", "--objects", "--all", &filter])
        .stdout(Stdio::piped())
        .spawn()?;
    let names = listing.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
    let names: Stdio = names.try_into()?;
    let mut reading = git(work_tree)
        .args([
            "cat-file",
            "--buffer",
            "--batch=%(objecttype) %(objectsize) %(rest)",
        ])
        .stdin(names)
        .stdout(Stdio::piped())
        .spawn()?;
    let objects = reading.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
    let mut found = Found::default();
    let whole = async {
        look_through(BufReader::new(objects), values, &mut found).await?;
        Ok::<_, io::Error>(listing.wait().await?.success() && reading.wait().await?.success())
    };
    let whole = timeout(limit, whole).await;
    found.complete = whole.unwrap_or(Ok(false))?;
    Ok(found)
}

/// Reads the output of `git cat-file --batch`: a line about each object, its content, a newline.
async fn look_through(
    mut objects: impl AsyncBufRead + Unpin,
    values: &Values,
    found: &mut Found,
) -> io::Result<()> {
    let mut line = Vec::new();
    let mut content = Vec::new();
    loop {
        line.clear();
        if objects.read_until(b'\n', &mut line).await? == 0 {
            return Ok(());
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
            copy_buf(&mut object, &mut sink()).await?;
            continue;
        }
        content.clear();
        object.read_to_end(&mut content).await?;
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

    use std::pin::Pin;
    use std::task::{Context, Poll};

    use tokio::io::{AsyncRead, ReadBuf};

    use super::*;

    fn values() -> Values {
        Values::from([
            ("made-up-key-1".to_owned(), "consumer_key"),
            ("made-up-secret".to_owned(), "consumer_secret"),
        ])
    }

    fn block_on<T>(work: impl Future<Output = T>) -> T {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        runtime.enable_all().build().unwrap().block_on(work)
    }

    /// What is found in the output of git.
    fn found_in(objects: impl AsyncRead + Unpin) -> Found {
        let mut found = Found::default();
        let objects = BufReader::new(objects);
        block_on(look_through(objects, &values(), &mut found)).unwrap();
        found
    }

    #[test]
    fn a_value_is_found_in_any_object_with_its_path() {
        let text = "commit 5 \nhello\nblob 30 a folder/old.py\nkey('made-up-key-1')# and more\n\n";
        let expected = Found {
            labels: HashSet::from(["consumer_key"]),
            path: Some("a folder/old.py".to_owned()),
            complete: false,
        };
        assert_eq!(found_in(text.as_bytes()), expected);
    }

    #[test]
    fn a_large_object_is_not_kept_whatever_its_kind() {
        struct Objects(u64);
        impl AsyncRead for Objects {
            fn poll_read(
                mut self: Pin<&mut Self>,
                _: &mut Context<'_>,
                buffer: &mut ReadBuf<'_>,
            ) -> Poll<io::Result<()>> {
                let room = buffer.remaining();
                assert!(room <= 64 * 1024, "{room} bytes at once");
                let length = room.min(usize::try_from(self.0).unwrap());
                self.0 -= length as u64;
                buffer.initialize_unfilled_to(length).fill(b'x');
                buffer.advance(length);
                Poll::Ready(Ok(()))
            }
        }
        let size = 64 * OBJECT_LIMIT;
        let head = format!("commit {size} \n");
        let tail = "\nblob 13 a\nmade-up-key-1\n";
        let objects = head.as_bytes().chain(Objects(size)).chain(tail.as_bytes());
        assert_eq!(found_in(objects).labels.len(), 1);
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
        let started = std::time::Instant::now();
        let limit = Duration::from_millis(200);
        let found = block_on(search_within(limit, folder.path(), &values()));
        assert!(started.elapsed() < Duration::from_secs(10));
        assert!(found.is_ok_and(|found| !found.complete));
    }

    #[test]
    fn a_part_of_a_word_and_a_tree_are_no_finding() {
        let text = "0123 missing\nblob 15 a\nxmade-up-key-1x\ntree 14 b\nmade-up-secret\n";
        assert!(found_in(text.as_bytes()).labels.is_empty());
    }
}
