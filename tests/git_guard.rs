//! No credentials file where the next `git add` would pick it up.

use std::time::Duration;

use rustix::process::Signal;

use crate::support::{
    Home, Login, Output, Run, SandboxServer, Script, at_once, browser, installed, wait_until,
};

fn git(home: &Home, folder: &str, words: &str) {
    let settings = "-c user.name=x -c user.email=x@example.com -c protocol.file.allow=always";
    let words = settings.split(' ').chain(words.split(' '));
    let run = home.program("git").args(words);
    run.folder(home.path(folder)).exits(0);
}

fn repository(home: &Home, name: &str) {
    std::fs::create_dir_all(home.path(name)).unwrap();
    git(home, name, "init --quiet");
    git(home, name, "commit --quiet --allow-empty -m first");
}

/// A home with a work tree `project`, where git is here.
fn project() -> Option<Home> {
    let home = installed::works("git", &["--version"], "the git guard").then(Home::new)?;
    repository(&home, "project");
    Some(home)
}

/// A login that would be refused by the guard, or, where it is not, by a server that knows nothing: exit 6.
fn attempt(home: &Home, file: &str) -> Run {
    home.twauth(["login", "-c", file]).with_pair()
}

/// Panics unless the file may be written (`safe`), or is refused before anything is sent.
fn assert_guard(home: &Home, file: &str, safe: bool) -> Output {
    let server = Script::new().start();
    let output = attempt(home, file).args(["--server", &server.url()]).run();
    let expected = if safe { (6, 1) } else { (1, 0) };
    assert_eq!(
        (output.code, server.connections()),
        expected,
        "{file}: {output:?}"
    );
    output
}

#[test]
fn a_path_that_git_does_not_ignore_is_refused_with_the_line_to_add() {
    let Some(home) = project() else { return };
    let line = format!(
        "add the line /sub/tw.json to {}",
        home.shown("project/.gitignore")
    );
    assert_guard(&home, "project/sub/tw.json", false).assert_says(&line);
    assert!(!home.exists("project/sub"));
    // The line does it.
    home.write("project/.gitignore", "/sub/tw.json\n");
    assert_guard(&home, "project/sub/tw.json", true);
    assert_guard(&home, "project/tw.json", false);
}

#[test]
fn force_and_being_ignored_let_a_login_through() {
    let Some(home) = project() else { return };
    let sandbox = SandboxServer::start(&home);
    home.write("project/.gitignore", "*.json\n");
    for arguments in [
        &["-c", "project/tw.json"][..],
        &["-c", "project/other", "--force"],
    ] {
        let login = Login::at(&home, &sandbox, arguments);
        login.authorized_by("sandbot").assert_code(0);
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
    let Some(home) = project() else { return };
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
    let Some(home) = project() else { return };
    home.write("project/tw.json", home.account("sandbox").to_string());
    git(&home, "project", "add tw.json");
    home.write("project/.gitignore", "tw.json\n");
    let output = attempt(&home, "project/tw.json")
        .args(["--add", "--sandbox"])
        .run();
    let output = output.assert_code(1).assert_says("git already tracks ");
    output.assert_says("rm --cached tw.json");
}

#[test]
fn a_command_to_copy_runs_nothing_out_of_a_name() {
    let Some(home) = project() else { return };
    let folder = "my $(touch pwned) project";
    repository(&home, folder);
    let file = format!("{folder}/it's; touch pwned.json");
    home.write(&file, home.account("sandbox").to_string());
    git(&home, folder, "add .");
    let said = |server: &str| {
        let login = attempt(&home, &file).args(["--add", server]);
        login.exits(1).stderr
    };
    let command = said("--sandbox");
    let command = command.split('`').nth(1).unwrap();
    assert!(command.starts_with("git -C "), "{command}");
    let run = home.program("sh").args(["-c", command]);
    run.exits(0);
    assert!(!home.exists("pwned"));
    // It does what it was for: the file is tracked no more.
    assert!(!said("--sandbox").contains("git already tracks "));
}

#[test]
fn work_trees_and_submodules_are_work_trees() {
    let Some(home) = project() else { return };
    git(&home, "project", "worktree add --quiet ../tree");
    assert!(home.path("tree/.git").is_file());
    assert_guard(&home, "tree/tw.json", false);
    home.write("tree/.gitignore", "tw.json\n");
    assert_guard(&home, "tree/tw.json", true);

    repository(&home, "module");
    git(&home, "project", "submodule --quiet add ../module part");
    assert!(home.path("project/part/.git").is_file());
    // What the outer tree ignores is no matter to the inner one.
    home.write("project/.gitignore", "*\n");
    assert_guard(&home, "project/part/tw.json", false)
        .assert_says(&home.shown("project/part/.gitignore"));
}

#[test]
fn links_are_followed_to_the_file_itself() {
    let Some(home) = project() else { return };
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
    let output = without("project/sub/tw.json").exits(1);
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
        run.exits(2).assert_says("the API Key");
    }
}

#[test]
fn the_environment_of_a_hook_does_not_mislead() {
    let Some(home) = project() else { return };
    repository(&home, "other");
    home.write("other/.gitignore", "*\n");
    attempt(&home, "project/tw.json")
        .args(["--sandbox"])
        .env("GIT_DIR", home.path("other/.git"))
        .env("GIT_WORK_TREE", home.path("other"))
        .exits(1)
        .assert_says("not ignored by git");
}

#[test]
fn a_rescue_file_stays_out_of_the_work_tree() {
    let Some(home) = project() else { return };
    let sandbox = SandboxServer::start(&home);
    home.write("project/.gitignore", "/tw.json\n");
    let mut login = Login::at(&home, &sandbox, &["-c", "project/tw.json"]);
    let pin = browser::authorize(&login.authorization_url(), "sandbot");
    home.write("project/tw.json", "no longer JSON");
    login.answer(&pin);
    login
        .finish()
        .assert_code(1)
        .assert_says(&home.shown("twauth-rescue-"));
    assert_eq!(
        home.files()
            .iter()
            .filter(|it| it.starts_with("project/twauth"))
            .count(),
        0
    );
}

#[test]
fn an_export_into_a_work_tree_is_refused_too() {
    let Some(home) = project() else { return };
    home.write_account("sandbox");
    let words = ["export", "--format", "env", "-o", "project/.env"];
    let line = format!("add the line /.env to {}", home.shown("project/.gitignore"));
    let output = home.twauth(words).exits(1);
    output
        .assert_says(&line)
        .assert_says("choose another file with -o");
    assert!(!home.exists("project/.env"));
}

/// A command `git` in `bin`, which writes down how it was called and then is the real one.
fn recording_git(home: &Home) -> String {
    let path = std::env::var("PATH").unwrap();
    let record = home.path("git.record");
    home.write_script(
        "bin/git",
        &format!(
            "#!/bin/sh\n{{ pwd; env; }} >> '{}'\nPATH='{path}' exec git \"$@\"\n",
            record.display()
        ),
    );
    format!("{}:{path}", home.path("bin").display())
}

#[test]
fn git_gets_nothing_of_ours_and_nothing_that_reaches_out() {
    let Some(home) = project() else { return };
    home.write("project/tw.json", home.account("sandbox").to_string());
    let path = recording_git(&home);
    let variables = [
        ("TWAUTH_SECRETS", "never"),
        ("TWAUTH_SOMETHING_NEW", "x"),
        ("GIT_SSH_COMMAND", "touch pwned"),
        ("GIT_CONFIG_COUNT", "0"),
    ];
    let file = ["-c", "project/tw.json"];
    let export = ["export", "--format", "json", "-o", "project/new.json"];
    for run in [
        home.twauth(["login", "--sandbox", "--add"]).args(file),
        home.twauth(["doctor"]).args(file),
        home.twauth(export).args(file),
    ] {
        let run = variables
            .iter()
            .fold(run, |run, (name, value)| run.env(name, value));
        run.with_four_variables().env("PATH", &path).run();
    }
    let record = home.read("git.record");
    let calls = record.matches("\nPATH=").count();
    assert!(calls >= 5, "{record}");
    assert!(!record.contains("TWAUTH_"), "{record}");
    assert!(
        !record.contains("GIT_SSH_COMMAND") && !record.contains("GIT_CONFIG"),
        "{record}"
    );
    for expected in ["GIT_ALLOW_PROTOCOL=none\n", "GIT_NO_LAZY_FETCH=1\n"] {
        assert_eq!(
            record.matches(expected).count(),
            calls,
            "{expected}: {record}"
        );
    }
    home.assert_no_secret(record.as_bytes(), "what git was given");
}

#[test]
fn a_work_tree_does_not_choose_the_git_that_is_asked() {
    let Some(home) = project() else { return };
    for folder in ["project/bin", "project"] {
        home.write_script(
            &format!("{folder}/git"),
            "#!/bin/sh\ntouch ~/pwned\nexit 0\n",
        );
    }
    std::fs::create_dir(home.path("elsewhere")).unwrap();
    let path = std::env::var("PATH").unwrap();
    for relative in ["bin", ".", "", "./bin"] {
        let file = home.path("project/tw.json");
        for folder in ["elsewhere", "project"] {
            let run = attempt(&home, file.to_str().unwrap()).args(["--sandbox"]);
            let run = run.env("PATH", format!("{relative}:{path}"));
            let output = run.folder(home.path(folder)).exits(1);
            output.assert_says("not ignored by git");
        }
        assert!(!home.exists("pwned"), "PATH={relative}:...");
    }
}

/// Makes git's questions about the work tree ones that are never answered.
fn silence(home: &Home) {
    home.program("mkfifo").args(["project/.gitignore"]).exits(0);
}

#[test]
fn a_git_that_never_answers_is_ended_and_what_it_was_asked_for_refused() {
    let Some(home) = project() else { return };
    silence(&home);
    home.write_account("sandbox");
    let export = ["export", "--format", "env", "-o", "project/.env"];
    let login = ["login", "-c", "project/tw.json", "--sandbox"];
    at_once([&export[..], &login], |words| {
        let output = home.twauth(words).exits(1);
        let output = output.assert_says("git could not be asked");
        assert!(output.took < Duration::from_secs(15), "{output:?}");
    });
    assert!(!home.exists("project/.env"));
    // None of them is left.
    assert_eq!(processes_in(&home), Vec::<String>::new());
}

/// The git processes whose arguments name this home.
fn processes_in(home: &Home) -> Vec<String> {
    let here = home.path("").display().to_string();
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let lines = processes.filter_map(|it| std::fs::read(it.path().join("cmdline")).ok());
    lines
        .map(|line| String::from_utf8_lossy(&line).replace('\0', " "))
        .filter(|line| line.starts_with("git ") && line.contains(here.trim_end_matches('/')))
        .collect()
}

#[test]
fn signals_are_heard_while_git_is_asked_and_the_token_is_kept() {
    let Some(home) = project() else { return };
    silence(&home);
    let running = attempt(&home, "project/tw.json")
        .args(["--sandbox"])
        .start();
    wait_until("git to be asked", || !processes_in(&home).is_empty());
    running.signal(Signal::TERM);
    let output = running.finish().assert_code(143);
    assert!(output.took < Duration::from_secs(4), "{output:?}");
    wait_until("git to be gone", || processes_in(&home).is_empty());

    // The same after the PIN: the check is made again, by then with a token in hand.
    let (home, sandbox) = SandboxServer::with_home();
    repository(&home, "project");
    home.write("project/.gitignore", "/tw.json\n");
    let mut login = Login::at(&home, &sandbox, &["-c", "project/tw.json"]);
    let pin = browser::authorize(&login.authorization_url(), "sandbot");
    std::fs::remove_file(home.path("project/.gitignore")).unwrap();
    silence(&home);
    login.answer(&pin);
    wait_until("git to be asked again", || !processes_in(&home).is_empty());
    login.running().signal(Signal::TERM);
    let output = login.finish().assert_code(143);
    output.assert_says("the new credentials are not lost");
    let rescued = home.files();
    assert!(
        rescued
            .iter()
            .any(|name| name.starts_with("twauth-rescue-")),
        "{rescued:?}"
    );
    assert!(!home.exists("project/tw.json"));
}

#[test]
fn a_large_object_in_the_history_is_not_read_into_memory() {
    let Some(home) = project() else { return };
    home.write(
        "project/tw.json",
        home.account("https://bots.invalid").to_string(),
    );
    home.write("project/.gitignore", "tw.json\nlarge\n");
    // A commit's message and a file that a tag names are listed whatever their size.
    home.write("project/large", vec![b'x'; 32 << 20]);
    git(&home, "project", "commit --quiet --allow-empty -F large");
    git(&home, "project", "add --force large");
    git(&home, "project", "tag blob :large");
    std::fs::remove_file(home.path("project/large")).unwrap();
    let output = home.twauth(["doctor", "-c", "project/tw.json"]).run();
    assert!(
        output.stdout.contains(&format!(
            "no commit in {} contains its keys",
            home.shown("project")
        )),
        "{output:#?}"
    );
    assert!(output.peak_memory < 30 * 1024, "{} KiB", output.peak_memory);
}
