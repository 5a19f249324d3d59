//! `NAME=value` line by line, as a shell, python-dotenv or Python itself would take it.
//!
//! Own code and not dotenvy or shell-words: neither tells the line of a fault, dotenvy puts the line's text into its
//! errors and our own environment into the values, and one reader serves the three dialects people mix.

use std::collections::HashMap;

use super::cursor::Cursor;
use super::labels::Label;
use super::tree::{Node, Spot};
use super::{Broken, Format, Found, harvest, labels, literal};

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    Shell,
    Dotenv,
    Python,
}

/// Words that may stand before the name.
const KEYWORDS: [&str; 7] = [
    "export", "declare", "typeset", "set", "setenv", "readonly", "-x",
];

pub(super) fn accounts(text: &str, dialect: Dialect, format: Format) -> Result<Found, Broken> {
    let mut reader = Reader {
        cursor: Cursor::new(text),
        dialect,
        pairs: Vec::new(),
        fault: None,
    };
    while reader.cursor.peek().is_some() {
        reader.statement()?;
    }
    let spot = Spot { line: 1, column: 1 };
    harvest::harvest(&Node::map(spot, by_affix(reader.pairs)), format)
        .map_err(|broken| reader.fault.unwrap_or(broken))
}

struct Reader<'a> {
    cursor: Cursor<'a>,
    dialect: Dialect,
    pairs: Vec<(String, Node)>,
    /// The first value that could not be read but may be none of ours.
    fault: Option<Broken>,
}

impl Reader<'_> {
    /// One line, or as many as its quoted values take.
    fn statement(&mut self) -> Result<(), Broken> {
        self.cursor.take_while(char::is_whitespace);
        let mut may_continue = true;
        while may_continue {
            self.cursor.skip_spaces();
            let spot = self.cursor.spot();
            let name = self
                .cursor
                .take_while(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | '$'));
            if KEYWORDS.contains(&name) && self.cursor.peek() == Some(' ') {
                continue;
            }
            let name = name.rsplit(['.', '$']).next().unwrap_or_default();
            let ours =
                labels::label(name).is_some_and(|(label, clear)| clear && label.is_credential());
            let perhaps_ours = ours || labels::affixed(name).is_some();
            if !self.skip_equals() {
                if ours && self.dialect != Dialect::Python {
                    return Err(Broken::at(
                        spot,
                        "an equals sign was expected after the name in this line",
                    ));
                }
                break;
            }
            match self.value(perhaps_ours) {
                Ok(Some(value)) => self.pairs.push((name.to_owned(), value)),
                Ok(None) => {}
                Err(fault) if ours => return Err(fault),
                Err(fault) => {
                    self.fault.get_or_insert(fault);
                    break;
                }
            }
            may_continue = self.dialect == Dialect::Shell
                && !matches!(self.cursor.peek(), None | Some('\n' | '#'));
            if may_continue {
                self.cursor
                    .take_while(|c| matches!(c, ';' | '&' | ' ' | '\t'));
            }
        }
        self.cursor.take_line();
        Ok(())
    }

    fn skip_equals(&mut self) -> bool {
        if self.dialect != Dialect::Shell {
            self.cursor.skip_spaces();
            if self.dialect == Dialect::Python && self.cursor.skip(":") {
                self.cursor.take_while(|c| c != '=' && c != '\n');
            }
        }
        !self.cursor.rest().starts_with("==") && self.cursor.skip("=")
    }

    fn value(&mut self, ours: bool) -> Result<Option<Node>, Broken> {
        match self.dialect {
            Dialect::Shell => self.shell(ours).map(Some),
            Dialect::Dotenv => self.dotenv(ours).map(Some),
            Dialect::Python => self.python(ours),
        }
    }

    /// One shell word: quoted and bare parts side by side. What a shell would look up is refused.
    fn shell(&mut self, ours: bool) -> Result<Node, Broken> {
        let spot = self.cursor.spot();
        let unfinished = || Broken::at(spot, "the quotation that starts here does not end");
        let mut word = String::new();
        let mut quote = None;
        while let Some(next) = self.cursor.peek() {
            match (quote, next) {
                (None, ' ' | '\t' | '\n' | ';' | '&' | '|') => break,
                (None, '\'' | '"') => quote = Some(next),
                (Some(open), _) if open == next => quote = None,
                (Some('\''), _) => word.push(next),
                (_, '$' | '`') if ours => return Err(not_looked_up(spot)),
                (None, '\\') => {
                    self.cursor.advance();
                    word.extend(self.cursor.peek().filter(|c| *c != '\n'));
                }
                (Some(_), '\\') => {
                    self.cursor.advance();
                    match self.cursor.peek() {
                        Some(escaped @ ('\\' | '"' | '$' | '`')) => word.push(escaped),
                        Some('\n') => {}
                        other => word.extend(std::iter::once('\\').chain(other)),
                    }
                }
                _ => word.push(next),
            }
            if self.cursor.advance().is_none() {
                return Err(unfinished());
            }
        }
        if quote.is_some() {
            return Err(unfinished());
        }
        Ok(Node::text(spot, word))
    }

    /// As python-dotenv: in single quotes `\\` and `\'` are escapes, `${NAME}` is looked up everywhere.
    fn dotenv(&mut self, ours: bool) -> Result<Node, Broken> {
        self.cursor.skip_spaces();
        let start = self.cursor;
        let spot = start.spot();
        let text = if let Some(quote @ ('\'' | '"')) = self.cursor.peek() {
            let text = self.dotenv_quoted(quote)?;
            let mut behind = self.cursor;
            let rest = behind.take_line().trim_start();
            if !(rest.is_empty() || rest.starts_with(['#', ';'])) {
                // 'it'\''s': written for a shell after all.
                self.cursor = start;
                return self.shell(ours);
            }
            text
        } else {
            let line = self.cursor.take_line();
            let comment = [" #", "\t#"]
                .iter()
                .filter_map(|mark| line.find(mark))
                .min();
            line[..comment.unwrap_or(line.len())].trim_end().to_owned()
        };
        if ours && text.contains("${") {
            return Err(not_looked_up(spot));
        }
        Ok(Node::text(spot, text))
    }

    fn dotenv_quoted(&mut self, quote: char) -> Result<String, Broken> {
        let spot = self.cursor.spot();
        self.cursor.advance();
        let mut text = String::new();
        loop {
            match self.cursor.advance() {
                None => {
                    return Err(Broken::at(
                        spot,
                        "the quotation that starts here does not end",
                    ));
                }
                Some(end) if end == quote => return Ok(text),
                Some('\\') => match (self.cursor.advance(), quote) {
                    (Some(plain @ ('\\' | '\'')), _) | (Some(plain @ '"'), '"') => text.push(plain),
                    (Some('n'), '"') => text.push('\n'),
                    (Some('r'), '"') => text.push('\r'),
                    (Some('t'), '"') => text.push('\t'),
                    (Some('$'), '"') => text.push('$'),
                    (other, _) => text.extend(std::iter::once('\\').chain(other)),
                },
                Some(other) => text.push(other),
            }
        }
    }

    /// A literal; anything Python would have to run is left alone, or refused where it is one of ours.
    fn python(&mut self, ours: bool) -> Result<Option<Node>, Broken> {
        self.cursor.skip_spaces();
        let start = self.cursor;
        let looks_literal = self
            .cursor
            .rest()
            .trim_start_matches(|c: char| "uUbBrR".contains(c))
            .starts_with(['\'', '"', '{', '[', '(']);
        if !looks_literal && !ours {
            return Ok(None);
        }
        let node = literal::value(&mut self.cursor)?;
        let mut behind = self.cursor;
        let rest = behind.take_line().trim();
        if ours && !(rest.is_empty() || rest.starts_with(['#', ';', ','])) {
            return Err(Broken::at(
                start.spot(),
                "the value here is more than one quoted text",
            ));
        }
        Ok(Some(node))
    }
}

fn not_looked_up(spot: Spot) -> Broken {
    Broken::at(
        spot,
        "the value here refers to a variable, which is not looked up",
    )
}

/// Moves `CONSUMER_KEY_MYBOT` and the like into groups of their own, where such a group holds a whole token.
fn by_affix(pairs: Vec<(String, Node)>) -> Vec<(String, Node)> {
    let mut groups: Vec<(String, Vec<(String, Node)>)> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for (name, node) in &pairs {
        let Some((inner, affix)) = labels::affixed(name) else {
            continue;
        };
        let place = *places.entry(affix.to_lowercase()).or_insert(groups.len());
        if place == groups.len() {
            groups.push((affix, Vec::new()));
        }
        if let Some((_, group)) = groups.get_mut(place) {
            group.push((inner, node.clone()));
        }
    }
    let has = |group: &[(String, Node)], wanted| {
        group
            .iter()
            .any(|(name, _)| labels::label(name).is_some_and(|(own, _)| own == wanted))
    };
    groups.retain(|(_, group)| {
        has(group, Label::AccessToken) && has(group, Label::AccessTokenSecret)
    });
    let start = Spot { line: 1, column: 1 };
    let whole = groups
        .into_iter()
        .map(|(affix, group)| (affix, Node::map(start, group)));
    pairs.into_iter().chain(whole).collect()
}
