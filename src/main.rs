//! twauth: gets, keeps and uses OAuth 1.0a credentials for bot accounts on X.

mod account;
mod error;
mod formats;

fn main() {}
