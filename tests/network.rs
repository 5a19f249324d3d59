//! Whom the program talks to, and whom not.

use crate::support::behaviour::Behaviour;
use crate::support::canary::{USER_ID, leak};
use crate::support::home::{Home, SCREEN_NAME};
use crate::support::raw_server::Script;
use crate::support::reply;
use crate::support::tls::Certificate;

const ME: &str = "GET /2/users/me";

#[test]
fn a_certificate_that_is_right_is_enough() {
    let home = Home::new();
    let server = Script::new()
        .tls(Certificate::Good)
        .reply(ME, reply::me(USER_ID, SCREEN_NAME))
        .start();
    home.write_account(&server.url());
    let authority = home.write("ca.pem", server.authority());
    let run = home.twauth(["verify"]).env("SSL_CERT_FILE", authority);
    assert_eq!(run.run().assert_code(0).stdout, "mybot\n");
}

#[test]
fn a_certificate_that_is_wrong_ends_it_before_anything_is_sent() {
    for certificate in [
        Certificate::SelfSigned,
        Certificate::Expired,
        Certificate::WrongName,
        Certificate::UnknownAuthority,
    ] {
        let home = Home::new();
        let server = Script::new().tls(certificate).start();
        home.write_account(&server.url());
        let authority = home.write("ca.pem", server.authority());
        let run = home
            .twauth(["tweet", "hello", "--json"])
            .env("SSL_CERT_FILE", authority);
        let output = run.run().assert_code(3);
        assert_eq!(
            output.json()["error"]["kind"],
            "certificate",
            "{certificate:?}: {output:?}"
        );
        assert!(server.requests().is_empty(), "{certificate:?}");
    }
}

#[test]
fn a_server_other_than_the_accounts_own_is_refused_before_any_connection() {
    let home = Home::new();
    let (own, other) = (Script::new().start(), Script::new().start());
    home.write_account(&own.url());
    for verb in [&["verify"][..], &["tweet", "hello"]] {
        let run = home.twauth(verb).args(["--server", &other.url()]);
        run.run().assert_code(2);
    }
    assert_eq!((own.connections(), other.connections()), (0, 0));
}

#[test]
fn plain_http_is_for_loopback_addresses_only() {
    for server in [
        "http://example.com",
        "http://192.0.2.1",
        "http://10.0.0.1:80",
        "ftp://127.0.0.1",
    ] {
        let home = Home::new();
        let run = home.twauth(["login", "--server", server]);
        let run = run.env("TWAUTH_CONSUMER_KEY", &home.canaries.consumer_key);
        let run = run.env("TWAUTH_CONSUMER_SECRET", &home.canaries.consumer_secret);
        run.run().assert_code(2);
    }
}

#[test]
fn a_server_on_ipv6_is_reached() {
    let home = Home::new();
    let server = Script::new()
        .on_ipv6()
        .reply(ME, reply::me(USER_ID, SCREEN_NAME))
        .start();
    home.write_account(&server.url());
    home.twauth(["verify"]).run().assert_code(0);
}

#[test]
fn loopback_never_goes_through_a_proxy() {
    let home = Home::new();
    let proxy = Script::new().on("*", Behaviour::CloseAfterRequest).start();
    let server = Script::new()
        .reply(ME, reply::me(USER_ID, SCREEN_NAME))
        .start();
    home.write_account(&server.url());
    let mut run = home.twauth(["verify"]);
    for variable in [
        "HTTPS_PROXY",
        "ALL_PROXY",
        "HTTP_PROXY",
        "http_proxy",
        "all_proxy",
    ] {
        run = run.env(variable, proxy.url());
    }
    run.run().assert_code(0);
    assert_eq!(proxy.connections(), 0);
}

#[test]
fn a_proxy_sees_the_host_and_nothing_else() {
    let home = Home::new();
    let proxy = Script::new().on("*", Behaviour::CloseAfterRequest).start();
    home.write_account("https://api.example.com");
    let address = proxy
        .url()
        .replace("http://", "http://someone:canary-password@");
    home.also_secret("canary-password");
    let run = home
        .twauth(["verify", "-vv", "--retries", "0"])
        .env("HTTPS_PROXY", address);
    run.run().assert_code(3);
    let requests = proxy.requests();
    assert!(!requests.is_empty());
    for request in requests {
        assert_eq!(
            (&*request.method, &*request.target),
            ("CONNECT", "api.example.com:443")
        );
        assert!(request.body.is_empty());
        let headers = format!("{:?}", request.headers);
        let canaries = &home.canaries;
        for secret in [&canaries.consumer_secret, &canaries.access_token_secret] {
            assert_eq!(leak(headers.as_bytes(), secret), None, "{headers}");
        }
    }
}

#[test]
fn a_redirect_of_a_question_is_not_followed() {
    let home = Home::new();
    let other = Script::new().start();
    let server = Script::new()
        .reply("*", reply::redirect(307, &other.url()))
        .start();
    home.write_account(&server.url());
    home.twauth(["verify"]).run().assert_code(3);
    assert_eq!(other.connections(), 0);
}
