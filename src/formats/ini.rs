//! INI as Python's configparser reads and writes it.
//!
//! Own code and not a crate: these files come from configparser, whose continued lines, `:`, `[DEFAULT]` and `%%` the INI
//! crates do not follow, and they drop repeated names without a word and cannot tell the line of a value.

use super::cursor::Cursor;
use super::labels;
use super::tree::{Node, Spot, Value, labelled};
use super::{Broken, Format, Found, harvest};
use crate::account::Account;

/// The section whose values configparser gives to all others.
const DEFAULT: &str = "DEFAULT";

pub(super) fn read(text: &str) -> Result<Found, Broken> {
    harvest::harvest(&sections(text)?, Format::Ini)
}

/// A section whose end is not reached yet.
struct Section {
    name: String,
    spot: Spot,
    pairs: Vec<(String, Node)>,
}

/// Each section as a map inside one that holds `[DEFAULT]`'s values and those before any section.
pub(super) fn sections(text: &str) -> Result<Node, Broken> {
    let mut cursor = Cursor::new(text);
    let start = cursor.spot();
    let mut root = Vec::new();
    let mut open: Option<Section> = None;
    let mut indent = 0;
    let mut may_continue = false;
    while cursor.peek().is_some() {
        let depth = cursor.take_while(|c| c == ' ' || c == '\t').chars().count();
        let spot = cursor.spot();
        let mut behind = cursor;
        let line = behind.take_line();
        let pairs = open
            .as_mut()
            .map_or(&mut root, |section| &mut section.pairs);
        if line.is_empty() || line.starts_with(['#', ';']) {
            // A comment ends nothing.
        } else if may_continue && depth > indent {
            if let Some((
                _,
                Node {
                    value: Value::Text(text),
                    ..
                },
            )) = pairs.last_mut()
            {
                text.push('\n');
                text.push_str(line.trim_end());
            }
        } else if let Some(name) = header(line) {
            close(&mut root, open.take());
            open = Some(Section {
                name: name.to_owned(),
                spot,
                pairs: Vec::new(),
            });
            (indent, may_continue) = (depth, false);
        } else {
            pairs.push(option(&mut cursor)?);
            (indent, may_continue) = (depth, true);
        }
        behind.advance();
        cursor = behind;
    }
    close(&mut root, open);
    unquote(&mut root);
    Ok(Node::map(start, root))
}

/// The name in `[name]`.
pub(super) fn header(line: &str) -> Option<&str> {
    line.trim_end()
        .strip_prefix('[')?
        .strip_suffix(']')
        .filter(|name| !name.is_empty())
}

fn close(root: &mut Vec<(String, Node)>, section: Option<Section>) {
    if let Some(Section {
        name,
        spot,
        mut pairs,
    }) = section
    {
        unquote(&mut pairs);
        if name == DEFAULT {
            root.append(&mut pairs);
        } else {
            root.push((name, Node::map(spot, pairs)));
        }
    }
}

/// `name = value` or `name: value`; the value is what the default interpolation makes of it.
fn option(cursor: &mut Cursor) -> Result<(String, Node), Broken> {
    let start = cursor.spot();
    let name = cursor.take_while(|c| !matches!(c, '=' | ':' | '\n'));
    if !matches!(cursor.peek(), Some('=' | ':')) {
        return Err(Broken::at(
            start,
            "neither a section nor a name with its value",
        ));
    }
    cursor.advance();
    cursor.take_while(|c| c.is_whitespace() && c != '\n');
    let spot = cursor.spot();
    let value = cursor.take_line().trim_end();
    if value.contains("%(") && !value.contains("%%(") && labels::label(name).is_some() {
        return Err(Broken::at(
            spot,
            "the value here refers to another one, which is not looked up",
        ));
    }
    Ok((
        name.trim().to_owned(),
        Node::text(spot, value.replace("%%", "%")),
    ))
}

/// Takes the quotes off where all credentials of a section wear them: configparser would keep them, so they were
/// written for another reader.
fn unquote(pairs: &mut [(String, Node)]) {
    let bare = |text: &str| {
        ['"', '\''].into_iter().find_map(|quote| {
            let inner = text.strip_prefix(quote)?.strip_suffix(quote)?;
            (!inner.contains(quote)).then(|| inner.to_owned())
        })
    };
    let ours = |name: &str| labels::label(name).is_some_and(|(label, _)| label.is_credential());
    let all = pairs.iter().all(|(name, node)| {
        !ours(name) || matches!(&node.value, Value::Text(text) if bare(text).is_some())
    });
    for (_, node) in pairs.iter_mut().filter(|_| all) {
        if let Value::Text(text) = &mut node.value
            && let Some(inner) = bare(text)
        {
            *text = inner;
        }
    }
}

/// A section per account, named after it. `%` is doubled: `ConfigParser()` gives the values as they are, and
/// `RawConfigParser()`, which knows no interpolation, gives `%%`.
pub(super) fn write(accounts: &[Account]) -> Result<String, String> {
    let mut lines: Vec<String> = Vec::new();
    let mut names: Vec<String> = Vec::new();
    for (number, account) in (1..).zip(accounts) {
        let plain = account
            .screen_name
            .clone()
            .filter(|name| name != DEFAULT && !names.contains(name));
        let name = plain.unwrap_or_else(|| format!("account{number}"));
        let gap = if lines.is_empty() { "" } else { "\n" };
        lines.push(format!("{gap}[{name}]\n"));
        for (label, value) in labelled(account) {
            if value.trim() != value {
                return Err(format!(
                    "{label} starts or ends with a space, which ini drops"
                ));
            }
            lines.push(format!("{label} = {}\n", value.replace('%', "%%")));
        }
        names.push(name);
    }
    Ok(lines.concat())
}
