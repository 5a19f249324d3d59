//! What is shown of a server's text: nothing that acts on a terminal, nothing of ours that it repeats.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::support::asked::{Asked, run};
use crate::support::{
    Behaviour, Home, RawServer, Reply, SCREEN_NAME, Script, USER_ID, at_once, reply,
};

/// Text that acts on a terminal, and what must be left of none of it.
const ACTING: &str = "\u{1b}[2J\u{1b}]52;c;cHduZWQ=\u{7}\u{9b}31m\u{202e}\u{2066}\u{200b}\u{feff}\u{7f}\r\n\
    error: no\r\nPIN: \u{8}\u{85}\u{2028}fake";

fn assert_harmless(text: &str, what: &str) {
    let harmful = |character: char| {
        (character.is_control() && character != '\n' && character != '\t')
            || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    let found: Vec<char> = text
        .chars()
        .filter(|&character| harmful(character))
        .collect();
    assert!(found.is_empty(), "{what} holds {found:?}:\n{text:?}");
    let fake = text
        .lines()
        .any(|line| line.starts_with("PIN") && line.contains("fake"));
    assert!(!fake, "{what} has a fake prompt:\n{text}");
}

#[test]
fn escape_sequences_of_the_server_reach_no_terminal() {
    let bodies = [
        json!({"errors": [{"code": 999, "message": ACTING}]}).to_string(),
        json!({"title": ACTING, "detail": ACTING, "type": ACTING, "reason": ACTING}).to_string(),
        json!({"error": ACTING, "errors": ACTING}).to_string(),
        format!("<title>{ACTING}</title>"),
        format!("<errors><error code=\"1\">{ACTING}</error></errors>"),
        ACTING.to_owned(),
        json!({"data": {"id": "12", "username": ACTING}}).to_string(),
        json!({"data": {"id": ACTING, "text": ACTING}}).to_string(),
        format!("oauth_token={ACTING}&oauth_token_secret={ACTING}&oauth_callback_confirmed=true"),
    ];
    // All that is asked, at a success and at a refusal; some of it, in every way of being refused.
    let some = [Asked::RequestToken, Asked::Me, Asked::Tweet];
    let all = Asked::ALL
        .into_iter()
        .flat_map(|asked| [200, 403].map(|it| (asked, it)));
    let some = some
        .into_iter()
        .flat_map(|asked| [401, 429, 500].map(|it| (asked, it)));
    at_once(all.chain(some), |(asked, status)| {
        for (index, body) in bodies.iter().enumerate() {
            let behaviour = Behaviour::Reply(Reply::new(status, "text/html", body.clone()));
            let mode = if index % 2 == 0 { "-vv" } else { "--json" };
            let output = run(asked, &behaviour, &[mode, "--retries", "0"], body);
            assert_harmless(&output.stderr, "standard error");
            if !asked.is_raw() {
                assert_harmless(&output.stdout, "standard output");
            }
        }
    });
}

#[test]
fn escape_sequences_in_headers_and_in_the_file_reach_no_terminal_later_either() {
    let reply = reply::me(USER_ID, SCREEN_NAME)
        .header("x-transaction-id", "a\u{9b}31mb\tc\u{202e}")
        .header("x-access-level", "\u{9b}2J")
        .header("x-rate-limit-limit", "\u{9b}2J")
        .header("x-rate-limit-remaining", "\u{202e}");
    let server = RawServer::replying("GET /2/users/me", reply);
    let home = Home::with_account(&server.url());
    let output = home.twauth(["verify", "-vv"]).exits(0);
    assert_harmless(&output.stderr, "standard error");
    let mut account = home.account(&server.url());
    account["screen_name"] = ACTING.into();
    home.write("tw.json", account.to_string());
    for arguments in [
        &["verify"][..],
        &["verify", "--json"],
        &["verify", "-a", "nobody"],
        &["tweet", "hello", "--dry-run"],
        &["tweet", "hello", "--dry-run", "--json"],
        &["tweet", "hello", "--sandbox"],
        &["login", "-a", "another"],
        &["login", "--json"],
    ] {
        let output = home.twauth(arguments).run();
        assert_harmless(&output.stderr, "standard error");
        assert_harmless(&output.stdout, "standard output");
    }
}

#[test]
fn what_the_server_repeats_of_ours_is_cut_out() {
    let refused = RawServer::replying("*", of_401("no"));
    let home = Home::with_account(&refused.url());
    home.twauth(["verify"]).exits(4);
    // The signature differs in each request, so a server that repeats needs to be one that reads.
    for spell in [
        |text: &str| text.to_owned(),
        |text: &str| json!({ "errors": [{ "code": 999, "message": text }] }).to_string(),
        |text: &str| {
            let message = json!({ "detail": text }).to_string();
            message.replace('/', "\\/").replace('-', "\\u002d")
        },
        |text: &str| format!("<error>{text}</error>"),
    ] {
        let server = echo::server(spell);
        home.write_account(&server.url);
        for arguments in [&["verify", "-vv"][..], &["tweet", "hello", "--json"]] {
            let output = home.twauth(arguments).run();
            assert!([4, 6].contains(&output.code), "{output:#?}");
            for header in server.authorizations() {
                let shown = format!("{}{}", output.stdout, output.stderr);
                assert!(shown.contains("[removed]"), "{output:#?}");
                for part in [
                    echo::field(&header, "oauth_signature"),
                    echo::field(&header, "oauth_token"),
                    echo::field(&header, "oauth_consumer_key"),
                ] {
                    assert!(!shown.contains(&part), "{part} is shown:\n{output:#?}");
                }
            }
        }
    }
}

fn of_401(text: &str) -> Reply {
    Reply::new(401, "text/plain", text)
}

/// A server that repeats the `Authorization` header in its refusal.
mod echo {
    use std::io::Write as _;
    use std::net::TcpListener;
    use std::sync::{Arc, Mutex};
    use std::thread;

    use percent_encoding::percent_decode_str;

    use crate::support::request::Request;

    pub(super) struct Echo {
        pub(super) url: String,
        seen: Arc<Mutex<Vec<String>>>,
    }

    impl Echo {
        /// The headers since the last call.
        pub(super) fn authorizations(&self) -> Vec<String> {
            std::mem::take(&mut self.seen.lock().unwrap())
        }
    }

    pub(super) fn server(spell: fn(&str) -> String) -> Echo {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let theirs = Arc::clone(&seen);
        // Ends with the test's process.
        thread::spawn(move || {
            while let Ok((mut stream, _)) = listener.accept() {
                let Ok(Some(request)) = Request::read(&mut stream) else {
                    continue;
                };
                let header = request.header("authorization").unwrap_or_default();
                theirs.lock().unwrap().push(header.to_owned());
                // 403 shows the server's words.
                let signature = field(header, "oauth_signature");
                let body = spell(&format!("{signature} {header}"));
                let reply = format!(
                    "HTTP/1.1 403 So\r\nconnection: close\r\nx-transaction-id: {header}\r\ncontent-length: {}\r\n\r\n{body}",
                    body.len()
                );
                drop(stream.write_all(reply.as_bytes()));
            }
        });
        Echo { url, seen }
    }

    /// A parameter of the header, decoded.
    pub(super) fn field(header: &str, name: &str) -> String {
        let (_, rest) = header.split_once(&format!("{name}=\"")).unwrap();
        let value = rest.split('"').next().unwrap();
        percent_decode_str(value)
            .decode_utf8()
            .unwrap()
            .into_owned()
    }
}

#[test]
fn nothing_of_ours_is_shown_in_whatever_form_it_comes_back() {
    let home = Home::new();
    let secret = home.canaries.consumer_secret.clone();
    let pair = format!("{}:{secret}", home.canaries.consumer_key);
    let hex: Vec<String> = secret.bytes().map(|byte| format!("{byte:02X}")).collect();
    for form in [
        secret.clone(),
        secret[5..19].to_owned(),
        secret.to_ascii_uppercase(),
        secret.to_ascii_lowercase(),
        hex.concat(),
        STANDARD.encode(&secret),
        STANDARD.encode(format!("x{secret}")),
        pair.clone(),
        STANDARD.encode(pair),
    ] {
        let said = reply::problem(403, "No", &format!("we got {form} of you"), "about:blank");
        let server = RawServer::replying("*", said);
        home.write_account(&server.url());
        for words in [
            &["tweet", "hi"][..],
            &["verify"],
            &["bearer"],
            &["request", "/2/x"],
        ] {
            // The body of `request` is printed exactly.
            let run = home.twauth(words).may_show_secrets().run();
            let stderr = run.assert_code(6).stderr;
            // The first and the last of a coding's letters may be shared with what stands beside it.
            for run in form.as_bytes()[4..form.len() - 2].windows(8) {
                let run = std::str::from_utf8(run).unwrap();
                assert!(!stderr.contains(run), "{run} of {form} in {stderr}");
            }
        }
    }
}

#[test]
fn an_app_only_token_that_comes_back_is_cut_out() {
    let token = "canary-of-the-app-alone";
    let granted = json!({"token_type": "bearer", "access_token": token});
    let said = format!("{token} may not do this");
    let server = Script::new()
        .reply("POST /oauth2/token", Reply::json(200, &granted))
        .reply("*", reply::problem(403, "No", &said, "about:blank"))
        .start();
    let home = Home::with_account(&server.url());
    let output = home.twauth(["request", "--bearer", "/2/x", "-vv"]).run();
    let output = output
        .assert_code(6)
        .assert_says("[removed] may not do this");
    assert!(!output.stderr.contains(&token[3..11]), "{output:?}");
}
