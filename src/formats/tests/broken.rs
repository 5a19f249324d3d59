//! Files that give nothing: where and why, and that nothing of their text is repeated.

use super::super::{Format, read};

/// Where and why, after making sure that nothing of the text is in it.
#[track_caller]
fn fault(text: &str, format: Option<Format>) -> (Option<usize>, String) {
    let broken = read(text, format).unwrap_err();
    assert!(!broken.reason.contains("sample-"), "{}", broken.reason);
    (broken.line, broken.reason)
}

#[track_caller]
fn breaks(text: &str, line: usize, reason: &str) {
    let (at, said) = fault(text, None);
    assert!(said.contains(reason), "{said}");
    assert_eq!(at, Some(line), "{said}");
}

#[test]
fn broken_json_is_said_with_its_line() {
    breaks(
        "{\n  \"consumer_key\": \"sample-key\n}\n",
        2,
        "does not end on its line",
    );
    breaks(
        "{\n  \"consumer_key\": \"sample-key\",\n",
        3,
        "ends too early",
    );
    breaks(
        "{\n  \"consumer_key\" \"sample-key\"\n}",
        2,
        "a colon was expected",
    );
    breaks(
        "{\n  \"consumer_key\": sample_key\n}",
        2,
        "a quoted value was expected",
    );
    breaks(
        "{\n  \"consumer_key\": \"\\ud800sample-key\"\n}",
        2,
        "names no character",
    );
    breaks(
        "[\n  {\"consumer_key\": [\"sample-key\"]}\n]",
        2,
        "consumer_key is not text",
    );
}

#[test]
fn half_an_account_is_said_with_its_line() {
    breaks(
        "[{\"consumer_key\": \"sample-a\", \"consumer_secret\": \"sample-b\",\n\"access_token\": \"sample-c\"}]",
        1,
        "access_token_secret is missing",
    );
    breaks(
        "A=1\nCONSUMER_KEY=sample-a\nACCESS_TOKEN=sample-b\n",
        2,
        "consumer_secret and access_token_secret",
    );
    breaks(
        "A=1\nCONSUMER_KEY=sample-a\n",
        2,
        "consumer_secret is missing",
    );
}

#[test]
fn a_bearer_token_beside_it_excuses_no_missing_secret() {
    let text = "BEARER_TOKEN=sample-z\nCONSUMER_KEY=sample-a\nCONSUMER_SECRET=sample-b\nACCESS_TOKEN=sample-c\n";
    breaks(text, 2, "access_token_secret is missing");
}

#[test]
fn two_values_for_one_label_are_refused() {
    breaks(
        "CONSUMER_KEY=sample-a\nAPI_KEY=sample-b\n",
        2,
        "consumer_key is given twice",
    );
    breaks(
        "[x1]\nconsumer_key=sample-a\nconsumer_key=sample-b\n",
        3,
        "consumer_key is given twice",
    );
    breaks(
        "{\"at\": \"sample-a\",\n\"at\": \"sample-b\"}",
        2,
        "access_token is given twice",
    );
}

#[test]
fn an_empty_or_unclean_value_is_refused() {
    breaks(
        "CONSUMER_KEY=\nCONSUMER_SECRET=sample-b\n",
        1,
        "consumer_key is empty",
    );
    breaks(
        "{\"consumer_key\": \"sample\\u001b[31m\"}",
        1,
        "line break or control character",
    );
    breaks(
        "[mybot]\nconsumer_key = sample-a\n  sample-more\n",
        2,
        "line break or control character",
    );
}

#[test]
fn broken_shell_dotenv_ini_and_yaml_are_said_with_their_line() {
    breaks(
        "export A=1\nexport CONSUMER_KEY='sample-a\n",
        2,
        "does not end",
    );
    breaks(
        "export A=1\nexport CONSUMER_KEY=\"$SAMPLE\"\n",
        2,
        "not looked up",
    );
    breaks("A=1\nCONSUMER_KEY=\"sample-a\nB=2\n", 2, "does not end");
    breaks(
        "A=1\nCONSUMER_KEY=${SAMPLE}\nCONSUMER_SECRET=b\n",
        2,
        "not looked up",
    );
    breaks(
        "A=1\nCONSUMER_SECRET=x\nCONSUMER_KEY sample-a\n",
        3,
        "equals sign",
    );
    breaks(
        "[mybot]\nconsumer_key sample-a\n",
        2,
        "neither a section nor",
    );
    breaks("[mybot]\nconsumer_key = %(sample-a)s\n", 2, "not looked up");
    breaks("a:\n  consumer_key: \"sample-a\n", 2, "not YAML");
    breaks("a:\n  consumer_key: *sample-a\n", 2, "not YAML");
    breaks("a:\n b: 1\n  consumer_key: sample-a\n", 3, "not YAML");
    breaks(
        "import os\nCONSUMER_KEY = 'sample-a' + sample-b\n",
        2,
        "more than one",
    );
}

#[test]
fn oauth_2_is_explained() {
    for text in [
        "CLIENT_ID=sample-a\nCLIENT_SECRET=sample-b\n",
        "{\"access_token\": \"sample-a\", \"refresh_token\": \"sample-b\", \"token_type\": \"bearer\"}",
        "bearer_token: sample-a\n",
        "AAAAAAAAAAAAAAAAAAAAAsample-a\n",
        "apps:\n  x:\n    client_id: sample-a\n    client_secret: sample-b\n",
    ] {
        assert!(read(text, None).unwrap_err().hint.is_some());
        assert!(
            fault(text, None).1.contains("OAuth 2 values only"),
            "{text}"
        );
    }
}

#[test]
fn a_request_token_is_not_taken_for_an_access_token() {
    let text = "oauth_token=sample-a&oauth_token_secret=sample-b&oauth_callback_confirmed=true";
    assert!(fault(text, None).1.contains("request token"));
}

#[test]
fn what_holds_no_credentials_is_said_so() {
    for text in ["", " \r\n", "\u{feff}"] {
        assert_eq!(fault(text, None).1, "it is empty");
    }
    assert!(fault("sample-\0", None).1.contains("not text"));
    for text in [
        "sample-hello\n",
        "sample-hello world\nhow are you\nfine\n",
        "{}",
        "[]",
        "null",
        "a: 1\n",
        "[a]\nb=c\n",
    ] {
        fault(text, None);
        for format in Format::ALL {
            fault(text, Some(format));
        }
    }
}

#[test]
fn a_server_that_cannot_be_used_is_refused() {
    let text = "{\"consumer_key\": \"sample-a\", \"consumer_secret\": \"sample-b\",\n\"server\": \"http://sample.example:99999\"}";
    breaks(text, 2, "the server cannot be used");
}

#[test]
fn deep_nesting_is_refused() {
    for text in [
        "[".repeat(200_000),
        "{a:".repeat(200_000),
        "- ".repeat(100_000),
        "(".repeat(300),
    ] {
        for format in [
            None,
            Some(Format::Json),
            Some(Format::Yaml),
            Some(Format::Python),
            Some(Format::Xurl),
        ] {
            assert!(read(&text, format).is_err());
        }
    }
}

#[test]
fn aliases_that_multiply_are_refused() {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let inner = vec![format!("*a{}", level - 1); 10].join(", ");
        text.extend([format!("a{level}: &a{level} [{inner}]\n")]);
    }
    assert!(fault(&text, None).1.contains("too many values"));
    let mut text = "a0: &a0 [x]\n".to_owned();
    for level in 1..300 {
        text.extend([format!("a{level}: &a{level} [*a{}]\n", level - 1)]);
    }
    assert!(fault(&text, None).1.contains("nested too deeply"));
}

#[test]
fn no_mangled_sample_makes_a_reader_panic() {
    let seeds = [
        "a: &x {consumer_key: 'b', <<: *x}\n- [c, \"d\\x41\"]\n? e\n: |2\n  f\n%TAG ! x\n--- !!str g\n",
        "{'consumer_key': u'a\\u0041', \"b\": [1, None, (2,)], # c\n 'd': '''e'''}",
        "export CONSUMER_KEY='a'\\''b' \"c\\$d\" # e\nF=${g}\nh: str = r'i'\n",
        "[DEFAULT]\nconsumer_key = %(a)s\n  more\n[b]\nc: d\n",
        "oauth_token=a%2&oauth_token_secret=%ff&ck=b\n",
    ];
    let mut random: u32 = 0x2545_F491;
    let mut next = move |below: usize| {
        random ^= random << 13;
        random ^= random >> 17;
        random ^= random << 5;
        random as usize % below
    };
    for round in 0..20_000 {
        let mut chars: Vec<char> = seeds[round % seeds.len()].chars().collect();
        for _ in 0..=next(4) {
            let place = next(chars.len().max(1));
            if place >= chars.len() {
                break;
            }
            match next(3) {
                0 => drop(chars.remove(place)),
                1 => chars.insert(
                    place,
                    [
                        '\'', '"', '\\', '{', ']', ':', '\n', ' ', '\t', '&', '*', '%', '\u{feff}',
                        'é',
                    ][next(14)],
                ),
                _ => chars.truncate(place.max(1)),
            }
        }
        let text: String = chars.into_iter().collect();
        let _ = read(&text, None);
        let _ = read(&text, Some(Format::ALL[next(Format::ALL.len())]));
        let _ = read(&text, Some(Format::Yaml));
    }
}
