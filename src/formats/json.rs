//! JSON, with the comments and last commas that settings files have, and several documents in a row.

use std::borrow::Cow;

use super::Broken;
use super::groups::{DEPTH, Groups};
use super::pairs::Value;

pub(super) fn read(text: &str, groups: &mut Groups) -> Result<(), Broken> {
    let mut reader = Reader {
        text,
        at: 0,
        line: 1,
        depth: 0,
    };
    while reader.next().is_some() && !groups.overflowed {
        reader.value(None, groups)?;
        reader.takes(b',');
    }
    Ok(())
}

struct Reader<'text> {
    text: &'text str,
    at: usize,
    line: usize,
    depth: usize,
}

impl<'text> Reader<'text> {
    /// Takes the value here, under its name if it has one.
    fn value(&mut self, name: Option<&str>, groups: &mut Groups) -> Result<(), Broken> {
        let next = self.next();
        let line = self.line;
        let value = match next {
            Some(b'{') => return self.bracket(b'}', name, groups),
            Some(b'[') => return self.bracket(b']', name, groups),
            Some(b'}' | b']') if name.is_none() => {
                return Err(self.broken("a bracket does not match"));
            }
            Some(b'"') => Value::Quoted(self.string()?.into_owned()),
            _ => self.word()?,
        };
        groups.value(name, value, line);
        Ok(())
    }

    fn bracket(&mut self, end: u8, name: Option<&str>, groups: &mut Groups) -> Result<(), Broken> {
        if self.depth >= DEPTH {
            return Err(self.broken("it is nested too deeply"));
        }
        self.depth += 1;
        self.at += 1;
        groups.enter(name, end == b']');
        while !self.takes(end) {
            if groups.overflowed {
                return Ok(());
            }
            let name = match self.next() {
                None => return Err(self.broken("it ends too early")),
                Some(byte) if end == b'}' && byte != b']' => Some(self.name()?),
                Some(_) => None,
            };
            self.value(name.as_deref(), groups)?;
            if !self.takes(b',') && !matches!(self.next(), Some(b'}' | b']') | None) {
                return Err(self.broken("a comma was expected"));
            }
        }
        groups.close();
        self.depth -= 1;
        Ok(())
    }

    fn broken(&self, reason: &str) -> Broken {
        Broken::at(self.line, reason)
    }

    fn rest(&self) -> &'text str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// The next byte that is no white space or comment's.
    fn next(&mut self) -> Option<u8> {
        loop {
            let rest = self.rest();
            let to_end = |end: &str| rest.find(end).map_or(rest.len(), |at| at + end.len());
            let length = match rest.bytes().next()? {
                b'\n' | b' ' | b'\t' | b'\r' => 1,
                b'#' => to_end("\n"),
                b'/' if rest.starts_with("//") => to_end("\n"),
                b'/' if rest.starts_with("/*") => to_end("*/"),
                byte => return Some(byte),
            };
            let passed = rest.get(..length).unwrap_or_default();
            self.line += passed.matches('\n').count();
            self.at += length;
        }
    }

    /// Goes past that byte, if it is the next one.
    fn takes(&mut self, byte: u8) -> bool {
        let is_next = self.next() == Some(byte);
        self.at += usize::from(is_next);
        is_next
    }

    fn name(&mut self) -> Result<Cow<'text, str>, Broken> {
        let name = self.string()?;
        if !self.takes(b':') {
            return Err(self.broken("a colon was expected"));
        }
        Ok(name)
    }

    /// A number, or a word that is no value.
    fn word(&mut self) -> Result<Value, Broken> {
        let rest = self.rest();
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && !"+-.".contains(c));
        let word = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
        self.at += word.len();
        match word {
            "null" | "true" | "false" => Ok(Value::Absent("is empty")),
            _ if word.starts_with(|c: char| c.is_ascii_digit() || c == '-') => {
                Ok(Value::Bare(word.to_owned()))
            }
            _ => Err(self.broken("a quoted value was expected")),
        }
    }

    fn string(&mut self) -> Result<Cow<'text, str>, Broken> {
        let rest = self.rest();
        let mut bytes = rest.bytes().enumerate();
        if bytes.next() != Some((0, b'"')) {
            return Err(self.broken("a quoted text was expected"));
        }
        let end = loop {
            match bytes.next() {
                Some((at, b'"')) => break at,
                Some((_, b'\\')) => drop(bytes.next()),
                Some((_, b'\n')) => {
                    return Err(self.broken("a quoted text does not end on its line"));
                }
                Some(_) => {}
                None => return Err(self.broken("a quoted text does not end")),
            }
        };
        self.at += end + 1;
        let inner = rest.get(1..end).unwrap_or_default();
        if !inner.contains('\\') {
            return Ok(inner.into());
        }
        let text = serde_json::from_str(rest.get(..=end).unwrap_or_default());
        text.map_err(|_| self.broken("an escape names no character"))
    }
}
