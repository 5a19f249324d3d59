//! What is read from a reply's headers, and what is cut out of its body.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::{Duration, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use reqwest::header::{HeaderMap, HeaderValue};

use super::tracing::Trace;
use super::{Authorization, Call, Client, Method, Reply, Settings, Signer};
use crate::account::{Credentials, Secret, Server};
use crate::error::Kind;

fn reply(header: &'static str, value: &[u8], received_at: i64) -> Option<Reply> {
    let mut headers = HeaderMap::new();
    headers.insert(header, HeaderValue::from_bytes(value).ok()?);
    Some(Reply {
        status: 401,
        server: Server::X,
        headers,
        body: Vec::new(),
        received_at,
        account: None,
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
    fn a_reset_is_within_a_day_and_an_hour_or_not_named(
        text in prop_oneof![any::<String>(), "[ +-]?[0-9]{0,25}", "18000[0-9]{5}"],
        header in prop_oneof![Just("x-rate-limit-reset"), Just("x-user-limit-24hour-reset"), Just("retry-after")],
    ) {
        if let Some(reply) = reply(header, text.as_bytes(), 1_800_000_000)
            && let Some(reset) = reply.reset_at()
        {
            prop_assert!((1_800_000_001..=1_800_090_000).contains(&reset));
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

#[test]
fn the_latest_of_the_windows_that_are_used_up_counts() {
    const NOW: i64 = 1_800_000_000;
    let reset = |headers: &[(&'static str, &str)]| {
        let mut reply = reply("date", b"", NOW).unwrap();
        for (name, value) in headers {
            reply
                .headers
                .insert(*name, HeaderValue::from_str(value).unwrap());
        }
        (
            reply.reset_at().map(|reset| reset - NOW),
            reply.daily_limit(),
        )
    };
    let window = [
        ("x-rate-limit-remaining", "1079999"),
        ("x-rate-limit-reset", "1800000002"),
    ];
    let user = [
        ("x-user-limit-24hour-remaining", "0"),
        ("x-user-limit-24hour-reset", "1800040000"),
    ];
    let app = [
        ("x-app-limit-24hour-remaining", "0"),
        ("x-app-limit-24hour-reset", "1800050000"),
    ];
    assert_eq!(reset(&window), (None, None));
    assert_eq!(
        reset(&[window, user].concat()),
        (Some(40_000), Some("account"))
    );
    assert_eq!(
        reset(&[window, user, app].concat()),
        (Some(50_000), Some("account"))
    );
    assert_eq!(reset(&app), (Some(50_000), Some("app")));
    assert_eq!(
        reset(&[("x-rate-limit-reset", "1800000900")]),
        (Some(900), None)
    );
    assert_eq!(reset(&[("retry-after", "30")]), (Some(30), None));
    let date = [("retry-after", "Fri, 15 Jan 2027 08:01:00 GMT")];
    assert_eq!(reset(&date), (Some(60), None));
    // Over, or too far off to be true.
    for wrong in ["1799999999", "1800000000", "1800090001", "4070908800"] {
        assert_eq!(
            reset(&[("x-rate-limit-reset", wrong)]),
            (None, None),
            "{wrong}"
        );
    }
}

#[test]
fn a_signer_of_another_home_is_refused_before_anything_is_sent() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let settings = Settings {
            timeout: Duration::from_secs(5),
            retries: 0,
            wait: None,
            verbosity: 0,
            trace: |_| {},
            on_wait: None,
            waiting: |_, _| {},
        };
        let server = Server::Other(url.clone());
        let http = Client::new(server, &url, settings).await.unwrap();
        let pair = Credentials::new("key", "secret");
        let elsewhere = Server::Other("https://elsewhere.example".to_owned());
        for home in [Server::X, Server::Sandbox, elsewhere] {
            let signer = Signer::of_app(&home, &pair);
            for credentials in [Authorization::OAuth(signer), Authorization::Basic(signer)] {
                let call = Call {
                    credentials,
                    ..Call::new(Method::GET, http.url("/2/users/me"), signer)
                };
                assert_eq!(http.rehearse(&call).unwrap_err().kind, Kind::OtherServer);
                let trouble = http.send(&call).await.unwrap_err();
                assert_eq!(
                    (trouble.failure.kind, trouble.sent),
                    (Kind::OtherServer, false)
                );
            }
        }
        // Its own are used, in a header that no table of HTTP/2 keeps.
        let own = http.server().clone();
        let signer = Signer::of_app(&own, &pair);
        for credentials in [Authorization::OAuth(signer), Authorization::Basic(signer)] {
            let call = Call {
                credentials,
                ..Call::new(Method::GET, http.url("/2/users/me"), signer)
            };
            let (header, _) = http.authorize(&call, &Trace::new(&http.settings)).unwrap();
            assert!(header.unwrap().is_sensitive());
        }
        // Each part of a Basic pair is percent-encoded, as X asks.
        let odd = Credentials::new("a key", "s/ecret&");
        let signer = Signer::of_app(&own, &odd);
        let call = Call {
            credentials: Authorization::Basic(signer),
            ..Call::new(Method::GET, http.url("/"), signer)
        };
        let (header, _) = http.authorize(&call, &Trace::new(&http.settings)).unwrap();
        let expected = format!("Basic {}", STANDARD.encode("a%20key:s%2Fecret%26"));
        assert_eq!(header.unwrap(), expected.as_str());
        let connected = tokio::time::timeout(Duration::from_millis(50), listener.accept()).await;
        assert!(connected.is_err(), "something was sent");
    });
}
