//! What the tests stand on: a home folder, servers good and bad, a browser's part, a terminal.

#[cfg(unix)]
pub(crate) mod asked;
#[cfg(unix)]
pub(crate) mod behaviour;
pub(crate) mod browser;
pub(crate) mod canary;
pub(crate) mod home;
pub(crate) mod http2;
#[cfg(unix)]
pub(crate) mod installed;
pub(crate) mod login;
#[cfg(unix)]
pub(crate) mod raw_server;
#[cfg(unix)]
pub(crate) mod reply;
#[cfg(unix)]
pub(crate) mod request;
pub(crate) mod run;
pub(crate) mod running;
pub(crate) mod sandbox;
pub(crate) mod saving;
#[cfg(unix)]
pub(crate) mod strace;
#[cfg(unix)]
pub(crate) mod terminal;
#[cfg(unix)]
pub(crate) mod tls;

#[cfg(unix)]
mod smoke;
#[cfg(unix)]
mod smoke_servers;
