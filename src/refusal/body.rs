//! Reads an error's body in any of X's formats (two generations of JSON, two of XML, plain text, HTML).

use serde_json::Value;

use crate::client::Reply;

/// The parts of an error that distinguish causes.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Said {
    /// The v1.1 error code.
    pub(super) code: Option<u32>,
    /// The last segment of the v2 problem's type, or its `reason`, or its title if that names a cause.
    pub(super) problem: String,
    /// The server's words; [`Said::in_reply`] makes them safe to show.
    pub(super) text: String,
    /// A web page: from a gateway, not from the API.
    pub(super) is_page: bool,
    /// A text that begins with `error:`, whatever the status.
    pub(super) is_error_in_words: bool,
    /// Plain text or a page that mentions the verifier or the token.
    pub(super) speaks_of_token: bool,
}

impl Said {
    pub(super) fn in_reply(reply: &Reply) -> Self {
        let text = reply.text();
        let body = text.trim_start_matches('\u{feff}').trim();
        let mut said = match serde_json::from_str::<Value>(body) {
            Ok(value) if value.is_object() => Self::json(&value),
            _ => {
                let lower = body.to_ascii_lowercase();
                let said = if body.starts_with('<') {
                    Self::markup(body)
                } else {
                    Self {
                        text: body.to_owned(),
                        ..Self::default()
                    }
                };
                Self {
                    is_error_in_words: lower.starts_with("error:"),
                    // A form that contains a token does not mention it as wrong.
                    speaks_of_token: !lower.contains("oauth_token=")
                        && (lower.contains("verifier") || lower.contains("token")),
                    ..said
                }
            }
        };
        said.text = reply.shown(&said.text);
        // It becomes the end of an error line, which has no full stop.
        let end = said.text.trim_end_matches(['.', ' ']).len();
        said.text.truncate(end);
        if said.code.is_none() {
            let challenge = reply.header("www-authenticate").unwrap_or("");
            said.code = challenge
                .split("api_error_code=")
                .nth(1)
                .and_then(leading_number);
        }
        said
    }

    fn json(value: &Value) -> Self {
        let mut errors: Vec<&Value> = match &value["errors"] {
            Value::Array(list) => list.iter().collect(),
            Value::Null => Vec::new(),
            other => vec![other],
        };
        errors.push(value);
        let code = errors.iter().find_map(|error| number(&error["code"]));
        let mut words: Vec<&str> = Vec::new();
        for error in &errors {
            for key in ["message", "detail", "error", "title"] {
                let text = error[key]
                    .as_str()
                    .or_else(|| error.as_str())
                    .unwrap_or("")
                    .trim();
                // A title only repeats the detail.
                if !text.is_empty()
                    && !words.contains(&text)
                    && (key != "title" || words.is_empty())
                {
                    words.push(text);
                }
            }
        }
        Self {
            code,
            problem: problem(value),
            text: words.join(": "),
            ..Self::default()
        }
    }

    /// XML errors are `<hash><error>..` and `<errors><error code="..">..`; other markup is a page.
    fn markup(body: &str) -> Self {
        let lower = body.to_ascii_lowercase();
        let Some((attributes, rest)) = body.split_once("<error").and_then(|(_, rest)| {
            rest.strip_prefix('s')
                .map_or(Some(rest), |rest| {
                    rest.split_once("<error").map(|(_, rest)| rest)
                })?
                .split_once('>')
        }) else {
            return Self {
                text: page_title(body, &lower),
                is_page: true,
                ..Self::default()
            };
        };
        let text = rest.split("</error>").next().unwrap_or("");
        let code = attributes
            .split("code=")
            .nth(1)
            .and_then(|code| leading_number(code.trim_start_matches(['"', '\''])));
        Self {
            code,
            text: text.to_owned(),
            ..Self::default()
        }
    }
}

fn problem(value: &Value) -> String {
    let text = |key: &str| value[key].as_str().unwrap_or("").trim_end_matches('/');
    let of_type = text("type").rsplit(['/', '#']).next().unwrap_or("");
    let named = if of_type.is_empty() || of_type == "about:blank" {
        ""
    } else {
        of_type
    };
    match (text("reason"), text("title")) {
        // In the older generation two causes share a type; the title distinguishes them.
        (_, title @ ("SpendCapReached" | "CreditsDepleted" | "UsageCapExceeded")) => {
            title.to_owned()
        }
        ("", _) => named.to_owned(),
        (reason, _) => reason.to_owned(),
    }
}

fn number(value: &Value) -> Option<u32> {
    value
        .as_u64()
        .and_then(|code| u32::try_from(code).ok())
        .or_else(|| value.as_str()?.parse().ok())
}

fn leading_number(text: &str) -> Option<u32> {
    let end = text
        .find(|it: char| !it.is_ascii_digit())
        .unwrap_or(text.len());
    text[..end].parse().ok()
}

fn page_title(body: &str, lower: &str) -> String {
    let title = lower.find("<title>").zip(lower.find("</title>"));
    title
        .and_then(|(start, end)| body.get(start + 7..end))
        .unwrap_or_default()
        .to_owned()
}
