//! `twauth sandbox` as a separate server beside the program under test.

use std::fs;

use tempfile::TempDir;

use super::home::{Home, wait_until};
use super::running::Running;

/// Runs until it is dropped.
pub(crate) struct SandboxServer {
    pub(crate) url: String,
    /// The pair it knows, as it tells its commands.
    pub(crate) consumer_key: String,
    pub(crate) consumer_secret: String,
    running: Running,
    _folder: TempDir,
}

impl SandboxServer {
    pub(crate) fn start(home: &Home) -> Self {
        Self::with_faults(home, &[])
    }

    /// Rehearses these faults, as `--fault` names them.
    pub(crate) fn with_faults(home: &Home, faults: &[&str]) -> Self {
        let folder = TempDir::with_prefix("twauth-sandbox-").unwrap();
        let port_file = folder.path().join("port");
        let mut running = home
            .twauth(["sandbox", "--port-file"])
            .args([&port_file])
            .args(faults.iter().flat_map(|fault| ["--fault", fault]))
            .start();
        let told = home
            .twauth(["sandbox", "--"])
            .args(if cfg!(windows) {
                &["cmd", "/c", "set"][..]
            } else {
                &["env"]
            })
            .may_show_secrets()
            .run();
        let variable = |name: &str| {
            let mut lines = told.stdout.lines();
            let value = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
            value
                .unwrap_or_else(|| panic!("no {name} in {told:#?}"))
                .to_owned()
        };
        let mut port = String::new();
        wait_until("the sandbox's port", || {
            assert!(running.is_alive(), "the sandbox has ended");
            port = fs::read_to_string(&port_file).unwrap_or_default();
            port.trim().parse::<u16>().is_ok()
        });
        Self {
            url: format!("http://127.0.0.1:{}", port.trim()),
            consumer_key: variable("TWAUTH_CONSUMER_KEY"),
            consumer_secret: variable("TWAUTH_CONSUMER_SECRET"),
            running,
            _folder: folder,
        }
    }

    /// Whether it still runs, whatever was sent to it.
    pub(crate) fn is_alive(&mut self) -> bool {
        self.running.is_alive()
    }

    /// The largest resident memory so far, in KiB; 0 where the system does not tell.
    pub(crate) fn peak_memory(&self) -> u64 {
        self.running.peak_memory()
    }
}
