//! Everything a user can see, through the built program; one file per behaviour.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![cfg_attr(
    windows,
    expect(dead_code, reason = "most of the support is for tests that need Unix")
)]

#[cfg(unix)]
mod accounts;
#[cfg(unix)]
mod agents;
#[cfg(unix)]
mod browser;
#[cfg(unix)]
mod callback;
#[cfg(unix)]
mod completions;
#[cfg(unix)]
mod concurrency;
#[cfg(unix)]
mod crash;
#[cfg(unix)]
mod doctor;
mod elsewhere;
#[cfg(unix)]
mod faults;
#[cfg(unix)]
mod file;
#[cfg(unix)]
mod formats;
#[cfg(unix)]
mod full_disk;
#[cfg(unix)]
mod git_guard;
#[cfg(unix)]
mod header;
#[cfg(unix)]
mod help;
#[cfg(unix)]
mod hostile_paths;
mod http2;
#[cfg(unix)]
mod import;
mod import_cases;
#[cfg(unix)]
mod limits;
#[cfg(unix)]
mod login;
#[cfg(unix)]
mod media;
#[cfg(unix)]
mod network;
#[cfg(unix)]
mod other_users;
#[cfg(unix)]
mod paths;
#[cfg(unix)]
mod posting_once;
#[cfg(unix)]
mod posts;
#[cfg(unix)]
mod progress;
#[cfg(unix)]
mod proxies;
#[cfg(unix)]
mod replies;
#[cfg(unix)]
mod request;
#[cfg(unix)]
mod retries;
#[cfg(unix)]
mod roots;
#[cfg(unix)]
mod sandbox;
#[cfg(unix)]
mod sandbox_signatures;
#[cfg(unix)]
mod secrecy;
#[cfg(unix)]
mod server_text;
#[cfg(unix)]
mod shell;
mod support;
#[cfg(unix)]
mod symlinks;
#[cfg(unix)]
mod terminal;
#[cfg(unix)]
mod texts;
#[cfg(unix)]
mod verify;
#[cfg(windows)]
mod windows;
