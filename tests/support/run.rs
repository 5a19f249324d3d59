//! One run of a program: its input, its output, and that it ends.

use std::collections::BTreeMap;
use std::env;
use std::ffi::{OsStr, OsString};
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use super::canary::{Canaries, Watch};
use super::home::Home;
use super::running::{Output, Running};
use super::sandbox::{CONSUMER_KEY, CONSUMER_SECRET};
#[cfg(unix)]
use super::terminal::Terminal;

/// How long anything may take before it counts as hanging.
const DEADLINE: Duration = Duration::from_secs(60);

/// A program that is about to run.
pub(crate) struct Run {
    words: Vec<OsString>,
    environment: BTreeMap<OsString, OsString>,
    canaries: Canaries,
    folder: PathBuf,
    stdin: Vec<u8>,
    stdout: Option<Stdio>,
    deadline: Duration,
    watch: Option<Arc<Watch>>,
}

impl Run {
    pub(crate) fn new(program: &OsStr, home: &Home, watch: Arc<Watch>) -> Self {
        Self {
            words: vec![program.to_owned()],
            environment: environment(home),
            canaries: home.canaries.clone(),
            folder: home.path(""),
            stdin: Vec::new(),
            stdout: None,
            deadline: DEADLINE,
            watch: Some(watch),
        }
    }

    pub(crate) fn args<A: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = A>) -> Self {
        let arguments = arguments.into_iter();
        self.words
            .extend(arguments.map(|word| word.as_ref().to_owned()));
        self
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.environment.insert(name.into(), value.as_ref().into());
        self
    }

    /// Sets the two variables of the home's consumer pair.
    pub(crate) fn with_pair(self) -> Self {
        let Canaries {
            consumer_key,
            consumer_secret,
            ..
        } = self.canaries.clone();
        self.env("TWAUTH_CONSUMER_KEY", consumer_key)
            .env("TWAUTH_CONSUMER_SECRET", consumer_secret)
    }

    /// Sets the four variables that are the home's account.
    pub(crate) fn with_four_variables(self) -> Self {
        let Canaries {
            access_token,
            access_token_secret,
            ..
        } = self.canaries.clone();
        let run = self.with_pair().env("TWAUTH_ACCESS_TOKEN", access_token);
        run.env("TWAUTH_ACCESS_TOKEN_SECRET", access_token_secret)
    }

    /// Sets the two variables of the sandbox's consumer pair.
    pub(crate) fn with_sandbox_pair(self) -> Self {
        self.env("TWAUTH_CONSUMER_KEY", CONSUMER_KEY)
            .env("TWAUTH_CONSUMER_SECRET", CONSUMER_SECRET)
    }

    pub(crate) fn without_env(mut self, name: &str) -> Self {
        self.environment.remove(OsStr::new(name));
        self
    }

    /// The folder it runs in; the home unless told.
    pub(crate) fn folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folder = folder.into();
        self
    }

    /// What stands on standard input, after which it ends. Nothing unless told.
    pub(crate) fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.stdin = bytes.into();
        self
    }

    /// Standard output goes there instead of being kept.
    pub(crate) fn stdout_to(mut self, target: impl Into<Stdio>) -> Self {
        self.stdout = Some(target.into());
        self
    }

    /// Runs `script` with the command as its `"$@"`: for `umask`, `ulimit` and closed descriptors, as in
    /// `umask 0; exec "$@" >&-`.
    pub(crate) fn through_shell(mut self, script: &str) -> Self {
        let shell = ["/bin/sh", "-c", script, "sh"];
        self.words.splice(0..0, shell.map(OsString::from));
        self
    }

    /// Puts words before the command, as `env` or `unshare` want it.
    pub(crate) fn before(mut self, words: &[&str]) -> Self {
        self.words.splice(0..0, words.iter().map(OsString::from));
        self
    }

    /// Runs it where what it mounts is seen by nobody else and gone afterwards; as a user among users where the
    /// system lets it.
    #[cfg(unix)]
    pub(crate) fn through_namespace(self) -> Self {
        if rustix::process::geteuid().is_root() {
            self.before(&["unshare", "-m"])
        } else {
            self.before(&["unshare", "-rm"])
        }
    }

    pub(crate) fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// For the commands whose purpose it is to print secrets.
    pub(crate) fn may_show_secrets(mut self) -> Self {
        self.watch = None;
        self
    }

    /// Runs it to its end. Panics when it hangs, panics, is killed by a fault of its own, or leaks.
    pub(crate) fn run(mut self) -> Output {
        let input = std::mem::take(&mut self.stdin);
        let mut running = self.start();
        let mut pipe = running.take_stdin();
        // A program may well end without reading all of it.
        let writer = thread::spawn(move || drop(pipe.write_all(&input)));
        let output = running.finish();
        writer.join().unwrap();
        output
    }

    /// The same, and panics unless it ends with that exit code.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Output {
        self.run().assert_code(code)
    }

    /// Starts it and leaves standard input open.
    pub(crate) fn start(mut self) -> Running {
        let mut command = self.command();
        command
            .stdin(Stdio::piped())
            .stdout(self.stdout.take().unwrap_or_else(Stdio::piped))
            .stderr(Stdio::piped());
        Running::start(command, self.deadline, self.watch)
    }

    /// Starts it on a pseudo-terminal: its standard input, output and error, and its controlling terminal.
    #[cfg(unix)]
    pub(crate) fn on_terminal(mut self) -> Terminal {
        let mut command = self.command();
        command.env("TERM", "xterm");
        if let Some(target) = self.stdout.take() {
            return Terminal::start(
                pty_process::blocking::Command::from(command).stdout(target),
                self.deadline,
                self.watch,
            );
        }
        Terminal::start(command.into(), self.deadline, self.watch)
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.words[0]);
        command
            .args(&self.words[1..])
            .env_clear()
            .envs(&self.environment)
            .current_dir(&self.folder);
        command
    }
}

/// What a program is given of the variables, besides what a test sets.
fn environment(home: &Home) -> BTreeMap<OsString, OsString> {
    // Those without which nothing runs on Windows.
    const OF_THE_SYSTEM: [&str; 6] = ["PATH", "SystemRoot", "TEMP", "TMP", "ComSpec", "PATHEXT"];
    let names = if cfg!(windows) {
        &OF_THE_SYSTEM[..]
    } else {
        &["PATH"]
    };
    let mut environment: BTreeMap<OsString, OsString> = names
        .iter()
        .filter_map(|name| Some((name.into(), env::var_os(name)?)))
        .collect();
    let name = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
    environment.insert(name.into(), home.path("").into());
    environment
}
