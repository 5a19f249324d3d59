//! The access token: whose it is, and one that the user enters.

use super::consumer_pair::Pair;
use super::entry;
use super::plan::Plan;
use super::saving::Unsaved;
use crate::account::identity::owner_of_token;
use crate::account::{Account, Credentials, Part, Server, bad_value, mistake_among};
use crate::client::Client;
use crate::commands::checking::{self, Finding};
use crate::error::{Class, Failure, Kind};
use crate::oauth::Granted;
use crate::output::Output;
use crate::terminal::text::harmless;

/// An account to save, and its verification if it was needed already.
pub(super) type Authorized = (Unsaved, Option<Finding>);

/// Finds out whose token it is and checks that it is the expected account. From here on, the token must not be lost.
pub(super) async fn identify(
    http: &Client,
    plan: &Plan<'_>,
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
    let finding = if is_labelled || plan.options.no_verify && !plan.target.is_named() {
        None
    } else {
        Some(label(http, plan, &mut unsaved, output).await?)
    };
    if let Err(mut failure) = plan.target.check(unsaved.account(), plan.unsaved()) {
        if plan.options.with_token {
            failure = failure.hint(another_token(&plan.server));
        } else if plan.target.has_changed_hands(unsaved.account()) {
            let keep = super::plan::command("login --add", None, &plan.server, &plan.store);
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
    plan: &Plan<'_>,
    unsaved: &mut Unsaved,
    output: Output,
) -> Result<Finding, Failure> {
    let finding = checking::check(http, unsaved.account()).await;
    if let Some(identity) = &finding.identity {
        unsaved.label(identity.screen_name.clone(), identity.user_id.clone());
        output.say(&format!(
            "the token belongs to @{}",
            harmless(&identity.screen_name)
        ));
        return Ok(finding);
    }
    let Some(failure) = &finding.failure else {
        return Ok(finding);
    };
    let is_refused = failure.kind.class() == Class::Refused;
    let (is_typed, is_named) = (plan.options.with_token, plan.target.is_named());
    if is_typed || is_refused && !is_named {
        // Nothing is lost: the user typed the token, or it does not work.
        unsaved.forget();
    }
    if is_typed || is_refused || is_named {
        return Err(failure.clone());
    }
    Ok(finding)
}

/// An access token generated in X's console, entered by the user.
pub(super) async fn entered(plan: &Plan<'_>, output: Output) -> Result<Granted, Failure> {
    entry::warn_if_visible(output);
    let token = entry::ask(Part::AccessToken, &plan.server, None).await?;
    check_owner(&token, plan)?;
    let secret = entry::ask(Part::AccessTokenSecret, &plan.server, None).await?;
    let Pair { credentials, .. } = &plan.pair;
    let values = [
        (Part::ConsumerKey, &*credentials.identifier),
        (Part::ConsumerSecret, credentials.secret.expose()),
        (Part::AccessToken, &*token),
        (Part::AccessTokenSecret, &*secret),
    ];
    if plan.server == Server::X
        && let Some((part, reason)) = mistake_among(&values)
    {
        return Err(bad_value(part.label(), reason));
    }
    // At other servers its front may mean something else.
    let is_other = matches!(plan.server, Server::Other(_));
    let owner = owner_of_token(&token).filter(|_| !is_other);
    Ok(Granted {
        user_id: owner.map(str::to_owned),
        token: Credentials::new(token, secret),
        screen_name: None,
    })
}

/// At X a token begins with its user's id, so a token of another account is rejected without a request.
fn check_owner(token: &str, plan: &Plan<'_>) -> Result<(), Failure> {
    let known = plan.target.known.as_ref();
    let id = known.and_then(|known| known.user_id.as_deref());
    match (id, owner_of_token(token)) {
        (Some(id), Some(owner)) if plan.server == Server::X && owner != id => {
            let shown = plan.target.shown().unwrap_or_default();
            let reason = format!(
                "the token belongs to user {owner}, but the user id of {shown} is {id}; {}",
                plan.unsaved()
            );
            Err(Failure::new(Kind::WrongAccount, reason).hint(another_token(&plan.server)))
        }
        _ => Ok(()),
    }
}

/// The step after a token of another account.
fn another_token(server: &Server) -> String {
    let console = match server {
        Server::X => "console.x.com",
        server => &server.host(),
    };
    format!("generate the token at {console}, signed in as the right account, or omit -a")
}
