//! What is in a file: labels with their values, in groups.

use std::rc::Rc;

use super::labels::Name;

/// How a value stands in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    /// In quotes, or as a value of JSON or YAML.
    Quoted(String),
    /// A word without quotes, which in a program may be a variable's name.
    Bare(String),
    /// Nothing that was meant to be taken from here: empty, or a variable's. The end of a sentence.
    Absent(&'static str),
    /// Something that cannot be taken, and why: the end of a sentence.
    Fault(&'static str),
}

pub(super) const REFERS: &str = "refers to another value, which twauth does not look up";
pub(super) const PLACEHOLDER: &str = "is a placeholder";

/// What a reference and a sample become that stand in a program as no text does. No server has such a value.
pub(super) const REFERENCE: &str = "$";
pub(super) const SAMPLE: &str = "<>";

#[derive(Clone, Debug)]
pub(super) struct Pair {
    pub(super) name: Rc<Name>,
    pub(super) value: Value,
    /// Counted from 1.
    pub(super) line: usize,
    pub(super) is_merged: bool,
    /// Other lines between two pairs give them different numbers.
    pub(super) paragraph: usize,
}

impl Pair {
    /// The value, if it is a text that is not empty.
    pub(super) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Quoted(text) | Value::Bare(text) if !text.is_empty() => Some(text),
            _ => None,
        }
    }

    pub(super) fn is_present(&self) -> bool {
        self.text().is_some() || matches!(self.value, Value::Fault(_))
    }
}

#[derive(Debug, Default)]
pub(super) struct Group {
    pub(super) name: String,
    pub(super) parent: Option<usize>,
    /// Whether its name is the key of a map, and no variable or class.
    pub(super) is_key: bool,
    pub(super) pairs: Vec<Pair>,
    /// The other service that its name, or one around it, speaks of.
    pub(super) service: Option<&'static str>,
    /// Whether its name, or one around it, speaks of X.
    pub(super) in_x: bool,
    /// How many names in it are no labels of the credentials file.
    pub(super) others: usize,
    /// Whether it is a secret of Kubernetes.
    pub(super) is_secret: bool,
}
