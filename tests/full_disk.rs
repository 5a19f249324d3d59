//! Files that cannot be written: reported before anything is requested, or the token is saved elsewhere.

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt as _;

use crate::support::saving::{
    NOWHERE, answers, rescued, token, token_login, token_login_asking, tokens_in,
    write_first_account,
};
use crate::support::{Home, Output, RawServer, Run, Script, strace};

/// The call that a fault is put into: its name, and what marks the one that is meant.
const TEMPORARY: &str = ".twauth-tmp";

/// The calls by which a save can fail, and the errors they can give.
const FAULTS: [(&str, &str); 8] = [
    ("openat", "EACCES"),
    ("openat", "EROFS"),
    ("write", "ENOSPC"),
    ("write", "EIO"),
    ("write", "EDQUOT"),
    ("fsync", "EIO"),
    ("renameat", "EIO"),
    ("renameat", "EROFS"),
];

#[test]
fn a_file_that_cannot_be_written_is_found_before_anything_is_asked() {
    if !strace::is_here("faults while the file is tried out") {
        return;
    }
    for (call, error) in FAULTS.into_iter().filter(|(call, _)| *call != "renameat") {
        let (home, before) = with_account();
        let output = faulty(&home, call, error, 0);
        assert_untouched(&home, &before);
        let output = output
            .assert_code(1)
            .assert_says("tw.json could not be written");
        assert!(
            !output.stderr.contains("Access Token"),
            "{call} {error}: {output:?}"
        );
    }
}

#[test]
fn a_save_that_fails_keeps_the_old_file_and_the_token_elsewhere() {
    if !strace::is_here("faults while the file is saved") {
        return;
    }
    for (call, error) in FAULTS {
        let (home, before) = with_account();
        let place = usize::from(call != "renameat");
        let output = faulty(&home, call, error, place).assert_code(1);
        assert_eq!(rescued(&output.stderr, &home), [token(1)], "{call} {error}");
        assert_untouched(&home, &before);
    }
}

#[test]
fn a_folder_that_cannot_be_synced_is_told_and_the_file_is_whole() {
    if !strace::is_here("a fault while the folder is synced") {
        return;
    }
    let (home, _) = with_account();
    let output = faulty(&home, "fsync", "EIO", 2).assert_code(1);
    assert_eq!(rescued(&output.stderr, &home), [token(1)]);
    assert_eq!(tokens_in(&home.path("tw.json")).len(), 2);
    assert_eq!(home.files(), ["tw.json"]);
    // Some file systems cannot sync folders at all.
    let (home, _) = with_account();
    faulty(&home, "fsync", "EINVAL", 2).assert_code(0);
    assert_eq!(tokens_in(&home.path("tw.json")).len(), 2);
}

#[test]
fn an_interrupted_write_goes_on() {
    if !strace::is_here("an interrupted write") {
        return;
    }
    let (home, _) = with_account();
    faulty(&home, "write", "EINTR", 1).assert_code(0);
    assert_eq!(tokens_in(&home.path("tw.json")).len(), 2);
}

#[test]
fn where_folders_cannot_be_locked_a_file_beside_is_and_no_planted_link_is_followed() {
    if !strace::is_here("a file system without locks on folders") {
        return;
    }
    let refuse = ["trace=flock", "inject=flock:error=EBADF:when=1+2"];
    let (home, _) = with_account();
    home.set_mode("", 0o700);
    strace::traced(token_login(&home, 1), &refuse).exits(0);
    let log = strace::take_log(&home);
    assert!(log.contains("/.tw.json.lock>, LOCK_EX"), "{log}");
    assert_eq!(tokens_in(&home.path("tw.json")).len(), 2);
    assert_eq!(home.files(), ["tw.json"]);

    let (home, _) = with_account();
    home.set_mode("", 0o700);
    home.write("victim", "victim");
    std::os::unix::fs::symlink("victim", home.path(".tw.json.lock")).unwrap();
    strace::traced(token_login(&home, 1), &refuse).exits(0);
    assert_eq!(home.read("victim"), "victim");
    assert_eq!(home.mode("victim"), 0o600);

    let (home, before) = with_account();
    let never = ["trace=flock", "inject=flock:error=ENOLCK"];
    let output = strace::traced(token_login(&home, 1), &never).exits(1);
    assert!(!output.stderr.contains("Access Token"), "{output:?}");
    assert_eq!(home.read("tw.json"), before);
}

#[test]
fn a_limit_on_the_size_of_files_is_an_error_and_not_the_end() {
    // The last one is less than what is in the file already.
    for (limit, length) in [("0", 0), ("1", 0), ("64", 66_000)] {
        let home = Home::new();
        let mut account = home.account(NOWHERE);
        account["note"] = "x".repeat(length).into();
        let before = account.to_string();
        home.write("tw.json", &before);
        let script = format!("ulimit -f {limit}; exec \"$@\"");
        let output = token_login(&home, 1).through_shell(&script).run();
        let output = output
            .assert_code(1)
            .assert_says("tw.json could not be written");
        assert!(!output.stderr.contains("Access Token"), "{output:?}");
        assert_untouched(&home, &before);
    }
}

#[test]
fn what_is_rescued_is_private_under_any_umask() {
    for mask in ["0777", "0"] {
        let (home, _) = with_account();
        let script = format!("umask {mask}; exec \"$@\"");
        let mut running = token_login_asking(&home).through_shell(&script).start();
        running.wait_for_stderr(|said| said.contains("Access Token").then_some(()));
        home.write("tw.json", "{ broken");
        for line in answers(&home, 1).lines() {
            running.say(line);
        }
        let output = running.finish().assert_code(1);
        assert_eq!(rescued(&output.stderr, &home), [token(1)], "umask {mask}");
        assert_untouched(&home, "{ broken");
    }
}

#[test]
fn a_file_that_outgrows_the_limit_meanwhile_is_kept_and_the_token_too() {
    let (home, _) = with_account();
    // 64 blocks of 512 bytes or of 1024, as the shell counts.
    let mut running = token_login_asking(&home)
        .through_shell("ulimit -f 64; exec \"$@\"")
        .start();
    running.wait_for_stderr(|said| said.contains("Access Token").then_some(()));
    let mut account = home.account(NOWHERE);
    account["note"] = "x".repeat(66_000).into();
    home.write("tw.json", account.to_string());
    for line in answers(&home, 1).lines() {
        running.say(line);
    }
    let output = running.finish().assert_code(1);
    assert_eq!(rescued(&output.stderr, &home), [token(1)]);
    assert_untouched(&home, &account.to_string());
}

#[test]
fn a_full_file_system_is_found_before_anything_is_asked() {
    let (home, before) = with_account();
    let fill = "dd if=/dev/zero of=disk/fill bs=1k 2>/dev/null";
    let Some(output) = on_small_disk(
        token_login(&home, 1),
        &format!("{fill}; \"$@\" -c disk/tw.json"),
    ) else {
        return;
    };
    let output = output.assert_code(1).assert_says("could not be written");
    assert!(!output.stderr.contains("Access Token"), "{output:?}");
    assert!(output.stdout.ends_with("fill\ntw.json\n"), "{output:?}");
    assert_eq!(home.read("disk.json"), before);
}

#[test]
fn a_file_system_that_fills_up_meanwhile_sends_the_token_elsewhere() {
    let (home, before) = with_account();
    let script = "{ until grep -q 'Access Token' said; do sleep 0.01; done
        dd if=/dev/zero of=disk/fill bs=1k 2>/dev/null; cat; } | \"$@\" -c disk/tw.json 2>said
        code=$?; cat said >&2; rm said; (exit $code)";
    home.write("said", "");
    let Some(output) = on_small_disk(token_login(&home, 1), script) else {
        return;
    };
    let output = output.assert_code(1);
    assert_eq!(rescued(&output.stderr, &home), [token(1)]);
    assert!(output.stdout.ends_with("fill\ntw.json\n"), "{output:?}");
    assert_eq!(home.read("disk.json"), before);
}

#[test]
fn a_folder_or_file_system_that_is_read_only_is_found_before_anything_is_asked() {
    let (home, _) = with_account();
    let script = "mount -o remount,ro disk 2>/dev/null || { echo no mount; exit 0; }; \"$@\" -c disk/tw.json";
    if let Some(output) = on_small_disk(token_login(&home, 1), script) {
        let output = output.assert_code(1).assert_says("could not be written");
        assert!(!output.stderr.contains("Access Token"), "{output:?}");
    }

    let server = Script::new().start();
    let (home, before) = with_account();
    home.set_mode("", 0o500);
    let is_bound_by_modes = File::create(home.path("probe")).is_err();
    if is_bound_by_modes {
        let output = login(&home, &server).exits(1);
        output.assert_says("tw.json could not be written");
        assert_nothing_asked(&server);
    }
    home.set_mode("", 0o700);
    assert_eq!(home.read("tw.json"), before);
}

#[test]
fn what_the_file_lacks_is_told_before_the_server_is_asked() {
    let server = Script::new().start();
    let home = Home::new();
    for content in ["{", "[]", "{\"consumer_key\": 1}"] {
        home.write("tw.json", content);
        login(&home, &server).exits(1);
        assert_eq!(home.read("tw.json"), content);
    }
    home.write("tw.json", "");
    fs::create_dir(home.path("folder")).unwrap();
    for place in [
        "folder",
        "tw.json/tw.json",
        "/dev/null",
        "/dev/null/tw.json",
    ] {
        login(&home, &server).args(["-c", place]).exits(1);
    }
    std::os::unix::fs::symlink("nowhere", home.path("link")).unwrap();
    login(&home, &server).args(["-c", "link/tw.json"]).exits(1);
    assert_nothing_asked(&server);
    assert_eq!(home.files(), ["link", "tw.json"]);
}

/// A complete login, whose requests that server would see.
fn login(home: &Home, server: &RawServer) -> Run {
    home.twauth(["login", "--add", "--server", &server.url()])
        .with_pair()
}

fn assert_nothing_asked(server: &RawServer) {
    assert_eq!(server.connections(), 0, "{:?}", server.requests());
}

fn with_account() -> (Home, String) {
    let home = Home::new();
    let before = write_first_account(&home);
    (home, before)
}

fn assert_untouched(home: &Home, before: &str) {
    assert_eq!(home.read("tw.json"), before);
    assert_eq!(home.files(), ["tw.json"]);
}

/// A login during which the `place`th of those calls that concern the file to be written fails.
fn faulty(home: &Home, call: &str, error: &str, place: usize) -> Output {
    let plain = with_account().0;
    strace::traced(token_login(&plain, 1), &["trace=all"]).exits(0);
    let log = strace::take_log(&plain);
    let folder = format!("<{}>)", fs::canonicalize(plain.path("")).unwrap().display());
    let concerns = |line: &str| line.contains(TEMPORARY) || line.contains(&folder);
    let when = strace::place_of(&log, call, concerns)[place];
    let inject = format!("inject={call}:error={error}:when={when}");
    let output = strace::traced(token_login(home, 1), &["trace=all", &inject]).run();
    let log = strace::take_log(home);
    let injected = log
        .lines()
        .find(|line| line.contains("(INJECTED)") && !line.contains("prctl"));
    let injected = injected.unwrap_or_else(|| panic!("{call} {when} did not fail:\n{log}"));
    let folder = format!("<{}>)", fs::canonicalize(home.path("")).unwrap().display());
    assert!(
        injected.contains(TEMPORARY) || injected.contains(&folder),
        "{injected}"
    );
    output
}

/// Runs `script` with the command as its `"$@"` where `disk` is a file system of 64 KiB that holds the home's file,
/// and prints what is on it then. None, and that is said, where no file system can be mounted.
fn on_small_disk(run: Run, script: &str) -> Option<Output> {
    let whole = format!(
        "mkdir disk && mount -t tmpfs -o size=64k tmpfs disk || {{ echo no mount; exit 0; }}
         cp tw.json disk.json; mv tw.json disk/tw.json; {script}; code=$?; ls -A disk; exit $code"
    );
    let output = run.through_shell(&whole).through_namespace().run();
    if output.stdout.contains("no mount") || output.stderr.contains("unshare") {
        use std::io::Write as _;
        drop(writeln!(
            std::io::stderr(),
            "no file system can be mounted here: {output:?}"
        ));
        return None;
    }
    Some(output)
}

#[test]
fn a_folder_is_made_for_the_owner_alone_whatever_the_umask() {
    for mask in ["000", "0777"] {
        let home = Home::new();
        token_login(&home, 1)
            .args(["-c", "new/newer/tw.json"])
            .through_shell(&format!("umask {mask}; exec \"$@\""))
            .exits(0);
        for folder in ["new", "new/newer"] {
            let mode = fs::metadata(home.path(folder))
                .unwrap()
                .permissions()
                .mode();
            assert_eq!(mode & 0o7777, 0o700, "{folder} under {mask}");
        }
        assert_eq!(home.mode("new/newer/tw.json"), 0o600);
    }
}
