//! The text of a credentials file and the accounts in it: read strictly, rewritten without touching what is unknown.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::error::Category;
use serde_json::value::RawValue;

use crate::account::{Account, Credentials, Server};

/// How deep the brackets of a file may nest.
const DEPTH_LIMIT: usize = 128;

/// The known labels in the order in which a new account is written.
const LABELS: [&str; 7] = [
    "screen_name",
    "user_id",
    "consumer_key",
    "consumer_secret",
    "access_token",
    "access_token_secret",
    "server",
];

/// Why a file's text is refused, and where. Holds nothing of the text but known labels.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Flaw {
    pub(crate) reason: String,
    /// Both count from one; columns in characters.
    pub(crate) line: usize,
    pub(crate) column: usize,
}

/// The entries of one file, in order. Every key and value is kept as it was written.
#[derive(Clone, Debug)]
pub(crate) struct Document<'text> {
    is_list: bool,
    entries: Vec<Entry<'text>>,
}

#[derive(Clone, Debug)]
pub(crate) struct Entry<'text> {
    /// Raw JSON text of each key and value.
    pairs: Vec<(Cow<'text, str>, Cow<'text, str>)>,
    pub(crate) account: Account,
}

impl<'text> Document<'text> {
    /// A file of one account, as a first login writes it.
    pub(crate) fn of(account: Account) -> Self {
        Self {
            is_list: false,
            entries: vec![Entry::new(account)],
        }
    }

    /// Reads the text of a file: one account's object, or a list of them.
    pub(crate) fn parse(text: &'text str) -> Result<Self, Flaw> {
        let body = text.strip_prefix('\u{feff}').unwrap_or(text);
        let at = |offset: usize, reason: String| Flaw::at(body, offset, reason);
        let start = body.len() - body.trim_start().len();
        let (is_list, objects) = match body.as_bytes().get(start) {
            None => return Err(at(0, "it is empty".to_owned())),
            Some(b'{') => (
                false,
                serde_json::from_str(body).map(|one: Object| vec![one]),
            ),
            Some(b'[') => (true, serde_json::from_str(body)),
            Some(_) => {
                return Err(at(
                    start,
                    "it is neither an object nor a list of objects".to_owned(),
                ));
            }
        };
        let objects = objects.map_err(|error| Flaw::from(&error))?;
        if objects.is_empty() {
            return Err(at(start, "the list holds no account".to_owned()));
        }
        let mut entries = Vec::with_capacity(objects.len());
        for object in objects {
            entries.push(object.entry(body)?);
        }
        let document = Self { is_list, entries };
        match document.repeated() {
            Some(entry) => Err(at(
                entry.offset(body),
                "an account is listed twice".to_owned(),
            )),
            None => Ok(document),
        }
    }

    pub(crate) fn accounts(&self) -> impl ExactSizeIterator<Item = &Account> {
        self.entries.iter().map(|entry| &entry.account)
    }

    pub(crate) fn into_accounts(self) -> Vec<Account> {
        self.entries
            .into_iter()
            .map(|entry| entry.account)
            .collect()
    }

    /// Writes `account` over the entry at `index`, leaving its unknown keys where they are.
    pub(crate) fn set(&mut self, index: usize, account: Account) {
        if let Some(entry) = self.entries.get_mut(index) {
            entry.set(account);
        }
    }

    /// Adds an account at the end; a file of one object becomes a list.
    pub(crate) fn push(&mut self, account: Account) {
        self.is_list = true;
        self.entries.push(Entry::new(account));
    }

    /// Forgets the entry at `index`. A list stays a list.
    pub(crate) fn remove(&mut self, index: usize) {
        if index < self.entries.len() {
            self.entries.remove(index);
        }
    }

    /// Whether two entries stand for one account, which is refused when read.
    pub(crate) fn lists_one_twice(&self) -> bool {
        self.repeated().is_some()
    }

    /// The first entry that stands for the same account as an earlier one.
    fn repeated(&self) -> Option<&Entry<'text>> {
        use std::collections::{HashMap, HashSet};
        let (mut ids, mut tokens) = (HashSet::new(), HashSet::new());
        // Two ids may have had one name, one after the other: a name counts where an id is missing.
        let mut names: HashMap<_, bool> = HashMap::new();
        self.entries.iter().find(|entry| {
            let account = &entry.account;
            let server = account.server.label();
            let has_id = account.user_id.is_some();
            let known_id = account.user_id.as_deref().map(|id| (server, id));
            let known_name = account
                .screen_name
                .as_deref()
                .map(|name| (server, name.to_ascii_lowercase()));
            let known_token = account
                .token
                .as_ref()
                .map(|token| (server, token.identifier.as_str()));
            let seen_id = known_id.is_some_and(|id| !ids.insert(id));
            let seen_name = known_name.is_some_and(|name| {
                let all_have_ids = names.get(&name).copied();
                names.insert(name, all_have_ids.unwrap_or(true) && has_id);
                all_have_ids.is_some_and(|all_have_ids| !(all_have_ids && has_id))
            });
            let seen_token = known_token.is_some_and(|token| !tokens.insert(token));
            seen_id || seen_name || seen_token
        })
    }
}

/// The file's text: two-space indent, final newline, known labels in place, unknown values to the letter.
impl fmt::Display for Document<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.is_list {
            for entry in &self.entries {
                entry.write(f, "")?;
            }
            return f.write_str("\n");
        }
        f.write_str("[")?;
        for (index, entry) in self.entries.iter().enumerate() {
            f.write_str(if index == 0 { "\n  " } else { ",\n  " })?;
            entry.write(f, "  ")?;
        }
        f.write_str("\n]\n")
    }
}

impl Entry<'_> {
    fn new(account: Account) -> Self {
        let mut entry = Self {
            pairs: Vec::with_capacity(LABELS.len()),
            account: account.clone(),
        };
        entry.set(account);
        entry
    }

    fn set(&mut self, account: Account) {
        let token = account.token.as_ref();
        let values = [
            account.screen_name.as_deref(),
            account.user_id.as_deref(),
            Some(account.client.identifier.as_str()),
            Some(account.client.secret.as_str()),
            token.map(|token| token.identifier.as_str()),
            token.map(|token| token.secret.as_str()),
            account.server.label(),
        ];
        for (rank, (label, value)) in LABELS.into_iter().zip(values).enumerate() {
            let place = self.pairs.iter().position(|(key, _)| decoded(key) == label);
            match (place, value) {
                (Some(place), Some(value)) => {
                    if decoded(&self.pairs[place].1) != value {
                        self.pairs[place].1 = quoted(value).into();
                    }
                }
                (None, Some(value)) => {
                    let later = |key: &str| LABELS[rank + 1..].contains(&decoded(key).as_ref());
                    let end = self.pairs.len();
                    let place = self
                        .pairs
                        .iter()
                        .position(|(key, _)| later(key))
                        .unwrap_or(end);
                    self.pairs
                        .insert(place, (quoted(label).into(), quoted(value).into()));
                }
                (Some(place), None) => {
                    self.pairs.remove(place);
                }
                (None, None) => {}
            }
        }
        self.account = account;
    }

    fn write(&self, f: &mut fmt::Formatter<'_>, indent: &str) -> fmt::Result {
        f.write_str("{")?;
        for (index, (key, value)) in self.pairs.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            write!(f, "{comma}\n{indent}  {key}: {value}")?;
        }
        write!(f, "\n{indent}}}")
    }

    /// Where in `body`, from which it was read, this entry's first key stands.
    fn offset(&self, body: &str) -> usize {
        self.pairs
            .first()
            .map_or(0, |(key, _)| offset_in(body, key))
    }
}

/// One object as it stands in the text.
struct Object<'text>(Vec<(&'text RawValue, &'text RawValue)>);

impl<'text> Object<'text> {
    fn entry(self, body: &'text str) -> Result<Entry<'text>, Flaw> {
        let mut values: [Option<Cow<'_, str>>; LABELS.len()] = Default::default();
        let first = self
            .0
            .first()
            .map_or(0, |(key, _)| offset_in(body, key.get()));
        for (key, value) in &self.0 {
            let here = |reason: String| Flaw::at(body, offset_in(body, value.get()), reason);
            let key = decoded(key.get());
            let Some(rank) = LABELS.iter().position(|label| *label == key) else {
                if depth(value.get()) > DEPTH_LIMIT - 2 {
                    return Err(here(format!("brackets nest deeper than {DEPTH_LIMIT}")));
                }
                continue;
            };
            let label = LABELS[rank];
            if values[rank].is_some() {
                return Err(here(format!(
                    "the label {label} stands twice in one account"
                )));
            }
            let text =
                string(value.get()).ok_or_else(|| here(format!("{label} must be a string")))?;
            if text.is_empty() && (2..6).contains(&rank) {
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
            secret: secret.ok_or_else(|| missing("consumer_secret"))?,
        };
        let token = match (token, token_secret) {
            (Some(identifier), Some(secret)) => Some(Credentials { identifier, secret }),
            (None, None) => None,
            (None, Some(_)) => return Err(missing("access_token")),
            (Some(_), None) => return Err(missing("access_token_secret")),
        };
        let server = match server {
            None => Server::X,
            Some(server) => Server::parse(&server).map_err(|reason| {
                Flaw::at(body, first, format!("the server is not usable: {reason}"))
            })?,
        };
        let account = Account {
            screen_name: screen_name.filter(|name| !name.is_empty()),
            user_id: user_id.filter(|id| !id.is_empty()),
            client,
            token,
            server,
        };
        let pairs = self
            .0
            .iter()
            .map(|(key, value)| (key.get().into(), value.get().into()))
            .collect();
        Ok(Entry { pairs, account })
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
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Object(pairs))
            }
        }
        deserializer.deserialize_map(Pairs)
    }
}

impl Flaw {
    fn at(body: &str, offset: usize, reason: String) -> Self {
        let before = body.get(..offset).unwrap_or("");
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Self {
            reason,
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }

    /// Where `bytes` stop being UTF-8.
    pub(crate) fn not_utf8(bytes: &[u8]) -> Self {
        let valid = bytes.utf8_chunks().next().map_or("", |chunk| chunk.valid());
        Self::at(valid, valid.len(), "it is not UTF-8 text".to_owned())
    }
}

/// `serde_json`'s own messages repeat values, so only the kind of error and the place are taken.
impl From<&serde_json::Error> for Flaw {
    fn from(error: &serde_json::Error) -> Self {
        let reason = match error.classify() {
            Category::Eof => "it ends before the JSON is complete",
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

/// How far into `body` its slice `part` starts.
fn offset_in(body: &str, part: &str) -> usize {
    (part.as_ptr() as usize).saturating_sub(body.as_ptr() as usize)
}

/// What a raw JSON string says; none where it is no string or not Unicode.
fn string(raw: &str) -> Option<Cow<'_, str>> {
    let inner = raw.strip_prefix('"')?.strip_suffix('"')?;
    if inner.contains('\\') {
        return serde_json::from_str(raw).ok().map(Cow::Owned);
    }
    Some(Cow::Borrowed(inner))
}

/// A raw key as text, for comparison; itself where it cannot be decoded.
fn decoded(raw: &str) -> Cow<'_, str> {
    string(raw).unwrap_or(Cow::Borrowed(raw))
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// How deep the brackets of one valid JSON value nest.
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
