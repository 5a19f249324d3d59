//! What was written is read again unbent, whatever the values.

use super::super::{Format, read, write};
use super::{account, assert_found, second};
use crate::account::{Account, Credentials, Server};

/// Values no format may bend; a canary in each, because none may be in an error either.
const NASTY: [&str; 26] = [
    "plain",
    "two words",
    "it's",
    "say \"hi\"",
    "both ' and \"",
    "'quoted'",
    "\"quoted\"",
    "100%",
    "%s%%d",
    "a#b",
    "# start",
    "a #b ; c",
    "a=b==",
    "=a",
    "a:b: c",
    "$HOME",
    "`id` $(id)",
    "back\\slash",
    "\\\\two\\",
    "end\\'",
    "\\n\\t\\x41\\u0041",
    "{a: [b, c]}",
    "*a &b !c |d >e",
    "- dash",
    "пароль-密码-😀-é\u{301}",
    "~",
];

fn nasty(number: usize) -> Account {
    let pick = |offset: usize| NASTY[(number + offset) % NASTY.len()];
    Account {
        screen_name: Some(format!("bot_{number}_x")),
        user_id: Some(format!("{}", 900 + number)),
        client: Credentials::new(pick(0), pick(1)),
        token: Some(Credentials::new(pick(2), pick(3))),
        server: Server::X,
    }
}

/// What is left of an account in that format.
fn kept(format: Format, account: &Account) -> Account {
    let mut kept = account.clone();
    match format {
        Format::Lines | Format::Xurl => (kept.screen_name, kept.user_id) = (None, None),
        Format::Twurl => kept.user_id = None,
        _ => {}
    }
    kept
}

fn writable() -> impl Iterator<Item = Format> {
    Format::ALL.into_iter().filter(|format| format.can_write())
}

#[test]
fn every_writable_format_gives_back_any_value() {
    for format in writable() {
        for number in 0..NASTY.len() {
            let account = nasty(number);
            let text = write(format, std::slice::from_ref(&account))
                .unwrap_or_else(|reason| panic!("{} {number}: {reason}", format.name()));
            let found = read(&text, Some(format)).unwrap();
            assert_found(&found, &[kept(format, &account)]);
        }
    }
}

#[test]
fn what_was_written_is_recognised() {
    for format in writable() {
        let one = account(Some("mybot"), Some("931"));
        let found = read(&write(format, std::slice::from_ref(&one)).unwrap(), None).unwrap();
        assert_eq!(found.format, format);
        assert_found(&found, &[kept(format, &one)]);
    }
}

#[test]
fn several_accounts_keep_their_order_where_the_format_holds_them() {
    let mut accounts: Vec<Account> = (0..NASTY.len()).rev().map(nasty).collect();
    accounts.push(second(Some("DEFAULT")));
    for format in writable() {
        let written = write(format, &accounts);
        if format.can_write_many() {
            let found = read(&written.unwrap(), None).unwrap();
            assert_eq!(found.format, format);
            let expected: Vec<Account> = accounts
                .iter()
                .map(|account| kept(format, account))
                .collect();
            assert_found(&found, &expected);
        } else {
            assert!(written.unwrap_err().contains("one account only"));
        }
    }
}

#[test]
fn a_server_other_than_x_is_kept_where_there_is_a_label() {
    let one = Account {
        server: Server::Sandbox,
        ..account(Some("mybot"), None)
    };
    for format in [
        Format::Json,
        Format::Env,
        Format::Dotenv,
        Format::Ini,
        Format::Yaml,
        Format::Python,
    ] {
        let text = write(format, std::slice::from_ref(&one)).unwrap();
        assert_found(&read(&text, None).unwrap(), std::slice::from_ref(&one));
    }
}

#[test]
fn a_line_break_is_refused_everywhere() {
    for bad in ["a\nb", "a\rb", "a\0b", "a\tb", "a\u{85}b", "a\u{2028}b", ""] {
        let one = Account {
            client: Credentials::new("sample-consumer-key-0001", bad),
            ..account(Some("mybot"), None)
        };
        for format in writable() {
            let reason = write(format, std::slice::from_ref(&one)).unwrap_err();
            assert!(reason.starts_with("consumer_secret "), "{reason}");
        }
    }
}

#[test]
fn what_a_format_would_bend_is_refused() {
    let with = |secret: &str| Account {
        client: Credentials::new("sample-consumer-key-0001", secret),
        ..account(Some("mybot"), None)
    };
    for (format, secret) in [
        (Format::Ini, " edge"),
        (Format::Lines, "edge "),
        (Format::Dotenv, "${HOME}"),
    ] {
        let reason = write(format, &[with(secret)]).unwrap_err();
        assert!(
            !reason.contains("edge") && !reason.contains("HOME"),
            "{reason}"
        );
    }
    let all_quoted = Account {
        client: Credentials::new("'a'", "'b'"),
        token: Some(Credentials::new("'c'", "'d'")),
        ..account(Some("mybot"), None)
    };
    assert!(write(Format::Ini, &[all_quoted]).is_err());
}

#[test]
fn a_consumer_pair_alone_is_written_where_labels_are() {
    let one = Account {
        token: None,
        ..account(None, None)
    };
    for format in writable() {
        let written = write(format, std::slice::from_ref(&one));
        match format {
            Format::Lines | Format::Twurl | Format::Xurl => assert!(written.is_err()),
            _ => assert_found(
                &read(&written.unwrap(), None).unwrap(),
                std::slice::from_ref(&one),
            ),
        }
    }
}

#[test]
fn json_is_the_credentials_file_to_the_letter() {
    let text = write(Format::Json, &[account(Some("mybot"), Some("931"))]).unwrap();
    let expected = r#"{
  "screen_name": "mybot",
  "user_id": "931",
  "consumer_key": "sample-consumer-key-0001",
  "consumer_secret": "sample-consumer-secret-0001",
  "access_token": "931-sample-access-token-0001",
  "access_token_secret": "sample-access-secret-0001"
}
"#;
    assert_eq!(text, expected);
}
