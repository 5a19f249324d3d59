//! JSON and what people paste for it: Python's dicts and tuples, single quotes, missing commas, comments.

use super::Broken;
use super::cursor::Cursor;
use super::tree::{DEPTH, Node, Value};

/// Everything in `text`: one value, or a list where several follow one another. Also whether it was strict JSON.
pub(super) fn read(text: &str) -> Result<(Node, bool), Broken> {
    let mut reader = Reader {
        cursor: Cursor::new(text),
        strict: true,
    };
    let mut values = Vec::new();
    reader.skip_name();
    let start = reader.cursor.spot();
    loop {
        values.push(reader.value(1)?);
        reader.blank();
        while reader.cursor.skip(",") || reader.cursor.skip(";") {
            reader.strict = false;
            reader.blank();
        }
        reader.skip_name();
        if reader.cursor.peek().is_none() {
            break;
        }
    }
    reader.strict &= values.len() == 1;
    let node = match values.pop() {
        Some(only) if values.is_empty() => only,
        last => Node::list(start, values.into_iter().chain(last).collect()),
    };
    Ok((node, reader.strict))
}

/// The one value at the cursor, which is left behind it.
pub(super) fn value(cursor: &mut Cursor) -> Result<Node, Broken> {
    let mut reader = Reader {
        cursor: *cursor,
        strict: false,
    };
    let value = reader.value(1);
    *cursor = reader.cursor;
    value
}

struct Reader<'a> {
    cursor: Cursor<'a>,
    strict: bool,
}

impl Reader<'_> {
    fn broken(&self, reason: &str) -> Broken {
        if self.cursor.peek().is_none() {
            Broken::at(self.cursor.spot(), "it ends too early")
        } else {
            Broken::at(self.cursor.spot(), reason)
        }
    }

    /// White space and comments.
    fn blank(&mut self) {
        loop {
            self.cursor.take_while(char::is_whitespace);
            if self.cursor.rest().starts_with("//") || self.cursor.peek() == Some('#') {
                self.strict = false;
                self.cursor.take_line();
            } else {
                return;
            }
        }
    }

    /// The `creds =` before a pasted value.
    fn skip_name(&mut self) {
        self.blank();
        let start = self.cursor;
        let name = self.cursor.take_while(is_word);
        self.cursor.skip_spaces();
        if !name.is_empty() && self.cursor.skip("=") {
            self.strict = false;
            self.blank();
        } else {
            self.cursor = start;
        }
    }

    fn value(&mut self, depth: usize) -> Result<Node, Broken> {
        if depth > DEPTH {
            return Err(self.broken("it is nested too deeply"));
        }
        self.blank();
        let spot = self.cursor.spot();
        let value = match self.cursor.peek() {
            Some('{') => Value::Map(self.map(depth)?),
            Some('[') => Value::List(self.list(']', depth)?),
            Some('(') => {
                self.strict = false;
                Value::List(self.list(')', depth)?)
            }
            _ => match self.quoted()? {
                Some(text) => Value::Text(text),
                None => self.word()?,
            },
        };
        Ok(Node { spot, value })
    }

    fn map(&mut self, depth: usize) -> Result<Vec<(String, Node)>, Broken> {
        let mut pairs = Vec::new();
        self.cursor.advance();
        let mut separated = true;
        loop {
            self.blank();
            if self.cursor.skip("}") {
                return Ok(pairs);
            }
            self.strict &= separated;
            let name = if let Some(name) = self.quoted()? {
                name
            } else {
                self.strict = false;
                self.cursor.take_while(is_word).to_owned()
            };
            self.blank();
            if name.is_empty() && self.cursor.peek() != Some(':') {
                return Err(self.broken("a label was expected here"));
            }
            if !(self.cursor.skip(":") || self.cursor.skip("=>") || self.cursor.skip("=")) {
                return Err(self.broken("a colon was expected here"));
            }
            pairs.push((name, self.value(depth + 1)?));
            separated = self.separator();
        }
    }

    fn list(&mut self, end: char, depth: usize) -> Result<Vec<Node>, Broken> {
        let mut items = Vec::new();
        self.cursor.advance();
        let mut separated = true;
        loop {
            self.blank();
            if self.cursor.peek() == Some(end) {
                self.cursor.advance();
                return Ok(items);
            }
            self.strict &= separated;
            items.push(self.value(depth + 1)?);
            separated = self.separator();
        }
    }

    fn separator(&mut self) -> bool {
        self.blank();
        self.cursor.skip(",")
    }

    /// A number, or a word that stands for nothing or a truth value.
    fn word(&mut self) -> Result<Value, Broken> {
        let start = self.cursor;
        let word = self
            .cursor
            .take_while(|c| is_word(c) || matches!(c, '+' | '-' | '.'));
        match word {
            "null" | "true" | "false" => Ok(Value::Other),
            "None" | "True" | "False" | "nil" | "undefined" => {
                self.strict = false;
                Ok(Value::Other)
            }
            _ if word.starts_with(|c: char| c.is_ascii_digit() || c == '-') => {
                Ok(Value::Text(word.to_owned()))
            }
            _ => {
                self.cursor = start;
                Err(self.broken("a quoted value was expected here"))
            }
        }
    }

    /// The string at the cursor, if there is one.
    fn quoted(&mut self) -> Result<Option<String>, Broken> {
        let start = self.cursor;
        let prefix = self.cursor.take_while(|c| c.is_ascii_alphabetic());
        let quote = match self.cursor.peek() {
            Some(quote @ ('"' | '\''))
                if prefix.len() <= 2 && prefix.chars().all(|c| "uUbBrR".contains(c)) =>
            {
                quote
            }
            _ => {
                self.cursor = start;
                return Ok(None);
            }
        };
        self.strict &= quote == '"' && prefix.is_empty();
        let raw = prefix.contains(['r', 'R']);
        let end = if quote == '"' { "\"\"\"" } else { "'''" };
        if self.cursor.skip(end) {
            self.strict = false;
            return self.string(end, raw, start).map(Some);
        }
        self.cursor.advance();
        self.string(&end[..1], raw, start).map(Some)
    }

    fn string(&mut self, end: &str, raw: bool, start: Cursor) -> Result<String, Broken> {
        let mut text = String::new();
        loop {
            if self.cursor.skip(end) {
                return Ok(text);
            }
            match self.cursor.advance() {
                None => {
                    return Err(Broken::at(
                        start.spot(),
                        "the quotation that starts here does not end",
                    ));
                }
                Some('\n') if end.len() == 1 => {
                    return Err(Broken::at(
                        start.spot(),
                        "the quotation that starts here does not end on its line",
                    ));
                }
                Some('\\') if raw => {
                    text.push('\\');
                    text.extend(self.cursor.advance());
                }
                Some('\\') => self.escape(&mut text)?,
                Some(other) => text.push(other),
            }
        }
    }

    fn escape(&mut self, text: &mut String) -> Result<(), Broken> {
        let Some(kind) = self.cursor.advance() else {
            return Err(self.broken("it ends too early"));
        };
        match kind {
            'n' => text.push('\n'),
            't' => text.push('\t'),
            'r' => text.push('\r'),
            'b' => text.push('\u{8}'),
            'f' => text.push('\u{c}'),
            'a' => text.push('\u{7}'),
            'v' => text.push('\u{b}'),
            '0' => text.push('\0'),
            '\n' => {}
            '\\' | '\'' | '"' | '/' => text.push(kind),
            'x' => text.push(self.code_point(2)?),
            'u' => text.push(self.code_point(4)?),
            'U' => text.push(self.code_point(8)?),
            other => text.extend(['\\', other]),
        }
        Ok(())
    }

    /// The character `digits` hexadecimal digits name, a surrogate joined with the one that follows.
    fn code_point(&mut self, digits: usize) -> Result<char, Broken> {
        let spot = self.cursor.spot();
        let first = self.hexadecimal(digits);
        let code = match first {
            Some(high @ 0xD800..0xDC00) if digits == 4 && self.cursor.skip("\\u") => {
                self.hexadecimal(4).and_then(|low| {
                    Some(0x1_0000 + ((high - 0xD800) << 10) + low.checked_sub(0xDC00)?)
                })
            }
            code => code,
        };
        code.and_then(char::from_u32)
            .ok_or_else(|| Broken::at(spot, "the escape here names no character"))
    }

    fn hexadecimal(&mut self, digits: usize) -> Option<u32> {
        (0..digits).try_fold(0, |code: u32, _| {
            let digit = self.cursor.peek()?.to_digit(16)?;
            self.cursor.advance();
            Some(code << 4 | digit)
        })
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}
