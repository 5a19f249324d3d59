//! `twauth login` driven as a program would drive it: read the URL, write the PIN.

use super::browser;
use super::home::Home;
use super::run::Run;
use super::running::{Output, Running};
use super::sandbox::SandboxServer;

/// A whole login as `screen_name` into `~/tw.json`, which has to succeed. The PIN and the new secret are watched
/// from then on.
pub(crate) fn log_in(
    home: &Home,
    sandbox: &SandboxServer,
    screen_name: &str,
    arguments: &[&str],
) -> Output {
    let mut login = Login::at(home, sandbox, arguments);
    let pin = browser::authorize(&login.authorization_url(), screen_name);
    home.also_secret(&pin);
    login.answer(&pin);
    let output = login.finish().assert_code(0);
    home.watch_file("tw.json");
    output
}

/// A login under way.
pub(crate) struct Login {
    running: Running,
    /// How many authorisation URLs were read already.
    read: usize,
}

impl Login {
    /// `twauth login` against a sandbox, with its consumer pair and what else is to be said.
    pub(crate) fn at(home: &Home, sandbox: &SandboxServer, arguments: &[&str]) -> Self {
        let run = home.twauth(["login", "--server", &sandbox.url]);
        Self::start(run.args(arguments).with_sandbox_pair())
    }

    /// Any login, as it stands.
    pub(crate) fn start(run: Run) -> Self {
        Self {
            running: run.start(),
            read: 0,
        }
    }

    /// Waits for the next authorisation URL that was not given back before.
    pub(crate) fn authorization_url(&mut self) -> String {
        let read = self.read;
        self.read += 1;
        self.running.wait_for_stderr(|said| {
            // The last piece may be half a line.
            let complete = &said[..said.rfind('\n')?];
            let words = complete
                .lines()
                .filter_map(|line| line.split_whitespace().last());
            let mut urls =
                words.filter(|word| word.starts_with("http") && word.contains("/oauth/authorize?"));
            urls.nth(read).map(str::to_owned)
        })
    }

    /// Authorises at the next URL as `screen_name`, answers with the PIN, and waits for the end.
    pub(crate) fn authorized_by(mut self, screen_name: &str) -> Output {
        let pin = browser::authorize(&self.authorization_url(), screen_name);
        self.answer(&pin);
        self.finish()
    }

    /// Writes one line: the PIN, or whatever is asked for.
    pub(crate) fn answer(&mut self, line: &str) {
        self.running.say(line);
    }

    /// Ends standard input.
    pub(crate) fn hang_up(&mut self) {
        self.running.close_stdin();
    }

    pub(crate) fn running(&mut self) -> &mut Running {
        &mut self.running
    }

    pub(crate) fn finish(mut self) -> Output {
        self.running.close_stdin();
        self.running.finish()
    }
}
