//! Layouts in which people keep their credentials: what `import` makes of each of them.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::support::Home;

const FOUR: [&str; 4] = [
    "consumer_key",
    "consumer_secret",
    "access_token",
    "access_token_secret",
];

/// What became of the credentials file.
enum Outcome {
    Refused(String),
    Stored(Vec<Value>),
}

#[test]
fn what_people_have_is_read_exactly_or_refused() {
    let cases: Vec<Value> = serde_json::from_str(include_str!("data/import-cases.json")).unwrap();
    let mut odd = String::new();
    for case in &cases {
        let outcome = import(case);
        let is_expected = is_as(&outcome, &case["expect"])
            || case.get("or").is_some_and(|other| is_as(&outcome, other));
        if !is_expected {
            let became = match &outcome {
                Outcome::Refused(said) => format!("refused: {said}"),
                Outcome::Stored(accounts) => format!("STORED {} accounts", accounts.len()),
            };
            writeln!(odd, "{} ({}): {became}", case["name"], case["layout"]).unwrap();
        }
    }
    assert!(
        odd.is_empty(),
        "of {} cases these are not as expected:\n{odd}",
        cases.len()
    );
}

fn import(case: &Value) -> Outcome {
    let home = Home::new();
    let bytes = match case["base64"].as_str() {
        Some(text) => STANDARD.decode(text).unwrap(),
        None => case["text"].as_str().unwrap().as_bytes().to_vec(),
    };
    home.write("theirs", bytes);
    let before = case.get("before").map(Value::to_string);
    if let Some(before) = &before {
        home.write("tw.json", before);
    }
    let arguments = case["arguments"].as_array().into_iter().flatten();
    let words = ["import", "theirs"].into_iter().map(str::to_owned);
    let output = home
        .twauth(words.chain(arguments.map(|word| word.as_str().unwrap().to_owned())))
        .run();
    let stored = home.exists("tw.json").then(|| home.read("tw.json"));
    if output.code != 0 {
        assert_eq!(stored, before, "{}: refused and written", case["name"]);
        assert!(
            output.stderr.contains("hint: "),
            "{}: {output:?}",
            case["name"]
        );
        return Outcome::Refused(output.stderr);
    }
    let stored: Value = serde_json::from_str(&stored.unwrap()).unwrap();
    Outcome::Stored(match stored {
        Value::Array(accounts) => accounts,
        account => vec![account],
    })
}

fn is_as(outcome: &Outcome, expected: &Value) -> bool {
    match (outcome, expected.as_array()) {
        (Outcome::Refused(_), None) => expected == "refuse",
        (Outcome::Stored(accounts), Some(expected)) => {
            accounts.len() == expected.len()
                && accounts.iter().zip(expected).all(|(account, expected)| {
                    let four = FOUR.iter().all(|label| account[label] == expected[label]);
                    let name = &expected["screen_name"];
                    four && (name == "*" || account["screen_name"] == *name)
                        && account.get("server").is_none()
                })
        }
        _ => false,
    }
}
