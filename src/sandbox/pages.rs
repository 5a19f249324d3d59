//! The pages for people: the authorisation, the PIN, and the posts.

use std::time::{Duration, UNIX_EPOCH};

use maud::{DOCTYPE, Markup, html};
use url::{Host, Url};

use super::replies::Reply;
use super::signature::encoded;
use super::state::{Post, State, Temporary};
use super::tokens::Level;
use super::users::User;

/// The most posts the front page shows.
const SHOWN: usize = 100;

/// The authorisation page. `asked_for` is the screen name in the URL, which is preselected.
pub(super) fn question(
    temporary: &Temporary,
    signed_in: Option<&User>,
    asked_for: Option<&str>,
) -> Reply {
    let body = html! {
        h1 { "Authorise " b { "your app" } " to use an account?" }
        form method="post" action="/oauth/authorize" {
            input type="hidden" name="oauth_token" value=(temporary.token);
            input type="hidden" name="authenticity_token" value=(temporary.form_token);
            @match signed_in {
                Some(user) => (signed_in_as(user, &temporary.token, asked_for)),
                None => (sign_in(asked_for)),
            }
            h2 { "The app may" }
            ul.may {
                li { "read the account’s profile and posts" }
                @if temporary.level == Level::ReadWrite { li { "publish and delete posts" } }
            }
            p.actions {
                button name="action" value="authorize" { "Authorise app" }
                button.plain name="action" value="cancel" { "Cancel" }
            }
        }
    };
    page(200, "Authorise an app", &body, temporary.callback.as_ref())
}

fn signed_in_as(user: &User, token: &str, asked_for: Option<&str>) -> Markup {
    let token = encoded(token.as_bytes());
    let name = asked_for.map(|name| encoded(name.as_bytes()));
    html! {
        input type="hidden" name="screen_name" value=(user.screen_name);
        div.card.who {
            (avatar(user))
            p { span.quiet { "Signed in as" } br; b { "@" (user.screen_name) } }
            a href={
                "/oauth/authorize?oauth_token=" (token) "&force_login=true"
                @if let Some(name) = name { "&screen_name=" (name) }
            } { "Switch account" }
        }
    }
}

fn sign_in(asked_for: Option<&str>) -> Markup {
    let wanted = asked_for.map(User::named);
    let not_valid = asked_for.filter(|_| wanted == Some(None));
    let mut users: Vec<User> = User::offered().collect();
    if let Some(wanted) = wanted.flatten() {
        users.retain(|user| user.id != wanted.id);
        users.insert(0, wanted);
    }
    html! {
        fieldset {
            legend { "Sign in as" }
            @if let Some(name) = not_valid {
                p.note { (name) " is not a valid screen name. Choose another account." }
            }
            @for (index, user) in users.iter().enumerate() {
                label.card {
                    input type="radio" name="screen_name" value=(user.screen_name) checked[index == 0];
                    (avatar(user))
                    b { "@" (user.screen_name) }
                }
            }
            label.card {
                "Another name"
                input type="text" name="other" maxlength="21" placeholder="mybot" pattern="@?[A-Za-z0-9_]+"
                    title="letters, digits and underscores" autocomplete="off" autocapitalize="none" spellcheck="false";
            }
            p.quiet { "Every name is an account here. There are no passwords." }
        }
    }
}

fn avatar(user: &User) -> Markup {
    let letter: String = user.screen_name.chars().take(1).collect();
    html! { span class={ "avatar tone" (user.id % 4) } aria-hidden="true" { (letter.to_uppercase()) } }
}

/// The page with the PIN.
pub(super) fn pin(user: &User, pin: &str) -> Reply {
    let body = html! {
        h1 { "You authorised the app as " b { "@" (user.screen_name) } }
        p { "Go back to the program and enter this PIN:" }
        p.pin { code #pin { (pin) } }
        p.quiet { "It works once. After a wrong PIN it no longer works either: start again with a new URL." }
    };
    page(200, "Your PIN", &body, None)
}

pub(super) fn cancelled() -> Reply {
    let body = html! {
        h1 { "Cancelled" }
        p {
            "The app got no access. Close this page, and press Enter where the program asks for the PIN: that cancels \
             the login."
        }
    };
    page(200, "Cancelled", &body, None)
}

/// The page for a request token that is unknown, used up, or already authorised.
pub(super) fn no_request_token() -> Reply {
    let body = html! {
        h1 { "Whoa there!" }
        p {
            "There is no request token for this page, the key that an app needs to ask for access. Each URL works \
             once: go back to the program and start the login again."
        }
    };
    page(403, "Whoa there!", &body, None)
}

/// The accounts and what they posted, newest first.
pub(super) fn front(state: &State) -> Reply {
    let body = html! {
        h1 { "Posts" }
        @if state.posts.is_empty() { p.quiet { "No posts yet. New posts appear here." } }
        @for each in state.posts.iter().take(SHOWN) { (post(each, state)) }
        h2 { "Accounts" }
        ul.accounts {
            @for user in User::offered() { li.card { (avatar(&user)) b { "@" (user.screen_name) } } }
        }
        p.quiet { "Every other screen name is an account too: log in with " code { "-a NAME" } "." }
    };
    page(200, "Posts", &body, None).header("refresh", "5")
}

fn post(post: &Post, state: &State) -> Markup {
    let time = httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(post.at));
    let alt = |id: &str| state.media(id).and_then(|media| media.alt.as_deref());
    html! {
        article.card.post id={ "p" (post.id) } {
            header {
                (avatar(&post.author))
                span {
                    b { "@" (post.author.screen_name) }
                    br;
                    span.quiet { (time) " · " (post.id) }
                }
            }
            @if let Some(id) = post.reply_to {
                p.quiet { "In reply to " a href={ "#p" (id) } { (id) } }
            }
            p.text { (post.text) }
            @if !post.media.is_empty() {
                div.media {
                    @for id in &post.media {
                        figure {
                            img src={ "/sandbox/media/" (id) } alt=(alt(id).unwrap_or_default());
                            figcaption.quiet { (alt(id).unwrap_or("No alt text")) }
                        }
                    }
                }
            }
        }
    }
}

/// A whole page. Browsers load nothing from elsewhere and send forms only to the sandbox, or on to `callback`.
fn page(status: u16, title: &str, body: &Markup, callback: Option<&Url>) -> Reply {
    let onward = callback.map_or_else(String::new, |url| match url.host() {
        // The policy's grammar does not allow IPv6 addresses.
        Some(Host::Ipv6(_)) => " http:".to_owned(),
        _ => format!(" {}", url.origin().ascii_serialization()),
    });
    let policy = format!(
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'{onward}; base-uri 'none'; \
         frame-ancestors 'none'"
    );
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " – twauth sandbox" }
                link rel="stylesheet" href="/sandbox/pages.css";
            }
            body {
                p.banner { b { "This is a sandbox, not X." } " " span { "Nothing here leaves this machine." } }
                main { (body) }
            }
        }
    };
    Reply::html(status, page.into_string())
        .header("content-security-policy", policy)
        .header("x-frame-options", "DENY")
        .header("x-content-type-options", "nosniff")
        .header("referrer-policy", "same-origin")
        .header("cache-control", "no-store")
}

/// The style sheet of the pages.
pub(super) fn style() -> Reply {
    Reply::new(200, "text/css; charset=utf-8", include_str!("pages.css"))
}
