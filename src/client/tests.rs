//! What is read from a reply's headers, and what is cut out of its body.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::{Duration, UNIX_EPOCH};

use proptest::prelude::*;
use reqwest::header::{HeaderMap, HeaderValue};

use super::Reply;
use crate::account::Secret;

fn reply(header: &'static str, value: &[u8], received_at: i64) -> Option<Reply> {
    let mut headers = HeaderMap::new();
    headers.insert(header, HeaderValue::from_bytes(value).ok()?);
    Some(Reply {
        status: 401,
        headers,
        body: Vec::new(),
        received_at,
        sent: vec![Secret::new("a-token-of-ours")],
    })
}

proptest! {
    #[test]
    fn a_date_in_either_spelling_tells_the_clocks_apart(
        here in 946_684_800_i64..4_102_444_800,
        ahead in -300_000_i64..300_000,
        zone in prop_oneof![Just("GMT"), Just("UTC")],
    ) {
        let there = UNIX_EPOCH + Duration::from_secs(u64::try_from(here + ahead).unwrap());
        let date = httpdate::fmt_http_date(there).replace("GMT", zone);
        prop_assert_eq!(reply("date", date.as_bytes(), here).unwrap().clock_ahead(), Some(ahead));
    }

    #[test]
    fn a_date_that_is_none_says_nothing(
        date in prop_oneof![
            any::<String>(),
            "[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} (PST|CET|GMTT|[+]0000|)",
            "[0-9]{1,25}( GMT| UTC)?",
        ],
        here in any::<u32>(),
    ) {
        if let Some(reply) = reply("date", date.as_bytes(), here.into()) {
            prop_assert_eq!(reply.clock_ahead(), None);
        }
    }

    #[test]
    fn a_reset_is_a_time_of_this_century_or_none(text in prop_oneof![any::<String>(), "[ +-]?[0-9]{0,25}"]) {
        if let Some(reply) = reply("x-rate-limit-reset", text.as_bytes(), 0)
            && let Some(reset) = reply.reset_at()
        {
            prop_assert!((946_684_800..4_102_444_800).contains(&reset));
        }
    }

    #[test]
    fn nothing_of_ours_is_shown_wherever_it_stands(
        before in "[a-z\u{1b} ]{0,320}",
        at in 0_usize..15,
        between in "[\u{200b}\u{7}]{0,3}",
    ) {
        let (start, end) = "a-token-of-ours".split_at(at);
        let shown = reply("date", b"", 0).unwrap().shown(&format!("{before}{start}{between}{end} after"));
        prop_assert!(!shown.contains("a-token"), "{}", shown);
        prop_assert!(shown.chars().count() <= 301);
    }
}
