//! twauth: gets, keeps and uses OAuth 1.0a credentials for bot accounts on X.

mod account;
mod api;
mod client;
mod environment;
mod error;
mod harmless;
mod oauth;
mod output;
mod prompt;
mod refusal;
mod store;
mod terminal;

fn main() {}
