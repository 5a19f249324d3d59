//! `--callback`: the redirect taken at a loopback listener instead of a PIN.

use std::net::{TcpListener, TcpStream};

use rustix::process::Signal;

use crate::support::{Home, Login, Page, SandboxServer, browser};

/// A port of 127.0.0.1 that was free a moment ago.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

struct Waiting {
    login: Login,
    callback: String,
    url: String,
    token: String,
}

fn waiting(home: &Home, sandbox: &SandboxServer, arguments: &[&str]) -> Waiting {
    let callback = format!("http://127.0.0.1:{}/a/cb", free_port());
    let mut all = vec!["--callback", &*callback];
    all.extend(arguments);
    let mut login = Login::at(home, sandbox, &all);
    let url = login.authorization_url();
    let (_, token) = url.split_once("oauth_token=").unwrap();
    let token = token.split('&').next().unwrap().to_owned();
    Waiting {
        login,
        callback,
        url,
        token,
    }
}

impl Waiting {
    fn visit(&self, query: &str) -> Page {
        browser::get(&format!("{}{query}", self.callback))
    }
}

/// Where the authorisation page sends the browser.
fn location(page: &Page) -> String {
    let mut lines = page.head.lines();
    let line = lines.find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("location")
            .then(|| value.to_owned())
    });
    line.unwrap_or_else(|| panic!("no redirect: {page:#?}"))
}

#[test]
fn the_redirect_ends_the_login_without_a_pin() {
    let (home, sandbox) = SandboxServer::with_home();
    let waiting = waiting(&home, &sandbox, &[]);
    let page = browser::Browser::new().decide(&waiting.url, Some("sandbot"), "authorize");
    let target = location(&page);
    assert!(
        target.starts_with(&format!("{}?", waiting.callback)),
        "{target}"
    );
    let page = browser::get(&target);
    assert_eq!(page.status, 200);
    assert!(page.body.contains("You can close this page"), "{page:?}");
    assert!(page.head.contains("no-store") && page.head.contains("default-src 'none'"));
    let output = waiting.login.finish().assert_code(0);
    assert_eq!(output.stdout, "sandbot\n");
    assert!(!output.stderr.contains("PIN"));
    assert_eq!(home.json("tw.json")["screen_name"], "sandbot");
}

#[test]
fn a_refusal_on_the_page_leaves_everything_as_it_was() {
    let (home, sandbox) = SandboxServer::with_home();
    let waiting = waiting(&home, &sandbox, &[]);
    let page = browser::cancel(&waiting.url);
    let target = location(&page);
    assert!(target.contains("denied="), "{target}");
    let page = browser::get(&target);
    assert!(page.body.contains("Not authorised"), "{page:?}");
    waiting.login.finish().assert_code(130);
    assert!(home.files().is_empty());
}

#[test]
fn requests_that_are_not_our_redirect_are_turned_away() {
    let (home, sandbox) = SandboxServer::with_home();
    let waiting = waiting(&home, &sandbox, &[]);
    // Browsers connect ahead and say nothing.
    let address = waiting.callback.split('/').nth(2).unwrap();
    let silent: Vec<TcpStream> = (0..5)
        .map(|_| TcpStream::connect(address).unwrap())
        .collect();
    let token = &waiting.token;
    for query in [
        String::new(),
        "?oauth_verifier=1".to_owned(),
        "?oauth_token=another&oauth_verifier=1".to_owned(),
        format!("?oauth_token={token}"),
        format!("?oauth_token={token}&oauth_verifier="),
        "?denied=another".to_owned(),
        format!("/else?oauth_token={token}&oauth_verifier=1"),
    ] {
        assert_eq!(waiting.visit(&query).status, 404, "{query}");
    }
    let page = browser::Browser::new().decide(&waiting.url, Some("sandbot"), "authorize");
    browser::get(&location(&page));
    waiting.login.finish().assert_code(0);
    drop(silent);
}

#[test]
fn a_wrong_verifier_brings_a_new_address() {
    let (home, sandbox) = SandboxServer::with_home();
    let mut waiting = waiting(&home, &sandbox, &[]);
    waiting.visit(&format!(
        "?oauth_token={}&oauth_verifier=wrong",
        waiting.token
    ));
    let url = waiting.login.authorization_url();
    assert_ne!(url, waiting.url);
    let page = browser::Browser::new().decide(&url, Some("sandbot"), "authorize");
    browser::get(&location(&page));
    waiting.login.finish().assert_code(0);
}

#[test]
fn the_guard_holds_for_a_redirect_too() {
    let (home, sandbox) = SandboxServer::with_home();
    let waiting = waiting(&home, &sandbox, &["-a", "newsbot"]);
    let page = browser::Browser::new().decide(&waiting.url, Some("sandbot"), "authorize");
    browser::get(&location(&page));
    waiting.login.finish().assert_code(5);
    assert!(home.files().is_empty());
}

#[test]
fn an_interruption_ends_the_wait() {
    let (home, sandbox) = SandboxServer::with_home();
    let mut waiting = waiting(&home, &sandbox, &[]);
    waiting.login.running().signal(Signal::INT);
    waiting.login.finish().assert_code(130);
    assert!(TcpStream::connect(waiting.callback.split('/').nth(2).unwrap()).is_err());
}

#[test]
fn only_a_loopback_address_is_listened_at() {
    let (home, sandbox) = SandboxServer::with_home();
    for callback in [
        "http://0.0.0.0:8080/cb",
        "http://example.com:8080/cb",
        "https://127.0.0.1:8080/",
        "8080",
    ] {
        let output = Login::at(&home, &sandbox, &["--callback", callback]).finish();
        output.assert_code(2).assert_says("exactly as in your app");
    }
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let callback = format!("http://{}/cb", taken.local_addr().unwrap());
    let output = Login::at(&home, &sandbox, &["--callback", &callback]).finish();
    output.assert_code(1).assert_says("is already in use");
}

#[test]
fn silent_connections_do_not_turn_the_redirect_away() {
    let (home, sandbox) = SandboxServer::with_home();
    let waiting = waiting(&home, &sandbox, &[]);
    let address = waiting.callback.split('/').nth(2).unwrap().to_owned();
    let silent: Vec<TcpStream> = (0..200)
        .map(|_| TcpStream::connect(&address).unwrap())
        .collect();
    let page = browser::Browser::new().decide(&waiting.url, Some("sandbot"), "authorize");
    let page = browser::get(&location(&page));
    assert_eq!(page.status, 200);
    waiting.login.finish().assert_code(0);
    drop(silent);
}

#[test]
fn the_url_of_the_redirect_may_be_pasted_instead() {
    let (home, sandbox) = SandboxServer::with_home();
    // The browser is on another machine: it shows an error and, in its address bar, the URL.
    let mut waiting = waiting(&home, &sandbox, &["-a", "sandbot"]);
    let page = browser::Browser::new().decide(&waiting.url, Some("sandbot"), "authorize");
    waiting.login.answer(&location(&page));
    let output = waiting.login.finish().assert_code(0);
    assert_eq!(output.stdout, "sandbot\n");

    let callback = format!("http://127.0.0.1:{}/cb", free_port());
    let run = home.twauth(["login", "--no-browser", "--callback", &callback]);
    let run = run.args(["-a", "newsbot", "--add", "--server", &sandbox.url]);
    let run = run.with_sandbox_pair();
    let mut terminal = run.on_terminal();
    let url = terminal.authorization_url();
    terminal.expect("paste its URL here (Enter cancels): ");
    terminal.line("not a URL");
    terminal.expect("nothing was sent");
    // What the browser brings for another account, then what is pasted for the right one: one line is read once.
    let page = browser::Browser::new().decide(&url, Some("weatherbot"), "authorize");
    browser::get(&location(&page));
    terminal.expect("@weatherbot authorised the app, but @newsbot was expected");
    let url = terminal.authorization_url();
    terminal.expect("paste its URL here (Enter cancels): ");
    let page = browser::Browser::new().decide(&url, Some("newsbot"), "authorize");
    terminal.line(&location(&page));
    let ended = terminal.finish();
    assert_eq!(ended.code, 0, "{}", ended.screen);
    assert_eq!(home.json("tw.json")[1]["screen_name"], "newsbot");
}

#[test]
fn a_redirect_needs_no_standard_input() {
    let (home, sandbox) = SandboxServer::with_home();
    let mut waiting = waiting(&home, &sandbox, &[]);
    waiting.login.hang_up();
    let page = browser::Browser::new().decide(&waiting.url, Some("sandbot"), "authorize");
    browser::get(&location(&page));
    waiting.login.finish().assert_code(0);
}
