//! The shape every nested format is read into: named values, lists, and where they stood.

use crate::account::Account;

/// How deep values may nest.
pub(super) const DEPTH: usize = 128;

/// A place in the text, both counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    pub(super) line: usize,
    pub(super) column: usize,
}

#[derive(Clone)]
pub(super) struct Node {
    pub(super) spot: Spot,
    pub(super) value: Value,
}

#[derive(Clone)]
pub(super) enum Value {
    Text(String),
    /// Nothing, a truth value: never a credential.
    Other,
    Map(Vec<(String, Node)>),
    List(Vec<Node>),
}

impl Node {
    pub(super) fn text(spot: Spot, text: impl Into<String>) -> Self {
        Self {
            spot,
            value: Value::Text(text.into()),
        }
    }

    pub(super) fn map(spot: Spot, pairs: Vec<(String, Self)>) -> Self {
        Self {
            spot,
            value: Value::Map(pairs),
        }
    }

    pub(super) fn list(spot: Spot, items: Vec<Self>) -> Self {
        Self {
            spot,
            value: Value::List(items),
        }
    }

    pub(super) fn pairs(&self) -> &[(String, Self)] {
        match &self.value {
            Value::Map(pairs) => pairs,
            _ => &[],
        }
    }

    /// The first value of that name, where this is a map that has it.
    pub(super) fn entry(&self, name: &str) -> Option<&Self> {
        self.pairs()
            .iter()
            .find_map(|(own, node)| (own == name).then_some(node))
    }
}

/// The labels and values of an account as the credentials file orders them, what is unknown left out.
pub(super) fn labelled(account: &Account) -> Vec<(&'static str, &str)> {
    account
        .labelled()
        .into_iter()
        .filter_map(|(name, value)| value.map(|value| (name, value)))
        .collect()
}
