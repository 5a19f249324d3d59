//! Parses a credentials file strictly: its objects, their accounts, and the position of any error.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::error::Category;
use serde_json::value::RawValue;

use crate::account::{Account, Credentials, LABELS, Secret, Server, X};

/// The limit of nested brackets in a file.
const DEPTH_LIMIT: usize = 128;

/// Why a file's text is invalid, and where. Contains nothing of the text except known labels.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Flaw {
    pub(crate) reason: String,
    /// Both start at one; columns count characters.
    pub(crate) line: usize,
    pub(crate) column: usize,
}

/// Calls `make` for each object of the text with its account; returns the results, and whether the text is a list.
/// Invalid JSON is reported before any other error.
pub(super) fn each<'text, T>(
    text: &'text str,
    make: impl Fn(Object<'text>, Account) -> T,
) -> Result<(bool, Vec<T>), Flaw> {
    let body = body_of(text);
    let start = body.len() - body.trim_start().len();
    let at_start = |reason: &str| Flaw::at(body, start, reason.to_owned());
    let (is_list, objects): (bool, Vec<Object<'_>>) = match body.as_bytes().get(start) {
        None => return Err(Flaw::at(body, 0, "it is empty".to_owned())),
        Some(b'{') => (false, vec![serde_json::from_str(body)?]),
        Some(b'[') => (true, serde_json::from_str(body)?),
        Some(_) => return Err(at_start("it is neither an object nor a list of objects")),
    };
    if objects.is_empty() {
        return Err(at_start("the list is empty"));
    }
    let outer = if is_list { 2 } else { 1 };
    let mut server = (X.to_owned(), Server::X);
    let results = objects.into_iter().map(|object| {
        let account = object.account(body, outer, &mut server)?;
        Ok(make(object, account))
    });
    Ok((is_list, results.collect::<Result<_, Flaw>>()?))
}

/// The text without a byte order mark.
pub(super) fn body_of(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// One object of the text.
pub(super) struct Object<'text>(pub(super) Vec<(Cow<'text, str>, Cow<'text, str>)>);

impl Object<'_> {
    /// The account of the object. `last_server` caches the previous one, as text and parsed: parsing a URL takes longer
    /// than the rest. `outer` is the number of brackets around the values.
    fn account(
        &self,
        body: &str,
        outer: usize,
        last_server: &mut (String, Server),
    ) -> Result<Account, Flaw> {
        let mut values: [Option<Cow<'_, str>>; LABELS.len()] = Default::default();
        let first = self.0.first().map_or(0, |(key, _)| offset_in(body, key));
        for (key, value) in &self.0 {
            let here = |reason: String| Flaw::at(body, offset_in(body, value), reason);
            let key = decoded(key);
            let Some(rank) = LABELS.iter().position(|label| *label == key) else {
                if outer + depth(value) > DEPTH_LIMIT {
                    return Err(here(format!("brackets nest deeper than {DEPTH_LIMIT}")));
                }
                continue;
            };
            let label = LABELS[rank];
            if values[rank].is_some() {
                return Err(here(format!("duplicate label {label} in one account")));
            }
            let text = string(value).ok_or_else(|| here(format!("{label} must be a string")))?;
            if text.trim().is_empty() && (2..6).contains(&rank) {
                return Err(here(format!("{label} is empty")));
            }
            values[rank] = Some(text);
        }
        let missing = |label: &str| Flaw::at(body, first, format!("{label} is missing"));
        let [
            screen_name,
            user_id,
            key,
            secret,
            token,
            token_secret,
            server,
        ] = values.map(|value| value.map(Cow::into_owned));
        let client = Credentials {
            identifier: key.ok_or_else(|| missing("consumer_key"))?,
            secret: Secret::new(secret.ok_or_else(|| missing("consumer_secret"))?),
        };
        let token = match (token, token_secret) {
            (Some(identifier), Some(secret)) => Some(Credentials::new(identifier, secret)),
            (None, None) => None,
            (None, Some(_)) => return Err(missing("access_token")),
            (Some(_), None) => return Err(missing("access_token_secret")),
        };
        let server = match server {
            None => Server::X,
            Some(written) if written == last_server.0 => last_server.1.clone(),
            Some(written) => {
                let server = Server::parse(&written).map_err(|reason| {
                    Flaw::at(body, first, format!("the server cannot be used: {reason}"))
                })?;
                *last_server = (written, server.clone());
                server
            }
        };
        Ok(Account {
            screen_name: screen_name.filter(|name| !name.is_empty()),
            user_id: user_id.filter(|id| !id.is_empty()),
            client,
            token,
            server,
        })
    }
}

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs;
        impl<'de> Visitor<'de> for Pairs {
            type Value = Object<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut pairs = Vec::with_capacity(LABELS.len());
                while let Some((key, value)) = map.next_entry::<&RawValue, &RawValue>()? {
                    pairs.push((key.get().into(), value.get().into()));
                }
                Ok(Object(pairs))
            }
        }
        deserializer.deserialize_map(Pairs)
    }
}

impl Flaw {
    pub(super) fn at(body: &str, offset: usize, reason: String) -> Self {
        let before = body.get(..offset).unwrap_or("");
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Self {
            reason,
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }

    /// The position where `bytes` stop being UTF-8.
    pub(crate) fn not_utf8(bytes: &[u8]) -> Self {
        if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
            return Self::at("", 0, "it is UTF-16 text, but must be UTF-8".to_owned());
        }
        let valid = bytes.utf8_chunks().next().map_or("", |chunk| chunk.valid());
        Self::at(valid, valid.len(), "it is not UTF-8 text".to_owned())
    }
}

/// `serde_json`'s messages repeat values, so only the kind of error and the position are used.
impl From<serde_json::Error> for Flaw {
    fn from(error: serde_json::Error) -> Self {
        let reason = match error.classify() {
            Category::Eof => "unexpected end of JSON",
            Category::Data => "it is neither an object nor a list of objects",
            Category::Syntax | Category::Io => "it is not JSON",
        };
        Self {
            reason: reason.to_owned(),
            line: error.line().max(1),
            column: error.column().max(1),
        }
    }
}

/// The offset of the slice `part` in `body`.
pub(super) fn offset_in(body: &str, part: &str) -> usize {
    (part.as_ptr() as usize).saturating_sub(body.as_ptr() as usize)
}

/// The value of a raw JSON string; `None` if it is not a string or not Unicode.
fn string(raw: &str) -> Option<Cow<'_, str>> {
    let [b'"', .., b'"'] = raw.as_bytes() else {
        return None;
    };
    let inner = &raw[1..raw.len() - 1];
    if inner.contains('\\') {
        return serde_json::from_str(raw).ok().map(Cow::Owned);
    }
    Some(Cow::Borrowed(inner))
}

/// A raw key as text, for comparison; unchanged if it cannot be decoded.
pub(super) fn decoded(raw: &str) -> Cow<'_, str> {
    string(raw).unwrap_or(Cow::Borrowed(raw))
}

/// The depth of nested brackets in a valid JSON value.
fn depth(raw: &str) -> usize {
    let (mut now, mut most, mut in_string, mut escaped) = (0_usize, 0, false, false);
    for byte in raw.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => {
                now += 1;
                most = most.max(now);
            }
            b']' | b'}' if !in_string => now = now.saturating_sub(1),
            _ => {}
        }
    }
    most
}
