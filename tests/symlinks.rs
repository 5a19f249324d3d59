//! Files that are not plain files: links are followed and stay, everything else is refused at once.

use std::fs;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, symlink};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::time::Duration;

use tempfile::TempDir;

use crate::support::saving::{NOWHERE, token, token_login, tokens_in, write_first_account};
use crate::support::{Home, Output};

#[test]
fn a_symbolic_link_stays_and_its_target_is_written() {
    let elsewhere = TempDir::new().unwrap();
    let outside = elsewhere.path().join("outside.json");
    for (link, target, file) in [
        ("sub/link", "../real.json".to_owned(), "real.json"),
        ("link", "sub/real.json".to_owned(), "sub/real.json"),
        ("link", "ABSOLUTE/real.json".to_owned(), "real.json"),
        ("link", "chain".to_owned(), "sub/real.json"),
        ("link", outside.display().to_string(), ""),
        ("folder/link", "real.json".to_owned(), "sub/real.json"),
    ] {
        for exists in [true, false] {
            let home = Home::new();
            fs::create_dir(home.path("sub")).unwrap();
            symlink("sub/onward", home.path("chain")).unwrap();
            symlink("real.json", home.path("sub/onward")).unwrap();
            symlink("sub", home.path("folder")).unwrap();
            let here = home.path("").display().to_string();
            let target = target.replace("ABSOLUTE", here.trim_end_matches('/'));
            symlink(&target, home.path(link)).unwrap();
            let file = if file.is_empty() {
                outside.clone()
            } else {
                home.path(file)
            };
            let expected = if exists {
                fs::write(&file, home.account(NOWHERE).to_string()).unwrap();
                2
            } else {
                drop(fs::remove_file(&file));
                1
            };
            // Named from another folder than the link's.
            let run = token_login(&home, 1).folder(home.path("sub"));
            let named = Path::new("..").join(link);
            let output = run.args([Path::new("-c"), &named]).exits(0);
            assert_eq!(
                fs::read_link(home.path(link)).unwrap(),
                Path::new(&target),
                "{output:?}"
            );
            assert_eq!(tokens_in(&file).len(), expected, "{link} to {target}");
            assert!(fs::symlink_metadata(&file).unwrap().is_file());
            assert_eq!(fs::metadata(&file).unwrap().mode() & 0o777, 0o600);
        }
    }
}

#[test]
fn a_link_to_another_file_system_is_followed_as_well() {
    let home = Home::new();
    let Ok(elsewhere) = TempDir::new_in("/dev/shm") else {
        return;
    };
    let file = elsewhere.path().join("real.json");
    fs::write(&file, home.account(NOWHERE).to_string()).unwrap();
    symlink(&file, home.path("tw.json")).unwrap();
    token_login(&home, 1).exits(0);
    assert_eq!(tokens_in(&file).len(), 2);
    assert!(home.path("tw.json").is_symlink());
    assert_eq!(home.files(), ["tw.json"]);
    assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 1);
}

/// Makes a folder, a named pipe and a link to it, and a socket; gives back all names and what holds the socket.
fn write_odd_files(home: &Home) -> (Vec<String>, UnixListener) {
    fs::create_dir(home.path("folder")).unwrap();
    home.program("mkfifo").args(["-m", "600", "fifo"]).exits(0);
    symlink("fifo", home.path("to-fifo")).unwrap();
    let listener = UnixListener::bind(home.path("socket")).unwrap();
    (home.files(), listener)
}

fn assert_untouched(home: &Home, before: &[String]) {
    assert_eq!(home.files(), before);
    let kind = |name: &str| fs::symlink_metadata(home.path(name)).unwrap().file_type();
    assert!(kind("fifo").is_fifo() && kind("socket").is_socket() && kind("folder").is_dir());
}

#[test]
fn what_is_no_regular_file_is_refused_at_once_and_untouched() {
    let home = Home::new();
    symlink("loop-b", home.path("loop-a")).unwrap();
    symlink("loop-a", home.path("loop-b")).unwrap();
    symlink("self/tw.json", home.path("self")).unwrap();
    let (before, _listener) = write_odd_files(&home);
    for place in [
        "loop-a",
        "self",
        "folder",
        "folder/",
        "fifo",
        "to-fifo",
        "socket",
        "/dev/null",
        "/dev/zero",
        "/dev/full",
        "/",
        ".",
        "/proc/self/fd/0",
        "/dev/stdin",
    ] {
        let refused = |output: Output| {
            assert_eq!(output.code, 1, "{place}: {output:?}");
            assert!(output.took < Duration::from_secs(5), "{place}: {output:?}");
            assert_eq!(output.stdout, "");
        };
        refused(home.twauth(["verify", "-c", place]).run());
        refused(home.twauth(["tweet", "-c", place, "text"]).run());
        refused(token_login(&home, 1).args(["-c", place]).run());
    }
    assert_untouched(&home, &before);
}

#[test]
fn an_export_never_takes_the_place_of_what_is_no_file() {
    let home = Home::with_account(NOWHERE);
    let (before, _listener) = write_odd_files(&home);
    for place in ["fifo", "to-fifo", "socket", "folder"] {
        for force in [&[][..], &["--force"]] {
            let words = ["export", "--format", "json", "-o", place];
            let output = home.twauth(words).args(force).exits(1);
            assert!(output.took < Duration::from_secs(5), "{place}: {output:?}");
            output.assert_says("is not a regular file");
        }
    }
    assert_untouched(&home, &before);
}

#[test]
fn further_names_of_a_file_are_said_to_keep_the_old_content() {
    let home = Home::new();
    let before = write_first_account(&home);
    fs::hard_link(home.path("tw.json"), home.path("other.json")).unwrap();
    let output = token_login(&home, 1).exits(0);
    output.assert_says("other hard links");
    assert_eq!(home.read("other.json"), before);
    assert_eq!(tokens_in(&home.path("tw.json")).len(), 2);
    let output = token_login(&home, 2).exits(0);
    assert!(!output.stderr.contains("hard links"), "{output:?}");
}

#[test]
fn links_planted_under_likely_names_lead_nowhere() {
    let home = Home::with_account(NOWHERE);
    home.write("victim", "victim");
    let planted = [
        "tw.json.tmp",
        ".tw.json.tmp",
        "tw.json~",
        "tw.json.new",
        ".tw.json.swp",
        "tw.json.lock",
        ".tw.json.lock",
        ".tw.json.twauth-tmp",
        ".tw.json..twauth-tmp",
        ".tw.json.AAAAAA.twauth-tmp",
        "twauth-rescue-.json",
    ];
    for name in planted {
        symlink("victim", home.path(name)).unwrap();
    }
    fs::create_dir(home.path(".tw.json.folder.twauth-tmp")).unwrap();
    token_login(&home, 1).exits(0);
    token_login(&home, 2).exits(0);
    assert_eq!(home.read("victim"), "victim");
    assert!(!home.path("tw.json").is_symlink());
    assert_eq!(tokens_in(&home.path("tw.json"))[1..], [token(1), token(2)]);
}
