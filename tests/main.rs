//! Everything a user can see, through the built program; one file per behaviour.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod advisories;
mod faults;
mod formats;
mod login;
mod network;
mod posting_once;
mod proxies;
mod replies;
mod sandbox;
mod sandbox_signatures;
mod secrecy;
mod shown;
mod support;
mod together;
