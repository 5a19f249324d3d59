//! Lines with a layout of their own: headings, tables, a value before its label.

use super::Scanner;
use super::search::fits;
use crate::formats::groups::Value;
use crate::formats::labels::names_secret;
use crate::formats::lexer::{Lexed, Token};

/// How long a row of a table may be, in bytes.
const LONGEST_ROW: usize = 4000;

impl Scanner<'_, '_> {
    /// `[name]`, `[a.b]` and `[[name]]` on a line of their own.
    pub(super) fn section(&mut self) -> bool {
        let line = self.lexer.line_text().trim();
        if !self.brackets.is_empty() || !line.starts_with('[') {
            return false;
        }
        let line = line.split([';', '#']).next().unwrap_or(line).trim();
        let Some(inner) = line
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
            .map(|rest| rest.trim_start_matches('[').trim_end_matches(']').trim())
        else {
            return false;
        };
        if inner.is_empty()
            || inner.len() > 200
            || inner.contains(['\'', ',', '=', '{', '[', ']', ':'])
        {
            return false;
        }
        for _ in 0..std::mem::take(&mut self.sections) {
            self.groups.close();
        }
        let mut path = inner.split('.').map(|name| name.trim().trim_matches('"'));
        let last = path.next_back().unwrap_or_default();
        for name in path {
            self.groups.open_again(name);
            self.sections += 1;
        }
        self.groups.open(last, true);
        self.sections += 1;
        self.lexer.skip_line();
        true
    }

    /// Names in one row, values in the next ones, or `a, b = "x", "y"`.
    pub(super) fn table(&mut self) -> bool {
        let line = self.lexer.line_text();
        if line.len() > LONGEST_ROW || !line.contains([',', '\t', '|', ';']) || !names_secret(line)
        {
            return false;
        }
        let (names, values) = match line.split_once('=') {
            Some((names, values)) if !values.contains('=') => (names, Some(values)),
            Some(_) => return false,
            None if line.contains(['{', '}', '(', ')', ':']) => return false,
            None => (line, None),
        };
        let Some((separator, cells)) = ['\t', '|', ',', ';'].into_iter().find_map(|separator| {
            let cells = cells(names, separator);
            let labels = cells.iter().filter(|cell| self.is_label(cell)).count();
            (labels >= 2).then_some((separator, cells))
        }) else {
            return false;
        };
        let number = self.lexer.line;
        if let Some(values) = values {
            let values = values.trim().trim_end_matches(';');
            let values = values.trim_matches(['(', ')', '[', ']']);
            let values = self::cells(values, separator);
            let are_quoted = line.matches(['"', '\'']).count() >= 2 * values.len();
            if values.len() != cells.len() || !are_quoted {
                return false;
            }
            for (name, value) in cells.iter().zip(values) {
                self.groups
                    .named(name, Value::Quoted(value.to_owned()), number);
            }
            self.found_in_line += 1;
            self.lexer.skip_line();
            return true;
        }
        let mut after = self.lexer.clone();
        let mut rows = 0;
        loop {
            after.next_line();
            let line = after.line_text();
            if line.len() > LONGEST_ROW || self.groups.overflowed {
                break;
            }
            let row = self::cells(line, separator);
            if row.len() == cells.len()
                && row
                    .iter()
                    .all(|cell| cell.chars().all(|c| "-: ".contains(c)))
            {
                continue;
            }
            if after.rest().is_empty() || row.len() != cells.len() {
                break;
            }
            rows += 1;
            self.groups.open("", false);
            for (name, value) in cells.iter().zip(row) {
                if self.is_label(name) && !value.is_empty() {
                    self.groups
                        .named(name, Value::Quoted(value.to_owned()), after.line);
                }
            }
            self.groups.close();
        }
        if rows > 0 {
            self.lexer = after;
        }
        rows > 0
    }

    /// `value (API key)`, as X's console once had it.
    pub(super) fn value_before_label(&mut self) -> bool {
        let mut lexer = self.lexer.clone();
        let Some(Lexed {
            token: Token::Word(value),
            line,
            ..
        }) = lexer.next()
        else {
            return false;
        };
        if value.len() < 15 || lexer.next().map(|next| next.token) != Some(Token::Open(b'(')) {
            return false;
        }
        let mut words = Vec::new();
        while let Some(Lexed {
            token: Token::Word(word),
            ..
        }) = lexer.next()
        {
            words.push(word);
            if words.len() > 5 {
                return false;
            }
        }
        let label = words.join("_");
        let Some(name) = self
            .groups
            .name(&label)
            .filter(|name| fits(name.label, value))
        else {
            return false;
        };
        self.groups.add(name, Value::Bare(value.to_owned()), line);
        self.found_in_line += 1;
        self.lexer.skip_line();
        true
    }
}

/// The cells of a row, without white space, quotes and marks around them.
fn cells(row: &str, separator: char) -> Vec<&str> {
    let row = row.trim().trim_matches(|c| c == '|' && separator == '|');
    row.split(separator)
        .map(|cell| cell.trim().trim_matches(['"', '\'', '`', '*', ' ']))
        .collect()
}
