//! Everything a user can see, through the built program; one file per behaviour.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod accounts;
mod agents;
mod browser;
mod callback;
mod completions;
mod concurrency;
mod crash;
mod doctor;
mod elsewhere;
mod faults;
mod file;
mod formats;
mod full_disk;
mod git_guard;
mod header;
mod help;
mod hostile_paths;
mod http2;
mod import;
mod import_cases;
mod limits;
mod login;
mod media;
mod network;
mod other_users;
mod paths;
mod posting_once;
mod posts;
mod progress;
mod proxies;
mod replies;
mod request;
mod retries;
mod roots;
mod sandbox;
mod sandbox_signatures;
mod secrecy;
mod server_text;
mod shell;
mod support;
mod symlinks;
mod terminal;
mod texts;
mod verify;
