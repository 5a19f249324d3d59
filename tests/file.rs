//! What a credentials file may contain, what is rejected, and what a rewrite leaves unchanged.

use std::os::unix::fs::chown;

use crate::support::saving::{NOWHERE, token, token_login, tokens_in, write_first_account};
use crate::support::{Canaries, Home, Script};

/// How many accounts a large file holds.
const MANY: usize = 10_000;

#[test]
fn what_is_no_credentials_file_is_refused_without_an_excerpt_and_left_alone() {
    let home = Home::new();
    let contents = no_accounts_at_all(&home)
        .into_iter()
        .chain(flawed_accounts(&home));
    for (content, reason) in contents {
        let shown = String::from_utf8_lossy(&content[..content.len().min(80)]).into_owned();
        home.write("tw.json", &content);
        let runs = [
            home.twauth(["verify"]),
            home.twauth(["tweet", "--dry-run", "text"]),
            token_login(&home, 1),
        ];
        for run in runs {
            let output = run.run();
            assert_eq!(output.code, 1, "{shown}: {output:?}");
            assert!(output.stderr.contains(reason), "{shown}: {output:?}");
            assert_eq!(output.stdout, "");
        }
        assert_eq!(
            std::fs::read(home.path("tw.json")).unwrap(),
            content,
            "{shown}"
        );
    }
    assert_eq!(home.files(), ["tw.json"]);
}

/// What is no object and no list of objects, and what is told of it.
fn no_accounts_at_all(home: &Home) -> Vec<(Vec<u8>, &'static str)> {
    let account = home.account(NOWHERE).to_string();
    let unclosed = account.trim_end_matches('}');
    let utf16 = |mark: u16, bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
        let units = std::iter::once(mark).chain(account.encode_utf16());
        units.flat_map(bytes).collect()
    };
    vec![
        (b"".into(), "tw.json:1:1: it is empty"),
        (b" \r\n\t".into(), "tw.json:1:1: it is empty"),
        (b"\xef\xbb\xbf".into(), "it is empty"),
        (b"{".into(), "tw.json:1:1: unexpected end of JSON"),
        (b"null".into(), "tw.json:1:1: it is neither"),
        (b"[]".into(), "the list is empty"),
        (b"[null]".into(), "neither an object nor a list"),
        (b"[[]]".into(), "neither an object nor a list"),
        (b"\"x\"".into(), "neither an object nor a list"),
        (b"1".into(), "neither an object nor a list"),
        (b"\0\0\0\0".into(), "neither an object nor a list"),
        (utf16(0xfeff, u16::to_le_bytes), "tw.json:1:1: it is UTF-16"),
        (utf16(0xfeff, u16::to_be_bytes), "tw.json:1:1: it is UTF-16"),
        (utf16(u16::from(b' '), u16::to_le_bytes), "tw.json:1:"),
        (
            b"{\n  \"a\": \"\xe9\"}".into(),
            "tw.json:2:9: it is not UTF-8",
        ),
        (unclosed.into(), "unexpected end of JSON"),
        (format!("{account}x").into(), "it is not JSON"),
        (format!("{account}{account}").into(), "it is not JSON"),
        (format!("{unclosed},}}").into(), "it is not JSON"),
        (format!("// {account}").into(), "tw.json:1:1: "),
        (format!("{unclosed}, \"a\": 01}}").into(), "it is not JSON"),
        (
            format!("{unclosed}, \"a\": \"\n\"}}").into(),
            "it is not JSON",
        ),
    ]
}

/// JSON whose accounts are not right, and what is told of it.
fn flawed_accounts(home: &Home) -> Vec<(Vec<u8>, &'static str)> {
    let account = home.account(NOWHERE).to_string();
    let unclosed = account.trim_end_matches('}');
    let without = |label: &str| {
        let mut account = home.account(NOWHERE);
        account.as_object_mut().unwrap().remove(label);
        account.to_string()
    };
    let with = |label: &str, value: serde_json::Value| {
        let mut account = home.account(NOWHERE);
        account[label] = value;
        account.to_string()
    };
    vec![
        (b"{}".into(), "consumer_key is missing"),
        (
            format!("{unclosed}, \"access_token\": \"1\"}}").into(),
            "duplicate label access_token",
        ),
        (
            format!("{unclosed}, \"consumer\\u005fsecret\": \"1\"}}").into(),
            "duplicate label consumer_secret",
        ),
        (
            with("consumer_key", 1.into()).into(),
            "consumer_key must be a string",
        ),
        (with("user_id", 1.into()).into(), "user_id must be a string"),
        (
            with("access_token", serde_json::Value::Null).into(),
            "access_token must be a string",
        ),
        (
            with("consumer_secret", "".into()).into(),
            "consumer_secret is empty",
        ),
        (
            with("access_token_secret", "".into()).into(),
            "access_token_secret is empty",
        ),
        (
            with("server", "ftp://example.com".into()).into(),
            "the server cannot be used",
        ),
        (
            without("consumer_secret").into(),
            "consumer_secret is missing",
        ),
        (
            without("access_token_secret").into(),
            "access_token_secret is missing",
        ),
        (without("access_token").into(), "access_token is missing"),
        (
            format!("[{account},\n {account}]").into(),
            "tw.json:2:3: an account is listed twice",
        ),
        (
            with("access_token", " \t".into()).into(),
            "access_token is empty",
        ),
        (nested(&account, 128).into(), "nest deeper than 128"),
        (
            format!("[{}]", nested(&account, 127)).into(),
            "nest deeper than 128",
        ),
        (nested(&account, 200_000).into(), "nest deeper than 128"),
        (
            [account.as_bytes(), &[b' '; 16 << 20]].concat(),
            "larger than 16 MiB",
        ),
    ]
}

/// An account with an unknown key whose value nests so deep.
fn nested(account: &str, depth: usize) -> String {
    let unclosed = account.trim_end_matches('}');
    let (open, close) = ("[".repeat(depth), "]".repeat(depth));
    format!("{unclosed}, \"deep\": {open}{close}}}")
}

#[test]
fn byte_order_marks_line_ends_and_white_space_are_read() {
    let home = Home::new();
    let account = format!("{:#}", home.account(NOWHERE));
    let without_server = account.replace(&format!(",\n  \"server\": \"{NOWHERE}\""), "");
    for content in [
        format!("\u{feff}{account}"),
        account.replace('\n', "\r\n"),
        account.clone(),
        account.replace('\n', ""),
        format!("\n\n\t {account} \r\n\r\n"),
        format!("[{account}]"),
        nested(&account, 127),
        format!("[{}]", nested(&account, 126)),
        without_server,
    ] {
        home.write("tw.json", &content);
        let output = home.twauth(["tweet", "--dry-run", "text"]).run();
        assert_eq!(
            (output.code, &*output.stdout),
            (0, "text\n"),
            "{content}: {output:?}"
        );
        assert_eq!(home.read("tw.json"), content);
    }
}

#[test]
fn unknown_content_survives_a_rewrite_to_the_letter_and_in_order() {
    let home = Home::new();
    let odd = [
        r#""a": 1E400"#,
        r#""b\u0020": 1.0"#,
        r#""c": "\ud800""#,
        r#""\ud800": -0.0"#,
        r#""d": 123456789012345678901234567890"#,
        r#""": {"x": 1, "x": 2, "nested": [1,  2,{"y":null}]}"#,
        r#""$serde_json::private::RawValue": "z""#,
        r#""$serde_json::private::Number": "1""#,
        r#""a": "again""#,
        r#""SCREEN_NAME": [ ]"#,
        r#""e": "\/é😀\u00e9""#,
        "\"f\": [\r\n\t1\n]",
    ];
    for is_list in [false, true] {
        let known = home.account(NOWHERE);
        let known = known.as_object().unwrap();
        let mut known = known
            .iter()
            .map(|(key, value)| format!("\"{key}\": {value}"));
        let mut pairs = Vec::new();
        for odd in odd {
            pairs.push(odd.to_owned());
            pairs.extend(known.next());
        }
        let object = format!("{{{}}}", pairs.join(", "));
        home.write(
            "tw.json",
            if is_list {
                format!("[{object}]")
            } else {
                object
            },
        );
        token_login(&home, 1).exits(0);
        let after = home.read("tw.json");
        let mut rest = after.as_str();
        for pair in &pairs {
            let (_, behind) = rest
                .split_once(&format!("\n    {pair}"))
                .unwrap_or_else(|| panic!("{pair} is not in its place:\n{after}"));
            rest = behind;
        }
        assert!(
            after.ends_with("}\n]\n") && after.starts_with("[\n  {\n    "),
            "{after}"
        );
        assert!(rest.contains(&token(1)));
    }
}

#[test]
fn logging_the_same_account_in_again_writes_its_labels_in_place() {
    let home = Home::new();
    let mut account = home.account(NOWHERE);
    account["access_token"] = token(1).into();
    account["access_token_secret"] = Canaries::new(1).access_token_secret.into();
    account["note"] = serde_json::json!({"kept": 1.0});
    home.write("tw.json", account.to_string());
    token_login(&home, 1).exits(0);
    let file = home.json("tw.json");
    assert_eq!(file["note"], account["note"]);
    assert_eq!(
        file["access_token_secret"],
        *home.canaries.access_token_secret
    );
    // Twice the same token is one account, however often it is typed in.
    token_login(&home, 2).exits(0);
    token_login(&home, 2).exits(0);
    assert_eq!(tokens_in(&home.path("tw.json")), [token(1), token(2)]);
}

#[test]
fn accounts_that_had_one_name_after_the_other_may_stand_in_one_file() {
    let home = Home::new();
    let mut other = home.account(NOWHERE);
    other["user_id"] = "7".into();
    other["access_token"] = token(7).into();
    let file = serde_json::json!([home.account(NOWHERE), other]);
    home.write("tw.json", file.to_string());
    let output = home.twauth(["tweet", "--dry-run", "text", "-a", "7"]).run();
    output.assert_code(0);
    let output = home
        .twauth(["tweet", "--dry-run", "text", "-a", "mybot"])
        .run();
    output
        .assert_code(2)
        .assert_says("several accounts with this name");
}

#[test]
fn no_save_writes_what_could_not_be_read_again() {
    let home = Home::new();
    let mut account = home.account(NOWHERE);
    account["padding"] = "x".repeat((16 << 20) - 600).into();
    let before = account.to_string();
    home.write("tw.json", &before);
    token_login(&home, 1)
        .exits(1)
        .assert_says("larger than 16 MiB");
    assert_eq!(home.read("tw.json"), before);
}

#[test]
fn the_file_is_private_under_any_umask() {
    for mask in ["000", "022", "0777"] {
        for is_new in [true, false] {
            let home = Home::new();
            if !is_new {
                write_first_account(&home);
            }
            token_login(&home, 1)
                .through_shell(&format!("umask {mask}; exec \"$@\""))
                .exits(0);
            assert_eq!(home.mode("tw.json"), 0o600, "{mask} {is_new}");
        }
    }
}

#[test]
fn a_file_that_others_may_read_is_tightened_and_that_is_said() {
    let home = Home::with_account(NOWHERE);
    let said = "now only its owner can (mode 0600)";
    for mode in [0o644, 0o640, 0o604] {
        home.set_mode("tw.json", mode);
        token_login(&home, 1).exits(0).assert_says(said);
        assert_eq!(home.mode("tw.json"), 0o600);
    }
    let output = token_login(&home, 1).exits(0);
    assert!(!output.stderr.contains(said), "{output:?}");
}

#[test]
fn a_file_of_somebody_else_is_never_rewritten() {
    let home = Home::new();
    let before = write_first_account(&home);
    if chown(home.path("tw.json"), Some(1), None).is_err() {
        // Only an administrator gives files away.
        return;
    }
    let server = Script::new().start();
    let run = home.twauth(["login", "--add", "--server", &server.url()]);
    run.with_pair()
        .exits(1)
        .assert_says("belongs to another user");
    assert_eq!(server.connections(), 0);
    assert_eq!(home.read("tw.json"), before);
    assert_eq!(home.files(), ["tw.json"]);
}

#[test]
fn ten_thousand_accounts_are_no_burden() {
    let home = Home::new();
    let mut account = home.account(NOWHERE);
    let accounts: Vec<_> = (0..MANY)
        .map(|n| {
            account["screen_name"] = format!("bot{n}").into();
            account["user_id"] = n.to_string().into();
            account["access_token"] = format!("{n}-token").into();
            account.clone()
        })
        .collect();
    home.write("tw.json", serde_json::json!(accounts).to_string());
    // Work that grew with the square of their number would not end within a run's deadline.
    token_login(&home, 1).exits(0);
    assert_eq!(tokens_in(&home.path("tw.json")).len(), MANY + 1);
    let ended = home.twauth(["list"]).on_terminal().finish();
    assert!(ended.screen.contains("bot9999"));
}

#[test]
fn a_path_that_can_only_be_a_folder_is_refused_before_anything_is_asked() {
    let home = Home::new();
    for (path, reason) in [
        ("~/new/", "its name is that of a folder"),
        ("/dev/null/tw.json", "could not be read: not a directory\n"),
    ] {
        let output = token_login(&home, 1).env("TWAUTH_CREDS", path).run();
        let output = output.assert_code(1).assert_says(reason);
        assert!(!output.stderr.contains("Access Token:"), "{output:?}");
    }
    assert!(home.files().is_empty());
}

#[test]
fn a_tilde_that_the_shell_left_alone_is_the_home_folder() {
    let home = Home::with_account(NOWHERE);
    let elsewhere = tempfile::tempdir().unwrap();
    let by_option = home.twauth(["list", "--creds=~/tw.json"]);
    let by_variable = home.twauth(["list"]).env("TWAUTH_CREDS", "~/tw.json");
    for run in [by_option, by_variable] {
        let output = run.folder(elsewhere.path()).exits(0);
        assert!(output.stdout.starts_with("mybot\t"), "{output:?}");
    }
}
