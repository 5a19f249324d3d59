//! Everything a user can see, through the built program; one file per behaviour.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod completions;
mod doctor;
mod formats;
mod help;
mod login;
mod network;
mod posting_once;
mod progress;
mod replies;
mod sandbox;
mod support;
mod together;
