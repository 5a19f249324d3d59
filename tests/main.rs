//! Everything a user can see, through the built program; one file per behaviour.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod accounts;
mod advisories;
mod browser;
mod callback;
mod completions;
mod concealment;
mod crash;
mod doctor;
mod faults;
mod file;
mod formats;
mod full_disk;
mod git_guard;
mod header;
mod help;
mod limits;
mod links;
mod login;
mod media;
mod network;
mod other_users;
mod paths;
mod posting_once;
mod posts;
mod progress;
mod prompts;
mod proxies;
mod replies;
mod request;
mod retries;
mod roots;
mod sandbox;
mod sandbox_signatures;
mod secrecy;
mod shell;
mod shown;
mod support;
mod terminal;
mod together;
mod turns;
mod verify;
