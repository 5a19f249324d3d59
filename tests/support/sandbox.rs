//! `twauth sandbox` as a separate server beside the program under test.

use std::fs;

use tempfile::TempDir;

use super::home::{Home, wait_until};
use super::login::log_in;
use super::running::Running;

/// The consumer pair that every sandbox knows.
pub(crate) const CONSUMER_KEY: &str = "sandbox-consumer-key";
pub(crate) const CONSUMER_SECRET: &str = "sandbox-consumer-secret";

/// Runs until it is dropped.
pub(crate) struct SandboxServer {
    pub(crate) url: String,
    running: Running,
    _folder: TempDir,
}

impl SandboxServer {
    /// A new home, and a sandbox started in it.
    pub(crate) fn with_home() -> (Home, Self) {
        let home = Home::new();
        let sandbox = Self::start(&home);
        (home, sandbox)
    }

    /// The same, and `@sandbot` is logged in.
    pub(crate) fn with_account() -> (Home, Self) {
        let (home, sandbox) = Self::with_home();
        log_in(&home, &sandbox, "sandbot", &[]);
        (home, sandbox)
    }

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
        let mut port = String::new();
        wait_until("the sandbox's port", || {
            assert!(running.is_alive(), "the sandbox has ended");
            port = fs::read_to_string(&port_file).unwrap_or_default();
            port.trim().parse::<u16>().is_ok()
        });
        Self {
            url: format!("http://127.0.0.1:{}", port.trim()),
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
