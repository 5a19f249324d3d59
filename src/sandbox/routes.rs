//! From a request on the wire to its reply: limits, the loopback rule, faults of the line, and who answers a path.

use std::fmt;
use std::time::{Duration, Instant};

use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::{Request, Response};

use super::call::{Call, Family};
use super::faults::Fault;
use super::replies::{Reply, problem, v1_error};
use super::state::{Shared, State, locked};
use super::tokens::hex;
use super::{api, authorize, media, oauth, pages};

/// The largest body of an upload, and of anything else.
const UPLOAD: usize = 16 << 20;
const BODY: usize = 1 << 20;

/// How long a body may take to arrive.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// How long the fault `slow` keeps a caller waiting.
const SLOWNESS: Duration = Duration::from_secs(5);

/// Said to hyper to have the connection dropped without a reply.
#[derive(Debug)]
pub(super) struct Dropped;

impl fmt::Display for Dropped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection is dropped")
    }
}

impl std::error::Error for Dropped {}

/// Answers one request.
pub(super) async fn serve(
    request: Request<Incoming>,
    shared: &Shared,
) -> Result<Response<Full<Bytes>>, Dropped> {
    let started = Instant::now();
    let (parts, body) = request.into_parts();
    let path = parts.uri.path().to_owned();
    let authority = parts.uri.authority().map(ToString::to_string);
    let limit = if path.starts_with("/2/media/") {
        UPLOAD
    } else {
        BODY
    };
    let mut reply = match collected(body, limit).await {
        Ok(body) => {
            let call = Call::new(parts, body);
            let is_api = Call::is_api(&path);
            let fault = |fault| is_api && locked(shared).has(fault);
            if fault(Fault::Reset) {
                return Err(Dropped);
            }
            if fault(Fault::Slow) {
                tokio::time::sleep(SLOWNESS).await;
            }
            let mut state = locked(shared);
            let own = authority.is_none_or(|authority| state.is_own_host(&authority));
            if own && is_from_here(&call, &state) {
                answer(&call, &mut state)
            } else {
                Reply::text(
                    403,
                    "The sandbox answers to its own loopback address and pages only.\n",
                )
            }
        }
        Err(Unread::TooLarge) => too_large(&path).header("connection", "close"),
        Err(Unread::Broken) => return Err(Dropped),
    };
    let mut state = locked(shared);
    if path != "/" {
        let milliseconds = started.elapsed().as_millis();
        reply = reply.header("x-response-time", milliseconds.to_string());
        let mut id = hex(&state.draw());
        id.truncate(16);
        reply = reply.header("x-transaction-id", id);
    }
    let date = httpdate::fmt_http_date(state.clock());
    Ok(reply.header("date", date).into_response())
}

/// Why a body could not be had.
enum Unread {
    TooLarge,
    Broken,
}

async fn collected(body: Incoming, limit: usize) -> Result<Bytes, Unread> {
    let collecting = Limited::new(body, limit).collect();
    match tokio::time::timeout(BODY_TIMEOUT, collecting).await {
        Ok(Ok(whole)) => Ok(whole.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(Unread::TooLarge),
        Ok(Err(_)) | Err(_) => Err(Unread::Broken),
    }
}

fn too_large(path: &str) -> Reply {
    if path.starts_with("/2/") {
        problem(413, "Payload Too Large", "Payload Too Large", "about:blank")
    } else {
        v1_error(413, 131, "Payload too large")
    }
}

/// Whether the request names this server by a loopback name, and no other site's page sent it. The first stops a
/// foreign name that resolves to 127.0.0.1, the second a foreign page that posts here.
fn is_from_here(call: &Call, state: &State) -> bool {
    let one_host = call.headers.get_all("host").iter().count() == 1;
    let own_page = call.headers.get_all("origin").iter().all(|origin| {
        origin
            .to_str()
            .ok()
            .and_then(|origin| origin.strip_prefix("http://"))
            .is_some_and(|host| state.is_own_host(host))
    });
    one_host && own_page && state.is_own_host(&call.host)
}

fn answer(call: &Call, state: &mut State) -> Reply {
    if Call::is_api(&call.path) {
        return api::answer(call, state);
    }
    match (call.method.as_str(), call.path.as_str()) {
        ("GET" | "POST", "/oauth/request_token") => oauth::temporary_credentials(call, state),
        ("GET" | "POST", "/oauth/access_token") => oauth::token_credentials(call, state),
        ("GET", "/oauth/authorize" | "/oauth/authenticate") => authorize::question(call, state),
        ("POST", "/oauth/authorize") => authorize::answer(call, state),
        ("POST", "/oauth2/token") => oauth::app_only_token(call),
        ("GET", "/") => {
            let nonce = state.draw_text();
            pages::front(&nonce, state)
        }
        // Browsers ask for it unbidden.
        ("GET", "/favicon.ico") => Reply::text(204, ""),
        ("GET", path) => path
            .strip_prefix("/sandbox/media/")
            .and_then(|name| media::kept(name, state))
            .unwrap_or_else(|| nothing_there(call)),
        _ => nothing_there(call),
    }
}

fn nothing_there(call: &Call) -> Reply {
    if call.path.starts_with("/oauth") {
        super::replies::no_such_page(Family::V1)
    } else {
        Reply::text(404, "There is no such page in the sandbox.\n")
    }
}
