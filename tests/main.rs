//! Everything a user can see, through the built program; one file per behaviour.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod advisories;
mod faults;
mod formats;
mod header;
mod login;
mod media;
mod network;
mod posting_once;
mod posts;
mod proxies;
mod replies;
mod request;
mod retries;
mod sandbox;
mod sandbox_signatures;
mod secrecy;
mod shown;
mod support;
mod together;
