//! A separate home folder for one test, and an environment without anything else.

use std::ffi::OsStr;
use std::fs;
#[cfg(unix)]
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::canary::{Canaries, USER_ID, Watch};
use super::run::Run;

/// The built program.
pub(crate) const TWAUTH: &str = env!("CARGO_BIN_EXE_twauth");

/// The screen name of the account that [`Home::account`] writes.
pub(crate) const SCREEN_NAME: &str = "mybot";

pub(crate) struct Home {
    _folder: TempDir,
    /// The folder's path, the links above it resolved: the folder for temporary files is one on a Mac.
    root: PathBuf,
    watch: Arc<Watch>,
    pub(crate) canaries: Canaries,
}

impl Home {
    pub(crate) fn new() -> Self {
        let canaries = Canaries::new(0);
        let watch = Arc::new(Watch::default());
        watch.add(&canaries.consumer_secret);
        watch.add(&canaries.access_token_secret);
        let folder = TempDir::with_prefix("twauth-test-").unwrap();
        Self {
            root: resolved(folder.path()),
            _folder: folder,
            watch,
            canaries,
        }
    }

    /// A home whose `~/tw.json` has the one account [`Home::account`], at `server`.
    pub(crate) fn with_account(server: &str) -> Self {
        let home = Self::new();
        home.write_account(server);
        home
    }

    /// A path in the home; the home itself for the empty name.
    pub(crate) fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.root.join(name)
    }

    /// The same as a message without a terminal names it.
    pub(crate) fn shown(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }

    /// From now on `secret` must not be in any output either: a PIN, a token, a password.
    pub(crate) fn also_secret(&self, secret: &str) {
        self.watch.add(secret);
    }

    /// Watches the token secrets of a credentials file too; for those that a server made.
    pub(crate) fn watch_file(&self, name: &str) {
        let file = self.json(name);
        let accounts = file.as_array().cloned().unwrap_or_else(|| vec![file]);
        for account in accounts {
            if let Some(secret) = account["access_token_secret"].as_str() {
                // The sandbox's begin with words that may be said.
                let kept = secret.strip_prefix("sandbox-secret-").unwrap_or(secret);
                self.watch.add(kept);
            }
        }
    }

    /// Panics when a watched secret is in `bytes`; every run's output is searched without being asked.
    pub(crate) fn assert_no_secret(&self, bytes: &[u8], place: &str) {
        self.watch.assert_absent_from(bytes, place);
    }

    /// Panics when a watched secret is in the name or the content of any file but those in `but`.
    pub(crate) fn assert_no_secret_in_files_but(&self, but: &[&str]) {
        for name in self.files() {
            self.assert_no_secret(name.as_bytes(), "a file's name");
            if !but.contains(&name.as_str()) {
                self.assert_no_secret(&fs::read(self.path(&name)).unwrap(), &name);
            }
        }
    }

    /// The program with these arguments, ready to run.
    pub(crate) fn twauth<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Run {
        self.program(TWAUTH).args(arguments)
    }

    /// Any other program in the same home and environment.
    pub(crate) fn program(&self, program: impl AsRef<OsStr>) -> Run {
        Run::new(program.as_ref(), self, Arc::clone(&self.watch))
    }

    /// Writes a file with mode 0600; missing folders are made.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        self.set_mode(name, 0o600);
        path
    }

    /// Writes an executable file.
    pub(crate) fn write_script(&self, name: &str, content: &str) -> PathBuf {
        let path = self.write(name, content);
        self.set_mode(name, 0o700);
        path
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    pub(crate) fn json(&self, name: &str) -> Value {
        serde_json::from_str(&self.read(name)).unwrap()
    }

    pub(crate) fn exists(&self, name: &str) -> bool {
        self.path(name).symlink_metadata().is_ok()
    }

    #[cfg(unix)]
    pub(crate) fn mode(&self, name: &str) -> u32 {
        fs::metadata(self.path(name)).unwrap().permissions().mode() & 0o7777
    }

    /// Nothing on Windows, where the rights are the folder's.
    pub(crate) fn set_mode(&self, name: &str, mode: u32) {
        let path = self.path(name);
        #[cfg(unix)]
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        #[cfg(windows)]
        drop((path, mode));
    }

    /// Every file below the home, by its path from there, sorted.
    pub(crate) fn files(&self) -> Vec<String> {
        let mut found = Vec::new();
        let mut folders = vec![self.path("")];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let entry = entry.unwrap();
                if entry.file_type().unwrap().is_dir() {
                    folders.push(entry.path());
                } else {
                    let path = entry.path();
                    let name = path.strip_prefix(&self.root).unwrap();
                    found.push(name.to_string_lossy().into_owned());
                }
            }
        }
        found.sort();
        found
    }

    /// The object that a credentials file holds for the home's own canaries at `server`.
    pub(crate) fn account(&self, server: &str) -> Value {
        json!({
            "screen_name": SCREEN_NAME,
            "user_id": USER_ID,
            "consumer_key": self.canaries.consumer_key,
            "consumer_secret": self.canaries.consumer_secret,
            "access_token": self.canaries.access_token,
            "access_token_secret": self.canaries.access_token_secret,
            "server": server,
        })
    }

    /// Writes `~/tw.json` with that one account.
    pub(crate) fn write_account(&self, server: &str) -> PathBuf {
        self.write("tw.json", format!("{:#}\n", self.account(server)))
    }

    /// The same with these labels changed, or left out where they are null.
    pub(crate) fn write_account_with(&self, server: &str, changes: &Value) -> PathBuf {
        let mut account = self.account(server);
        let labels = account.as_object_mut().unwrap();
        for (label, value) in changes.as_object().unwrap() {
            labels.insert(label.clone(), value.clone());
        }
        labels.retain(|_, value| !value.is_null());
        self.write("tw.json", format!("{account:#}\n"))
    }

    /// A command that stands for a browser: it writes down its arguments (one a line) and its environment.
    pub(crate) fn fake_browser(&self) -> PathBuf {
        let arguments = self.path("browser.arguments");
        let environment = self.path("browser.environment");
        // Renamed last, so that a test never sees half of it.
        let script = format!(
            "#!/bin/sh\nenv > '{1}'\nprintf '%s\\n' \"$@\" > '{0}.new'\nmv '{0}.new' '{0}'\n",
            arguments.display(),
            environment.display()
        );
        self.write_script("fake-browser", &script)
    }

    /// Waits until the fake browser was opened and gives back its arguments and its environment.
    pub(crate) fn browser_record(&self) -> (Vec<String>, String) {
        self.wait_for_file("browser.arguments");
        let arguments = self.read("browser.arguments");
        (
            arguments.lines().map(str::to_owned).collect(),
            self.read("browser.environment"),
        )
    }

    pub(crate) fn wait_for_file(&self, name: &str) {
        wait_until(&format!("the file {name}"), || self.exists(name));
    }
}

/// Returns once `condition` holds; panics when that takes more than twenty seconds.
pub(crate) fn wait_until(what: &str, mut condition: impl FnMut() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(
            start.elapsed() < Duration::from_secs(20),
            "waited in vain for {what}"
        );
        thread::sleep(Duration::from_millis(5));
    }
}

/// Without links; on Windows as it is, since resolved paths have a form of their own there.
fn resolved(folder: &Path) -> PathBuf {
    if cfg!(windows) {
        folder.to_owned()
    } else {
        folder.canonicalize().unwrap()
    }
}
