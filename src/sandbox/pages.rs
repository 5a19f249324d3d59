//! The pages for people: the authorisation, the PIN, and the posts.

use std::time::{Duration, UNIX_EPOCH};

use url::{Host, Url};

use super::html::{Html, html};
use super::replies::Reply;
use super::signature::encoded;
use super::state::{Post, State};
use super::tokens::Level;
use super::users::User;

/// The most posts the front page shows.
const SHOWN: usize = 100;

/// The content of the authorisation page.
pub(super) struct Question<'a> {
    pub(super) token: &'a str,
    pub(super) form_token: &'a str,
    pub(super) level: Level,
    pub(super) signed_in: Option<&'a User>,
    /// The screen name in the URL, which is preselected.
    pub(super) asked_for: Option<&'a str>,
}

/// The authorisation page.
pub(super) fn question(question: &Question<'_>, callback: Option<&Url>) -> Reply {
    let who = match question.signed_in {
        Some(user) => signed_in(question, user),
        None => sign_in(question),
    };
    let may_post = match question.level {
        Level::ReadWrite => html("<li>publish and delete posts</li>", &[]),
        Level::Read => Html::default(),
    };
    let body = html(
        "<h1>Authorise <b>your app</b> to use an account?</h1><form method=\"post\" action=\"/oauth/authorize\">\
         <input type=\"hidden\" name=\"oauth_token\" value=\"{}\">\
         <input type=\"hidden\" name=\"authenticity_token\" value=\"{}\">{}<h2>The app may</h2>\
         <ul class=\"may\"><li>read the account’s profile and posts</li>{}</ul>\
         <p class=\"actions\"><button name=\"action\" value=\"authorize\">Authorise app</button>\
         <button class=\"plain\" name=\"action\" value=\"cancel\">Cancel</button></p></form>",
        &[&question.token, &question.form_token, &who, &may_post],
    );
    page(200, "Authorise an app", &body, callback)
}

fn signed_in(question: &Question<'_>, user: &User) -> Html {
    let again = question.asked_for.map_or_else(String::new, |name| {
        format!("&screen_name={}", encoded(name.as_bytes()))
    });
    let token = encoded(question.token.as_bytes());
    let switch = format!("/oauth/authorize?oauth_token={token}&force_login=true{again}");
    let name = &user.screen_name;
    html(
        "<input type=\"hidden\" name=\"screen_name\" value=\"{}\">\
         <div class=\"card who\">{}<p><span class=\"quiet\">Signed in as</span><br><b>@{}</b></p>\
         <a href=\"{}\">Switch account</a></div>",
        &[name, &avatar(user), name, &switch],
    )
}

fn sign_in(question: &Question<'_>) -> Html {
    let wanted = question.asked_for.map(User::named);
    let note = match (question.asked_for, &wanted) {
        (Some(name), Some(None)) => html(
            "<p class=\"note\">{} is not a valid screen name. Choose another account.</p>",
            &[&name],
        ),
        _ => Html::default(),
    };
    let mut users: Vec<User> = User::offered().collect();
    if let Some(wanted) = wanted.flatten() {
        users.retain(|user| user.id != wanted.id);
        users.insert(0, wanted);
    }
    let choices: Html = users
        .iter()
        .enumerate()
        .map(|(index, user)| choice(user, index == 0))
        .collect();
    html(
        "<fieldset><legend>Sign in as</legend>{}{}\
         <label class=\"card\">Another name<input type=\"text\" name=\"other\" maxlength=\"21\" placeholder=\"mybot\" \
         pattern=\"@?[A-Za-z0-9_]+\" title=\"letters, digits and underscores\" autocomplete=\"off\" \
         autocapitalize=\"none\" spellcheck=\"false\"></label>\
         <p class=\"quiet\">Every name is an account here. There are no passwords.</p></fieldset>",
        &[&note, &choices],
    )
}

fn choice(user: &User, is_chosen: bool) -> Html {
    let checked = html(if is_chosen { " checked" } else { "" }, &[]);
    let name = &user.screen_name;
    html(
        "<label class=\"card\"><input type=\"radio\" name=\"screen_name\" value=\"{}\"{}>{}<b>@{}</b></label>",
        &[name, &checked, &avatar(user), name],
    )
}

fn avatar(user: &User) -> Html {
    let letter: String = user.screen_name.chars().take(1).collect();
    let tone = (user.id % 4).to_string();
    html(
        "<span class=\"avatar tone{}\" aria-hidden=\"true\">{}</span>",
        &[&tone, &letter.to_uppercase()],
    )
}

/// The page with the PIN.
pub(super) fn pin(user: &User, pin: &str) -> Reply {
    let body = html(
        "<h1>You authorised the app as <b>@{}</b></h1><p>Go back to the program and enter this PIN:</p>\
         <p class=\"pin\"><code id=\"pin\">{}</code></p>\
         <p class=\"quiet\">It works once. After a wrong PIN it no longer works either: start again with a new URL.</p>",
        &[&user.screen_name, &pin],
    );
    page(200, "Your PIN", &body, None)
}

pub(super) fn cancelled() -> Reply {
    let body = html(
        "<h1>Cancelled</h1><p>The app got no access. Close this page, and press Enter where the program asks for the \
         PIN: that cancels the login.</p>",
        &[],
    );
    page(200, "Cancelled", &body, None)
}

/// The page for a request token that is unknown, used up, or already authorised.
pub(super) fn no_request_token() -> Reply {
    let body = html(
        "<h1>Whoa there!</h1><p>There is no request token for this page, the key that an app needs to ask for access. \
         Each URL works once: go back to the program and start the login again.</p>",
        &[],
    );
    page(403, "Whoa there!", &body, None)
}

/// The accounts and what they posted, newest first.
pub(super) fn front(state: &State) -> Reply {
    let accounts: Html = User::offered()
        .map(|user| {
            html(
                "<li class=\"card\">{}<b>@{}</b></li>",
                &[&avatar(&user), &user.screen_name],
            )
        })
        .collect();
    let posts: Html = if state.posts.is_empty() {
        html(
            "<p class=\"quiet\">No posts yet. New posts appear here.</p>",
            &[],
        )
    } else {
        let shown = state.posts.iter().take(SHOWN);
        shown.map(|each| post(each, state)).collect()
    };
    let body = html(
        "<h1>Posts</h1>{}<h2>Accounts</h2><ul class=\"accounts\">{}</ul>\
         <p class=\"quiet\">Every other screen name is an account too: log in with <code>-a NAME</code>.</p>",
        &[&posts, &accounts],
    );
    page(200, "Posts", &body, None).header("refresh", "5")
}

fn post(post: &Post, state: &State) -> Html {
    let figure = |id: &String| {
        let alt = state.media(id).and_then(|media| media.alt.as_deref());
        html(
            "<figure><img src=\"/sandbox/media/{}\" alt=\"{}\"><figcaption class=\"quiet\">{}</figcaption></figure>",
            &[id, &alt.unwrap_or_default(), &alt.unwrap_or("No alt text")],
        )
    };
    let mut media: Html = post.media.iter().map(figure).collect();
    if !post.media.is_empty() {
        media = html("<div class=\"media\">{}</div>", &[&media]);
    }
    let reply = post.reply_to.map_or_else(Html::default, |id| {
        let id = id.to_string();
        html(
            "<p class=\"quiet\">In reply to <a href=\"#p{}\">{}</a></p>",
            &[&id, &id],
        )
    });
    let (id, name) = (post.id.to_string(), &post.author.screen_name);
    let time = httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(post.at));
    html(
        "<article class=\"card post\" id=\"p{}\"><header>{}<span><b>@{}</b><br><span class=\"quiet\">{} · {}</span>\
         </span></header>{}<p class=\"text\">{}</p>{}</article>",
        &[
            &id,
            &avatar(&post.author),
            name,
            &time,
            &id,
            &reply,
            &post.text,
            &media,
        ],
    )
}

/// A whole page. Browsers load nothing from elsewhere and send forms only to the sandbox, or on to `callback`.
fn page(status: u16, title: &str, body: &Html, callback: Option<&Url>) -> Reply {
    let onward = callback.map_or_else(String::new, |url| match url.host() {
        // The policy's grammar does not allow IPv6 addresses.
        Some(Host::Ipv6(_)) => " http:".to_owned(),
        _ => format!(" {}", url.origin().ascii_serialization()),
    });
    let policy = format!(
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'{onward}; base-uri 'none'; \
         frame-ancestors 'none'"
    );
    let page = html(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{} – twauth sandbox</title>\n\
         <link rel=\"stylesheet\" href=\"/sandbox/pages.css\">\n</head>\n<body>\n\
         <p class=\"banner\"><b>This is a sandbox, not X.</b> <span>Nothing here leaves this machine.</span></p>\n\
         <main>{}</main>\n</body>\n</html>\n",
        &[&title, body],
    );
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
