//! No secret is exposed: whole runs at every verbosity, mistakes, other programs, memory.

use std::fs;
use std::process::{Command, Stdio};

use percent_encoding::percent_decode_str;
use rustix::process::Signal;
use serde_json::json;

use crate::support::saving::{NOWHERE, token_login};
use crate::support::{
    Behaviour, Home, Login, RawServer, Run, SandboxServer, Script, TWAUTH, browser, leak, made_up,
    reply, strace, wait_until,
};

/// Everything that makes programs talkative.
fn talkative(run: Run) -> Run {
    run.env("RUST_LOG", "trace")
        .env("RUST_BACKTRACE", "full")
        .env("HYPER_TRACE", "1")
        .env("REQWEST_LOG", "trace")
        .env("DEBUG", "*")
}

#[test]
fn a_login_tells_no_secret_at_any_verbosity() {
    for words in [
        &["-q"][..],
        &[],
        &["-v"],
        &["-vv"],
        &["-vv", "--json"],
        &["-vvvv"],
    ] {
        let (home, sandbox) = SandboxServer::with_home();
        let login = home.twauth(["login", "--server", &sandbox.url]).args(words);
        let login = login.with_sandbox_pair();
        let mut login = Login::start(talkative(login));
        let pin = browser::authorize(&login.authorization_url(), "newsbot");
        home.also_secret(&pin);
        login.answer(&pin);
        let output = login.finish().assert_code(0);
        home.watch_file("tw.json");
        let file = home.json("tw.json");
        let token = file["access_token"].as_str().unwrap();
        let random = token.rsplit('-').next().unwrap();
        for text in [&output.stdout, &output.stderr] {
            // The support has searched for what was secret before; the token and its secret came during the run.
            home.assert_no_secret(text.as_bytes(), "the login's output");
            assert_eq!(leak(text.as_bytes(), random), None, "{output:#?}");
        }
        home.assert_no_secret_in_files_but(&["tw.json"]);
    }
}

#[test]
fn no_request_is_traced_with_its_signature_or_token() {
    let home = Home::new();
    let everything = json!({
        "data": {"id": "1990000000000000001", "username": "mybot", "deleted": true},
        "access_token": "of-the-app-alone", "token_type": "bearer",
    });
    let server = RawServer::replying("*", reply::Reply::json(201, &everything));
    home.also_secret(&home.canaries.access_token["931657239872432861-".len()..]);
    for words in [
        &["verify"][..],
        &["tweet", "hello"],
        &["delete", "1990000000000000001"],
        &["request", "/2/users/me?a=b"],
        &["request", "/2/tweets", "-F", "status=hello"],
        &["logout", "--yes"],
    ] {
        for mode in [&["-vv"][..], &["-vv", "--json"]] {
            home.write_account(&server.url());
            let before = server.requests().len();
            let output = talkative(home.twauth(words).args(mode)).run();
            let requests = server.requests();
            assert!(requests.len() > before, "{output:#?}");
            for request in &requests[before..] {
                let header = request.header("authorization").unwrap();
                let (_, rest) = header.split_once("oauth_signature=\"").unwrap();
                let signature = rest.split('"').next().unwrap();
                let plain = percent_decode_str(signature).decode_utf8().unwrap();
                for text in [&output.stdout, &output.stderr] {
                    assert!(
                        !text.contains(signature) && !text.contains(&*plain),
                        "{output:#?}"
                    );
                }
                assert!(output.stderr.contains("oauth_nonce"), "{output:#?}");
                // Nothing secret is in a URL, and of the body only what was typed.
                home.assert_no_secret(request.target.as_bytes(), "a URL");
                home.assert_no_secret(&request.body, "a body");
            }
        }
    }
    home.assert_no_secret_in_files_but(&["tw.json"]);
}

#[test]
fn the_app_only_token_is_the_result_and_stands_nowhere_else() {
    let body = json!({"token_type": "bearer", "access_token": "canary-of-the-app-alone"});
    let server = RawServer::replying("*", reply::Reply::json(200, &body));
    let home = Home::with_account(&server.url());
    let output = talkative(home.twauth(["bearer", "-vv"])).exits(0);
    assert_eq!(output.stdout, "canary-of-the-app-alone\n");
    assert_eq!(
        leak(output.stderr.as_bytes(), "canary-of-the-app-alone"),
        None
    );
    // The header was Basic: the base64 of both, whole.
    let header = server.requests()[0]
        .header("authorization")
        .unwrap()
        .to_owned();
    let pair = header.strip_prefix("Basic ").unwrap();
    assert!(!output.stderr.contains(pair), "{output:#?}");
    assert_eq!(
        leak(output.stderr.as_bytes(), &home.canaries.consumer_key),
        None
    );
}

#[test]
fn what_was_typed_wrongly_is_not_repeated() {
    let home = Home::with_account(NOWHERE);
    let secret = made_up("slipped", 50, 77);
    home.also_secret(&secret);
    let secret = secret.as_str();
    let option = format!("--{secret}");
    let valued = format!("--{secret}={secret}");
    let short = format!("-{secret}");
    let waited = format!("--wait={secret}");
    let spaced = format!("{secret} {secret}");
    for arguments in [
        &[secret][..],
        &[&option],
        &[&valued],
        &[&short],
        &["login", secret],
        &["login", &option],
        &["login", "--consumer-secret", secret],
        &["login", &format!("--consumer-secret={secret}")],
        &["login", "--consumer-key", &spaced],
        &["login", "--add", "--replace", secret],
        &["login", "--callback", secret],
        &["login", "--server", secret],
        &["login", "--timeout", secret],
        &["verify", secret],
        &["verify", "--server", secret],
        &[
            "verify",
            "--server",
            &format!("https://user:{secret}@127.0.0.1"),
        ],
        &["verify", "--retries", secret],
        &["verify", "--update", &valued],
        &["tweet", "text", secret],
        &["tweet", "text", &option],
        &["tweet", "--retries", secret, "text"],
        &["tweet", &waited, "text"],
        &["tweet", "--timeout", secret, "text"],
        &["sandbox", "--port", secret],
        &["sandbox", "--fault", secret],
        &["sandbox", secret],
        &["help", secret],
        &["completions", secret],
        &["import", "file", secret],
    ] {
        for json in [&["--json"][..], &[]] {
            let output = home.twauth(arguments).args(json).run();
            assert_eq!(output.code, 2, "{arguments:?}: {output:?}");
        }
    }
    let path = home.twauth(["request", secret, "--retries", "0"]);
    path.exits(3);
    for name in ["TWAUTH_SERVER", "TWAUTH_TIMEOUT", "TWAUTH_CONSUMER_KEY"] {
        let run = home.twauth(["login", "--add"]).env(name, &spaced);
        run.exits(2);
    }
}

#[test]
fn no_trace_holds_a_secret_a_pin_or_a_signature() {
    let server = Script::new()
        .reply(
            "POST /oauth/request_token",
            reply::temporary("temporary-token", &made_up("canaryV", 40, 78)),
        )
        .reply(
            "POST /2/tweets",
            reply::error(403, 187, "Status is a duplicate."),
        )
        .reply(
            "GET /2/users/me",
            reply::error(401, 32, "Could not authenticate you."),
        )
        .on(
            "GET /1.1/account/verify_credentials.json",
            Behaviour::ResetAfterRequest,
        )
        .on("POST /oauth/access_token", Behaviour::CloseAfterRequest)
        .start();
    let home = Home::with_account(&server.url());
    home.also_secret(&made_up("canaryV", 40, 78));
    let pin = made_up("canaryP", 20, 79);
    home.also_secret(&pin);
    let login = home
        .twauth(["login", "--add", "--server", &server.url()])
        .with_pair()
        .stdin(format!("{pin}\n"));
    let mut said = String::new();
    for run in [
        login,
        home.twauth(["tweet", "text"]),
        home.twauth(["verify"]),
    ] {
        let output = talkative(run.args(["-vv"])).run();
        assert_ne!(output.code, 0, "{output:?}");
        said.push_str(&output.stderr);
    }
    assert!(
        said.contains("/2/tweets") && said.contains("/oauth/access_token"),
        "{said}"
    );
    let requests = server.requests();
    assert!(requests.len() >= 5, "{requests:?}");
    for request in requests {
        let header = request.header("authorization").unwrap();
        let signature = header.split("oauth_signature=\"").nth(1).unwrap();
        home.also_secret(signature.split('"').next().unwrap());
        let plain = percent_decode_str(signature.split('"').next().unwrap());
        home.also_secret(&plain.decode_utf8().unwrap());
    }
    home.assert_no_secret(said.as_bytes(), "the traces");
}

/// The command lines of a process and of all its children, and the children's environments.
fn seen_by_others(process: u32) -> Vec<u8> {
    let mut seen = fs::read(format!("/proc/{process}/cmdline")).unwrap_or_default();
    let children = fs::read_to_string(format!("/proc/{process}/task/{process}/children"));
    for child in children.unwrap_or_default().split_whitespace() {
        seen.extend(fs::read(format!("/proc/{child}/environ")).unwrap_or_default());
        seen.extend(seen_by_others(child.parse().unwrap()));
    }
    seen
}

#[test]
fn no_command_line_holds_a_secret_and_no_child_is_given_one() {
    let server = Script::new()
        .reply(
            "POST /oauth/request_token",
            reply::temporary("temporary-token", "temporary-secret"),
        )
        .on("POST /2/tweets", Behaviour::Hang)
        .start();
    let home = Home::new();
    home.write_script("slow-browser", "#!/bin/sh\nexec sleep 2\n");
    let browser = home.path("slow-browser").display().to_string();
    let mut login = Login::start(
        home.twauth(["login", "--server", &server.url(), "--browser", &browser])
            .with_pair(),
    );
    login.authorization_url();
    let id = login.running().id();
    let is_seen = |seen: &[u8], what: &str| String::from_utf8_lossy(seen).contains(what);
    if fs::exists("/proc/self/cmdline").unwrap() {
        wait_until("the browser", || is_seen(&seen_by_others(id), "sleep"));
    }
    let seen = seen_by_others(id);
    home.assert_no_secret(&seen, "what others see of a login");
    assert!(!is_seen(&seen, "temporary-secret") && !is_seen(&seen, "TWAUTH_"));
    login.hang_up();
    login.finish().assert_code(2);

    home.write_account(&server.url());
    let tweet = home.twauth(["tweet", "-"]).start();
    let mut tweet = tweet;
    tweet.say("what is posted is nobody's business yet");
    tweet.close_stdin();
    server.wait_for_requests(2);
    let seen = seen_by_others(tweet.id());
    home.assert_no_secret(&seen, "what others see of a post");
    assert!(!is_seen(&seen, "nobody's business"));
    tweet.signal(Signal::TERM);
    tweet.finish();
}

#[test]
fn the_memory_of_a_login_is_closed_to_other_programs_and_to_core_files() {
    if !fs::exists("/proc/self/environ").unwrap() {
        return;
    }
    if strace::is_here("a closed memory") {
        let home = Home::new();
        strace::traced_as_it_is(token_login(&home, 1), &["trace=prctl"]).exits(0);
        let log = strace::take_log(&home);
        assert!(log.contains("PR_SET_DUMPABLE, SUID_DUMP_DISABLE"), "{log}");
    }
    // Only a user whom modes and ownership bind can show it.
    let home = Home::new();
    let program = home.path("twauth");
    fs::copy(TWAUTH, &program).unwrap();
    let is_root = rustix::process::geteuid().is_root();
    let as_nobody = [
        "setpriv",
        "--reuid=65534",
        "--regid=65534",
        "--clear-groups",
    ];
    if is_root {
        std::os::unix::fs::chown(home.path(""), Some(65534), Some(65534)).unwrap();
        let known = Command::new("setpriv")
            .arg("--version")
            .stdout(Stdio::null())
            .status();
        if known.is_err() {
            return;
        }
    }
    let bound = |script: &str| {
        let run = home
            .program("/bin/sh")
            .args(["-c", script, "sh"])
            .args([&program]);
        let run = run.env("TWAUTH_CONSUMER_KEY", &home.canaries.consumer_key);
        let run = run.env("TWAUTH_CONSUMER_SECRET", &home.canaries.consumer_secret);
        if is_root { run.before(&as_nobody) } else { run }
    };
    // The shell, as the same user, looks at a program that is as open as any, then at the login.
    let output = bound(
        "sleep 5 & other=$!
         until grep -qa sleep /proc/$other/cmdline; do :; done
         cat /proc/$other/environ >/dev/null && echo open; kill $other
         mkfifo answers; \"$1\" login --with-token --no-verify <answers 2>said & login=$!
         exec 3>answers
         until grep -q Token said 2>/dev/null; do :; done
         cat /proc/$login/environ >/dev/null 2>&1 || echo closed
         exec 3>&-; wait $login; echo $?; rm answers said",
    );
    let output = output.exits(0);
    assert_eq!(output.stdout, "open\nclosed\n2\n", "{output:?}");
    assert_eq!(home.files(), ["twauth"]);
}
