//! `request`: sends any signed request to the account's server.

pub(super) mod arguments;

use std::fs::File;
use std::io::{self, Read as _};

use serde_json::Value;
use url::Url;

use arguments as typed;

use super::connection;
use super::sources::{self, Origin};
use crate::account::{Account, Server};
use crate::api::{Fate, unknown_fate};
use crate::cli::Request;
use crate::client::{
    Authorization, Body, CONTENT_TYPE, Call, Client, HeaderName, HeaderValue, Method, Repeat,
    Reply, Signer, Trouble, form_decoded, is_form,
};
use crate::error::{Class, Failure, Kind};
use crate::oauth;
use crate::output::{OnLeaving, Output};
use crate::refusal::{Ask, refusal};
use crate::terminal::text::is_harmful;

/// The size limit of a body, in bytes.
const BODY_LIMIT: u64 = 64 << 20;

pub(super) async fn run(arguments: &Request, output: Output) -> anyhow::Result<()> {
    let settings = connection::settings(&arguments.network, output)?;
    let mut headers = typed::headers(&arguments.header)?;
    let fields = typed::fields(&arguments.form)?;
    let account = account(arguments, output)?;
    let origin = sources::origin(&arguments.source, &arguments.network)?;
    let input_is_taken = matches!(origin, Origin::StandardInput);
    let body = body(arguments, fields, &mut headers, input_is_taken)?;
    let method = typed::method(arguments.method.as_deref(), matches!(body, Body::Empty))?;
    let connection = connection::connect(&account.server, settings).await?;
    let http = &connection.http;
    let url = at_server(&arguments.target, http)?;
    typed::check_names(&url, &body)?;
    let bearer;
    let credentials = if arguments.bearer {
        let app = Signer::of_app(&account.server, &account.client);
        bearer = oauth::app_token(http, app).await?;
        Authorization::Bearer(&bearer)
    } else {
        Authorization::OAuth(Signer::of(&account)?)
    };
    let repeat = if matches!(method, Method::GET | Method::HEAD) {
        Repeat::Freely
    } else {
        Repeat::UnlessSent
    };
    let call = Call {
        method,
        url,
        body,
        headers,
        credentials,
        repeat,
    };
    exchange(http, &call, output).await
}

/// The account that signs. With `--bearer`, an account without a token or the sandbox's own app is enough.
fn account(arguments: &Request, output: Output) -> Result<Account, Failure> {
    if arguments.bearer {
        return sources::app(&arguments.source, &arguments.network, output);
    }
    let accounts = sources::load(&arguments.source, &arguments.network, output)?;
    let account = accounts.one()?;
    Signer::of(account)?;
    Ok(account.clone())
}

/// The requested URL, which must be at the account's own server (X has three hosts).
fn at_server(target: &str, http: &Client) -> Result<Url, Failure> {
    if target.trim().is_empty() {
        let hint = "give one, for example /2/users/me";
        return Err(Failure::usage("the path is empty").hint(hint));
    }
    let base = http.base();
    let elsewhere = || {
        let reason = "the URL is not at the account's server, and credentials are sent to their own server only";
        let second = match http.server() {
            Server::X => " (or https://ads-api.x.com/, https://upload.x.com/)",
            _ => "",
        };
        let hint = format!("give only the path, or a URL that begins with {base}/{second}");
        Err(Failure::new(Kind::OtherServer, reason).hint(hint))
    };
    // A target with a host or a scheme is not a path.
    if target.starts_with("//") || (has_scheme(target) && !target.contains("://")) {
        return elsewhere();
    }
    let mut url = if has_scheme(target) {
        typed::url(target)?
    } else {
        let path = target.strip_prefix('/').unwrap_or(target);
        typed::url(&format!("{base}/{path}"))?
    };
    // Strict servers reject raw brackets; both spellings have the same signature.
    let query = url.query().filter(|query| query.contains(['[', ']']));
    if let Some(query) = query.map(|query| query.replace('[', "%5B").replace(']', "%5D")) {
        url.set_query(Some(&query));
    }
    if http.is_own(&url) {
        return Ok(url);
    }
    elsewhere()
}

/// Whether the target begins with a scheme (RFC 3986 section 3.1).
fn has_scheme(target: &str) -> bool {
    target.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|it: char| it.is_ascii_alphabetic())
            && scheme
                .bytes()
                .all(|it| it.is_ascii_alphanumeric() || b"+-.".contains(&it))
    })
}

/// The body. A content type among the headers moves to it.
fn body(
    arguments: &Request,
    fields: Vec<(String, String)>,
    headers: &mut Vec<(HeaderName, HeaderValue)>,
    input_is_taken: bool,
) -> Result<Body, Failure> {
    let named = headers
        .iter()
        .find(|(name, _)| *name == CONTENT_TYPE)
        .map(|(_, value)| value.to_str().unwrap_or("").to_owned());
    if !fields.is_empty() {
        if named.is_some_and(|named| !is_form(&named)) {
            let reason = "-F sends a form, so the content type is fixed";
            return Err(
                Failure::usage(reason).hint("remove the content type, or give the body with -d")
            );
        }
        headers.retain(|(name, _)| name != CONTENT_TYPE);
        return Ok(Body::Form(fields));
    }
    let Some(data) = &arguments.data else {
        return Ok(Body::Empty);
    };
    headers.retain(|(name, _)| name != CONTENT_TYPE);
    Ok(Body::Other {
        content_type: named.unwrap_or_else(|| "application/json".to_owned()),
        bytes: data_bytes(data, input_is_taken)?,
    })
}

/// The value of `-d`: itself, or the content of a file or standard input.
fn data_bytes(data: &str, input_is_taken: bool) -> Result<Vec<u8>, Failure> {
    let bad = |reason: String| Failure::new(Kind::BadInput, reason);
    let limit = BODY_LIMIT + 1;
    let mut bytes = Vec::new();
    let read = match data.strip_prefix('@') {
        _ if data == "-" || data == "@-" => {
            if input_is_taken {
                let reason =
                    "standard input contains the credentials, so the body must come from elsewhere";
                return Err(Failure::usage(reason).hint("use -d @FILE"));
            }
            io::stdin().lock().take(limit).read_to_end(&mut bytes)
        }
        Some(file) => File::open(file).and_then(|file| file.take(limit).read_to_end(&mut bytes)),
        None => return Ok(data.as_bytes().to_owned()),
    };
    read.map_err(|error| bad(format!("the body could not be read: {error}")))?;
    if bytes.len() as u64 > BODY_LIMIT {
        return Err(bad("the body is larger than 64 MiB".to_owned()));
    }
    Ok(bytes)
}

/// Sends the request, prints the body and returns the exit code for its status. A request that changes something may
/// have taken effect even without a good reply.
async fn exchange(http: &Client, call: &Call<'_>, output: Output) -> anyhow::Result<()> {
    let sending = OnLeaving::new(|| match call.repeat {
        Repeat::Freely => Failure::new(Kind::Cancelled, "no reply arrived"),
        Repeat::UnlessSent if http.awaits_an_effect() => {
            let reason = "the request was sent and may have taken effect";
            Failure::new(Kind::CancelledUnknown, reason)
        }
        Repeat::UnlessSent => Failure::new(Kind::Cancelled, "nothing was sent"),
    });
    let outcome = http.send(call).await;
    sending.ended();
    if makes_a_post(&call.method, &call.url, http) {
        return posted(&outcome, http, output);
    }
    match &outcome {
        Ok(reply) if reply.is_success() => print(&shown(reply, output), output),
        _ => {
            beside(whole(&outcome), output)?;
            Err(failed(&outcome, call, http).into())
        }
    }
}

/// The same for a request that publishes a post.
fn posted(outcome: &Result<Reply, Trouble>, http: &Client, output: Output) -> anyhow::Result<()> {
    let failure = match Fate::of(outcome, http.server()) {
        Fate::Made(_) | Fate::MadeUnread => {
            if whole(outcome).is_none() {
                output.warn("posted, but the reply could not be read");
            }
            let body = whole(outcome).map(|reply| shown(reply, output));
            return print(&body.unwrap_or_default(), output);
        }
        Fate::NotMade(failure) => failure,
        Fate::Unknown(failure) => failure.hint("check the account before you retry"),
    };
    beside(whole(outcome), output)?;
    Err(failure.into())
}

/// Why another request failed. The effect of a POST may be unknown.
fn failed(outcome: &Result<Reply, Trouble>, call: &Call<'_>, http: &Client) -> Failure {
    let (failure, is_told) = match outcome {
        Ok(reply) => {
            let mut failure = refusal(reply, Ask::Other);
            let is_bearer = matches!(call.credentials, Authorization::Bearer(_));
            if failure.kind == Kind::UnsupportedAuthentication && is_bearer {
                failure = failure.hint("try again without --bearer");
            }
            let is_told = reply.status < 500 && failure.kind.class() != Class::Unreachable;
            (failure, is_told)
        }
        Err(trouble) => (trouble.failure.clone(), !trouble.sent),
    };
    if is_told || !matches!(call.method, Method::POST | Method::PATCH) {
        return failure;
    }
    let reason = format!(
        "the request was sent, but it is unknown whether {} carried it out: {}",
        http.server().spoken(),
        failure.reason
    );
    unknown_fate(&failure, reason).hint("check what it should change before you retry")
}

fn whole(outcome: &Result<Reply, Trouble>) -> Option<&Reply> {
    match outcome {
        Ok(reply) => Some(reply),
        Err(trouble) => trouble.reply.as_deref(),
    }
}

/// Whether the request, if successful, publishes a post at X.
fn makes_a_post(method: &Method, url: &Url, http: &Client) -> bool {
    let path = url.as_str().strip_prefix(http.base()).unwrap_or("");
    let path = path.split('?').next().unwrap_or("");
    let path = form_decoded(path);
    *method == Method::POST
        && matches!(
            String::from_utf8_lossy(&path).trim_end_matches('/'),
            "/2/tweets" | "/1.1/statuses/update.json"
        )
}

/// Prints the body of an error reply; with `--json` the error is the only document.
fn beside(reply: Option<&Reply>, output: Output) -> anyhow::Result<()> {
    match reply {
        Some(reply) if !output.is_json() => output.exact(&shown(reply, output)),
        _ => Ok(()),
    }
}

/// The exact body; on a terminal, without control characters.
fn shown(reply: &Reply, output: Output) -> Vec<u8> {
    if !output.is_on_terminal() {
        return reply.body.clone();
    }
    let mut text = reply.text();
    text.retain(|it| matches!(it, '\n' | '\t') || !is_harmful(it));
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    text.into_bytes()
}

/// The body of a successful reply. With `--json`, a body that is not JSON becomes a string, or null if empty.
fn print(body: &[u8], output: Output) -> anyhow::Result<()> {
    if output.is_json() && serde_json::from_slice::<&serde_json::value::RawValue>(body).is_err() {
        let text = String::from_utf8_lossy(body);
        return output.document(&(!body.is_empty()).then(|| Value::from(text)));
    }
    output.exact(body)
}
