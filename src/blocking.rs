//! Runs blocking work on separate threads. If the system cannot start one, that is an error, never a panic.

use std::io;
use std::net::{SocketAddr, ToSocketAddrs as _};
use std::thread;

use tokio::sync::oneshot;

/// Runs `work` on a separate thread, so that signals and the sandbox are served meanwhile. A thread whose result nobody
/// waits for does not keep the program from exiting.
pub(crate) async fn apart<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> io::Result<T> {
    let (sender, result) = oneshot::channel();
    let name = "blocking".to_owned();
    thread::Builder::new()
        .name(name)
        .spawn(move || drop(sender.send(work())))
        .map_err(|error| no_thread(&error))?;
    result.await.map_err(io::Error::other)
}

/// Resolves a host name.
pub(crate) async fn addresses(name: String, port: u16) -> io::Result<Vec<SocketAddr>> {
    apart(move || (name.as_str(), port).to_socket_addrs())
        .await?
        .map(Iterator::collect)
}

fn no_thread(error: &io::Error) -> io::Error {
    let reason = crate::error::system_reason(error);
    io::Error::new(
        error.kind(),
        format!("the system cannot start another thread ({reason})"),
    )
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    fn run<T>(work: impl Future<Output = T>) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        runtime.unwrap().block_on(work)
    }

    #[test]
    fn work_runs_on_another_thread_and_gives_its_result_back() {
        let here = thread::current().id();
        let there = run(apart(|| thread::current().id())).unwrap();
        assert_ne!(here, there);
    }

    #[test]
    fn a_name_that_is_an_address_needs_no_server() {
        let found = run(addresses("127.0.0.1".to_owned(), 80)).unwrap();
        assert_eq!(found, [SocketAddr::from(([127, 0, 0, 1], 80))]);
    }
}
