//! The sandbox through HTTP.

mod calls;
mod client;
mod login;
mod signature;
