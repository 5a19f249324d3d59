//! The git guard: rejects a credentials file that the next `git add` would add.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;
use tokio::time::timeout;

use super::location::shown;
use crate::error::{Failure, Kind};
use crate::shell;
use crate::terminal::text;

/// The time limit for an answer: git can block on a FIFO among its files or on a dead mount.
const PATIENCE: Duration = Duration::from_secs(5);

/// What git says about a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Outside any repository, or ignored.
    Safe,
    /// In the repository with this work tree, and not ignored.
    Exposed(PathBuf),
    /// In a repository, but git could not be asked.
    Unknown(PathBuf),
}

/// Asks git whether it ignores `target`.
pub(crate) async fn verdict(target: &Path) -> Verdict {
    let target = &real(target);
    let Some(work_tree) = work_tree(target) else {
        return Verdict::Safe;
    };
    match answer(&work_tree, &["check-ignore", "--quiet"], target).await {
        Some(0) => Verdict::Safe,
        Some(1) => Verdict::Exposed(work_tree),
        _ => Verdict::Unknown(work_tree),
    }
}

/// Whether `target` is in the index: then the next commit contains it, ignored or not.
pub(crate) async fn is_tracked(work_tree: &Path, target: &Path) -> bool {
    let question = ["ls-files", "--error-unmatch"];
    answer(work_tree, &question, &real(target)).await == Some(0)
}

/// The path of `target` relative to the top of its work tree, with slashes: in `.gitignore` a backslash would quote.
pub(crate) fn inside(work_tree: &Path, target: &Path) -> String {
    let real = real(target);
    let inside = real.strip_prefix(work_tree).unwrap_or(&real);
    let names: Vec<_> = inside.iter().map(|name| name.to_string_lossy()).collect();
    text::path(Path::new(&names.join("/")))
}

/// The exit code of a git command about `target`; `None` if git cannot be run or does not answer in time.
async fn answer(work_tree: &Path, question: &[&str], target: &Path) -> Option<i32> {
    let mut git = git(work_tree);
    git.args(question).arg("--").arg(target);
    let exit = git.stdout(Stdio::null()).status();
    timeout(PATIENCE, exit).await.ok()?.ok()?.code()
}

/// git for a work tree, without twauth's variables in its environment and with nothing that could make it act
/// elsewhere. It is started in a safe folder: a relative folder in `PATH` would lead into the work tree. It is killed
/// when the answer is no longer waited for.
pub(super) fn git(work_tree: &Path) -> Command {
    let mut git = Command::new("git");
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        // Names are case-insensitive on Windows.
        let text = if cfg!(windows) {
            text.to_ascii_uppercase()
        } else {
            text.into_owned()
        };
        if text.starts_with("GIT_") || text.starts_with("TWAUTH_") {
            git.env_remove(&name);
        }
    }
    if cfg!(unix) {
        git.current_dir("/");
    }
    git.arg("-C")
        .arg(work_tree)
        .args(["-c", "core.fsmonitor=false"])
        .env("GIT_NO_LAZY_FETCH", "1")
        .env("GIT_ALLOW_PROTOCOL", "none")
        .env("GIT_OPTIONAL_LOCKS", "0")
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    git
}

/// Rejects a path that git would commit, unless forced; `option` is the option that chooses another.
pub(super) async fn check(target: &Path, option: &str, force: bool) -> Result<(), Failure> {
    if force {
        return Ok(());
    }
    let (work_tree, said, can_be_asked) = match verdict(target).await {
        Verdict::Safe => return Ok(()),
        Verdict::Exposed(work_tree) => (work_tree, " and not ignored by git", true),
        Verdict::Unknown(work_tree) => (
            work_tree,
            ", and git could not be asked whether it ignores the file",
            false,
        ),
    };
    let mut reason = format!(
        "{} is inside the git repository {}{said}",
        shown(target),
        shown(&work_tree)
    );
    let line = inside(&work_tree, target);
    let mut hint = format!(
        "add the line /{line} to {}, or choose another file with {option}, or use --force",
        shown(&work_tree.join(".gitignore"))
    );
    // A tracked file is committed again, ignored or not.
    if can_be_asked && is_tracked(&work_tree, target).await {
        let (folder, file) = (shell::typed(&shown(&work_tree)), shell::typed(&line));
        hint = format!("first `git -C {folder} rm --cached {file}`; then {hint}");
        reason = format!(
            "git already tracks {} in the repository {}",
            shown(target),
            shown(&work_tree)
        );
    }
    Err(Failure::new(Kind::NotIgnored, reason).hint(hint))
}

/// The nearest parent folder of `target` that has a `.git`.
pub(crate) fn work_tree(target: &Path) -> Option<PathBuf> {
    let above = real(target);
    above
        .ancestors()
        .skip(1)
        .find(|folder| folder.join(".git").exists())
        .map(Path::to_owned)
}

/// `target` with the symbolic links among its folders resolved, as far as they exist.
fn real(target: &Path) -> PathBuf {
    for folder in target.ancestors().skip(1) {
        if let (Ok(folder_itself), Ok(rest)) = (folder.canonicalize(), target.strip_prefix(folder))
        {
            return plain(folder_itself).join(rest);
        }
    }
    target.to_owned()
}

/// Windows returns resolved paths in a form that git rejects.
fn plain(path: PathBuf) -> PathBuf {
    match path
        .to_str()
        .filter(|_| cfg!(windows))
        .and_then(without_prefix)
    {
        Some(plain) => PathBuf::from(plain),
        None => path,
    }
}

/// `C:\folder` for `\\?\C:\folder`, and `\\server\share` for `\\?\UNC\server\share`.
fn without_prefix(path: &str) -> Option<String> {
    let rest = path.strip_prefix(r"\\?\")?;
    Some(match rest.strip_prefix(r"UNC\") {
        Some(share) => format!(r"\\{share}"),
        None => rest.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resolved_path_of_windows_is_written_as_people_write_it() {
        for (resolved, plain) in [
            (r"\\?\C:\bots\tw.json", Some(r"C:\bots\tw.json")),
            (r"\\?\UNC\server\share\bots", Some(r"\\server\share\bots")),
            (r"C:\bots", None),
            (r"\\server\share", None),
        ] {
            assert_eq!(without_prefix(resolved).as_deref(), plain);
        }
    }

    #[test]
    fn a_path_below_a_work_tree_is_written_with_slashes() {
        let folder = std::path::absolute("bots").unwrap_or_default();
        let file = folder.join("keys and more").join("tw.json");
        assert_eq!(inside(&folder, &file), "keys and more/tw.json");
    }
}
