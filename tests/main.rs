//! Everything a user can see, through the built program; one file per behaviour.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod crash;
mod file;
mod formats;
mod full_disk;
mod links;
mod login;
mod network;
mod posting_once;
mod replies;
mod sandbox;
mod secrecy;
mod shell;
mod support;
mod terminal;
mod together;
mod turns;
