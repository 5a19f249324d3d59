//! Builds a client for one server from the network options; starts the sandbox if needed.

use std::time::{Duration, SystemTime};

use crate::account::{Server, X};
use crate::cli::Network;
use crate::client::{Client, Settings};
use crate::environment;
use crate::error::{Failure, Kind, system_reason};
use crate::output::Output;
use crate::refusal::{check_zone, duration, local_time};
use crate::sandbox::Sandbox;
use crate::store::unix_seconds;
use crate::terminal::stderr::{erasable, is_terminal, talk};

const TIMEOUT: Duration = Duration::from_secs(30);
const LONGEST_TIMEOUT: f64 = 3600.0;

/// A client, and the sandbox if that is its server.
pub(super) struct Connection {
    pub(super) http: Client,
    _sandbox: Option<Sandbox>,
}

/// The client's settings, from options and variables.
pub(super) fn settings(network: &Network, output: Output) -> Result<Settings, Failure> {
    check_zone()?;
    let timeout = match &network.timeout {
        Some(text) => Some(("--timeout", text.clone())),
        None => environment::timeout()?.map(|text| ("TWAUTH_TIMEOUT", text)),
    };
    let timeout = match timeout {
        None => TIMEOUT,
        Some((name, text)) => seconds(&text).ok_or_else(|| {
            let right = "must be a number of seconds, above 0 and at most 3600";
            Failure::usage(format!("{name} {right}")).hint("use for example --timeout 30")
        })?,
    };
    let waiting: fn(Duration, bool) = if output.is_quiet() {
        |_, _| {}
    } else {
        waiting
    };
    Ok(Settings {
        timeout,
        retries: network.retries,
        wait: network.wait.map(Duration::from_secs),
        verbosity: output.verbosity(),
        trace: talk,
        // It would break up the lines of a trace.
        on_wait: (output.verbosity() == 0)
            .then(|| output.spinner())
            .flatten(),
        waiting,
    })
}

/// A client for `server`; a sandbox is started now and runs as long as the connection.
pub(super) async fn connect(server: &Server, settings: Settings) -> Result<Connection, Failure> {
    let sandbox = match server {
        Server::Sandbox => Some(Sandbox::start(0, &[]).await.map_err(|error| {
            let reason = format!("could not start the sandbox: {}", system_reason(&error));
            Failure::new(Kind::Internal, reason)
        })?),
        _ => None,
    };
    let base = match (server, &sandbox) {
        (Server::Other(url), _) => url,
        (_, Some(sandbox)) => sandbox.url(),
        _ => X,
    };
    let http = Client::new(server.clone(), base, settings).await?;
    Ok(Connection {
        http,
        _sandbox: sandbox,
    })
}

fn seconds(text: &str) -> Option<Duration> {
    let seconds: f64 = text.parse().ok()?;
    (seconds > 0.0 && seconds <= LONGEST_TIMEOUT).then(|| Duration::from_secs_f64(seconds))
}

/// A countdown on a terminal, else one line.
fn waiting(left: Duration, first: bool) {
    let seconds = i64::try_from(left.as_millis().div_ceil(1000)).unwrap_or(i64::MAX);
    let end = unix_seconds(SystemTime::now()).checked_add(seconds);
    let until = end.and_then(local_time);
    let until = until.map_or_else(String::new, |until| format!(" (until {until})"));
    let left = duration(seconds);
    let text = format!("rate limited: waiting {left}{until}");
    if is_terminal() {
        erasable((seconds > 0).then_some(text.as_str()));
    } else if first {
        talk(&text);
    }
}
