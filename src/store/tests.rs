//! Properties of the document under arbitrary content: unknown keys stay unchanged, and no error repeats a file's text.

use proptest::prelude::*;

use super::Document;
use crate::account::{Account, Credentials, Server};

/// White space that JSON allows between tokens.
fn space() -> impl Strategy<Value = String> {
    "[ \t\r\n]{0,3}"
}

/// Any spelling of a JSON string, with escapes and lone surrogates.
fn quoted() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-zA-Z0-9_ {}\\[\\],:/$é漢😀\u{7f}\u{2028}]{1,8}",
        "\\\\[bfnrt/\"\\\\]",
        "\\\\u[0-9a-fA-F]{4}",
        Just("\\ud800".to_owned()),
        Just("\\u0000".to_owned()),
    ];
    prop::collection::vec(piece, 0..4).prop_map(|pieces| format!("\"{}\"", pieces.concat()))
}

/// Any spelling of a JSON value.
fn value() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        Just("false".to_owned()),
        "-?(0|[1-9][0-9]{0,30})(\\.[0-9]{1,20})?([eE][+-]?[0-9]{1,6})?",
        quoted(),
    ];
    leaf.prop_recursive(5, 40, 5, |inner| {
        let list = prop::collection::vec((space(), inner.clone(), space()), 0..5);
        let object = prop::collection::vec((space(), quoted(), space(), inner), 0..5);
        prop_oneof![
            list.prop_map(|items| {
                let items: Vec<String> = items
                    .into_iter()
                    .map(|(before, item, after)| format!("{before}{item}{after}"))
                    .collect();
                format!("[{}]", items.join(","))
            }),
            object.prop_map(|pairs| {
                let pairs: Vec<String> = pairs
                    .into_iter()
                    .map(|(before, key, after, value)| format!("{before}{key}{after}:{value}"))
                    .collect();
                format!("{{{}}}", pairs.join(","))
            }),
        ]
    })
}

/// The unknown pairs of one account.
fn unknown() -> impl Strategy<Value = Vec<(String, String)>> {
    prop::collection::vec((quoted(), value()), 0..6)
}

/// The account with that number, with the unknown pairs between its labels.
fn object(number: usize, unknown: &[(String, String)], space: &str) -> String {
    let mut labels = vec![
        ("\"user_id\"".to_owned(), format!("\"{number}\"")),
        ("\"consumer_key\"".to_owned(), "\"key\"".to_owned()),
        ("\"consumer_secret\"".to_owned(), "\"secret\"".to_owned()),
        ("\"access_token\"".to_owned(), format!("\"token-{number}\"")),
        (
            "\"access_token_secret\"".to_owned(),
            "\"token secret\"".to_owned(),
        ),
    ]
    .into_iter();
    let mut pairs = Vec::new();
    for pair in unknown {
        pairs.extend(labels.next());
        pairs.push(pair.clone());
    }
    pairs.extend(labels);
    let pairs: Vec<String> = pairs
        .iter()
        .map(|(key, value)| format!("{space}{key}{space}:{space}{value}{space}"))
        .collect();
    format!("{{{}}}", pairs.join(","))
}

fn account(number: usize) -> Account {
    Account {
        screen_name: Some(format!("bot{number}")),
        user_id: Some(number.to_string()),
        client: Credentials::new("key", "secret"),
        token: Some(Credentials::new(format!("new-{number}"), "new secret")),
        server: Server::X,
    }
}

/// Whether the pairs are in `text` in this order, each at the start of a line.
fn stand_in_order(text: &str, pairs: &[(String, String)], indent: &str) -> bool {
    let mut rest = text;
    pairs.iter().all(|(key, value)| {
        let found = rest.split_once(&format!("\n{indent}{key}: {value}"));
        rest = found.map_or("", |(_, behind)| behind);
        found.is_some()
    })
}

proptest! {
    #[test]
    fn a_rewrite_leaves_the_unknown_to_the_letter(
        entries in prop::collection::vec(unknown(), 1..4),
        space in space(),
        mark in prop_oneof![Just(""), Just("\u{feff}")],
        is_list: bool,
        changed: prop::sample::Index,
        adds: bool,
    ) {
        let entries = if is_list { entries } else { entries[..1].to_vec() };
        let objects: Vec<String> = entries
            .iter()
            .enumerate()
            .map(|(number, unknown)| object(number, unknown, &space))
            .collect();
        let text = if is_list {
            format!("{mark}{space}[{}]{space}", objects.join(&format!("{space},{space}")))
        } else {
            format!("{mark}{space}{}{space}", objects[0])
        };
        let document = Document::parse(&text);
        prop_assert!(document.is_ok(), "{:?} in {}", document, text);
        let Ok(mut document) = document else { unreachable!() };
        let changed = changed.index(entries.len());
        document.set(changed, account(changed));
        if adds {
            document.push(account(entries.len()));
        }
        let written = document.to_string();

        let again = Document::parse(&written);
        prop_assert!(again.is_ok(), "{:?} in {}", again, written);
        let Ok(again) = again else { unreachable!() };
        prop_assert_eq!(again.accounts().len(), entries.len() + usize::from(adds));
        prop_assert_eq!(again.accounts().nth(changed), Some(&account(changed)));
        prop_assert_eq!(again.to_string(), written.as_str());
        let indent = if is_list || adds { "    " } else { "  " };
        prop_assert!(stand_in_order(&written, &entries.concat(), indent), "{}", written);
        prop_assert_eq!(written.starts_with('['), is_list || adds);
        prop_assert_eq!(written.chars().last(), Some('\n'));
    }

    #[test]
    fn any_text_is_read_or_refused_and_none_of_it_is_told(text in any::<String>()) {
        if let Err(flaw) = Document::parse(&text) {
            prop_assert!(flaw.line >= 1 && flaw.column >= 1);
            prop_assert!(flaw.line <= text.matches('\n').count() + 1);
        }
    }

    #[test]
    fn a_damaged_file_is_never_told(
        unknown in unknown(),
        cut in any::<prop::sample::Index>(),
        inserted in ".{0,2}",
    ) {
        let canary = ("\"note\"".to_owned(), "\"canary in the file\"".to_owned());
        let whole = object(1, &[unknown, vec![canary]].concat(), " ");
        let mut places: Vec<usize> = whole.char_indices().map(|(place, _)| place).collect();
        places.push(whole.len());
        let place = places[cut.index(places.len())];
        for damaged in [
            whole[..place].to_owned(),
            format!("{}{inserted}{}", &whole[..place], &whole[place..]),
        ] {
            if let Err(flaw) = Document::parse(&damaged) {
                prop_assert!(!flaw.reason.contains("canary"), "{:?}", flaw);
                prop_assert!(flaw.reason.len() < 80, "{:?}", flaw);
            }
        }
    }
}
