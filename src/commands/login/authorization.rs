//! The three legs of a login with the user in the middle: URL, browser, PIN.

use std::pin::pin;

use futures_util::future::{Either, select};
use url::Url;

use super::consumer_pair::Source;
use super::pin::{Answer, ask, not_a_pin};
use super::plan::Plan;
use super::token::{Authorized, identify};
use crate::account::{Credentials, Server};
use crate::browser;
use crate::callback::{self, Listener};
use crate::client::{Client, Signer};
use crate::error::{Class, Failure, Kind};
use crate::oauth::{self, Granted, NotGranted};
use crate::output::Output;
use crate::prompt;
use crate::terminal::stderr::talk;

/// X invalidates the request token of a rejected PIN, so each try begins with a new one.
const TRIES: usize = 3;

/// Gets a token by the user's authorisation; `None` if the answer is an empty line.
pub(super) async fn authorize(
    http: &Client,
    plan: &mut Plan<'_>,
    listener: Option<&Listener>,
    question: &str,
    output: Output,
) -> Result<Option<Authorized>, Failure> {
    let mut last: Option<Failure> = None;
    let mut left = TRIES;
    loop {
        left -= 1;
        let temporary = temporary_credentials(http, plan, output).await?;
        show_page(http, plan, &temporary, output).await;
        let verifier = match (given(listener, &temporary, plan, question).await, last) {
            (Ok(Some(verifier)), _) => verifier,
            (Ok(None), _) => return Ok(None),
            // What failed was the PIN before.
            (Err(failure), Some(last)) if failure.kind == Kind::NoInput => return Err(last),
            (Err(failure), _) => return Err(failure),
        };
        let failure = match exchange(http, plan, &temporary, &verifier).await {
            Ok(granted) => match identify(http, plan, granted, output).await {
                Err(failure) if failure.kind == Kind::WrongAccount => failure,
                outcome => return outcome.map(Some),
            },
            Err(refused) => refused.failure,
        };
        let failure = advised(failure, plan);
        if left == 0 || !goes_on(&failure) {
            return Err(failure);
        }
        talk(&again(&failure, plan));
        last = Some(failure);
    }
}

/// Temporary credentials. On a terminal, asks again for a pair that the server rejects, and offers to retry if the
/// server cannot be reached: what was entered is not lost.
pub(super) async fn temporary_credentials(
    http: &Client,
    plan: &mut Plan<'_>,
    output: Output,
) -> Result<Credentials, Failure> {
    loop {
        let app = Signer::of_app(&plan.server, &plan.pair.credentials);
        let read_only = plan.options.read_only;
        match oauth::temporary_credentials(http, app, plan.callback(), read_only).await {
            Ok(temporary) => {
                plan.pair.is_accepted = true;
                return Ok(temporary);
            }
            Err(failure) if failure.kind == Kind::BadConsumerKey => {
                plan.pair = plan.pair.instead(failure, &plan.server, output).await?;
            }
            Err(failure)
                if failure.kind.class() == Class::Unreachable
                    && plan.pair.source == Source::Entered
                    && prompt::is_interactive() =>
            {
                ask_to_try_again(&failure, "Press Enter to try again, or q to cancel: ").await?;
            }
            Err(failure) => return Err(failure),
        }
    }
}

/// The URL of the page that the resource owner opens.
pub(super) fn page(http: &Client, plan: &Plan<'_>, temporary: &Credentials) -> Url {
    let target = &plan.target;
    oauth::authorization_url(http, temporary, target.is_named(), target.screen_name())
}

/// Prints the page's URL on its own line, always, and opens it in the browser if that makes sense.
async fn show_page(http: &Client, plan: &Plan<'_>, temporary: &Credentials, output: Output) {
    let url = page(http, plan, temporary);
    output.say(&invitation(plan));
    talk(&format!("  {url}"));
    open_page(plan, &url, output).await;
}

pub(super) fn invitation(plan: &Plan<'_>) -> String {
    let who = match (plan.target.shown(), &plan.server) {
        (Some(name), _) => format!("sign in as {name}"),
        (None, Server::Sandbox) => "choose any account".to_owned(),
        (None, _) => "sign in as the bot's account".to_owned(),
    };
    format!("Open this URL, {who} and authorise the app:")
}

pub(super) async fn open_page(plan: &Plan<'_>, url: &Url, output: Output) {
    if plan.options.no_browser {
        return;
    }
    if let Err(line) = browser::open(plan.options.browser.as_deref(), url.as_str()).await {
        output.say(&format!("{line}; open the URL yourself"));
    }
}

/// Listens for the redirect if a callback URL is given.
pub(super) async fn listener(plan: &Plan<'_>) -> Result<Option<Listener>, Failure> {
    match &plan.options.callback {
        None => Ok(None),
        Some(url) => callback::listen(url).await.map(Some),
    }
}

/// The verifier from the user or the redirect; `None` for an empty line.
async fn given(
    listener: Option<&Listener>,
    temporary: &Credentials,
    plan: &Plan<'_>,
    question: &str,
) -> Result<Option<String>, Failure> {
    let (token, is_digits) = (&temporary.identifier, plan.takes_digits());
    let take = |answer: Answer| match &answer.token {
        Some(other) if other != token => {
            Err(not_a_pin("this URL belongs to another login", is_digits))
        }
        _ => answer.verifier(),
    };
    let Some(listener) = listener else {
        let answer = ask(question, is_digits, take).await;
        return answer.map_err(|failure| unanswered(failure, plan));
    };
    let question = if prompt::is_interactive() {
        "Waiting for the browser. If it shows an error, paste its URL here (Enter cancels): "
    } else {
        "waiting for the browser\n"
    };
    let pasted = pin!(ask(question, is_digits, take));
    let received = pin!(listener.redirect(token));
    let redirect = match select(pasted, received).await {
        // A program may have closed standard input.
        Either::Left((Err(failure), received)) if failure.kind == Kind::NoInput => received.await?,
        Either::Left((answer, _)) => return answer,
        Either::Right((redirect, _)) => redirect?,
    };
    Answer::from(redirect).verifier().map(Some)
}

/// Token credentials for the verifier. If the request certainly did not arrive, the user may retry the same PIN.
pub(super) async fn exchange(
    http: &Client,
    plan: &Plan<'_>,
    temporary: &Credentials,
    verifier: &str,
) -> Result<Granted, NotGranted> {
    loop {
        let app = Signer::of_app(&plan.server, &plan.pair.credentials);
        match oauth::token_credentials(http, app, temporary, verifier).await {
            Err(refused) if !refused.sent && prompt::is_interactive() => {
                let question = "Press Enter to try again with the same PIN, or q to cancel: ";
                let answer = ask_to_try_again(&refused.failure, question).await;
                answer.map_err(|failure| NotGranted {
                    failure,
                    sent: false,
                })?;
            }
            outcome => return outcome,
        }
    }
}

async fn ask_to_try_again(failure: &Failure, question: &str) -> Result<(), Failure> {
    talk(&failure.reason);
    let answer = prompt::line(question, "an answer").await?;
    if prompt::says_leave(&answer) {
        return Err(prompt::cancelled());
    }
    Ok(())
}

/// Whether another try may follow: a user is there, or a program that has more input after a rejected PIN.
fn goes_on(failure: &Failure) -> bool {
    match failure.kind {
        Kind::BadPin => !prompt::has_ended(),
        Kind::WrongAccount => prompt::is_interactive(),
        kind => kind.class() == Class::Unreachable && prompt::is_interactive(),
    }
}

fn again(failure: &Failure, plan: &Plan<'_>) -> String {
    match failure.kind {
        Kind::BadPin => format!(
            "{} rejected the PIN, so that URL no longer works. Here is a new one:",
            plan.server.spoken()
        ),
        Kind::WrongAccount => format!("{}. Here is a new URL:", failure.reason),
        _ => format!(
            "{}; the PIN may be used up. Here is a new URL:",
            failure.reason
        ),
    }
}

/// The step after a login that failed at the PIN. The second half of a login has to start again with the first.
pub(super) fn advised(failure: Failure, plan: &Plan<'_>) -> Failure {
    let is_second = plan.options.finish.is_some();
    let again = plan.command(if is_second { "login --start" } else { "login" });
    match failure.kind {
        Kind::BadPin if is_second => failure.suggest("start again with {}", again),
        Kind::BadPin => {
            let words = "log in again with {}, and enter the PIN of the new page";
            failure.suggest(words, again)
        }
        Kind::WrongAccount if failure.hint.is_none() => {
            let name = plan.target.shown().unwrap_or_default();
            let then = if is_second {
                "and start again with"
            } else {
                "then run"
            };
            let words = format!("sign in as {name} in a private window, {then} {{}}");
            failure.suggest(&words, again)
        }
        // It is unknown whether the PIN was used; a new login is safe.
        kind if kind.class() == Class::Unreachable && !is_second => {
            let words = format!("{}: log in again with {{}}", plan.unsaved());
            failure.suggest(&words, again)
        }
        _ => failure,
    }
}

fn unanswered(failure: Failure, plan: &Plan<'_>) -> Failure {
    if failure.kind != Kind::NoInput {
        return failure;
    }
    if plan.server == Server::Sandbox {
        return failure.hint("enter the PIN as a line of standard input");
    }
    failure.suggest(
        "without a terminal, log in with {}",
        plan.command("login --start"),
    )
}
