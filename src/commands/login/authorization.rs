//! The three legs of a login with the user in the middle: URL, browser, PIN.

use std::pin::pin;

use futures_util::future::{Either, select};
use url::Url;

use super::command;
use super::consumer_pair::Source;
use super::plan::Plan;
use super::saving::Unsaved;
use super::verifier::{self, Answer};
use crate::account::identity::owner_of_token;
use crate::account::{Account, Credentials, Part, Server, bad_value, mistake};
use crate::browser;
use crate::callback::{self, Listener};
use crate::client::{Client, Signer};
use crate::commands::checking::{self, Finding};
use crate::error::{Class, Failure, Kind};
use crate::oauth::{self, Granted, NotGranted, Redirect};
use crate::output::Output;
use crate::prompt;
use crate::sandbox;
use crate::terminal::stderr::talk;
use crate::terminal::text::harmless;

/// X invalidates the request token of a rejected PIN, so each try begins with a new one.
const TRIES: usize = 3;

/// An account to save, and its verification if it was needed already.
pub(super) type Authorized = (Unsaved, Option<Finding>);

/// The step after a token of another account.
const OTHER_TOKEN: &str =
    "generate the token at console.x.com, signed in as the right account, or omit -a";

/// The question for the PIN, and what an empty line does.
pub(super) const PIN: &str = "PIN from the page (Enter cancels): ";
pub(super) const PIN_OR_SKIP: &str = "PIN from the page (Enter skips this account, q cancels): ";

/// Gets a token by the user's authorisation; `None` if the answer is an empty line.
pub(super) async fn authorize(
    http: &Client,
    plan: &mut Plan,
    listener: Option<&Listener>,
    question: &str,
    output: Output,
) -> Result<Option<Authorized>, Failure> {
    let mut last: Option<Failure> = None;
    for left in (0..TRIES).rev() {
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
    // Not reached: the last try returns.
    Err(last.unwrap_or_else(prompt::cancelled))
}

/// Temporary credentials. On a terminal, asks again for a pair that the server rejects, and offers to retry if the
/// server cannot be reached: what was entered is not lost.
pub(super) async fn temporary_credentials(
    http: &Client,
    plan: &mut Plan,
    output: Output,
) -> Result<Credentials, Failure> {
    loop {
        let app = Signer::of_app(&plan.server, &plan.pair.credentials);
        let outcome =
            oauth::temporary_credentials(http, app, plan.callback(), plan.read_only).await;
        match outcome {
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
pub(super) fn page(http: &Client, plan: &Plan, temporary: &Credentials) -> Url {
    let target = &plan.target;
    oauth::authorization_url(http, temporary, target.is_named(), target.screen_name())
}

/// Prints the page's URL on its own line, always, and opens it in the browser if that makes sense.
async fn show_page(http: &Client, plan: &Plan, temporary: &Credentials, output: Output) {
    let url = page(http, plan, temporary);
    output.say(&invitation(plan));
    talk(&format!("  {url}"));
    open_page(plan, &url, output).await;
}

pub(super) fn invitation(plan: &Plan) -> String {
    let who = match (plan.target.shown(), &plan.server) {
        (Some(name), _) => format!("sign in as {name}"),
        (None, Server::Sandbox) => "choose any account".to_owned(),
        (None, _) => "sign in as the bot's account".to_owned(),
    };
    format!("Open this URL, {who} and authorise the app:")
}

pub(super) async fn open_page(plan: &Plan, url: &Url, output: Output) {
    if let Err(line) = browser::open(&plan.browser, url.as_str()).await {
        output.say(&format!("{line}; open the URL yourself"));
    }
}

/// The verifier from the user or the redirect; `None` for an empty line.
async fn given(
    listener: Option<&Listener>,
    temporary: &Credentials,
    plan: &Plan,
    question: &str,
) -> Result<Option<String>, Failure> {
    let token = &temporary.identifier;
    let Some(listener) = listener else {
        return ask(question, plan, |answer| {
            accepted(answer, token, takes_digits(plan))
        })
        .await;
    };
    let question = if prompt::is_interactive() {
        "Waiting for the browser. If it shows an error, paste its URL here (Enter cancels): "
    } else {
        "waiting for the browser\n"
    };
    let pasted = pin!(ask(question, plan, |answer| accepted(
        answer,
        token,
        takes_digits(plan)
    )));
    let received = pin!(listener.redirect(token));
    let redirect = match select(pasted, received).await {
        // A program may have closed standard input.
        Either::Left((Err(failure), received)) if failure.kind == Kind::NoInput => received.await?,
        Either::Left((answer, _)) => return answer,
        Either::Right((redirect, _)) => redirect?,
    };
    redirect.verifier.map(Some).ok_or_else(denied)
}

/// Asks for the PIN until `take` accepts an answer. An answer that cannot be sent costs no try; a program gets an error.
pub(super) async fn ask<T>(
    question: &str,
    plan: &Plan,
    take: impl Fn(Answer) -> Result<T, Failure>,
) -> Result<Option<T>, Failure> {
    loop {
        let answer = prompt::line(question, "the PIN").await;
        let answer = answer.map_err(|failure| unanswered(failure, plan))?;
        if answer.trim().is_empty() {
            return Ok(None);
        }
        if prompt::says_leave(&answer) {
            return Err(prompt::cancelled());
        }
        match take(verifier::read(&answer, takes_digits(plan))) {
            Err(failure) if failure.kind == Kind::NotAPin && prompt::is_interactive() => {
                talk(&failure.reason);
            }
            outcome => return outcome.map(Some),
        }
    }
}

/// At X and in a sandbox (`twauth sandbox` too), a PIN is digits.
pub(super) fn takes_digits(plan: &Plan) -> bool {
    let is_own = plan.pair.credentials.identifier == sandbox::CONSUMER_KEY;
    is_own || !matches!(plan.server, Server::Other(_))
}

fn accepted(answer: Answer, temporary_token: &str, is_digits: bool) -> Result<String, Failure> {
    match answer {
        Answer::Verifier(verifier) => Ok(verifier),
        Answer::Redirect(Redirect { token, verifier }) if token == temporary_token => {
            verifier.ok_or_else(denied)
        }
        Answer::Redirect(_) => Err(not_a_pin("this URL belongs to another login", is_digits)),
        Answer::Neither(reason) => Err(not_a_pin(reason, is_digits)),
    }
}

pub(super) fn not_a_pin(reason: &str, is_digits: bool) -> Failure {
    let pin = if is_digits {
        "a number of about seven digits"
    } else {
        "one word"
    };
    Failure::new(
        Kind::NotAPin,
        format!("{reason}: the PIN is {pin} on the page; nothing was sent"),
    )
    .hint("enter the PIN from the page, or paste the URL that the browser was sent to")
}

pub(super) fn denied() -> Failure {
    Failure::new(
        Kind::Cancelled,
        "the app was not authorised; nothing was changed",
    )
}

/// Token credentials for the verifier. If the request certainly did not arrive, the user may retry the same PIN.
pub(super) async fn exchange(
    http: &Client,
    plan: &Plan,
    temporary: &Credentials,
    verifier: &str,
) -> Result<Granted, NotGranted> {
    loop {
        let app = Signer::of_app(&plan.server, &plan.pair.credentials);
        match oauth::token_credentials(http, app, temporary, verifier).await {
            Err(refused) if !refused.sent && prompt::is_interactive() => {
                let question = "Press Enter to try again with the same PIN, or q to cancel: ";
                ask_to_try_again(&refused.failure, question)
                    .await
                    .map_err(|failure| NotGranted {
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

/// Finds out whose token it is and checks that it is the expected account. From here on, the token must not be lost.
pub(super) async fn identify(
    http: &Client,
    plan: &Plan,
    granted: Granted,
    output: Output,
) -> Result<Authorized, Failure> {
    let account = Account {
        screen_name: granted.screen_name,
        user_id: granted.user_id,
        client: plan.pair.credentials.clone(),
        token: Some(granted.token),
        server: plan.server.clone(),
    };
    let mut unsaved = Unsaved::new(&plan.store, account);
    let account = unsaved.account();
    let is_labelled = account.screen_name.is_some() && account.user_id.is_some();
    let finding = if is_labelled || !(plan.verifies || plan.target.is_named()) {
        None
    } else {
        label(http, plan, &mut unsaved, output).await?
    };
    if let Err(mut failure) = plan.target.check(unsaved.account()) {
        if plan.with_token {
            failure = failure.hint(OTHER_TOKEN);
        } else if plan.target.has_changed_hands(unsaved.account()) {
            let keep = command::login(" --add", None, &plan.server, &plan.store);
            failure = failure.suggest("to save the new account as well: {}", keep);
        }
        unsaved.forget();
        return Err(failure);
    }
    Ok((unsaved, finding))
}

/// Asks the server whose token it is if the token's reply did not tell.
async fn label(
    http: &Client,
    plan: &Plan,
    unsaved: &mut Unsaved,
    output: Output,
) -> Result<Option<Finding>, Failure> {
    let finding = checking::check(http, unsaved.account()).await;
    if let Some(identity) = &finding.identity {
        unsaved.label(identity.screen_name.clone(), identity.user_id.clone());
        output.say(&format!(
            "the token belongs to @{}",
            harmless(&identity.screen_name)
        ));
        return Ok(Some(finding));
    }
    let Some(failure) = &finding.failure else {
        return Ok(Some(finding));
    };
    let is_refused = failure.kind.class() == Class::Refused;
    if plan.with_token || (is_refused && !plan.target.is_named()) {
        // Nothing is lost: the user typed the token, or it does not work.
        unsaved.forget();
    }
    if plan.with_token || is_refused || plan.target.is_named() {
        return Err(failure.clone());
    }
    Ok(Some(finding))
}

/// Whether another try may follow: a user is there, or a program that has more input after a rejected PIN.
fn goes_on(failure: &Failure) -> bool {
    match failure.kind {
        Kind::BadPin => !prompt::has_ended(),
        Kind::WrongAccount => prompt::is_interactive(),
        kind => kind.class() == Class::Unreachable && prompt::is_interactive(),
    }
}

fn again(failure: &Failure, plan: &Plan) -> String {
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

/// The step after a login that failed at the PIN.
fn advised(failure: Failure, plan: &Plan) -> Failure {
    let again = command::login("", plan.target.name(), &plan.server, &plan.store);
    match failure.kind {
        Kind::BadPin => {
            let words = "log in again with {}, and enter the PIN of the new page";
            failure.suggest(words, again)
        }
        Kind::WrongAccount if failure.hint.is_none() => {
            let name = plan.target.shown().unwrap_or_default();
            let words = format!("sign in as {name} in a private window, then run {{}}");
            failure.suggest(&words, again)
        }
        // It is unknown whether the PIN was used; a new login is safe.
        kind if kind.class() == Class::Unreachable => {
            failure.suggest("nothing was saved: log in again with {}", again)
        }
        _ => failure,
    }
}

fn unanswered(failure: Failure, plan: &Plan) -> Failure {
    if failure.kind != Kind::NoInput {
        return failure;
    }
    if plan.server == Server::Sandbox {
        return failure.hint("enter the PIN as a line of standard input");
    }
    let start = command::login(" --start", plan.target.name(), &plan.server, &plan.store);
    failure.suggest("without a terminal, log in with {}", start)
}

/// Listens for the redirect if a callback URL is given.
pub(super) async fn listener(plan: &Plan) -> Result<Option<Listener>, Failure> {
    match &plan.callback {
        None => Ok(None),
        Some(url) => callback::listen(url).await.map(Some),
    }
}

/// An access token generated in X's console, entered by the user.
pub(super) async fn existing_token(plan: &Plan, output: Output) -> Result<Granted, Failure> {
    if prompt::may_show_secrets() {
        output.warn("what you type may be visible here: over SSH, use `ssh -t`");
    }
    let token = typed(Part::AccessToken, &plan.server).await?;
    check_owner(&token, plan)?;
    let secret = typed(Part::AccessTokenSecret, &plan.server).await?;
    Ok(Granted {
        token: Credentials::new(token, secret),
        screen_name: None,
        user_id: None,
    })
}

/// At X a token begins with its user's id, so a token of another account is rejected without a request.
fn check_owner(token: &str, plan: &Plan) -> Result<(), Failure> {
    let known = plan.target.known.as_ref();
    let id = known.and_then(|known| known.user_id.as_deref());
    match (id, owner_of_token(token)) {
        (Some(id), Some(owner)) if plan.server == Server::X && owner != id => {
            let shown = plan.target.shown().unwrap_or_default();
            let reason = format!(
                "the token belongs to user {owner}, but the user id of {shown} is {id}; nothing was saved"
            );
            Err(Failure::new(Kind::WrongAccount, reason).hint(OTHER_TOKEN))
        }
        _ => Ok(()),
    }
}

async fn typed(part: Part, server: &Server) -> Result<String, Failure> {
    let name = if part == Part::AccessToken {
        "Access Token"
    } else {
        "Access Token Secret"
    };
    let subject = format!("the {name}");
    loop {
        let question = format!("{name} (not shown as you type): ");
        let answer = prompt::hidden(&question, &subject).await;
        let answer = answer.map_err(|failure| match failure.kind {
            Kind::NoInput => {
                failure.hint("enter the Access Token and its secret as two lines of standard input")
            }
            _ => failure,
        })?;
        let value = prompt::or_leave(&answer)?;
        let reason = match server {
            Server::X => mistake(part, value),
            _ => (!value.bytes().all(|byte| byte.is_ascii_graphic()))
                .then_some("contains invalid characters"),
        };
        let Some(reason) = reason else {
            return Ok(value.to_owned());
        };
        let failure = bad_value(&subject, reason);
        if !prompt::is_interactive() {
            return Err(failure);
        }
        talk(&failure.reason);
    }
}
