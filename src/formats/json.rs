//! JSON, with the comments and last commas that settings files have, and several documents in a row.

use std::borrow::Cow;

use super::Broken;
use super::groups::{DEPTH, Groups, Value};

pub(super) fn read(text: &str, groups: &mut Groups) -> Result<(), Broken> {
    let mut reader = Reader {
        text,
        at: 0,
        line: 1,
    };
    let outer = groups.depth();
    let result = reader.documents(groups);
    while groups.depth() > outer {
        groups.close();
    }
    result
}

struct Reader<'text> {
    text: &'text str,
    at: usize,
    line: usize,
}

impl<'text> Reader<'text> {
    fn documents(&mut self, groups: &mut Groups) -> Result<(), Broken> {
        // Whether each open bracket is a map's.
        let mut open: Vec<bool> = Vec::new();
        loop {
            self.blank();
            let Some(byte) = self.peek().filter(|_| !groups.overflowed) else {
                return if open.is_empty() || groups.overflowed {
                    Ok(())
                } else {
                    Err(self.broken("it ends too early"))
                };
            };
            let name = match open.last() {
                _ if matches!(byte, b'}' | b']') => {
                    if open.pop() != Some(byte == b'}') {
                        return Err(self.broken("a bracket does not match"));
                    }
                    self.at += 1;
                    groups.close();
                    self.comma(&open)?;
                    continue;
                }
                Some(true) => Some(self.name()?),
                _ => None,
            };
            let byte = self.peek().unwrap_or(0);
            if matches!(byte, b'{' | b'[') {
                if open.len() >= DEPTH {
                    return Err(self.broken("it is nested too deeply"));
                }
                groups.count_other();
                let place = name.as_deref().unwrap_or_default();
                if byte == b'[' {
                    groups.open_list(place, name.is_some());
                } else {
                    groups.open(place, name.is_some());
                }
                open.push(byte == b'{');
                self.at += 1;
                continue;
            }
            let line = self.line;
            let value = self.scalar()?;
            match name {
                Some(name) => groups.named(&name, value, line),
                None => groups.unnamed(value, line),
            }
            self.comma(&open)?;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn broken(&self, reason: &str) -> Broken {
        Broken::at(self.line, reason)
    }

    fn rest(&self) -> &'text str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Goes past white space and comments.
    fn blank(&mut self) {
        loop {
            let rest = self.rest();
            let length = match self.peek() {
                Some(b'\n') => {
                    self.line += 1;
                    1
                }
                Some(b' ' | b'\t' | b'\r') => 1,
                Some(b'/') if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
                Some(b'#') => rest.find('\n').unwrap_or(rest.len()),
                Some(b'/') if rest.starts_with("/*") => {
                    let length = rest.find("*/").map_or(rest.len(), |at| at + 2);
                    let comment = rest.get(..length).unwrap_or_default();
                    self.line += comment.matches('\n').count();
                    length
                }
                _ => return,
            };
            self.at += length;
        }
    }

    /// After a value comes a comma, or the end of what it is in.
    fn comma(&mut self, open: &[bool]) -> Result<(), Broken> {
        self.blank();
        match self.peek() {
            Some(b',') => {
                self.at += 1;
                Ok(())
            }
            Some(b'}' | b']') | None => Ok(()),
            _ if open.is_empty() => Ok(()),
            _ => Err(self.broken("a comma was expected")),
        }
    }

    fn name(&mut self) -> Result<Cow<'text, str>, Broken> {
        let name = self.string()?;
        self.blank();
        if self.peek() != Some(b':') {
            return Err(self.broken("a colon was expected"));
        }
        self.at += 1;
        self.blank();
        Ok(name)
    }

    fn scalar(&mut self) -> Result<Value, Broken> {
        if self.peek() == Some(b'"') {
            return self.string().map(|text| Value::Quoted(text.into_owned()));
        }
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
        if self.peek() != Some(b'"') {
            return Err(self.broken("a quoted text was expected"));
        }
        self.at += 1;
        let rest = self.rest();
        let mut plain = String::new();
        let mut start = 0;
        let mut bytes = rest.bytes().enumerate();
        while let Some((at, byte)) = bytes.next() {
            match byte {
                b'"' => {
                    self.at += at + 1;
                    let tail = rest.get(start..at).unwrap_or_default();
                    return Ok(if start == 0 {
                        Cow::Borrowed(tail)
                    } else {
                        plain.push_str(tail);
                        Cow::Owned(plain)
                    });
                }
                b'\\' => {
                    plain.push_str(rest.get(start..at).unwrap_or_default());
                    let (c, length) = escaped(rest.get(at + 1..).unwrap_or_default())
                        .ok_or_else(|| self.broken("an escape names no character"))?;
                    plain.push(c);
                    start = at + 1 + length;
                    for _ in 0..length {
                        bytes.next();
                    }
                }
                b'\n' => return Err(self.broken("a quoted text does not end on its line")),
                _ => {}
            }
        }
        Err(self.broken("a quoted text does not end"))
    }
}

/// The character behind a backslash, and its length there.
fn escaped(text: &str) -> Option<(char, usize)> {
    let unit = |at: usize| u16::from_str_radix(text.get(at..at + 4)?, 16).ok();
    let c = match text.as_bytes().first()? {
        b'n' => '\n',
        b't' => '\t',
        b'r' => '\r',
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        byte @ (b'"' | b'\\' | b'/' | b'\'') => char::from(*byte),
        b'u' => {
            let first = unit(1)?;
            if let Some(c) = char::from_u32(u32::from(first)) {
                return Some((c, 5));
            }
            let second = text
                .get(5..7)
                .filter(|mark| *mark == "\\u")
                .and_then(|_| unit(7))?;
            let pair = char::decode_utf16([first, second]).next()?.ok()?;
            return Some((pair, 11));
        }
        _ => return None,
    };
    Some((c, 1))
}
