//! Checks the git repository around the file: whether the next commit would contain the file, and whether an earlier
//! one does.

use std::path::Path;

use super::report::{Check, Report};
use crate::account::{Account, Part, Server};
use crate::error::Kind;
use crate::shell::{self, typed};
use crate::store::git::{Verdict, inside, is_tracked, verdict, work_tree};
use crate::store::history::{self, Found, Values};
use crate::store::{Store, shown};
use crate::terminal::text::harmless;

pub(super) async fn check(
    store: &Store,
    accounts: &[Account],
    server: Option<&Server>,
    report: &mut Report,
) -> anyhow::Result<()> {
    let Ok(target) = store.target() else {
        return Ok(());
    };
    let Some(work_tree) = work_tree(&target) else {
        return report.add(Check::ok("git", "not in a git repository"));
    };
    report.add(exposure(&target, &work_tree).await)?;
    let values = values(accounts, server);
    if values.is_empty() {
        return report.add(Check::skipped("history", "there are no keys to search for"));
    }
    report.add(match history::search(&work_tree, values).await {
        Ok(found) => past(&found, &work_tree, report),
        Err(_) => Check::warning(
            "history",
            "could not ask git whether the keys were ever committed",
            "install git",
        ),
    })
}

async fn exposure(target: &Path, work_tree: &Path) -> Check {
    let (folder, path) = (shown(work_tree), inside(work_tree, target));
    let ignore = |before: Option<&str>| {
        let file = shown(&work_tree.join(".gitignore"));
        shell::ignore(&format!("/{path}"), &file, before)
    };
    let problem = |reason, fix| Check::problem("git", Kind::NotIgnored, reason, fix);
    if is_tracked(work_tree, target).await {
        let remove = format!("git -C {} rm --cached {}", typed(&folder), typed(&path));
        let reason = format!("git tracks it in {folder}");
        return problem(reason, ignore(Some(&remove)));
    }
    match verdict(target).await {
        Verdict::Safe => Check::ok("git", format!("git ignores it in {folder}")),
        Verdict::Exposed(_) => problem(
            format!("git does not ignore it in {folder}: the next `git add` would add it"),
            ignore(None),
        ),
        Verdict::Unknown(_) => Check::warning(
            "git",
            format!(
                "it is inside the git repository {folder}, and git could not be asked whether it ignores it"
            ),
            format!("git -C {} status", typed(&folder)),
        ),
    }
}

fn past(found: &Found, work_tree: &Path, report: &Report) -> Check {
    let folder = shown(work_tree);
    let look = format!("git -C {} log --all -p", typed(&folder));
    let mut labels: Vec<&str> = found.labels.iter().copied().collect();
    labels.sort_unstable();
    if labels.is_empty() && found.complete {
        let message = format!("no commit in {folder} contains its keys");
        return Check::ok("history", message);
    }
    if labels.is_empty() {
        let message = format!("could not search the whole history of {folder}");
        return Check::warning("history", message, look);
    }
    let place = found.path.as_ref();
    let place = place.map_or_else(String::new, |path| format!(" ({})", harmless(path)));
    let message = format!(
        "already committed: {} in the history of {folder}{place}",
        labels.join(", ")
    );
    if !labels.iter().any(|label| label.ends_with("_secret")) {
        let message = format!("{message}; harmless without a secret");
        return Check::warning("history", message, look);
    }
    let login = report.invocation.about_several().login();
    let fix = format!("regenerate the keys (at X: console.x.com, Keys & Tokens), then `{login}`");
    Check::problem("history", Kind::NotIgnored, message, fix)
}

/// The values that must not be committed. The sandbox's values are worth nothing.
fn values(accounts: &[Account], server: Option<&Server>) -> Values {
    let is_real =
        |account: &&Account| account.server != Server::Sandbox && server != Some(&Server::Sandbox);
    let credentials = Part::ALL.map(Part::label);
    accounts
        .iter()
        .filter(is_real)
        .flat_map(Account::labelled)
        .filter(|(label, _)| credentials.contains(label))
        .filter_map(|(label, value)| Some((value?.trim().to_owned(), label)))
        .collect()
}
