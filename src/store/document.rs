//! The accounts and text of a credentials file, rewritten without changing unknown keys.

use std::borrow::Cow;
use std::fmt;

use super::reading::{Flaw, body_of, decoded, each, offset_in};
use crate::account::identity::{owner_of_token, repeated};
use crate::account::{Account, LABELS, Server};

/// The entries of one file, in order. Every key and value is kept as written.
#[derive(Clone)]
pub(crate) struct Document<'text> {
    is_list: bool,
    entries: Vec<Entry<'text>>,
}

#[derive(Clone)]
pub(crate) struct Entry<'text> {
    /// The raw JSON text of each key and value.
    pairs: Vec<(Cow<'text, str>, Cow<'text, str>)>,
    pub(crate) account: Account,
}

/// The raw text contains secrets.
impl fmt::Debug for Document<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Document({} entries)", self.entries.len())
    }
}

impl<'text> Document<'text> {
    /// A file with one account, as the first login writes it.
    pub(crate) fn of(account: Account) -> Self {
        Self {
            is_list: false,
            entries: vec![Entry::new(account)],
        }
    }

    /// Parses the text of a file: one account's object, or a list of them.
    pub(crate) fn parse(text: &'text str) -> Result<Self, Flaw> {
        let (is_list, entries) = each(text, |object, account| Entry {
            pairs: object.0,
            account,
        })?;
        let document = Self { is_list, entries };
        match repeated(document.accounts()) {
            Some(index) => {
                let body = body_of(text);
                let offset = document.entries[index].offset(body);
                Err(Flaw::at(
                    body,
                    offset,
                    "an account is listed twice".to_owned(),
                ))
            }
            None => Ok(document),
        }
    }

    /// The accounts in the text of a file alone: in a file of thousands, what a rewrite needs takes as much memory again.
    pub(super) fn accounts_in(text: &'text str) -> Result<Vec<Account>, Flaw> {
        let (_, accounts) = each(text, |_, account| account)?;
        match repeated(accounts.iter()) {
            // The whole document knows the position.
            Some(_) => Self::parse(text).map(Self::into_accounts),
            None => Ok(accounts),
        }
    }

    pub(crate) fn accounts(&self) -> impl ExactSizeIterator<Item = &Account> {
        self.entries.iter().map(|entry| &entry.account)
    }

    pub(crate) fn is_list(&self) -> bool {
        self.is_list
    }

    fn into_accounts(self) -> Vec<Account> {
        self.entries
            .into_iter()
            .map(|entry| entry.account)
            .collect()
    }

    /// Replaces the entry at `index` with `account`; unknown keys stay where they are.
    pub(crate) fn set(&mut self, index: usize, account: Account) {
        if let Some(entry) = self.entries.get_mut(index) {
            entry.set(account);
        }
    }

    /// Adds an account at the end; a file with one object becomes a list.
    pub(crate) fn push(&mut self, account: Account) {
        self.is_list = true;
        self.entries.push(Entry::new(account));
    }

    /// Removes the entry at `index`. A list stays a list.
    pub(crate) fn remove(&mut self, index: usize) {
        if index < self.entries.len() {
            self.entries.remove(index);
        }
    }

    /// Adds the user id of each token of X to the entries that have none.
    pub(super) fn complete_ids(&mut self) {
        for entry in &mut self.entries {
            let account = &entry.account;
            let owner = match &account.token {
                Some(token) if account.user_id.is_none() && account.server == Server::X => {
                    owner_of_token(&token.identifier)
                }
                _ => None,
            };
            if let Some(owner) = owner {
                let completed = Account {
                    user_id: Some(owner.to_owned()),
                    ..account.clone()
                };
                entry.set(completed);
            }
        }
    }

    /// Whether two entries are the same account, which makes a file invalid.
    pub(crate) fn lists_one_twice(&self) -> bool {
        repeated(self.accounts()).is_some()
    }
}

/// The file's text: two-space indent, final newline, known labels in place, unknown values unchanged.
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
        for (rank, (label, value)) in account.labelled().into_iter().enumerate() {
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

    /// The position of this entry's first key in `body`, from which it was parsed.
    fn offset(&self, body: &str) -> usize {
        self.pairs
            .first()
            .map_or(0, |(key, _)| offset_in(body, key))
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
