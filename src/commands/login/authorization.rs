//! The three legs with a person in the middle: address, browser, PIN.

use url::form_urlencoded;

use super::plan::Plan;
use crate::account::Credentials;
use crate::browser;
use crate::callback::{self, Listener, Redirect};
use crate::client::{Client, Signer};
use crate::error::{Failure, Kind};
use crate::oauth::{self, Granted, OUT_OF_BAND};
use crate::output::Output;
use crate::prompt;
use crate::terminal::stderr::talk;
use crate::terminal::text::harmless;

/// A refused PIN spends its request token at X, so each try begins anew.
const TRIES: usize = 3;

/// Gets token credentials from a person's authorisation.
pub(super) async fn authorize(
    http: &Client,
    plan: &Plan,
    output: Output,
) -> anyhow::Result<Granted> {
    let listener = match plan.callback.as_str() {
        OUT_OF_BAND => None,
        url => Some(callback::listen(url).await?),
    };
    let app = Signer::of_app(&plan.server, &plan.client);
    for left in (0..TRIES).rev() {
        let temporary =
            oauth::temporary_credentials(http, app, &plan.callback, plan.read_only).await?;
        show_page(http, plan, &temporary, output).await;
        let verifier = match &listener {
            Some(listener) => redirected(listener, &temporary, output).await?,
            None => pin(&temporary).await?,
        };
        match oauth::token_credentials(http, app, &temporary, &verifier).await {
            Err(failure) if failure.kind == Kind::BadPin && left > 0 => {
                output.say(
                    "X does not accept this PIN, and the address is used up: here is a new one",
                );
            }
            outcome => {
                let granted = outcome?;
                if let Some(name) = &granted.screen_name {
                    output.say(&format!("authorised by @{}", harmless(name)));
                }
                return Ok(granted);
            }
        }
    }
    Err(Failure::new(Kind::BadPin, "X did not accept a PIN").into())
}

/// An access token made in X's console, typed in.
pub(super) async fn existing_token() -> anyhow::Result<Granted> {
    let token = prompt::hidden("Access Token").await?;
    let token = prompt::or_leave(&token)?.to_owned();
    let secret = prompt::hidden("Access Token Secret").await?;
    let secret = prompt::or_leave(&secret)?.to_owned();
    for (value, name) in [(&token, "access token"), (&secret, "access token secret")] {
        if !value.bytes().all(|byte| byte.is_ascii_graphic()) {
            let reason = format!("the {name} holds characters that none has");
            return Err(Failure::new(Kind::Usage, reason)
                .hint("copy it again from Keys & Tokens at console.x.com")
                .into());
        }
    }
    Ok(Granted {
        token: Credentials::new(token, secret),
        screen_name: None,
        user_id: None,
    })
}

/// The page's address on a line of its own, always; in the browser where that makes sense.
async fn show_page(http: &Client, plan: &Plan, temporary: &Credentials, output: Output) {
    let url = oauth::authorization_url(http, temporary, plan.named.is_some(), plan.screen_name());
    match &plan.named {
        Some(name) => output.say(&format!(
            "Sign in as {} and authorise the app at:",
            harmless(name)
        )),
        None => output.say("Authorise the app, signed in as the bot's account, at:"),
    }
    talk(url.as_str());
    if let Err(line) = browser::open(&plan.browser, url.as_str()).await {
        output.say(&format!("{line}; open the address yourself"));
    }
}

async fn redirected(
    listener: &Listener,
    temporary: &Credentials,
    output: Output,
) -> anyhow::Result<String> {
    output.say("waiting for the browser to come back");
    match listener.redirect(&temporary.identifier).await? {
        Redirect::Verifier(verifier) => Ok(verifier),
        Redirect::Denied => Err(denied()),
    }
}

/// Asks for the PIN; the whole address of a redirect will do as well.
async fn pin(temporary: &Credentials) -> anyhow::Result<String> {
    for _ in 0..TRIES {
        let answer = prompt::line("PIN").await?;
        match verifier(prompt::or_leave(&answer)?, &temporary.identifier) {
            Pasted::Verifier(verifier) => return Ok(verifier),
            Pasted::Denied => return Err(denied()),
            Pasted::OtherLogin if prompt::is_interactive() => {
                talk(
                    "this address belongs to another login: paste the PIN, or the address, of the page above",
                );
            }
            Pasted::OtherLogin => break,
        }
    }
    Err(
        Failure::new(Kind::BadPin, "the pasted address belongs to another login")
            .hint("log in again and use the PIN of the page whose address is shown")
            .into(),
    )
}

fn denied() -> anyhow::Error {
    Failure::new(
        Kind::Cancelled,
        "the app was not authorised, nothing is changed",
    )
    .into()
}

/// What was typed at the PIN prompt.
#[derive(Debug, PartialEq, Eq)]
enum Pasted {
    Verifier(String),
    Denied,
    OtherLogin,
}

/// White space is dropped. With `oauth_verifier` it is a redirect's address or its query, whose token must be ours.
fn verifier(answer: &str, temporary_token: &str) -> Pasted {
    if !answer.contains("oauth_verifier=") && !answer.contains("denied=") {
        return Pasted::Verifier(answer.split_whitespace().collect());
    }
    let query = answer.split_once('?').map_or(answer, |(_, query)| query);
    let query = query.split('#').next().unwrap_or("");
    let field = |wanted: &str| {
        form_urlencoded::parse(query.as_bytes())
            .find(|(name, _)| name == wanted)
            .map(|(_, value)| value.into_owned())
    };
    match (
        field("oauth_token"),
        field("oauth_verifier"),
        field("denied"),
    ) {
        (Some(token), Some(verifier), None) if token == temporary_token && !verifier.is_empty() => {
            Pasted::Verifier(verifier)
        }
        (_, None, Some(token)) if token == temporary_token => Pasted::Denied,
        _ => Pasted::OtherLogin,
    }
}
