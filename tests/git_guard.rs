//! No credentials file where the next `git add` would pick it up.

use crate::support::browser;
use crate::support::home::Home;
use crate::support::installed;
use crate::support::login::Login;
use crate::support::raw_server::Script;
use crate::support::run::Run;
use crate::support::sandbox::SandboxServer;

fn git(home: &Home, folder: &str, arguments: &[&str]) {
    let run = home
        .program("git")
        .args(["-c", "user.name=x", "-c", "user.email=x@example.com"]);
    let run = run
        .args(["-c", "protocol.file.allow=always"])
        .args(arguments);
    run.folder(home.path(folder)).run().assert_code(0);
}

fn repository(home: &Home, name: &str) {
    std::fs::create_dir_all(home.path(name)).unwrap();
    git(home, name, &["init", "--quiet"]);
    git(
        home,
        name,
        &["commit", "--quiet", "--allow-empty", "-m", "first"],
    );
}

/// A login that would be refused by the guard, or, where it is not, by a server that knows nothing: exit 6.
fn attempt(home: &Home, file: &str) -> Run {
    home.twauth(["login", "-c", file])
        .env("TWAUTH_CONSUMER_KEY", &home.canaries.consumer_key)
        .env("TWAUTH_CONSUMER_SECRET", &home.canaries.consumer_secret)
}

/// Panics unless the file may be written (`safe`), or is refused before anything is sent.
fn assert_guard(home: &Home, file: &str, safe: bool) -> String {
    let server = Script::new().start();
    let output = attempt(home, file).args(["--server", &server.url()]).run();
    let expected = if safe { (6, 1) } else { (1, 0) };
    assert_eq!(
        (output.code, server.connections()),
        expected,
        "{file}: {output:?}"
    );
    output.stderr
}

#[test]
fn a_path_that_git_does_not_ignore_is_refused_with_the_line_to_add() {
    if !installed::works("git", &["--version"], "the git guard") {
        return;
    }
    let home = Home::new();
    repository(&home, "project");
    let said = assert_guard(&home, "project/sub/tw.json", false);
    assert!(
        said.contains(&format!(
            "add the line /sub/tw.json to {}",
            home.shown("project/.gitignore")
        )),
        "{said}"
    );
    assert!(!home.exists("project/sub"));
    // The line does it.
    home.write("project/.gitignore", "/sub/tw.json\n");
    assert_guard(&home, "project/sub/tw.json", true);
    assert_guard(&home, "project/tw.json", false);
}

#[test]
fn force_and_being_ignored_let_a_login_through() {
    if !installed::works("git", &["--version"], "the git guard") {
        return;
    }
    let home = Home::new();
    let sandbox = SandboxServer::start(&home);
    repository(&home, "project");
    home.write("project/.gitignore", "*.json\n");
    for arguments in [
        &["-c", "project/tw.json"][..],
        &["-c", "project/other", "--force"],
    ] {
        let mut login = Login::at(&home, &sandbox, arguments);
        let pin = browser::authorize(&login.authorization_url(), "sandbot");
        login.answer(&pin);
        login.finish().assert_code(0);
        home.watch_file(arguments[1]);
    }
    assert!(home.exists("project/tw.json") && home.exists("project/other"));
    let output = attempt(&home, "project/third")
        .args(["--sandbox", "--json"])
        .run();
    let output = output.assert_code(1);
    assert_eq!(output.json()["error"]["kind"], "not-ignored-by-git");
}

#[test]
fn every_way_of_ignoring_counts() {
    if !installed::works("git", &["--version"], "the git guard") {
        return;
    }
    let home = Home::new();
    repository(&home, "project");
    home.write("project/.git/info/exclude", "excluded\n");
    home.write("project/sub/.gitignore", "tw.json\n!kept.json\n");
    home.write(".config/git/ignore", "*.everywhere\n");
    home.write("project/.gitignore", "kept.json\n");
    assert_guard(&home, "project/excluded", true);
    assert_guard(&home, "project/sub/tw.json", true);
    assert_guard(&home, "project/a.everywhere", true);
    assert_guard(&home, "project/kept.json", true);
    assert_guard(&home, "project/sub/kept.json", false);
}

#[test]
fn a_tracked_file_is_refused_although_it_is_ignored() {
    if !installed::works("git", &["--version"], "the git guard") {
        return;
    }
    let home = Home::new();
    repository(&home, "project");
    home.write("project/tw.json", home.account("sandbox").to_string());
    git(&home, "project", &["add", "tw.json"]);
    home.write("project/.gitignore", "tw.json\n");
    let output = attempt(&home, "project/tw.json")
        .args(["--add", "--sandbox"])
        .run();
    let output = output.assert_code(1).assert_says("git tracks the file");
    output.assert_says("git rm --cached tw.json");
}

#[test]
fn work_trees_and_submodules_are_work_trees() {
    if !installed::works("git", &["--version"], "the git guard") {
        return;
    }
    let home = Home::new();
    repository(&home, "project");
    git(&home, "project", &["worktree", "add", "--quiet", "../tree"]);
    assert!(home.path("tree/.git").is_file());
    assert_guard(&home, "tree/tw.json", false);
    home.write("tree/.gitignore", "tw.json\n");
    assert_guard(&home, "tree/tw.json", true);

    repository(&home, "module");
    git(
        &home,
        "project",
        &["submodule", "--quiet", "add", "../module", "part"],
    );
    assert!(home.path("project/part/.git").is_file());
    // What the outer tree ignores is no matter to the inner one.
    home.write("project/.gitignore", "*\n");
    let said = assert_guard(&home, "project/part/tw.json", false);
    assert!(
        said.contains(&home.shown("project/part/.gitignore")),
        "{said}"
    );
}

#[test]
fn links_are_followed_to_the_file_itself() {
    if !installed::works("git", &["--version"], "the git guard") {
        return;
    }
    let home = Home::new();
    repository(&home, "project");
    std::os::unix::fs::symlink(home.path("project/real.json"), home.path("tw.json")).unwrap();
    std::os::unix::fs::symlink(home.path("project"), home.path("linked")).unwrap();
    std::os::unix::fs::symlink(home.path("outside.json"), home.path("project/link.json")).unwrap();
    assert_guard(&home, "tw.json", false);
    assert_guard(&home, "linked/tw.json", false);
    assert_guard(&home, "project/sub/../tw.json", false);
    assert_guard(&home, "project/link.json", true);
}

#[test]
fn without_git_the_nearest_work_tree_is_refused_and_it_is_said() {
    let home = Home::new();
    std::fs::create_dir_all(home.path("project/.git")).unwrap();
    home.write("project/.gitignore", "tw.json\n");
    let without = |file: &str| attempt(&home, file).env("PATH", home.path("empty"));
    let output = without("project/sub/tw.json").run().assert_code(1);
    output
        .assert_says("git could not be asked")
        .assert_says("--force");
    let server = Script::new().start();
    for arguments in [
        &["-c", "tw.json"][..],
        &["-c", "project/tw.json", "--force"],
    ] {
        let run = home
            .twauth(["login", "--server", &server.url()])
            .args(arguments);
        let run = run.env("PATH", home.path("empty"));
        // It goes on to ask for the keys.
        run.run().assert_code(130);
    }
}

#[test]
fn the_environment_of_a_hook_does_not_mislead() {
    if !installed::works("git", &["--version"], "the git guard") {
        return;
    }
    let home = Home::new();
    repository(&home, "project");
    repository(&home, "other");
    home.write("other/.gitignore", "*\n");
    let run = attempt(&home, "project/tw.json").env("GIT_DIR", home.path("other/.git"));
    let run = run.env("GIT_WORK_TREE", home.path("other"));
    run.args(["--sandbox"])
        .run()
        .assert_code(1)
        .assert_says("does not ignore it");
}

#[test]
fn a_rescue_file_stays_out_of_the_work_tree() {
    if !installed::works("git", &["--version"], "the git guard") {
        return;
    }
    let home = Home::new();
    let sandbox = SandboxServer::start(&home);
    repository(&home, "project");
    home.write("project/.gitignore", "/tw.json\n");
    let mut login = Login::at(&home, &sandbox, &["-c", "project/tw.json"]);
    let pin = browser::authorize(&login.authorization_url(), "sandbot");
    home.write("project/tw.json", "no longer JSON");
    login.answer(&pin);
    login
        .finish()
        .assert_code(1)
        .assert_says(&home.shown("twauth-rescue-"));
    let inside = home
        .files()
        .iter()
        .any(|name| name.starts_with("project/twauth-rescue"));
    assert!(!inside);
}

#[test]
fn an_export_into_a_work_tree_is_refused_too() {
    let home = Home::new();
    repository(&home, "repo");
    home.write_account("sandbox");
    let words = ["export", "--format", "env", "-o", "repo/.env"];
    let output = home.twauth(words).run().assert_code(1);
    output
        .assert_says(&format!(
            "add the line /.env to {}",
            home.shown("repo/.gitignore")
        ))
        .assert_says("choose another file with -o");
    assert!(!home.exists("repo/.env"));
}
