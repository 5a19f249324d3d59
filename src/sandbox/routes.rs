//! Routes requests to replies. What the head of a request decides (host, origin, signature) is decided before its body
//! is read.

use std::io;
use std::time::{Duration, Instant};

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::{Request, Response};

use super::api::{self, Admitted};
use super::call::Call;
use super::faults::Fault;
use super::memory::{Share, Unread, discard};
use super::replies::{Answer, NO_SUCH_PAGE, OVER_CAPACITY, Reply, TOO_LARGE};
use super::state::{Shared, State, locked};
use super::{authorize, media, oauth, pages};

/// The size limits of bodies, in bytes: a media upload (X accepts segments of 5 MB), another API call, a form.
const UPLOAD: usize = 6 << 20;
const CALL: usize = 512 << 10;
const FORM: usize = 64 << 10;

/// How long the fault `slow` delays a reply.
const DELAY: Duration = Duration::from_secs(5);

/// Replies to one request, whose bodies count in `share`. An error closes the connection without a reply.
pub(super) async fn serve(
    request: Request<Incoming>,
    shared: &Shared,
    mut share: Share,
) -> io::Result<Response<Full<Bytes>>> {
    let started = Instant::now();
    let (parts, mut body) = request.into_parts();
    let authority = parts.uri.authority().map(ToString::to_string);
    let mut call = Call::new(parts);
    // The lock must be released before the body is read.
    let admitted = admitted(&call, authority.as_deref(), &mut locked(shared));
    let answer = match admitted {
        Err(refusal) => {
            discard(body);
            Err(refusal)
        }
        Ok(admitted) => match share.read(&mut body, limit(&call)).await {
            Ok(bytes) => {
                call.body = bytes;
                let fault = |fault| call.is_api() && locked(shared).has(fault);
                if fault(Fault::Reset) {
                    return Err(dropped());
                }
                if fault(Fault::Slow) {
                    tokio::time::sleep(DELAY).await;
                }
                answer(&call, admitted, &mut locked(shared))
            }
            Err(Unread::Broken) => return Err(dropped()),
            Err(unread) => {
                discard(body);
                let error = match unread {
                    Unread::TooLarge => TOO_LARGE,
                    _ => OVER_CAPACITY,
                };
                Err(error.reply(&call))
            }
        },
    };
    let (Ok(mut reply) | Err(mut reply)) = answer;
    let mut state = locked(shared);
    if call.path != "/" {
        let milliseconds = started.elapsed().as_millis();
        let mut id = state.draw_text();
        id.truncate(16);
        reply = reply
            .header("x-response-time", milliseconds.to_string())
            .header("x-transaction-id", id);
    }
    let date = httpdate::fmt_http_date(state.clock());
    let response = reply.header("date", date).into_response(share);
    response.ok_or_else(dropped)
}

fn dropped() -> io::Error {
    io::ErrorKind::ConnectionReset.into()
}

/// What the head of a request decides: an error, or for an API call what was found.
fn admitted(
    call: &Call,
    authority: Option<&str>,
    state: &mut State,
) -> Result<Option<Admitted>, Reply> {
    let own = authority.is_none_or(|authority| state.is_own_host(authority));
    if !own || !is_from_here(call, state) {
        let text = "The sandbox answers only to its own loopback address and to its own pages.\n";
        return Err(Reply::text(403, text));
    }
    let is_api = call.is_api();
    is_api.then(|| api::admitted(call, state)).transpose()
}

/// Whether the request names this server by a loopback name, and comes from no other site's page. The first stops a
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

/// A call without a signature so far gets only the limit of a form.
fn limit(call: &Call) -> usize {
    if !call.is_api() || call.is_form() {
        FORM
    } else if call.path.starts_with("/2/media/") {
        UPLOAD
    } else {
        CALL
    }
}

fn answer(call: &Call, admitted: Option<Admitted>, state: &mut State) -> Answer {
    if let Some(admitted) = admitted {
        return api::answer(call, admitted, state);
    }
    match (call.method.as_str(), call.path.as_str()) {
        ("GET" | "POST", "/oauth/request_token") => oauth::temporary_credentials(call, state),
        ("GET" | "POST", "/oauth/access_token") => oauth::token_credentials(call, state),
        ("GET", "/oauth/authorize" | "/oauth/authenticate") => authorize::question(call, state),
        ("POST", "/oauth/authorize") => authorize::answer(call, state),
        ("POST", "/oauth2/token") => oauth::app_only_token(call),
        ("GET", "/") => Ok(pages::front(state)),
        ("GET", "/sandbox/pages.css") => Ok(pages::style()),
        // Browsers request it on their own.
        ("GET", "/favicon.ico") => Ok(Reply::text(204, "")),
        (_, path) if path.starts_with("/oauth") => Err(NO_SUCH_PAGE.reply(call)),
        (method, path) => path
            .strip_prefix("/sandbox/media/")
            .filter(|_| method == "GET")
            .and_then(|id| media::kept(id, state))
            .ok_or_else(|| Reply::text(404, "The sandbox has no such page.\n")),
    }
}
