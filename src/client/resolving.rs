//! Resolves host names on a separate thread: the connector's own lookup panics if the system cannot start a thread.

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::blocking;

/// The system's resolver.
#[derive(Clone, Copy, Debug)]
pub(super) struct Resolver;

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            // The connector sets the URL's port.
            let found = blocking::addresses(name.as_str().to_owned(), 0).await?;
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}
