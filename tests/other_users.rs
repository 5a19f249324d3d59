//! Other users of the machine cannot block a save, plant a link, or change a file unnoticed.

use std::fs::{self, File, Permissions};
use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown, lchown, symlink};

use rustix::process::geteuid;

use crate::support::saving::{NOWHERE, token, token_login, token_login_asking, tokens_in};
use crate::support::{Home, Script, strace, wait_until};

/// Somebody else.
const OTHER: u32 = 65_534;

/// Whether files can be given to somebody else. Where they cannot, that is said, and the test is left out.
fn can_give_away(test: &str) -> bool {
    let can = geteuid().is_root();
    if !can {
        drop(writeln!(
            std::io::stderr(),
            "{test}: only root can give files away, so this part is left out"
        ));
    }
    can
}

#[test]
fn whoever_can_open_the_folder_cannot_hold_its_lock() {
    for mode in [0o755, 0o750, 0o711, 0o700] {
        let home = Home::with_account(NOWHERE);
        home.set_mode("", mode);
        let folder = File::open(home.path("")).unwrap();
        // Nobody else can open the last two, so there the folder is the lock.
        if mode & 0o044 != 0 {
            folder.lock_shared().unwrap();
        }
        token_login(&home, 1).exits(0);
        assert_eq!(tokens_in(&home.path("tw.json")).len(), 2);
        assert_eq!(home.files(), ["tw.json"]);
    }
}

#[test]
fn a_save_waits_for_the_one_before_in_folders_of_every_mode() {
    for (mode, lock) in [(0o755, ".tw.json.lock"), (0o700, "")] {
        let home = Home::with_account(NOWHERE);
        home.set_mode("", mode);
        let held = File::options()
            .read(true)
            .write(!lock.is_empty())
            .create(!lock.is_empty())
            .open(home.path(lock))
            .unwrap();
        held.lock().unwrap();
        let mut running = token_login_asking(&home).start();
        let log = || fs::read_to_string(format!("/proc/{}/stat", running.id()));
        wait_until("the login to have read the file", || log().is_ok());
        held.unlock().unwrap();
        running.say(&token(1));
        running.say(&home.canaries.access_token_secret);
        running.finish().assert_code(0);
        assert_eq!(tokens_in(&home.path("tw.json")).len(), 2);
        assert_eq!(home.files(), ["tw.json"]);
    }
}

#[test]
fn the_lock_is_a_private_file_under_any_umask_and_opens_again() {
    for mask in ["0777", "0"] {
        let home = Home::with_account(NOWHERE);
        let script = format!("umask {mask}; exec \"$@\"");
        if strace::is_here("the mode of the lock") {
            let run = token_login(&home, 1).through_shell(&script);
            strace::traced(run, &["trace=openat,fchmod"]).exits(0);
            let log = strace::take_log(&home);
            let made = log.lines().position(|line| line.contains("tw.json.lock\""));
            let made = made.unwrap_or_else(|| panic!("no lock was made:\n{log}"));
            let private = log.lines().nth(made + 1).unwrap();
            assert!(
                private.contains("fchmod(") && private.contains("0600"),
                "{log}"
            );
        } else {
            token_login(&home, 1).through_shell(&script).exits(0);
        }
        // What a killed save or an older version may have left.
        home.write(".tw.json.lock", "");
        home.set_mode(".tw.json.lock", 0);
        token_login(&home, 2).through_shell(&script).exits(0);
        assert_eq!(tokens_in(&home.path("tw.json")).len(), 3);
        assert_eq!(home.files(), ["tw.json"]);
    }
}

#[test]
fn a_lock_that_its_holder_removed_is_no_lock() {
    if !strace::is_here("a lock that is removed while somebody waits for it") {
        return;
    }
    let home = Home::with_account(NOWHERE);
    let lock = home.write(".tw.json.lock", "");
    // Between opening the lock and taking it there is time for its holder to remove it.
    let slow = [
        "trace=openat,flock",
        "inject=flock:delay_enter=600000:when=1",
    ];
    let running = strace::traced(token_login_asking(&home), &slow).start();
    let logged = |text: &str| strace::log(&home).contains(text);
    wait_until("the login to open the lock", || logged(".tw.json.lock\""));
    fs::remove_file(&lock).unwrap();
    let current = File::create(&lock).unwrap();
    current.lock().unwrap();
    wait_until("the login to wait for the new lock", || logged("EAGAIN"));
    current.unlock().unwrap();
    running.wait_for_stderr(|said| said.contains("Access Token").then_some(()));
}

#[test]
fn a_link_that_another_user_planted_is_not_followed() {
    if !can_give_away("planted links") {
        return;
    }
    let home = Home::with_account(NOWHERE);
    fs::create_dir(home.path("shared")).unwrap();
    let export = |words: &[&str]| {
        home.twauth(["export", "--format", "json", "-o"])
            .args(words)
            .run()
    };
    for mode in [0o1777, 0o777] {
        fs::set_permissions(home.path("shared"), Permissions::from_mode(mode)).unwrap();
        for exists in [true, false] {
            let link = home.path("shared/link.env");
            symlink(home.path("victim"), &link).unwrap();
            lchown(&link, Some(OTHER), None).unwrap();
            if exists {
                home.write("victim", "victim");
            }
            for words in [&["shared/link.env"][..], &["shared/link.env", "--force"]] {
                export(words)
                    .assert_code(1)
                    .assert_says("belongs to another user");
            }
            let login = token_login(&home, 1).args(["-c", "shared/link.env"]);
            login.exits(1);
            assert_eq!(home.exists("victim"), exists);
            if exists {
                assert_eq!(home.read("victim"), "victim");
                fs::remove_file(home.path("victim")).unwrap();
            }
            assert!(link.is_symlink());
            // One's own is followed, and that of the folder's owner.
            lchown(&link, Some(0), None).unwrap();
            export(&["shared/link.env"]).assert_code(0);
            home.watch_file("victim");
            fs::remove_file(home.path("victim")).unwrap();
            fs::remove_file(&link).unwrap();
        }
    }
    // Where nobody else can write, whoever made a link was allowed to.
    let link = home.path("link.env");
    symlink(home.path("victim"), &link).unwrap();
    lchown(&link, Some(OTHER), None).unwrap();
    export(&["link.env"]).assert_code(0);
}

#[test]
fn a_file_that_others_could_have_changed_is_named_in_one_line() {
    let home = Home::new();
    let server = Script::new().start();
    fs::create_dir(home.path("folder")).unwrap();
    let account = home.account(&server.url()).to_string();
    home.write("folder/tw.json", &account);
    let said = |expected: Option<&str>| {
        let expected = expected.map(|text| text.replace("~/folder", &home.shown("folder")));
        for words in [
            &["tweet", "--dry-run", "text"][..],
            &["verify", "--retries", "0"],
        ] {
            let run = home.twauth(words).args(["-c", "folder/tw.json"]);
            let output = run.run();
            let warnings: Vec<&str> = output
                .stderr
                .lines()
                .filter(|line| line.starts_with("warning: ") && line.contains("folder"))
                .collect();
            match &expected {
                Some(text) => assert!(
                    warnings.len() == 1
                        && warnings[0].contains(&text.replace("~/", &home.shown(""))),
                    "{text:?}: {output:#?}"
                ),
                None => assert!(warnings.is_empty(), "{output:#?}"),
            }
            let quiet = home.twauth(words).args(["-q", "-c", "folder/tw.json"]);
            assert!(!quiet.run().stderr.contains("warning: "));
        }
    };
    said(None);
    for (mode, expected) in [
        (0o755, None),
        (0o700, None),
        (
            0o777,
            Some("other users can write to ~/folder, and so replace"),
        ),
        (0o1777, None),
    ] {
        fs::set_permissions(home.path("folder"), Permissions::from_mode(mode)).unwrap();
        said(expected);
    }
    home.set_mode("folder", 0o700);
    home.set_mode("folder/tw.json", 0o602);
    said(Some("other users can write to ~/folder/tw.json"));
    home.set_mode("folder/tw.json", 0o600);
    said(None);
    if can_give_away("files of other owners") {
        let group = |number| {
            chown(home.path("folder"), None, Some(number)).unwrap();
            home.set_mode("folder", 0o770);
        };
        group(OTHER);
        said(Some("other users can write to ~/folder"));
        group(0);
        said(None);
        chown(home.path("folder/tw.json"), Some(OTHER), None).unwrap();
        said(Some("~/folder/tw.json belongs to another user"));
        chown(home.path("folder/tw.json"), Some(0), None).unwrap();
        chown(home.path("folder"), Some(OTHER), None).unwrap();
        said(Some("other users can write to ~/folder"));
        assert_eq!(fs::metadata(home.path("folder")).unwrap().uid(), OTHER);
    }
}

#[test]
fn a_save_removes_no_temporary_file_of_a_neighbour() {
    let home = Home::with_account(NOWHERE);
    let neighbours = [
        ".tw.json.bak.Ab12cd.twauth-tmp",
        ".tw.json.pending.Ab12cd.twauth-tmp",
        ".tw.json.Ab12cd7.twauth-tmp",
    ];
    for name in neighbours {
        home.write(name, "a save that is under way");
    }
    home.write(".tw.json.Zz99zz.twauth-tmp", "left by a crash");
    token_login(&home, 1).exits(0);
    let mut expected: Vec<&str> = neighbours.to_vec();
    expected.push("tw.json");
    expected.sort_unstable();
    assert_eq!(home.files(), expected);
}

#[test]
fn a_login_waits_for_an_export_into_its_file() {
    if !strace::is_here("an export that takes its time") {
        return;
    }
    let home = Home::with_account(NOWHERE);
    let export = ["export", "--format", "json", "--force", "-o", "tw.json"];
    let slow = ["trace=fsync", "inject=fsync:delay_enter=800000:when=1"];
    let running = strace::traced(home.twauth(export), &slow).start();
    let is_temporary = |name: &String| name.ends_with(".twauth-tmp");
    wait_until("the export's temporary file", || {
        home.files().iter().any(is_temporary)
    });
    token_login(&home, 1).exits(0);
    running.finish().assert_code(0);
    assert_eq!(tokens_in(&home.path("tw.json")).len(), 2);
}

#[test]
fn exports_beside_saves_of_files_with_like_names_all_succeed() {
    let home = Home::with_account(NOWHERE);
    let names = ["tw.json.bak", "tw.json.pending", "copy.json", "shared.json"];
    std::thread::scope(|scope| {
        for n in 0..24 {
            let home = &home;
            scope.spawn(move || {
                let words = ["export", "--format", "json", "--force", "-q", "-o"];
                let file = names[n % names.len()];
                home.twauth(words).args([file]).exits(0);
            });
            scope.spawn(move || token_login(home, n + 1).exits(0));
            // The same file as some of the exports: whose content comes last is open, and none fails.
            let shared = ["-c", "shared.json"];
            scope.spawn(move || token_login(home, n + 1).args(shared).exits(0));
        }
    });
    assert_eq!(tokens_in(&home.path("tw.json")).len(), 25);
    assert_eq!(
        home.files(),
        [
            "copy.json",
            "shared.json",
            "tw.json",
            "tw.json.bak",
            "tw.json.pending"
        ]
    );
    for name in ["copy.json", "shared.json", "tw.json.bak", "tw.json.pending"] {
        home.watch_file(name);
        assert_eq!(home.mode(name), 0o600);
    }
}
