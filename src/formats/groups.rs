//! Takes what the readers find, and keeps its labels with their values in groups as the file has them.

use std::collections::HashMap;
use std::rc::Rc;

use super::labels::{self, Label, Name};
use super::pairs::{Group, Pair, Value};
use super::words::{self, ITEM_NAMES, ITEM_VALUES};
use super::{Format, lines, scanner, stores};
use crate::account::Server;

/// How deep groups may nest.
pub(super) const DEPTH: usize = 128;

/// How many labels, values, groups and names that might be labels a file may hold, all together. Ten thousand accounts
/// have some two hundred thousand.
pub(super) const MOST: usize = if cfg!(test) { 20_000 } else { 300_000 };

/// How many bytes all labelled values may have together: aliases multiply them.
const MOST_BYTES: usize = 16 << 20;

/// How many scripts in texts in scripts are read.
const NESTING: usize = 3;

/// A group whose end is not reached yet. Most hold no label, and are never kept.
#[derive(Default)]
struct Open {
    kept: Option<usize>,
    name: String,
    is_key: bool,
    /// What is in it belongs to the group around it: the brackets of a call.
    is_transparent: bool,
    is_list: bool,
    /// How many names in it are no labels of the credentials file.
    others: usize,
    item_name: Option<Rc<Name>>,
    item_value: Option<(Value, usize)>,
    /// The first texts without a name.
    texts: Vec<(String, usize)>,
    text_count: usize,
}

/// The groups of a file in its order, the first being the file itself.
#[derive(Default)]
pub(super) struct Groups {
    pub(super) list: Vec<Group>,
    open: Vec<Open>,
    /// Groups that further sections may add to, by their parent and name.
    sections: HashMap<(usize, String), usize>,
    names: HashMap<Box<str>, Option<Rc<Name>>>,
    count: usize,
    bytes: usize,
    nesting: usize,
    paragraph: usize,
    /// Whether what comes now is merged into its group, and loses against what the group says itself.
    pub(super) merges: bool,
    /// The format of a file whose values may be named like labels, because another server gave them out.
    pub(super) takes_names: Option<Format>,
    /// Set where the file held more than is read.
    pub(super) overflowed: bool,
}

impl Groups {
    pub(super) fn new() -> Self {
        Self {
            list: vec![Group::default()],
            open: vec![Open {
                kept: Some(0),
                ..Open::default()
            }],
            ..Self::default()
        }
    }

    /// What a name stands for; each is taken apart once.
    pub(super) fn name(&mut self, text: &str) -> Option<Rc<Name>> {
        if !labels::may_be(text) {
            return None;
        }
        if let Some(known) = self.names.get(text) {
            return known.clone();
        }
        if !self.counts() {
            return None;
        }
        let name = labels::name(text).map(Rc::new);
        self.names.insert(text.into(), name.clone());
        name
    }

    pub(super) fn is_label(&mut self, text: &str) -> bool {
        self.name(text)
            .is_some_and(|name| name.label != Label::Unknown)
    }

    /// Whether twauth's own variable or label names a server that is not X.
    pub(super) fn name_another_server(&self) -> bool {
        let mut pairs = self.list.iter().flat_map(|group| &group.pairs);
        pairs.any(|pair| {
            let server = pair.text().map(Server::parse);
            pair.name.label == Label::Server
                && pair.name.is_own
                && matches!(server, Some(Ok(server)) if server != Server::X)
        })
    }

    /// Counts what is kept, and the labels that a value is looked for; whether there are not too many by now.
    pub(super) fn counts(&mut self) -> bool {
        self.count += 1;
        self.overflowed |= self.count > MOST || self.bytes > MOST_BYTES;
        !self.overflowed
    }

    pub(super) fn depth(&self) -> usize {
        self.open.len()
    }

    /// Opens a group; one without a name only holds together what belongs to the group around it.
    pub(super) fn open(&mut self, name: Option<&str>, is_key: bool, is_list: bool) {
        // A longer name is nobody's.
        let shown = name.filter(|name| name.len() <= 120);
        self.open.push(Open {
            name: shown.unwrap_or_default().to_owned(),
            is_key,
            is_transparent: name.is_none(),
            is_list: is_list && name.is_some(),
            ..Open::default()
        });
    }

    /// Opens the group of that name again, where there is one.
    pub(super) fn open_again(&mut self, name: &str) {
        self.open(Some(name), true, false);
        let top = self.open.len() - 1;
        let key = (self.keep(top - 1), name.to_owned());
        if let Some(known) = self.sections.get(&key) {
            self.open[top].kept = Some(*known);
        } else {
            let place = self.keep(top);
            self.sections.insert(key, place);
        }
    }

    pub(super) fn close(&mut self) {
        if self.open.len() < 2 {
            return;
        }
        let Some(open) = self.open.pop() else { return };
        if let Some(group) = open.kept.and_then(|place| self.list.get_mut(place)) {
            group.others += open.others;
        } else if open.is_transparent {
            self.note_others(open.others);
        }
        if open.text_count == open.texts.len() {
            self.sequence(&open.texts);
        }
        if let (Some(name), Some((value, line))) = (open.item_name, open.item_value) {
            self.add(name, value, line);
        }
        // A list of maps with one pair each says what one map would.
        let lone = open
            .kept
            .and_then(|place| self.list.get_mut(place))
            .filter(|group| group.pairs.len() == 1);
        if let (Some(group), true) = (lone, self.open.last().is_some_and(|open| open.is_list))
            && let Some(pair) = group.pairs.pop()
        {
            self.add(pair.name, pair.value, pair.line);
        }
        self.next_paragraph();
    }

    /// What stood between two pairs that follow.
    pub(super) fn next_paragraph(&mut self) {
        self.paragraph += 1;
    }

    /// Opens a map or list of a tree, under its name if it has one.
    pub(super) fn enter(&mut self, name: Option<&str>, is_list: bool) {
        self.count_other();
        if name.is_some() {
            self.note_others(1);
        }
        self.open(Some(name.unwrap_or_default()), name.is_some(), is_list);
    }

    /// So many names that are no labels of the credentials file are in the open group.
    pub(super) fn note_others(&mut self, count: usize) {
        match self.open.as_mut_slice() {
            // The outermost is never closed.
            [_] => self.list[0].others += count,
            [.., open] => open.others += count,
            [] => {}
        }
    }

    /// A value, under its name if it has one.
    pub(super) fn value(&mut self, name: Option<&str>, value: Value, line: usize) {
        match name {
            Some(name) => self.named(name, value, line),
            None => self.unnamed(value, line),
        }
    }

    /// A value under its name.
    pub(super) fn named(&mut self, name: &str, value: Value, line: usize) {
        let known = self.name(name);
        let known =
            known.filter(|known| known.label != Label::Unknown || !self.holds_pairs(&value));
        if self.item(name, &value, line) {
            return;
        }
        if let Some(known) = known {
            self.add(known, value, line);
        } else {
            self.note_others(1);
            self.inside(&value, line);
        }
    }

    /// A value without a name: an item of a list, a text in a call.
    pub(super) fn unnamed(&mut self, value: Value, line: usize) {
        self.inside(&value, line);
        let Some(open) = self.open.last_mut() else {
            return;
        };
        open.text_count += 1;
        if let (Value::Quoted(text) | Value::Bare(text), true) = (value, open.texts.len() < 7) {
            open.texts.push((text, line));
        }
    }

    /// Something that is no text stands among the values without names.
    pub(super) fn count_other(&mut self) {
        if let Some(open) = self.open.last_mut() {
            open.text_count += 1;
        }
    }

    /// A name and its value as two values of one group; whether it was one of them.
    fn item(&mut self, name: &str, value: &Value, line: usize) -> bool {
        if words::has(ITEM_NAMES, name)
            && let Value::Quoted(text) | Value::Bare(text) = value
            && let Some(known) = self.name(text).filter(|name| name.label != Label::Unknown)
            && let Some(open) = self.open.last_mut()
        {
            open.item_name = Some(known);
            return true;
        }
        if words::has(ITEM_VALUES, name)
            && let Some(open) = self.open.last_mut()
        {
            open.item_value = Some((value.clone(), line));
            return open.item_name.is_some();
        }
        false
    }

    fn holds_pairs(&self, value: &Value) -> bool {
        let (Value::Quoted(text) | Value::Bare(text)) = value else {
            return false;
        };
        self.nesting < NESTING
            && text.len() > 8
            && text.contains(['=', ':', '\n', '\t'])
            && (labels::names_secret(text) || text.contains("TWAUTH_SERVER"))
    }

    /// Reads a text that holds labels with values itself: `NAME=value` in a list, a script in a notebook, JSON in JSON.
    fn inside(&mut self, value: &Value, line: usize) {
        if let Value::Quoted(text) | Value::Bare(text) = value
            && self.holds_pairs(value)
        {
            self.nesting += 1;
            scanner::scan(text, line, self);
            self.nesting -= 1;
        }
    }

    /// Values that stand one after the other without names, where their shapes tell which is which.
    fn sequence(&mut self, texts: &[(String, usize)]) {
        let values: Vec<&str> = texts.iter().map(|(text, _)| text.as_str()).collect();
        let Some(labels) = lines::labels_of(&values) else {
            return;
        };
        self.open(Some(""), false, false);
        for (label, (text, line)) in labels.iter().zip(texts) {
            if let Some(name) = self.name(label) {
                self.add(name, Value::Quoted(text.clone()), *line);
            }
        }
        self.open.pop();
    }

    pub(super) fn add(&mut self, name: Rc<Name>, value: Value, line: usize) {
        if let Value::Quoted(text) | Value::Bare(text) = &value {
            self.bytes += text.len();
        }
        if !self.counts() {
            return;
        }
        let (paragraph, is_merged) = (self.paragraph, self.merges);
        let place = self.keep(self.open.len() - 1);
        let group = &mut self.list[place];
        group.others += usize::from(!name.is_own);
        if name.label == Label::Kind {
            group.is_secret |= value == Value::Quoted("Secret".to_owned());
            return;
        }
        group.pairs.push(Pair {
            name,
            value,
            line,
            is_merged,
            paragraph,
        });
    }

    /// The place of the open group at `depth`, kept from now on with those around it.
    fn keep(&mut self, depth: usize) -> usize {
        if let Some(place) = self.open[depth].kept {
            return place;
        }
        // The outermost is kept from the start.
        let parent = self.keep(depth - 1);
        if self.open[depth].is_transparent {
            return parent;
        }
        let place = self.list.len();
        self.counts();
        let around = &self.list[parent];
        let is_profile = stores::holds_profiles(&self.list, parent);
        let open = &mut self.open[depth];
        open.kept = Some(place);
        let group = Group {
            parent: Some(parent),
            is_key: open.is_key,
            service: labels::service(&open.name).or(around.service),
            in_x: around.in_x || is_profile || labels::speaks_of_x(&open.name),
            name: open.name.clone(),
            ..Group::default()
        };
        self.list.push(group);
        place
    }
}
