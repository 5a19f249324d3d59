//! Everything a user can see, through the built program; one file per behaviour.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod accounts;
mod browser;
mod callback;
mod formats;
mod git_guard;
mod login;
mod network;
mod posting_once;
mod prompts;
mod replies;
mod sandbox;
mod support;
mod together;
mod verify;
