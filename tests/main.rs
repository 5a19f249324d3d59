//! Everything a user can see, through the built program; one file per behaviour.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod accounts;
mod advisories;
mod browser;
mod callback;
mod formats;
mod git_guard;
mod header;
mod login;
mod media;
mod network;
mod posting_once;
mod posts;
mod prompts;
mod replies;
mod request;
mod retries;
mod sandbox;
mod sandbox_signatures;
mod secrecy;
mod support;
mod together;
mod verify;
