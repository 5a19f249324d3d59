//! The tools of the tests: home folders, good and bad servers, a browser, a terminal.

pub(crate) mod asked;
mod at_once;
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
pub(crate) mod signed;
pub(crate) mod strace;
pub(crate) mod terminal;
pub(crate) mod tls;

mod smoke;
mod smoke_servers;

pub(crate) use at_once::at_once;
pub(crate) use behaviour::Behaviour;
pub(crate) use browser::{Browser, Page};
pub(crate) use canary::{Canaries, USER_ID, leak, made_up};
pub(crate) use home::{Home, SCREEN_NAME, TWAUTH, wait_until};
pub(crate) use login::{Login, log_in};
pub(crate) use raw_server::{RawServer, Script};
pub(crate) use reply::{Reply, in_seconds};
pub(crate) use request::Request;
pub(crate) use run::Run;
pub(crate) use running::{Output, Running};
pub(crate) use sandbox::{CONSUMER_KEY, CONSUMER_SECRET, SandboxServer};
pub(crate) use terminal::{CTRL_BACKSLASH, CTRL_C, CTRL_D, CTRL_Z, Terminal};
pub(crate) use tls::Certificate;
