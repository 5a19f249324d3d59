//! The pages a person sees: the question, the PIN, and what the accounts posted.

use std::time::{Duration, UNIX_EPOCH};

use url::{Host, Url};

use super::people::{self, Person};
use super::replies::Reply;
use super::state::{Post, State};
use super::tokens::Level;

/// The most posts the front page shows.
const SHOWN: usize = 100;

/// What the authorisation page asks.
pub(super) struct Question<'a> {
    pub(super) token: &'a str,
    pub(super) form_token: &'a str,
    pub(super) level: Level,
    pub(super) signed_in: Option<&'a Person>,
    /// The screen name in the address: it fills in the sign-in, no more.
    pub(super) asked_for: Option<&'a str>,
}

/// The authorisation page.
pub(super) fn question(nonce: &str, question: &Question<'_>, callback: Option<&Url>) -> Reply {
    let who = match question.signed_in {
        Some(person) => signed_in(question, person),
        None => sign_in(question),
    };
    let may_post = match question.level {
        Level::ReadWrite => "<li class=\"yes\">Post, and delete posts</li>",
        Level::Read => "<li class=\"no\">Nothing else: it cannot post</li>",
    };
    let body = format!(
        "<h1>Let <b>your app</b> use an account?</h1>\
         <form method=\"post\" action=\"/oauth/authorize\">\
         <input type=\"hidden\" name=\"oauth_token\" value=\"{}\">\
         <input type=\"hidden\" name=\"authenticity_token\" value=\"{}\">\
         {who}\
         <h2>What the app may do</h2>\
         <ul class=\"may\"><li class=\"yes\">See the account’s profile and posts</li>{may_post}\
         <li class=\"no\">No password is involved</li></ul>\
         <p class=\"actions\"><button name=\"action\" value=\"authorize\">Authorise app</button>\
         <button class=\"plain\" name=\"action\" value=\"cancel\">Cancel</button></p></form>",
        escaped(question.token),
        escaped(question.form_token),
    );
    page(200, nonce, "Authorise an app", &body, callback)
}

fn signed_in(question: &Question<'_>, person: &Person) -> String {
    let again = question.asked_for.map_or_else(String::new, |name| {
        format!(
            "&screen_name={}",
            super::signature::encoded(name.as_bytes())
        )
    });
    let switch = format!(
        "/oauth/authorize?oauth_token={}&force_login=true{again}",
        super::signature::encoded(question.token.as_bytes())
    );
    format!(
        "<input type=\"hidden\" name=\"screen_name\" value=\"{name}\">\
         <div class=\"card who\">{}<p><span class=\"quiet\">Signed in as</span><br><b>@{name}</b></p>\
         <a href=\"{}\">Switch account</a></div>",
        avatar(person),
        escaped(&switch),
        name = escaped(&person.screen_name),
    )
}

fn sign_in(question: &Question<'_>) -> String {
    let wanted = question.asked_for.map(people::named);
    let note = match (question.asked_for, &wanted) {
        (Some(name), Some(None)) => format!(
            "<p class=\"note\">@{} does not live in the sandbox. Choose one of its accounts.</p>",
            escaped(name.strip_prefix('@').unwrap_or(name))
        ),
        _ => String::new(),
    };
    let wanted = wanted.flatten();
    let mut people: Vec<Person> = people::listed().collect();
    if let Some(unlisted) = wanted.as_ref().filter(|wanted| !people.contains(wanted)) {
        people.insert(0, unlisted.clone());
    }
    let chosen = wanted.or_else(|| people.first().cloned());
    let choices: String = people
        .iter()
        .map(|person| choice(person, chosen.as_ref() == Some(person)))
        .collect();
    format!("<fieldset><legend>Sign in as</legend>{note}{choices}</fieldset>")
}

fn choice(person: &Person, chosen: bool) -> String {
    format!(
        "<label class=\"card\"><input type=\"radio\" name=\"screen_name\" value=\"{name}\"{}>{}\
         <span><b>@{name}</b><br><span class=\"quiet\">{}</span></span></label>",
        if chosen { " checked" } else { "" },
        avatar(person),
        escaped(person.about),
        name = escaped(&person.screen_name),
    )
}

fn avatar(person: &Person) -> String {
    let letter: String = person.screen_name.chars().take(1).collect();
    format!(
        "<span class=\"avatar tone{}\" aria-hidden=\"true\">{}</span>",
        person.id % 4,
        escaped(&letter.to_uppercase())
    )
}

/// The PIN to type into the program.
pub(super) fn pin(nonce: &str, person: &Person, pin: &str) -> Reply {
    let body = format!(
        "<h1>You have authorised the app as <b>@{}</b></h1>\
         <p>Go back to the program and enter this PIN:</p>\
         <p class=\"pin\"><code id=\"pin\">{}</code></p>\
         <p class=\"quiet\">It works once. After a wrong PIN, start again: the right one is then no longer good either.</p>",
        escaped(&person.screen_name),
        escaped(pin),
    );
    page(200, nonce, "Your PIN", &body, None)
}

pub(super) fn cancelled(nonce: &str) -> Reply {
    let body = "<h1>Cancelled</h1><p>The app has been given nothing. You can close this page, and leave the program \
                with an empty line where it asks for the PIN.</p>";
    page(200, nonce, "Cancelled", body, None)
}

/// The request token is unknown, spent, or already authorised.
pub(super) fn no_request_token(nonce: &str) -> Reply {
    let body = "<h1>Whoa there!</h1><p>There is no request token for this page. That is the special key needed from \
                an app that asks to use your account. Go back to the program and start the login again: each address \
                works once.</p>";
    page(403, nonce, "Whoa there!", body, None)
}

/// The accounts and what they posted, newest first.
pub(super) fn front(nonce: &str, state: &State) -> Reply {
    let accounts: Vec<String> = people::listed()
        .map(|person| {
            format!(
                "<li class=\"card\">{}<span><b>@{}</b><br><span class=\"quiet\">{}</span></span></li>",
                avatar(&person),
                escaped(&person.screen_name),
                escaped(person.about)
            )
        })
        .collect();
    let posts: String = state
        .posts
        .iter()
        .take(SHOWN)
        .map(|each| post(each, state))
        .collect();
    let posts = if posts.is_empty() {
        "<p class=\"quiet\">Nothing yet. What you post with the sandbox’s tokens appears here, until it stops.</p>".to_owned()
    } else {
        posts
    };
    let body = format!(
        "<h1>The sandbox</h1><p>A small server on this machine that answers as X’s API does. What happens here stays \
         here.</p><h2>Posts</h2>{posts}<h2>Accounts</h2><ul class=\"accounts\">{}</ul>\
         <p class=\"quiet\">There are also <b>@fleetbot1</b> to <b>@fleetbot9999</b>: name one as the account.</p>",
        accounts.concat()
    );
    page(200, nonce, "The sandbox", &body, None)
}

fn post(post: &Post, state: &State) -> String {
    let media: Vec<String> = post
        .media
        .iter()
        .map(|id| {
            let alt = state.media.get(id).and_then(|media| media.alt.as_deref());
            format!(
                "<figure><img src=\"/sandbox/media/{id}\" alt=\"{}\"><figcaption class=\"quiet\">{}</figcaption></figure>",
                escaped(alt.unwrap_or_default()),
                alt.map_or_else(|| "No description".to_owned(), escaped),
                id = escaped(id),
            )
        })
        .collect();
    let media = media.concat();
    let media = match post.media.len() {
        0 => String::new(),
        1 => format!("<div class=\"media\">{media}</div><p class=\"quiet\">1 picture</p>"),
        count => {
            format!("<div class=\"media\">{media}</div><p class=\"quiet\">{count} pictures</p>")
        }
    };
    let reply = post.reply_to.map_or_else(String::new, |id| {
        format!("<p class=\"quiet\">In reply to <a href=\"#p{id}\">{id}</a></p>")
    });
    let time = httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(post.at));
    format!(
        "<article class=\"card post\" id=\"p{id}\"><header>{}<span><b>@{}</b><br><span class=\"quiet\">{time} · {id}</span>\
         </span></header>{reply}<p class=\"text\">{}</p>{media}</article>",
        avatar(&post.author),
        escaped(&post.author.screen_name),
        escaped(&post.text),
        id = post.id,
    )
}

/// A whole page. A browser loads nothing from elsewhere and sends forms only back here, or on to `callback`.
fn page(status: u16, nonce: &str, title: &str, body: &str, callback: Option<&Url>) -> Reply {
    let onward = callback.map_or_else(String::new, |url| match url.host() {
        // The policy's grammar has no IPv6 addresses.
        Some(Host::Ipv6(_)) => " http:".to_owned(),
        _ => format!(" {}", url.origin().ascii_serialization()),
    });
    let policy = format!(
        "default-src 'none'; style-src 'nonce-{nonce}'; img-src 'self'; form-action 'self'{onward}; base-uri 'none'; \
         frame-ancestors 'none'"
    );
    let html = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title} · sandbox</title>\n\
         <style nonce=\"{nonce}\">{STYLE}</style>\n</head>\n<body>\n\
         <p class=\"banner\"><b>This is a sandbox, not X.</b> <span>Nothing here leaves this machine.</span></p>\n\
         <main>{body}</main>\n</body>\n</html>\n"
    );
    Reply::html(status, html)
        .header("content-security-policy", policy)
        .header("x-frame-options", "DENY")
        .header("x-content-type-options", "nosniff")
        .header("referrer-policy", "same-origin")
        .header("cache-control", "no-store")
}

const STYLE: &str = include_str!("pages.css");

/// Text as HTML, in content and in quoted attributes.
fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            other => html.push(other),
        }
    }
    html
}
