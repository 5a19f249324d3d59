//! `twauth verify`, for one account and for many.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{
    Behaviour, Canaries, Home, RawServer, Reply, SandboxServer, Script, USER_ID, at_once,
    in_seconds, log_in, reply,
};

const ME: &str = "GET /2/users/me";
const SECOND_OPINION: &str = "GET /1.1/account/verify_credentials.json";

/// Writes one account for each server, `bot0` with id 1000 and so on, and gives back their names.
fn write_fleet(home: &Home, servers: &[&RawServer]) -> Vec<String> {
    let accounts: Vec<Value> = (0_u64..)
        .zip(servers)
        .map(|(number, server)| {
            let canaries = Canaries::new(number + 1);
            home.also_secret(&canaries.access_token_secret);
            json!({
                "screen_name": format!("bot{number}"),
                "user_id": (1000 + number).to_string(),
                "consumer_key": canaries.consumer_key,
                "consumer_secret": canaries.consumer_secret,
                "access_token": canaries.access_token,
                "access_token_secret": canaries.access_token_secret,
                "server": server.url(),
            })
        })
        .collect();
    home.write("tw.json", format!("{:#}\n", Value::from(accounts)));
    (0..servers.len())
        .map(|number| format!("bot{number}"))
        .collect()
}

fn answering(me: Reply, second: Reply) -> RawServer {
    Script::new()
        .reply(ME, me)
        .reply(SECOND_OPINION, second)
        .start()
}

fn unauthorized() -> Reply {
    reply::problem(401, "Unauthorized", "Unauthorized", "about:blank")
}

#[test]
fn every_state_is_told_in_file_order() {
    let home = Home::new();
    let none = || reply::error(404, 34, "not found");
    let reset = in_seconds(3600);
    let credits = "https://api.x.com/2/problems/credits-depleted";
    let only_reads = reply::me("1001", "bot1").header("x-access-level", "read");
    let no_credits = reply::problem(402, "Payment Required", "credits depleted", credits);
    let known = reply::verify_credentials("1011", "bot11");
    let dead = reply::error(401, 89, "Invalid or expired token.");
    let cases = [
        ("ok", reply::me("1000", "BOT0"), none()),
        ("read-only", only_reads, none()),
        ("renamed", reply::me("1002", "newname"), none()),
        ("wrong-account", reply::me("9", "bot3"), none()),
        ("refused", unauthorized(), dead),
        ("locked", reply::error(403, 326, "locked"), none()),
        ("suspended", reply::error(403, 64, "suspended"), none()),
        ("no-credits", no_credits, none()),
        ("rate-limited", reply::rate_limited(reset), none()),
        ("unreachable", none(), none()),
        ("server-error", reply::gateway_page(503), none()),
        ("ok", unauthorized(), known),
        // Of two refusals, the one that names a cause.
        ("refused", reply::error(401, 89, "dead"), unauthorized()),
        ("refused", unauthorized(), reply::error(403, 453, "no")),
    ];
    let expected = cases.each_ref().map(|(state, _, _)| *state);
    let servers = cases.map(|(state, me, second)| match state {
        "unreachable" => RawServer::behaving("*", Behaviour::Hang),
        _ => answering(me, second),
    });
    let servers: Vec<&RawServer> = servers.iter().collect();
    write_fleet(&home, &servers);
    let before = home.read("tw.json");
    let verify = home.twauth(["verify", "--retries", "0", "--timeout", "1"]);
    let output = verify.exits(1);
    let states: Vec<&str> = output
        .stdout
        .lines()
        .filter_map(|line| line.split('\t').nth(1))
        .collect();
    assert_eq!(states, expected, "{output:?}");
    let lines: Vec<&str> = output.stdout.lines().collect();
    assert_eq!(lines[0], "BOT0\tok\tread-write");
    assert_eq!(lines[1], "bot1\tread-only\tread");
    assert_eq!(lines[4], "bot4\trefused\tunknown");
    let output =
        output.assert_says("user id 1003 is stored for @bot3, but the token belongs to user id ");
    assert!(output.stderr.contains("@bot2 has a new name"));

    let verify = home.twauth(["verify", "--json", "--retries", "0", "--timeout", "1"]);
    let entries = verify.exits(1).json();
    assert_eq!(
        entries[2],
        json!({
            "screen_name": "newname", "user_id": "1002", "state": "renamed", "access_level": "read-write",
            "stored_screen_name": "bot2", "error": null,
        })
    );
    for (place, kind) in [(4, "bad-token"), (12, "bad-token"), (13, "refused")] {
        assert_eq!(entries[place]["error"]["kind"], kind);
    }
    assert_eq!(entries[8]["error"]["reset_at"], reset);
    assert_eq!(home.read("tw.json"), before);
}

#[test]
fn the_exit_code_is_the_one_that_the_failures_share() {
    let gone = || {
        answering(
            unauthorized(),
            reply::error(401, 89, "Invalid or expired token."),
        )
    };
    let works = |id: &str, name: &str| answering(reply::me(id, name), unauthorized());
    let stranger = || answering(reply::me("5", "stranger"), unauthorized());
    for (servers, code) in [
        ([works("1000", "bot0"), works("1001", "renamed")], 0),
        ([works("1000", "bot0"), gone()], 4),
        ([gone(), gone()], 4),
        ([stranger(), works("1001", "bot1")], 5),
        ([stranger(), gone()], 1),
    ] {
        let home = Home::new();
        write_fleet(&home, &[&servers[0], &servers[1]]);
        home.twauth(["verify"]).exits(code);
    }
}

#[test]
fn an_old_file_is_asked_about_by_name_alone() {
    for (stored, code, state) in [("mybot", 0, "ok"), ("otherbot", 5, "wrong-account")] {
        let home = Home::new();
        let server = answering(reply::me(USER_ID, "mybot"), unauthorized());
        let mut account = home.account(&server.url());
        account.as_object_mut().unwrap().remove("user_id");
        account["screen_name"] = json!(stored);
        home.write("tw.json", account.to_string());
        let output = home.twauth(["verify", "--json"]).exits(code);
        assert_eq!(output.json()[0]["state"], state);
    }
}

#[test]
fn update_writes_what_is_missing_or_renamed_and_nothing_else() {
    let home = Home::new();
    let renamed = answering(reply::me("1000", "newname"), unauthorized());
    let stranger = answering(reply::me("5", "stranger"), unauthorized());
    let unlabelled = answering(reply::me("1002", "found"), unauthorized());
    write_fleet(&home, &[&renamed, &stranger, &unlabelled]);
    let mut file = home.json("tw.json");
    for label in ["screen_name", "user_id"] {
        file[2].as_object_mut().unwrap().remove(label);
    }
    file[0]["colour"] = json!("green");
    home.write("tw.json", file.to_string());
    let output = home.twauth(["verify", "--update"]).exits(5);
    output.assert_says(&format!("{}: 2 updated", home.shown("tw.json")));
    file[0]["screen_name"] = json!("newname");
    file[2]["screen_name"] = json!("found");
    file[2]["user_id"] = json!("1002");
    assert_eq!(home.json("tw.json"), file);
    // Nothing to write, nothing written.
    let before = std::fs::metadata(home.path("tw.json"))
        .unwrap()
        .modified()
        .unwrap();
    home.twauth(["verify", "--update"]).exits(5);
    let after = std::fs::metadata(home.path("tw.json"))
        .unwrap()
        .modified()
        .unwrap();
    assert_eq!(before, after);
}

#[test]
fn update_writes_no_file_that_could_not_be_read_again() {
    let home = Home::new();
    // Two tokens of one account, and the file knows it of one only.
    let server = answering(reply::me("1000", "bot0"), unauthorized());
    write_fleet(&home, &[&server, &server]);
    let mut file = home.json("tw.json");
    for label in ["screen_name", "user_id"] {
        file[1].as_object_mut().unwrap().remove(label);
    }
    home.write("tw.json", file.to_string());
    let output = home.twauth(["verify", "--update"]).exits(1);
    output.assert_says("would have two accounts");
    assert_eq!(home.json("tw.json"), file);
}

#[test]
fn update_needs_a_file_and_says_so_before_it_asks() {
    let home = Home::new();
    let server = answering(reply::me(USER_ID, "mybot"), unauthorized());
    let text = home.account(&server.url()).to_string();
    let run = home
        .twauth(["verify", "--update", "-c", "-"])
        .stdin(text.clone());
    run.exits(2);
    assert_eq!(server.connections(), 0);
    let output = home.twauth(["verify", "-c", "-"]).stdin(text).exits(0);
    assert_eq!(output.stdout, "mybot\n");
}

#[test]
fn one_account_is_one_line() {
    let (home, sandbox) = SandboxServer::with_account();
    log_in(&home, &sandbox, "newsbot", &["--add"]);
    let output = home.twauth(["verify", "-a", "NewsBot"]).exits(0);
    assert_eq!((&*output.stdout, &*output.stderr), ("newsbot\n", ""));
    let output = home.twauth(["verify"]).exits(0);
    assert_eq!(
        output.stdout,
        "sandbot\tok\tread-write\nnewsbot\tok\tread-write\n"
    );
}

#[test]
fn a_file_that_waits_for_its_token_is_told_to_log_in() {
    let home = Home::new();
    home.write(
        "tw.json",
        r#"{"consumer_key": "abc", "consumer_secret": "def"}"#,
    );
    let output = home.twauth(["verify"]).exits(4);
    output.assert_says("twauth login");
}

/// Many accounts at one server that takes its time, all of them known there as one.
fn slow_fleet(home: &Home, count: usize) -> RawServer {
    let slow = Behaviour::OneByteASecond(Reply::new(200, "text/plain", ""));
    let quick = Behaviour::Reply(reply::me("1000", "bot0"));
    // The first goes alone; the others hang until their time is over.
    let server = Script::new().on(ME, quick).on(ME, slow).start();
    write_fleet(home, &vec![&server; count]);
    server
}

#[test]
fn a_hundred_are_asked_at_a_time() {
    let home = Home::new();
    let server = slow_fleet(&home, 130);
    let run = home.twauth(["verify", "--timeout", "2", "--retries", "0"]);
    let running = run.start();
    server.wait_for_requests(101);
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(server.requests().len(), 101);
    let output = running.finish();
    let names: Vec<&str> = output
        .stdout
        .lines()
        .filter_map(|line| line.split('\t').next())
        .collect();
    let expected: Vec<String> = (0..130).map(|number| format!("bot{number}")).collect();
    assert_eq!(
        (names, server.requests().len()),
        (expected.iter().map(String::as_str).collect(), 130)
    );
}

#[test]
fn the_progress_bar_is_for_terminals_and_for_waiting() {
    at_once(["terminal", "pipe", "quiet"], |place| {
        let home = Home::new();
        let server = slow_fleet(&home, 3);
        let slow = home.twauth(["verify", "--timeout", "1.5", "--retries", "0"]);
        match place {
            "terminal" => {
                let mut terminal = slow.on_terminal();
                // While the second and third are still waited for.
                terminal.expect(" 1/3");
                assert!(!terminal.screen().contains("timed out"));
                let screen = terminal.finish().screen;
                // And gone before the result.
                assert!(screen.contains("/3\r\u{1b}[2KACCOUNT"), "{screen:?}");
            }
            "pipe" => {
                let said = slow.run().stderr;
                assert!(!said.contains("/3") && !said.contains('\r'));
            }
            _ => assert!(
                !slow
                    .args(["-q"])
                    .on_terminal()
                    .finish()
                    .screen
                    .contains("/3")
            ),
        }
        drop(server);
    });

    let home = Home::new();
    let quick = answering(reply::me("1000", "bot0"), unauthorized());
    write_fleet(&home, &[&quick, &quick, &quick]);
    let ended = home.twauth(["verify"]).on_terminal().finish();
    assert!(!ended.screen.contains("/3"), "{}", ended.screen);
}

#[test]
fn a_new_name_that_was_written_down_needs_no_advice() {
    let server = answering(reply::me(USER_ID, "newname"), unauthorized());
    let home = Home::with_account(&server.url());
    let advice = "twauth verify --update";
    home.twauth(["verify"]).run().assert_says(advice);
    let output = home.twauth(["verify", "--update"]).exits(0);
    assert!(!output.stderr.contains(advice), "{output:?}");
}

#[test]
fn errors_say_what_could_not_be_done_and_end_without_a_full_stop() {
    let home = Home::new();
    let output = home.twauth(["verify"]).exits(4);
    output.assert_says(&format!(
        "error: could not verify: there is no credentials file {}\n",
        home.shown("tw.json")
    ));
    let server = answering(reply::error(403, 99_999, "It is not so."), unauthorized());
    home.write_account(&server.url());
    let output = home.twauth(["verify"]).exits(6);
    output.assert_says(": It is not so\n");
}

#[test]
fn a_stored_server_that_may_not_be_asked_is_not_a_refusal_of_the_credentials() {
    let home = Home::with_account("http://plain.invalid");
    let output = home.twauth(["verify", "--json"]).run();
    assert_eq!(output.json()[0]["state"], "unreachable");
}

#[test]
fn a_token_that_cannot_post_fails_where_it_must() {
    let home = Home::new();
    let only_reads = answering(
        reply::me("1000", "bot0").header("x-access-level", "read"),
        unauthorized(),
    );
    let writes = answering(reply::me("1001", "bot1"), unauthorized());
    write_fleet(&home, &[&only_reads, &writes]);
    home.twauth(["verify"])
        .exits(0)
        .assert_says("warning: @bot0's token is read-only and cannot post");
    let output = home.twauth(["verify", "--can-post"]).exits(6);
    assert_eq!(
        output.stdout,
        "bot0\tread-only\tread\nbot1\tok\tread-write\n"
    );
    output.assert_says("could not verify @bot0: the token is read-only and cannot post");
    let output = home.twauth(["verify", "--can-post", "--json"]).exits(6);
    assert_eq!(output.json()[0]["state"], "read-only");
    assert_eq!(output.json()[0]["error"]["kind"], "read-only");
}

#[test]
fn trouble_that_many_share_is_said_once() {
    let home = Home::new();
    let down = RawServer::replying("*", reply::gateway_page(503));
    let gone = answering(
        unauthorized(),
        reply::error(401, 89, "Invalid or expired token."),
    );
    let servers: Vec<&RawServer> = std::iter::repeat_n(&down, 8)
        .chain([&gone, &gone])
        .collect();
    write_fleet(&home, &servers);
    let output = home.twauth(["verify", "--retries", "0"]).exits(1);
    assert_eq!(output.stdout.lines().count(), 10);
    assert_eq!(output.stderr.matches("error: ").count(), 2, "{output:?}");
    output
        .assert_says("could not verify 8 accounts (@bot0, @bot1, @bot2, @bot3, @bot4 and 3 more): ")
        .assert_says("could not verify @bot8 and @bot9: ");
}

#[test]
fn columns_are_aligned_on_a_terminal() {
    let home = Home::new();
    let long = answering(reply::me("1000", "a_l\u{f6}nger_name"), unauthorized());
    let short = answering(reply::me("1001", "bot1"), unauthorized());
    write_fleet(&home, &[&long, &short]);
    for (words, lines) in [
        (&["verify"][..], "a_l\u{f6}nger_name  renamed  read-write"),
        (&["verify"], "bot1           ok       read-write"),
        (
            &["verify", "-a", "bot1"],
            "@bot1: credentials work (read and write)",
        ),
    ] {
        let screen = home.twauth(words).on_terminal().finish().screen;
        assert!(screen.contains(lines), "{screen}");
    }
}

#[test]
fn a_name_that_is_missing_in_the_file_can_be_saved() {
    let home = Home::new();
    let server = answering(reply::me(USER_ID, "mybot"), unauthorized());
    let mut account = home.account(&server.url());
    account.as_object_mut().unwrap().remove("screen_name");
    home.write("tw.json", account.to_string());
    let output = home.twauth(["verify"]).exits(0);
    output.assert_says("twauth verify --update");
}
