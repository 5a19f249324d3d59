//! Opening the authorisation page: which browser, with what, and that nothing waits for it.

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use crate::support::{CTRL_C, Home, Login, RawServer, Run, Terminal, reply};

fn server() -> RawServer {
    let temporary = reply::temporary("temporary", "unimportant");
    RawServer::replying("POST /oauth/request_token", temporary)
}

fn login(home: &Home, server: &RawServer) -> Run {
    home.twauth(["login", "-a", "mybot", "--server", &server.url()])
        .with_pair()
        .env("TWAUTH_TIMEOUT", "20")
}

/// Runs a login up to the PIN and leaves; gives back the address.
fn leave(run: Run) -> String {
    let mut login = Login::start(run);
    let url = login.authorization_url();
    login.answer("q");
    login.finish().assert_code(130);
    url
}

/// The same on a terminal; gives back the screen too.
fn leave_terminal(mut terminal: Terminal) -> (String, String) {
    let url = terminal.authorization_url();
    terminal.expect("PIN from the page (Enter cancels): ");
    terminal.line("q");
    let ended = terminal.finish();
    assert_eq!(ended.code, 130, "{}", ended.screen);
    (url, ended.screen)
}

/// A `PATH` with nothing but these programs of the system: whatever browser it has is out of reach.
fn path_of(home: &Home, programs: &[&str]) -> PathBuf {
    let bin = home.path("bin");
    std::fs::create_dir(&bin).unwrap();
    for program in programs {
        let found = ["/usr/bin", "/bin"].map(|folder| Path::new(folder).join(program));
        let found = found.into_iter().find(|path| path.exists()).unwrap();
        symlink(found, bin.join(program)).unwrap();
    }
    bin
}

fn assert_no_variable_of_ours(home: &Home, environment: &str) {
    assert!(environment.contains("PATH="));
    assert!(!environment.contains("TWAUTH"), "{environment}");
    home.assert_no_secret(environment.as_bytes(), "the browser's environment");
}

#[test]
fn a_browser_is_a_name_or_a_command() {
    for (command, before) in [
        ("BROWSER", &[][..]),
        ("BROWSER -P 'my bot'", &["-P", "my bot"]),
        (
            "\"BROWSER\" --new-window;x $HOME *",
            &["--new-window;x", "$HOME", "*"],
        ),
    ] {
        let home = Home::new();
        let server = server();
        let browser = home.fake_browser().display().to_string();
        let command = command.replace("BROWSER", &browser);
        let url = leave(login(&home, &server).args(["--browser", &command]));
        let (arguments, environment) = home.browser_record();
        assert_eq!(arguments[..before.len()], *before);
        assert_eq!(arguments[before.len()..], [url]);
        assert_no_variable_of_ours(&home, &environment);
    }
}

#[test]
fn the_address_goes_where_the_command_says() {
    let home = Home::new();
    let server = server();
    let command = format!("{} --app=%s --other", home.fake_browser().display());
    let url = leave(login(&home, &server).args(["--browser", &command]));
    assert_eq!(
        home.browser_record().0,
        [format!("--app={url}"), "--other".to_owned()]
    );
}

#[test]
fn a_known_name_stands_for_the_programs_of_that_browser() {
    for (name, program) in [
        ("firefox", "firefox"),
        ("chrome", "google-chrome-stable"),
        ("chrome", "chromium"),
        ("chromium", "chromium-browser"),
        ("edge", "microsoft-edge"),
        ("brave", "brave-browser"),
    ] {
        let home = Home::new();
        let server = server();
        let path = path_of(&home, &["env", "mv"]);
        std::fs::rename(home.fake_browser(), path.join(program)).unwrap();
        let command = format!("{name} --profile-directory=Bot");
        let url = leave(
            login(&home, &server)
                .env("PATH", path)
                .args(["--browser", &command]),
        );
        assert_eq!(
            home.browser_record().0,
            ["--profile-directory=Bot", &url],
            "{name}"
        );
    }
}

#[test]
fn the_default_browser_is_opened_on_a_terminal_with_a_display() {
    let home = Home::new();
    let server = server();
    let run = login(&home, &server)
        .env("DISPLAY", ":9")
        .env("BROWSER", home.fake_browser());
    let (url, _) = leave_terminal(run.on_terminal());
    let (arguments, environment) = home.browser_record();
    assert_eq!(arguments, [url]);
    assert_no_variable_of_ours(&home, &environment);
}

#[test]
fn no_browser_is_opened_where_it_makes_no_sense() {
    for (arguments, name, value) in [
        (&["--no-browser"][..], "DISPLAY", ":9"),
        (&[], "SSH_CONNECTION", "192.0.2.1 1 192.0.2.2 22"),
        (&[], "SSH_TTY", "/dev/pts/9"),
    ] {
        let home = Home::new();
        let server = server();
        let run = login(&home, &server).env("BROWSER", home.fake_browser());
        leave_terminal(run.args(arguments).env(name, value).on_terminal());
        assert!(!home.exists("browser.arguments"), "{arguments:?} {name}");
    }
    // Nobody watches.
    let home = Home::new();
    let server = server();
    leave(
        login(&home, &server)
            .env("BROWSER", home.fake_browser())
            .env("DISPLAY", ":9"),
    );
    assert!(!home.exists("browser.arguments"));
}

#[test]
fn the_variable_goes_through_no_shell() {
    let home = Home::new();
    let server = server();
    let path = path_of(&home, &["sh", "touch"]);
    let before = home.files();
    for value in [
        "x; touch pwned",
        "$(touch pwned)",
        "sh -c 'touch pwned'",
        "`touch pwned`",
    ] {
        let run = login(&home, &server)
            .env("DISPLAY", ":9")
            .env("BROWSER", value);
        let (_, screen) = leave_terminal(run.env("PATH", &path).on_terminal());
        assert!(screen.contains("could not open the browser") || value.starts_with("sh"));
    }
    assert_eq!(home.files(), before);
}

#[test]
fn a_browser_that_fails_is_one_line_and_no_error() {
    let home = Home::new();
    let server = server();
    let failing = home.write_script(
        "failing",
        "#!/bin/sh\necho chatter\necho more >&2\nexit 3\n",
    );
    for command in [
        "no-such-browser",
        "",
        "'open quote",
        &failing.display().to_string(),
    ] {
        let mut login = Login::start(login(&home, &server).args(["--browser", command]));
        login.authorization_url();
        login.answer("q");
        let output = login.finish().assert_code(130);
        let lines = output.stderr.lines();
        let complaints = lines
            .filter(|line| line.starts_with("could not open the browser"))
            .count();
        assert_eq!(complaints, 1, "{command}: {output:?}");
        assert!(!output.stderr.contains("chatter") && !output.stderr.contains("more"));
    }
}

#[test]
fn a_browser_that_hangs_and_chatters_is_neither_heard_nor_waited_for() {
    let home = Home::new();
    let server = server();
    // It ends when the test's folder goes, should nothing end it before.
    let script = "#!/bin/sh\necho chatter\necho chatter >&2\ntouch started\n\
        while [ -e started ]; do sleep 0.1; done\ntouch ended\n";
    let hanging = home.write_script("hanging", script).display().to_string();
    for (name, arguments) in [("BROWSER", &[][..]), ("UNUSED", &["--browser", &hanging])] {
        let run = login(&home, &server)
            .env("DISPLAY", ":9")
            .env(name, &hanging);
        let mut terminal = run.args(arguments).on_terminal();
        terminal.authorization_url();
        terminal.expect("PIN from the page (Enter cancels): ");
        home.wait_for_file("started");
        // Ctrl-C at the terminal ends the login and leaves the browser alone.
        terminal.send(CTRL_C);
        let ended = terminal.finish();
        assert_eq!(ended.code, 130);
        assert!(!ended.screen.contains("chatter"), "{}", ended.screen);
        assert!(!home.exists("ended"));
        std::fs::remove_file(home.path("started")).unwrap();
        home.wait_for_file("ended");
        std::fs::remove_file(home.path("ended")).unwrap();
    }
}
