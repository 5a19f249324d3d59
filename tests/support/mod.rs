//! The tools of the tests: home folders, good and bad servers, a browser, a terminal.

pub(crate) mod asked;
pub(crate) mod behaviour;
pub(crate) mod browser;
pub(crate) mod canary;
pub(crate) mod home;
pub(crate) mod http2;
pub(crate) mod installed;
pub(crate) mod login;
pub(crate) mod raw_server;
pub(crate) mod reply;
pub(crate) mod request;
pub(crate) mod run;
pub(crate) mod running;
pub(crate) mod sandbox;
pub(crate) mod saving;
pub(crate) mod strace;
pub(crate) mod terminal;
pub(crate) mod tls;

mod smoke;
mod smoke_servers;
