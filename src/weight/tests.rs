//! Tests of each rule by which X counts.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::{LIMIT, Weight, invalid_character, links, weight};

fn length(text: &str) -> usize {
    weight(text).length
}

fn found(text: &str) -> Vec<&str> {
    links::find(text)
        .into_iter()
        .map(|link| &text[link])
        .collect()
}

fn every_length(expected: usize, texts: &[&str]) {
    for text in texts {
        assert_eq!(length(text), expected, "{text:?}");
    }
}

#[test]
fn an_empty_text_weighs_nothing() {
    assert_eq!(
        weight(""),
        Weight {
            length: 0,
            links: 0
        }
    );
}

#[test]
fn letters_of_most_alphabets_weigh_1() {
    every_length(1, &["a", "é", "ж", "ش", "ก", "\u{10FF}", "\n", "\0"]);
    every_length(
        1,
        &[
            "—", "“", "″", "\u{2000}", "\u{200D}", "\u{2010}", "\u{201F}", "\u{2037}",
        ],
    );
}

#[test]
fn what_lies_outside_the_ranges_weighs_2() {
    every_length(
        2,
        &["の", "…", "€", "•", "→", "한", "𝒳", "\u{1100}", "\u{20000}"],
    );
    every_length(
        2,
        &["\u{200E}", "\u{200F}", "\u{2020}", "\u{2031}", "\u{2038}"],
    );
}

#[test]
fn the_limit_is_280_light_or_140_heavy_characters() {
    assert_eq!(length(&"x".repeat(280)), LIMIT);
    assert_eq!(length(&"故".repeat(140)), LIMIT);
    assert_eq!(
        length(&"👨\u{200D}👩\u{200D}👧\u{200D}👦".repeat(140)),
        LIMIT
    );
}

#[test]
fn a_text_is_normalised_before_it_is_weighed() {
    assert_eq!(length("A\u{301}B"), 2);
    assert_eq!(length("\u{212B}"), 1, "the Ångström sign becomes a letter");
    assert_eq!(
        length("A\u{FB2C}"),
        4,
        "shin with dagesh and shin dot comes apart"
    );
    assert_eq!(
        length("\u{1112}\u{1161}\u{11AB}"),
        2,
        "jamo become a syllable"
    );
}

#[test]
fn an_emoji_sequence_weighs_2() {
    let sequences = [
        ("single", "😷"),
        ("style", "❤\u{FE0F}"),
        ("style not needed", "⚡\u{FE0F}"),
        ("copyright", "©\u{FE0F}"),
        ("trade mark", "™\u{FE0F}"),
        ("tone", "💃🏾"),
        ("tone after a text emoji", "☝🏽"),
        ("keycap", "1\u{FE0F}\u{20E3}"),
        ("keycap without style", "#\u{20E3}"),
        ("flag", "🇩🇪"),
        (
            "flag of England",
            "🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}",
        ),
        ("family", "👨\u{200D}👩\u{200D}👧\u{200D}👦"),
        ("profession with tone", "👩🏽\u{200D}⚕\u{FE0F}"),
        ("kiss with tones", "👩🏻\u{200D}❤\u{FE0F}\u{200D}💋\u{200D}👨🏿"),
        ("rainbow flag", "🏳\u{FE0F}\u{200D}🌈"),
        ("detective", "🕵🏽\u{200D}♂\u{FE0F}"),
        (
            "runner to the right",
            "🏃\u{200D}♀\u{FE0F}\u{200D}➡\u{FE0F}",
        ),
        ("mending heart", "❤\u{FE0F}\u{200D}🩹"),
        ("handshake of two tones", "🫱🏻\u{200D}🫲🏿"),
        ("couple of one tone", "👩🏽\u{200D}❤\u{FE0F}\u{200D}👩🏽"),
        ("eye in a bubble", "👁\u{FE0F}\u{200D}🗨\u{FE0F}"),
        ("eye in a bubble without styles", "👁\u{200D}🗨"),
        ("levitating woman", "🕴\u{FE0F}\u{200D}♀\u{FE0F}"),
        ("skier with tone", "⛷🏽"),
        ("skier with style and tone", "⛷\u{FE0F}🏽"),
        ("family with tone", "👪🏽"),
        ("couple with tone", "👫🏽"),
        ("kiss with tone", "💏🏽"),
        ("wrestlers with tone", "🤼🏽"),
    ];
    for (name, text) in sequences {
        assert_eq!(length(text), 2, "{name}");
    }
}

#[test]
fn every_emoji_that_unicode_recommends_weighs_2() {
    #[derive(serde::Deserialize)]
    struct Recommended {
        emoji: String,
    }
    let Recommended { emoji } =
        serde_json::from_str(include_str!("../../tests/data/emoji.json")).unwrap();
    assert_eq!(emoji.split(' ').count(), 3953);
    for text in emoji.split(' ') {
        assert_eq!(length(text), 2, "{text}");
    }
}

#[test]
fn what_is_no_emoji_sequence_is_weighed_piece_by_piece() {
    let pieces = [
        ("two emoji", "😷😷", 4),
        ("copyright as text", "©", 1),
        ("digit with style but no keycap", "1\u{FE0F}", 3),
        ("text style", "❤\u{FE0E}", 4),
        ("style after an emoji that takes none", "😷\u{FE0F}", 4),
        ("tone after an emoji that takes none", "🐶🏽", 4),
        ("unknown flag", "🇦🇦", 4),
        ("half a flag", "🇩", 2),
        ("flag and a half", "🇩🇪🇩", 4),
        (
            "flag of Texas",
            "🏴\u{E0075}\u{E0073}\u{E0074}\u{E0078}\u{E007F}",
            12,
        ),
        ("joiner at the end", "👩\u{200D}", 3),
        ("joined to a letter", "👩\u{200D}a", 4),
        ("joined to a text emoji", "👮\u{200D}♀", 5),
        (
            "five joined",
            "👨\u{200D}👩\u{200D}👧\u{200D}👦\u{200D}👦",
            5,
        ),
        ("joined but no emoji", "⌚\u{200D}⌚", 5),
        ("family with a tone", "👨\u{200D}👩🏽\u{200D}👧", 8),
        ("handshake of one tone", "🫱🏽\u{200D}🫲🏽", 5),
        (
            "half a couple with tone",
            "👩🏽\u{200D}❤\u{FE0F}\u{200D}👩",
            8,
        ),
        ("profession without style", "👩\u{200D}⚕", 5),
        ("eye in a bubble with one style", "👁\u{FE0F}\u{200D}🗨", 5),
    ];
    for (name, text, expected) in pieces {
        assert_eq!(length(text), expected, "{name}");
    }
}

#[test]
fn a_link_weighs_23_long_or_short() {
    every_length(
        23,
        &[
            "a.co",
            "http://a.co",
            "https://example.com/a/long/path/to/a/page?with=a&long=query#end",
        ],
    );
    let two = weight("see example.com and https://example.org.");
    assert_eq!(
        two,
        Weight {
            length: 4 + 23 + 5 + 23 + 1,
            links: 2
        }
    );
    assert_eq!(
        weight("no link in 3.14, e.g. this"),
        Weight {
            length: 26,
            links: 0
        }
    );
}

#[test]
fn a_bare_domain_is_a_link_where_its_top_level_domain_is_known() {
    for text in [
        "example.com",
        "EXAMPLE.COM",
        "foo.co.jp",
        "t.co",
        "a-b.example.dev",
        "a.xn--p1ai",
        "s.みんな",
    ] {
        assert_eq!(found(text), [text]);
    }
    for text in [
        "tar.bz2",
        "main.c",
        "e.g.",
        "1.5",
        "example.comm",
        "example.",
        ".com",
        "com",
        "example..com",
    ] {
        assert_eq!(found(text), [""; 0], "{text}");
    }
}

#[test]
fn the_longest_domain_with_a_known_end_is_the_link() {
    assert_eq!(found("example.com.unknown"), ["example.com"]);
    assert_eq!(found("example.com.org"), ["example.com.org"]);
    assert_eq!(found("a.嘉里大酒店 b.嘉里です"), ["a.嘉里大酒店", "b.嘉里"]);
}

#[test]
fn a_mail_address_or_a_name_is_no_link() {
    for text in [
        "me@example.com",
        "john.doe.gov@example.com",
        "a.b+c@example.com",
    ] {
        assert_eq!(found(text), [""; 0], "{text}");
    }
    for before in ["@", "#", "$", "x"] {
        let text = format!("{before}http://example.com");
        assert_eq!(found(&text), [""; 0], "{text}");
    }
    assert_eq!(found("@example.com #example.com $example.com"), [""; 0]);
}

#[test]
fn what_stands_before_a_bare_domain_decides() {
    for before in ["-", "_", ".", "/", "x://", "\u{FEFF}"] {
        assert_eq!(
            found(&format!("{before}example.com")),
            [""; 0],
            "{before:?}"
        );
    }
    for before in ["(", "\"", "は", "…", ":", ",", "\u{A0}", "\u{202A}"] {
        assert_eq!(
            found(&format!("{before}example.com")),
            ["example.com"],
            "{before:?}"
        );
    }
    assert_eq!(
        found("-http://a.com /https://b.com"),
        ["http://a.com", "https://b.com"]
    );
}

#[test]
fn the_first_character_goes_before_a_link_where_it_can() {
    assert_eq!(found("éa.com"), ["a.com"]);
    assert_eq!(found(" éa.com"), ["éa.com"]);
}

#[test]
fn labels_begin_and_end_with_a_letter_or_digit() {
    for host in [
        "-a.b.com", "a-.b.com", "_a.b.com", "a_.b.com", "a_b.com", "a.c_o_m", "a..com",
    ] {
        assert_eq!(found(&format!("http://{host}")), [""; 0], "{host}");
    }
    for host in ["a_b.c-d.com", "sub_domain-dash.example.com", "a.b.cd"] {
        let link = format!("http://{host}");
        assert_eq!(found(&link), [link.as_str()]);
    }
}

#[test]
fn other_scripts_end_a_bare_domain_but_not_one_with_a_protocol() {
    assert_eq!(found("日本語example.comです"), ["example.com"]);
    assert_eq!(found("a.jp日本語b.so中国語c.jp"), ["a.jp", "b.so", "c.jp"]);
    assert_eq!(found("ああ.com"), [""; 0]);
    for link in [
        "http://ああ.com",
        "http://☃.net/",
        "http://bücher.example.de",
    ] {
        assert_eq!(found(link), [link]);
    }
    assert_eq!(found("http://xn--はじめよう.com/"), [""; 0]);
}

#[test]
fn a_path_ends_before_punctuation() {
    for end in [".", ",", "!", "'", ":", "...", " x", "これ", "\"b"] {
        assert_eq!(
            found(&format!("http://a.com/b..c{end}")),
            ["http://a.com/b..c"],
            "{end}"
        );
    }
    for link in [
        "http://a.com/",
        "http://a.com/@me/1",
        "http://a.com/русские_слова-é/",
    ] {
        assert_eq!(found(&format!("{link}.")), [link]);
    }
}

#[test]
fn a_path_holds_balanced_parentheses() {
    for link in [
        "http://a.com/b_(c)",
        "http://a.com/(a(b)c)/d",
        "http://a.com/a(b).c",
    ] {
        assert_eq!(found(&format!("({link})")), [link]);
    }
    assert_eq!(found("http://a.com/b_(c"), ["http://a.com/b_"]);
    assert_eq!(found("http://a.com/b()"), ["http://a.com/b"]);
    assert_eq!(found("http://a.com/(a(b(c)))"), ["http://a.com/"]);
}

#[test]
fn ports_and_queries_belong_to_a_link() {
    assert_eq!(
        found("http://a.com:8080/a?b=c&d=e."),
        ["http://a.com:8080/a?b=c&d=e"]
    );
    assert_eq!(
        found("http://a.com?a=(b)-: http://b.com:x"),
        ["http://a.com?a=(b)-", "http://b.com"]
    );
    assert_eq!(found("http://a.com?!"), ["http://a.com"]);
    assert_eq!(found("a.com/a?b=c"), ["a.com/a?b=c"]);
    assert_eq!(
        found("a.com?b=c"),
        ["a.com"],
        "with neither protocol nor path the query is text"
    );
}

#[test]
fn a_short_link_ends_with_its_letters_and_digits() {
    assert_eq!(
        found("http://t.co/Ab1's https://t.co/abc-d"),
        ["http://t.co/Ab1", "https://t.co/abc"]
    );
    assert_eq!(found("https://t.co/abc?x=1#y."), ["https://t.co/abc?x=1#y"]);
    let slug = "a".repeat(40);
    assert_eq!(weight(&format!("https://t.co/{slug}")).links, 1);
    assert_eq!(weight(&format!("https://t.co/{slug}a")).links, 0);
}

#[test]
fn a_host_name_that_cannot_exist_is_no_link() {
    let label = "a".repeat(63);
    assert_eq!(weight(&format!("http://{label}.com")).links, 1);
    assert_eq!(
        weight(&format!("http://{label}a.com")),
        Weight {
            length: 75,
            links: 0
        }
    );
    let host = |times: usize| format!("http://{}.com", "あいう".repeat(times));
    assert_eq!(weight(&host(10)).links, 1);
    assert_eq!(weight(&host(20)).links, 0, "too long in punycode");
}

#[test]
fn a_link_of_more_than_4096_characters_is_none() {
    let link = |bytes: usize| format!("http://a.co/{}", "x".repeat(bytes - 12));
    assert_eq!(weight(&link(4096)).links, 1);
    assert_eq!(
        weight(&link(4097)),
        Weight {
            length: 4097,
            links: 0
        }
    );
}

#[test]
fn a_character_that_no_post_holds_is_named() {
    assert_eq!(invalid_character("ABC\u{202A}\u{FFFD}"), None);
    assert_eq!(invalid_character("ABC\u{FFFF}\u{FFFE}"), Some('\u{FFFF}'));
    assert_eq!(invalid_character("\u{FEFF}text"), Some('\u{FEFF}'));
    assert_eq!(length("ABC\u{202A}\u{FFFF}ABC\u{FFFE}"), 12);
}

/// The cases that the publisher of X's rules wrote for every implementation of them.
#[test]
fn the_published_cases_hold() {
    #[derive(serde::Deserialize)]
    struct Published {
        weights: Vec<Case>,
        links: Vec<Case>,
    }
    #[derive(serde::Deserialize)]
    struct Case {
        description: String,
        text: String,
        length: Option<usize>,
        links: Option<Vec<String>>,
    }
    let Published { weights, links } =
        serde_json::from_str(include_str!("../../tests/data/twitter-text.json")).unwrap();
    assert_eq!((weights.len(), links.len()), (27, 108));
    for case in weights.iter().chain(&links) {
        if let Some(expected) = case.length {
            assert_eq!(length(&case.text), expected, "{}", case.description);
        }
        if let Some(expected) = &case.links {
            assert_eq!(&found(&case.text), expected, "{}", case.description);
        }
    }
}

#[test]
fn no_character_makes_it_panic() {
    // Beyond the planes with emoji and scripts: samples, and all tags.
    let sampled = ('\u{20000}'..=char::MAX).step_by(97);
    for character in ('\0'..'\u{20000}')
        .chain(sampled)
        .chain('\u{E0000}'..='\u{E0FFF}')
    {
        assert!(length(&format!("{character}\u{FE0F}\u{200D}{character}")) >= 2);
    }
}

#[test]
fn a_long_text_of_any_kind_is_weighed_to_its_end() {
    let kinds = [
        "a_.",
        "-a.",
        "あ.",
        "http://a.com/(",
        "a.com/((",
        "a.com,",
        "a.com?",
        "@a.com",
        "xn--",
        "あ",
        "e\u{301}",
        "\u{301}\u{316}",
        "👩\u{200D}",
        "🇦",
    ];
    for kind in kinds {
        assert!(
            length(&kind.repeat(30_000 / kind.len())) > LIMIT,
            "{kind:?}"
        );
    }
    for kind in ["a.", "(", "http://"] {
        assert!(
            length(&kind.repeat(300_000 / kind.len())) > LIMIT,
            "{kind:?}"
        );
    }
}
