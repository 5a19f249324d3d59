//! The sandbox as a server for other programs.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use rustix::process::Signal;

use crate::support::{Home, Login, SandboxServer, TWAUTH, at_once, browser};

/// A script that posts by the program under test, as a user's would.
fn bot(home: &Home) -> PathBuf {
    home.write_script("bot.sh", &format!("#!/bin/sh\n{TWAUTH} tweet -q \"$1\"\n"))
}

#[test]
fn a_command_gets_a_whole_account_under_every_name_and_nothing_of_another() {
    let home = Home::new();
    let values = ["API_KEY", "API_SECRET", "CONSUMER_KEY", "CONSUMER_SECRET"];
    let tokens = ["ACCESS_TOKEN", "ACCESS_TOKEN_SECRET", "ACCESS_SECRET"];
    let mut names: Vec<String> = ["X_", "TWITTER_"]
        .iter()
        .flat_map(|prefix| {
            let of = move |name: &&str| format!("{prefix}{name}");
            values.iter().map(of).chain(tokens.iter().map(of))
        })
        .collect();
    let plain = "CONSUMER_KEY CONSUMER_SECRET ACCESS_TOKEN ACCESS_TOKEN_SECRET ACCESS_KEY ACCESS_SECRET \
        TWAUTH_CONSUMER_KEY TWAUTH_CONSUMER_SECRET TWAUTH_ACCESS_TOKEN TWAUTH_ACCESS_TOKEN_SECRET \
        TWITTER_API_SECRET_KEY TWAUTH_SERVER";
    names.extend(plain.split(' ').map(str::to_owned));
    let mut run = home.twauth(["sandbox", "-a", "@My_Bot", "--", "env"]);
    for name in names
        .iter()
        .map(String::as_str)
        .chain(["TWAUTH_CREDS", "TWAUTH_ACCOUNT"])
    {
        run = run.env(name, "another");
    }
    let output = run.may_show_secrets().exits(0);
    let variables: BTreeMap<&str, &str> = output
        .stdout
        .lines()
        .filter_map(|line| line.split_once('='))
        .collect();
    for name in &names {
        let value = variables.get(name.as_str()).copied().unwrap_or_default();
        let begins = match name {
            name if name.ends_with("SERVER") => "http://127.0.0.1:",
            name if name.contains("ACCESS") && name.ends_with("SECRET") => "sandbox-secret-",
            name if name.contains("SECRET") => "sandbox-consumer-secret",
            name if name.contains("ACCESS") => "19",
            _ => "sandbox-consumer-key",
        };
        assert!(value.starts_with(begins), "{name}={value}");
    }
    assert!(variables["ACCESS_TOKEN"].contains("-sandbox-rw-My_Bot-"));
    assert!(!output.stdout.contains("another"), "{output:?}");
    assert!(!variables.contains_key("TWAUTH_CREDS"));
}

#[test]
fn a_script_that_posts_runs_unchanged_and_meets_the_fault() {
    // The user's own file and settings stay out of it.
    let home = Home::with_account("https://api.x.com");
    let bot = bot(&home);
    let run = |words: &[&str]| {
        let run = home.twauth(["sandbox"]).args(words).args(["--"]);
        run.args([bot.as_os_str(), OsStr::new("hi")]).run()
    };
    let output = run(&["-a", "mybot"]).assert_code(0);
    let id = output.stdout.trim_end().rsplit('/').next().unwrap();
    assert!(id.parse::<u64>().is_ok(), "{output:?}");
    let faults = [
        ("read-only", 6),
        ("duplicate", 6),
        ("no-credits", 6),
        ("rate-limit", 7),
        ("locked", 6),
        ("suspended", 6),
        ("over-capacity", 8),
        ("gateway-page", 8),
        ("clock-skew", 4),
        ("reset", 8),
        ("slow", 0),
    ];
    at_once(faults, |(fault, code)| {
        let output = run(&["--fault", fault]).assert_code(code);
        assert!(fault != "slow" || output.took >= Duration::from_secs(5));
    });
    let words = [
        "sandbox",
        "-a",
        "mybot",
        "--fault",
        "wrong-account",
        "--",
        TWAUTH,
    ];
    let output = home.twauth(words).args(["verify", "--json"]).exits(5);
    assert_eq!(output.json()[0]["screen_name"], "sandbot");
}

#[test]
fn the_commands_exit_status_is_the_sandboxs() {
    let home = Home::new();
    for (script, code) in [("exit 0", 0), ("exit 42", 42), ("kill -9 $$", 137)] {
        let run = home.twauth(["sandbox", "--", "sh", "-c", script]);
        run.exits(code);
    }
    let output = home.twauth(["sandbox", "--", "no-such-command"]).run();
    let output = output.assert_code(127);
    output.assert_says("there is no command `no-such-command`");
    for account in ["a b", "", "@", "über", "a-b", "123456789012345678901"] {
        let run = home.twauth(["sandbox", "-a", account, "--", "true"]);
        run.exits(2).assert_says("not a valid screen name");
    }
}

#[test]
fn a_signal_that_ends_the_sandbox_is_passed_on_to_the_command() {
    let home = Home::new();
    let script = "trap 'exit 7' TERM HUP INT; echo ready >&2; while :; do sleep 1 & wait $!; done";
    at_once([Signal::TERM, Signal::HUP, Signal::INT], |signal| {
        let run = home.twauth(["sandbox", "--", "sh", "-c", script]);
        let running = run.before(&["setsid"]).start();
        running.wait_for_stderr(|said| said.contains("ready").then_some(()));
        running.signal(signal);
        running.finish().assert_code(7);
    });
}

#[test]
fn alone_it_says_how_to_use_it_and_stops_cleanly() {
    let home = Home::new();
    for signal in [Signal::INT, Signal::TERM] {
        let words = [
            "sandbox", "-a", "mybot", "--fault", "slow", "--fault", "locked",
        ];
        let running = home.twauth(words).start();
        let login = running.wait_for_stderr(|said| {
            let (_, rest) = said.split_once("To log in:\n  ")?;
            Some(rest.split_once('\n')?.0.to_owned())
        });
        assert!(login.ends_with(" -a mybot"), "{login}");
        let login = home.program("sh").args([
            "-c",
            &login.replace("twauth login", &format!("{TWAUTH} login --no-verify")),
        ]);
        let mut login = Login::start(login);
        let pin = browser::Browser::new().authorize_as_shown(&login.authorization_url());
        login.answer(&pin);
        assert_eq!(login.finish().assert_code(0).stdout, "mybot\n");
        let file = home
            .files()
            .into_iter()
            .find(|name| name.starts_with("tw-sandbox-"));
        assert_eq!(home.json(&file.unwrap())["screen_name"], "mybot");
        running.signal(signal);
        let output = running.finish().assert_code(0);
        let output = output.assert_says("slow, locked\n");
        assert!(output.stderr.ends_with("stopped\n"), "{output:?}");
    }
    let told = home
        .twauth(["sandbox", "--json", "--fault", "reset"])
        .start();
    told.wait_for_stdout(|said| said.contains('}').then_some(()));
    told.signal(Signal::INT);
    let told = told.finish().assert_code(0).json();
    assert_eq!(told["faults"], serde_json::json!(["reset"]));
    assert!(
        told["login"]
            .as_str()
            .unwrap()
            .contains(told["url"].as_str().unwrap())
    );
}

#[test]
fn the_port_file_is_replaced_and_no_link_is_followed() {
    let home = Home::new();
    let victim = home.write("victim", "precious");
    std::os::unix::fs::symlink(&victim, home.path("link")).unwrap();
    std::fs::create_dir(home.path("folder")).unwrap();
    let run = |file: &str| {
        let run = home.twauth(["sandbox", "--port-file", file, "--", "cat", file]);
        run.run()
    };
    home.program("mkfifo").args(["fifo"]).exits(0);
    for file in ["link", "folder", "missing/port", "fifo"] {
        let output = run(file).assert_code(1);
        output.assert_says("could not write");
    }
    std::fs::hard_link(&victim, home.path("port")).unwrap();
    let port = run("port").assert_code(0).stdout;
    assert!(port.trim_end().parse::<u16>().is_ok(), "{port:?}");
    assert_eq!(home.read("victim"), "precious");
    assert_eq!(home.files(), ["fifo", "link", "port", "victim"]);
}

#[test]
fn unsigned_bodies_are_refused_at_the_head_and_take_no_memory() {
    let (_home, sandbox) = SandboxServer::with_home();
    let address = sandbox.url.strip_prefix("http://").unwrap();
    let body = vec![b'a'; 16 << 20];
    thread::scope(|scope| {
        for number in 0..40 {
            let (body, sandbox) = (&body, &sandbox);
            scope.spawn(move || {
                let mut stream = TcpStream::connect(address).unwrap();
                let (host, status) = match number % 2 {
                    0 => (address, "403"),
                    _ => ("evil.example", "403"),
                };
                let head = format!(
                    "POST /2/media/upload HTTP/1.1\r\nhost: {host}\r\ncontent-length: {}\r\n\r\n",
                    body.len()
                );
                stream.write_all(head.as_bytes()).unwrap();
                // The reply comes before the first byte of the body is sent.
                let mut start = [0; 12];
                stream.read_exact(&mut start).unwrap();
                assert!(start.ends_with(status.as_bytes()), "{start:?}");
                drop(stream.write_all(body));
                assert!(sandbox.peak_memory() < 48 << 10);
            });
        }
    });
    let mebibytes = sandbox.peak_memory() / 1024;
    assert!(mebibytes < 48, "{mebibytes} MiB");
    assert_eq!(browser::get(&sandbox.url).status, 200);
}

#[test]
fn only_loopback_names_are_answered_and_only_loopback_is_listened_on() {
    let (_home, sandbox) = SandboxServer::with_home();
    let address = sandbox.url.strip_prefix("http://").unwrap().to_owned();
    let port: u16 = address.rsplit(':').next().unwrap().parse().unwrap();
    let status = |head: &str| {
        let mut stream = TcpStream::connect(&address).unwrap();
        let request = format!("GET / HTTP/1.1\r\nconnection: close\r\n{head}\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut reply = String::new();
        stream.read_to_string(&mut reply).unwrap();
        reply.get(9..12).unwrap_or_default().to_owned()
    };
    let own = format!("host: {address}\r\n");
    for name in ["127.0.0.1", "localhost", "[::1]", "LOCALHOST"] {
        let own = format!("host: {name}:{port}\r\norigin: http://{name}:{port}\r\n");
        assert_eq!(status(&own), "200", "{name}");
    }
    for origin in [
        "http://evil.example".to_owned(),
        "null".to_owned(),
        format!("http://evil.example:{port}"),
        format!("https://{address}"),
        "http://127.0.0.1".to_owned(),
    ] {
        assert_eq!(
            status(&format!("{own}origin: {origin}\r\n")),
            "403",
            "{origin}"
        );
    }
    for host in [
        "evil.example".to_owned(),
        format!("evil.example:{port}"),
        format!("127.0.0.1.evil.example:{port}"),
        format!("{address}@evil.example"),
        format!("192.0.2.1:{port}"),
        "127.0.0.1".to_owned(),
        String::new(),
    ] {
        assert_ne!(status(&format!("host: {host}\r\n")), "200", "{host:?}");
    }
    assert_ne!(status(""), "200");
    assert_ne!(status(&format!("{own}host: evil.example\r\n")), "200");
    // Linux alone tells who listens where.
    let hexadecimal = format!(":{port:04X}");
    for table in ["/proc/net/tcp", "/proc/net/tcp6"] {
        let table = std::fs::read_to_string(table).unwrap_or_default();
        for line in table.lines() {
            let mut words = line.split_whitespace().skip(1);
            let (local, state) = (words.next().unwrap_or_default(), words.nth(1));
            if local.ends_with(&hexadecimal) && state == Some("0A") {
                assert_eq!(local, format!("0100007F{hexadecimal}"));
            }
        }
    }
}

#[test]
fn a_crowd_and_a_flood_leave_the_sandbox_alive_and_small() {
    let (_home, mut sandbox) = SandboxServer::with_home();
    let address = sandbox.url.strip_prefix("http://").unwrap().to_owned();
    let connect = || TcpStream::connect(&address).unwrap();
    let mut idle: Vec<TcpStream> = (0..1000).map(|_| connect()).collect();
    for (index, stream) in idle.iter_mut().enumerate() {
        if index % 2 == 0 {
            stream
                .write_all(b"POST /2/tweets HTTP/1.1\r\nhost: ")
                .unwrap();
        }
    }
    let page = || browser::get(&sandbox.url).status;
    assert_eq!(page(), 200);
    drop(idle);
    for seed in 0..200_u64 {
        let mut garbage = [0; 512];
        getrandom::fill(&mut garbage).unwrap();
        let mut stream = connect();
        if seed % 2 == 0 {
            stream
                .write_all(b"POST /oauth/access_token HTTP/1.1\r\n")
                .unwrap();
        }
        drop(stream.write_all(&garbage));
    }
    for path in ["/2/tweets", "/2/media/upload", "/oauth/access_token", "/"] {
        for framing in ["content-length: 1073741824", "transfer-encoding: chunked"] {
            let mut stream = connect();
            let head = format!("POST {path} HTTP/1.1\r\nhost: {address}\r\n{framing}\r\n\r\n");
            stream.write_all(head.as_bytes()).unwrap();
            let mut piece = b"10000\r\n".to_vec();
            piece.extend(vec![b'a'; 0x10000]);
            piece.extend(b"\r\n");
            // It hangs up long before the end.
            let sent = (0..16_384)
                .take_while(|_| stream.write_all(&piece).is_ok())
                .count();
            assert!(sent < 16_384, "a body of 1 GiB was taken at {path}");
        }
    }
    let headers = "x: y\r\n".repeat(1_000_000);
    drop(connect().write_all(format!("GET / HTTP/1.1\r\n{headers}").as_bytes()));
    assert_eq!(page(), 200);
    let mebibytes = sandbox.peak_memory() / 1024;
    assert!(mebibytes < 64, "{mebibytes} MiB");
    assert!(sandbox.is_alive());
}
