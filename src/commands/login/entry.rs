//! The prompts for the four values of an account. Each answer is checked at once, and asked for again on a terminal.

use crate::account::{Part, Server, bad_value, has_shape, mistake, mistake_among};
use crate::error::{Failure, Kind};
use crate::output::Output;
use crate::prompt;
use crate::terminal::stderr::talk;

/// Warns if a secret that the user types now may be visible.
pub(super) fn warn_if_visible(output: Output) {
    if prompt::may_show_secrets() {
        output.warn("what you type may be visible here: over SSH, use `ssh -t`");
    }
}

/// Asks for one value of the account; `key` is its API Key, if it is known.
pub(super) async fn ask(part: Part, server: &Server, key: Option<&str>) -> Result<String, Failure> {
    let name = match part {
        Part::ConsumerKey => "API Key",
        Part::ConsumerSecret => "API Key Secret",
        Part::AccessToken => "Access Token",
        Part::AccessTokenSecret => "Access Token Secret",
    };
    let subject = format!("the {name}");
    loop {
        let answer = if part == Part::ConsumerKey {
            prompt::line(&question_for_key(server), &subject).await
        } else {
            let question = format!("{name} (not shown as you type): ");
            prompt::hidden(&question, &subject).await
        };
        let answer = answer.map_err(|failure| unanswered(failure, part))?;
        let value = prompt::or_leave(&answer)?;
        let Some(reason) = unusable(part, value, server, key) else {
            return Ok(value.to_owned());
        };
        let failure = bad_value(&subject, reason);
        if !prompt::is_interactive() {
            return Err(failure);
        }
        talk(&failure.reason);
        if part == Part::ConsumerKey && has_shape(Part::ConsumerSecret, value) {
            talk("the secret is visible on your screen: clear it afterwards");
        }
    }
}

fn question_for_key(server: &Server) -> String {
    match server {
        Server::X => {
            "API Key (console.x.com, your app, Keys & Tokens, OAuth 1.0 Keys): ".to_owned()
        }
        server => format!("API Key (consumer key) of the app at {}: ", server.host()),
    }
}

/// Why the value cannot be right. Only X's values have known forms, but a token is sent in a header anywhere.
fn unusable(part: Part, value: &str, server: &Server, key: Option<&str>) -> Option<&'static str> {
    if *server == Server::X {
        let mut values = vec![(part, value)];
        values.extend(key.map(|key| (Part::ConsumerKey, key)));
        return mistake(part, value).or_else(|| mistake_among(&values).map(|(_, reason)| reason));
    }
    let is_of_token = matches!(part, Part::AccessToken | Part::AccessTokenSecret);
    let is_plain = value.bytes().all(|byte| byte.is_ascii_graphic());
    (is_of_token && !is_plain).then_some("contains invalid characters")
}

/// The hint for a program that gives no answer.
fn unanswered(failure: Failure, part: Part) -> Failure {
    match part {
        _ if failure.kind != Kind::NoInput => failure,
        Part::ConsumerKey | Part::ConsumerSecret => failure.hint(super::consumer_pair::SET_PAIR),
        Part::AccessToken | Part::AccessTokenSecret => {
            failure.hint("enter the Access Token and its secret as two lines of standard input")
        }
    }
}
