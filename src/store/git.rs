//! The git guard: no credentials file where the next `git add` would pick it up.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::location::shown;
use crate::error::{Failure, Kind};

/// What git says of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Outside any work tree, or ignored.
    Safe,
    /// In the work tree at this folder, and not ignored.
    Exposed(PathBuf),
    /// In a work tree, but git could not be asked.
    Unknown(PathBuf),
}

/// Asks git whether it ignores `target`.
pub(crate) fn verdict(target: &Path) -> Verdict {
    let target = &real(target);
    let Some(work_tree) = work_tree(target) else {
        return Verdict::Safe;
    };
    match answer(&work_tree, &["check-ignore", "--quiet"], target) {
        Some(0) => Verdict::Safe,
        Some(1) => Verdict::Exposed(work_tree),
        _ => Verdict::Unknown(work_tree),
    }
}

/// The exit code of a git command about `target`; none where git cannot be run.
fn answer(work_tree: &Path, question: &[&str], target: &Path) -> Option<i32> {
    let mut git = Command::new("git");
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("GIT_") || text.starts_with("TWAUTH_") {
            git.env_remove(&name);
        }
    }
    let asked = git
        .args(["-c", "core.fsmonitor=false"])
        .args(question)
        .arg("--")
        .arg(target)
        .current_dir(work_tree)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    asked.ok()?.code()
}

/// Refuses a path that git would commit.
pub(super) fn check(target: &Path) -> Result<(), Failure> {
    let (work_tree, said) = match verdict(target) {
        Verdict::Safe => return Ok(()),
        Verdict::Exposed(work_tree) => (work_tree, "does not ignore it"),
        Verdict::Unknown(work_tree) => (work_tree, "could not be asked whether it ignores it"),
    };
    let reason = format!(
        "{} lies in the git work tree {}, and git {said}",
        shown(target),
        shown(&work_tree)
    );
    let real = real(target);
    let line = real.strip_prefix(&work_tree).unwrap_or(&real);
    let mut hint = format!(
        "add the line /{} to {}, or choose another file with --creds, or use --force",
        line.display(),
        shown(&work_tree.join(".gitignore"))
    );
    // What is tracked is committed again, ignored or not.
    if answer(&work_tree, &["ls-files", "--error-unmatch"], &real) == Some(0) {
        hint = format!(
            "git tracks the file: first `git rm --cached {}`; then {hint}",
            line.display()
        );
    }
    Err(Failure::new(Kind::NotIgnored, reason).hint(hint))
}

/// The nearest folder above `target` that holds a `.git`.
pub(crate) fn work_tree(target: &Path) -> Option<PathBuf> {
    let above = real(target);
    above
        .ancestors()
        .skip(1)
        .find(|folder| folder.join(".git").exists())
        .map(Path::to_owned)
}

/// `target` with the links among its folders resolved, as far as they exist.
fn real(target: &Path) -> PathBuf {
    for folder in target.ancestors().skip(1) {
        if let (Ok(folder_itself), Ok(rest)) = (folder.canonicalize(), target.strip_prefix(folder))
        {
            return folder_itself.join(rest);
        }
    }
    target.to_owned()
}
