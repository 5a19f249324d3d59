//! What holds for any text: nothing panics, hangs, leaks or is bent.

use std::cell::Cell;

use proptest::prelude::*;

use super::groups::MOST;
use super::{Format, Names, read, write};
use crate::account::{Account, Credentials, Server};

const KEY: &str = "SampleKey0SampleKey0Ab931";
const SECRET: &str = "SampleSecret0SampleSecret0SampleSecret0SampleSe931";
const TOKEN: &str = "931657239872432861-SampleToken0SampleToken0SampleToken0Samp";
const TOKEN_SECRET: &str = "SampleTokenSecret0SampleTokenSecret0Sample931";

fn account() -> Account {
    Account {
        screen_name: Some("mybot".to_owned()),
        user_id: Some("931657239872432861".to_owned()),
        client: Credentials::new(KEY, SECRET),
        token: Some(Credentials::new(TOKEN, TOKEN_SECRET)),
        server: Server::X,
    }
}

fn writable() -> impl Iterator<Item = Format> {
    let formats = Format::ALL.into_iter().map(|(format, _)| format);
    formats.filter(|format| format.can_write())
}

thread_local! {
    /// How many tokens were looked at, and how many bytes searched for the end of a quoted text.
    pub(super) static LEXED: Cell<usize> = const { Cell::new(0) };
    pub(super) static SEARCHED: Cell<usize> = const { Cell::new(0) };
}

/// Texts made of what readers stumble over.
fn any_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        prop::sample::select(vec![
            "consumer_key",
            "API Key Secret",
            "ACCESS_TOKEN",
            "accessTokenSecret",
            "secret",
            "token",
            "name",
            "value",
            "kind",
            "server",
            "profiles",
            "<<",
            KEY,
            SECRET,
            TOKEN,
            TOKEN_SECRET,
            "export ",
            "set -x ",
            "[twitter]",
            "---",
            "- ",
        ])
        .prop_map(str::to_owned),
        prop::sample::select(vec![
            "\n", "\n\n", " ", "\t", "=", ": ", ":", " => ", "<-", ",", ";", "|", "&", "<", ">",
            "</", "/>", "(", ")", "[", "]", "{", "}", "\"", "'", "`", "\"\"\"", "'''", "\\",
            "\\\n", "#", "//", "/*", "*/", "<!--", "-->", "--", "%", "!", "$", "${", "\u{201c}",
            "\u{201d}", "\u{feff}", "\u{200b}", "\u{e9}", "\r", "&a ", "*a", "!x ", "?", "@", "0",
            "-",
        ])
        .prop_map(str::to_owned),
        "[a-zA-Z0-9_]{1,8}",
        "\\PC{1,4}",
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// Nothing of a secret is in what is said of a text.
fn assert_hidden(said: &str) {
    for value in [KEY, SECRET, TOKEN, TOKEN_SECRET] {
        for start in 0..value.len() - 10 {
            assert!(!said.contains(&value[start..start + 10]), "{said}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn no_text_makes_a_reader_panic_or_repeat_it(text in any_text()) {
        for format in [None].into_iter().chain(Format::ALL.map(|(format, _)| Some(format))) {
            match read(&text, format, &Server::X) {
                Err(broken) => assert_hidden(&broken.reason),
                Ok(found) => found.notes.iter().for_each(|note| assert_hidden(note)),
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn what_is_stored_for_x_is_in_the_text_and_no_mistake(text in any_text()) {
        if let Ok(found) = read(&text, None, &Server::X) {
            for account in found.accounts {
                let token = account.token.as_ref();
                let values = [
                    Some(account.client.identifier.as_str()),
                    Some(account.client.secret.expose()),
                    token.map(|token| token.identifier.as_str()),
                    token.map(|token| token.secret.expose()),
                ];
                for (part, value) in crate::account::Part::ALL.into_iter().zip(values) {
                    let Some(value) = value else { continue };
                    prop_assert!(text.contains(value) || text.contains('\\') || text.contains("data"));
                    if account.server == Server::X {
                        prop_assert_eq!(crate::account::mistake(part, value), None);
                    }
                }
            }
        }
    }

    #[test]
    fn what_was_written_is_read_again(
        key in "[A-Za-z0-9]{25}", secret in "[A-Za-z0-9]{50}", id in "[1-9][0-9]{4,18}", rest in "[A-Za-z0-9]{40}",
        token_secret in "[A-Za-z0-9]{45}", name in "[A-Za-z][A-Za-z0-9_]{0,14}",
    ) {
        let account = Account {
            screen_name: Some(name),
            user_id: Some(id.clone()),
            client: Credentials::new(key, secret),
            token: Some(Credentials::new(format!("{id}-{rest}"), token_secret)),
            server: Server::X,
        };
        for format in writable() {
            let names = [Names::Plain, Names::X, Names::Twitter];
            for names in names.into_iter().take(if format.has_variables() { 3 } else { 1 }) {
                let text = write(format, std::slice::from_ref(&account), names).unwrap();
                for format in [None, Some(format)] {
                    let found = read(&text, format, &Server::X).unwrap();
                    prop_assert_eq!(&found.accounts[0].client, &account.client);
                    prop_assert_eq!(&found.accounts[0].token, &account.token);
                    prop_assert_eq!(&found.accounts[0].user_id, &account.user_id);
                }
            }
        }
    }

    #[test]
    fn any_value_of_another_server_is_read_as_it_was_written_or_refused(
        value in "[ -~\u{e9}\u{416}\u{1f600}]{1,30}", format in prop::sample::select(writable().collect::<Vec<_>>()),
    ) {
        assert_whole_or_refused(&value, format);
    }
}

fn assert_whole_or_refused(secret: &str, format: Format) {
    let account = Account {
        client: Credentials::new("key", secret),
        server: Server::Other("https://x.example".to_owned()),
        ..account()
    };
    if let Ok(text) = write(format, std::slice::from_ref(&account), Names::Plain) {
        for format in [None, Some(format)] {
            if let Ok(found) = read(&text, format, &Server::X) {
                assert_eq!(found.accounts[0], account, "{text}");
            }
        }
    }
}

#[test]
fn a_value_is_not_cut_where_a_comment_could_begin() {
    assert_whole_or_refused("\u{e9};A", Format::Ini);
}

#[test]
fn several_accounts_keep_their_order_where_the_format_has_room_for_them() {
    let accounts: Vec<Account> = (1..30)
        .map(|number| Account {
            screen_name: Some(format!("bot_{number}_x")),
            user_id: Some(number.to_string()),
            token: Some(Credentials::new(
                format!("{number}-SampleToken0SampleToken0"),
                format!("{TOKEN_SECRET}{number}"),
            )),
            ..account()
        })
        .collect();
    for format in writable() {
        let written = write(format, &accounts, Names::Plain);
        if !format.can_write_many() {
            assert!(written.unwrap_err().contains("one account only"));
            continue;
        }
        let found = read(&written.unwrap(), None, &Server::X).unwrap();
        assert_eq!(found.format, format);
        let tokens = |accounts: &[Account]| {
            accounts
                .iter()
                .map(|it| it.token.clone())
                .collect::<Vec<_>>()
        };
        assert_eq!(tokens(&found.accounts), tokens(&accounts));
        let named = found.accounts.iter().all(|it| it.screen_name.is_some());
        assert_eq!(named, format != Format::Xurl, "{}", format.name());
    }
}

#[test]
fn a_line_break_is_written_nowhere() {
    for bad in ["a\nb", "a\rb", "a\0b", "a\tb", "a\u{85}b", "a\u{2028}b", ""] {
        let one = Account {
            client: Credentials::new(KEY, bad),
            ..account()
        };
        for format in writable() {
            let reason = write(format, std::slice::from_ref(&one), Names::Plain).unwrap_err();
            assert!(reason.starts_with("consumer_secret "), "{reason}");
        }
    }
}

#[test]
fn json_is_the_credentials_file_to_the_letter() {
    let expected = format!(
        "{{\n  \"screen_name\": \"mybot\",\n  \"user_id\": \"931657239872432861\",\n  \"consumer_key\": \"{KEY}\",\n  \
         \"consumer_secret\": \"{SECRET}\",\n  \"access_token\": \"{TOKEN}\",\n  \"access_token_secret\": \"{TOKEN_SECRET}\"\n}}\n"
    );
    assert_eq!(
        write(Format::Json, &[account()], Names::Plain).unwrap(),
        expected
    );
}

#[test]
fn deep_nesting_and_aliases_of_aliases_are_refused() {
    for text in [
        "[".repeat(200_000),
        "{a:".repeat(200_000),
        "- ".repeat(100_000),
        "(".repeat(300_000),
        "{\"a\":".repeat(100_000),
    ] {
        for format in [
            None,
            Some(Format::Json),
            Some(Format::Yaml),
            Some(Format::Text),
            Some(Format::Xurl),
        ] {
            assert!(read(&text, format, &Server::X).is_err());
        }
    }
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let inner = vec![format!("*a{}", level - 1); 10].join(", ");
        text.extend([format!("a{level}: &a{level} [{inner}]\n")]);
    }
    assert!(
        read(&text, Some(Format::Yaml), &Server::X)
            .unwrap_err()
            .reason
            .contains("too many aliases")
    );
}

#[test]
fn what_a_long_text_costs_grows_with_its_length_alone() {
    const BYTES: usize = 64 << 10;
    let pieces = [
        "key token secret ",
        "consumer_key=a ",
        "consumer_key=a\n",
        "consumer_key: ",
        "consumer_key(",
        "key \u{201c}",
        "x=\u{ab}",
        "key=\"\\\"",
        "\"\"\"",
        "'\"`",
        "([{",
        "API Key (API Key) ",
        "<consumer_key ",
        "<key key key key>",
        "process.env.consumer_key ",
        "SampleKey0SampleKey0Ab931 (a\n",
        "|key|token|\n",
        "consumer_key,consumer_secret,\"\n",
        "a=b ; c ",
        "\\",
    ];
    for piece in pieces {
        let text = piece.repeat(BYTES / piece.len());
        LEXED.set(0);
        SEARCHED.set(0);
        let _ = read(&text, Some(Format::Text), &Server::X);
        let (lexed, searched) = (LEXED.get(), SEARCHED.get());
        assert!(lexed <= 12 * BYTES, "{piece}: {lexed} tokens");
        assert!(searched <= 40 * BYTES, "{piece}: {searched} bytes");
    }
}

#[test]
fn a_file_of_more_labels_than_any_person_has_is_refused_with_that_reason() {
    let pieces = [
        "consumer_key=a\n",
        "key token ",
        "[a.b]\nconsumer_key=a\n",
        "consumer_key,consumer_secret\na,b\n\n",
        "consumer_key: a\n---\n",
        "{\"consumer_key\":\"a\"}\n",
        "- a: b\n",
    ];
    for piece in pieces {
        let broken = read(&piece.repeat(5 * MOST / 2), None, &Server::X).unwrap_err();
        assert_eq!(broken.reason, "it has too many labels", "{piece}");
    }
    let sections = (0..MOST + MOST / 15).fold(String::new(), |text, number| {
        text + &format!("[s{number}.t]\na=b\n")
    });
    let broken = read(&sections, None, &Server::X).unwrap_err();
    assert_eq!(broken.reason, "it has too many labels");
}
