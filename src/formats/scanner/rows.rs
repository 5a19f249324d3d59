//! Lines with a layout of their own: headings, tables, a value before its label.

use super::Scanner;
use super::lexer::Token;
use super::search::fits;
use crate::formats::labels::names_secret;
use crate::formats::pairs::Value;

/// How long a row of a table may be, in bytes.
const LONGEST_ROW: usize = 4000;

impl Scanner<'_, '_> {
    /// Takes the line here, and those that belong to it, if it is one of these; whether it was.
    pub(super) fn row(&mut self) -> bool {
        self.section() || self.table() || self.value_before_label()
    }

    /// `[name]`, `[a.b]` and `[[name]]` on a line of their own.
    fn section(&mut self) -> bool {
        let line = self.lexer.line_text().trim();
        if !self.brackets.is_empty() || !line.starts_with('[') {
            return false;
        }
        let line = line.split([';', '#']).next().unwrap_or(line).trim();
        let Some(inner) = line.strip_suffix(']') else {
            return false;
        };
        let inner = inner.trim_matches(['[', ']']).trim();
        if inner.is_empty()
            || inner.len() > 200
            || inner.contains(['\'', ',', '=', '{', '[', ']', ':'])
        {
            return false;
        }
        self.close_sections();
        let mut path = inner.split('.').map(|name| name.trim().trim_matches('"'));
        let last = path.next_back().unwrap_or_default();
        for name in path {
            self.groups.open_again(name);
            self.sections += 1;
        }
        self.groups.open(Some(last), true, false);
        self.sections += 1;
        self.lexer.skip_line();
        true
    }

    pub(super) fn close_sections(&mut self) {
        for _ in 0..std::mem::take(&mut self.sections) {
            self.groups.close();
        }
    }

    /// Names in one row, values in the next ones, or `a, b = "x", "y"`.
    fn table(&mut self) -> bool {
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
        let Some((separator, names)) = ['\t', '|', ',', ';'].into_iter().find_map(|separator| {
            let cells = cells(names, separator);
            let labels = cells.iter().filter(|cell| self.groups.is_label(cell));
            (labels.count() >= 2).then_some((separator, cells))
        }) else {
            return false;
        };
        match values {
            Some(values) => self.several_values(&names, values, separator),
            None => self.rows_below(&names, separator),
        }
    }

    fn several_values(&mut self, names: &[&str], values: &str, separator: char) -> bool {
        let number = self.lexer.line;
        let marks = self.lexer.line_text().matches(['"', '\'']).count();
        let values = values.trim().trim_end_matches(';');
        let values = cells(values.trim_matches(['(', ')', '[', ']']), separator);
        if values.len() != names.len() || marks < 2 * values.len() {
            return false;
        }
        for (name, value) in names.iter().zip(values) {
            self.groups
                .named(name, Value::Quoted(value.to_owned()), number);
        }
        self.found_in_line += 1;
        self.lexer.skip_line();
        true
    }

    fn rows_below(&mut self, names: &[&str], separator: char) -> bool {
        let mut after = self.lexer.clone();
        let mut has_rows = false;
        loop {
            after.next_line();
            let line = after.line_text();
            let row = cells(line, separator);
            if line.len() > LONGEST_ROW || row.len() != names.len() || self.groups.overflowed {
                break;
            }
            let is_rule = |cell: &&str| cell.chars().all(|c| "-: ".contains(c));
            if row.iter().all(is_rule) {
                continue;
            }
            has_rows = true;
            self.groups.open(Some(""), false, false);
            for (name, value) in names.iter().zip(row) {
                if self.groups.is_label(name) && !value.is_empty() {
                    self.groups
                        .named(name, Value::Quoted(value.to_owned()), after.line);
                }
            }
            self.groups.close();
        }
        if has_rows {
            self.lexer = after;
        }
        has_rows
    }

    /// `value (API key)`, as X's console once had it.
    fn value_before_label(&mut self) -> bool {
        let mut lexer = self.lexer.clone();
        let Some(value) = lexer.next() else {
            return false;
        };
        let Token::Word(text) = value.token else {
            return false;
        };
        if text.len() < 15 || lexer.next_token() != Some(Token::Open(b'(')) {
            return false;
        }
        let label = lexer.words_in_brackets();
        let name = label.and_then(|label| self.groups.name(&label));
        let Some(name) = name.filter(|name| fits(name.label, text)) else {
            return false;
        };
        self.groups
            .add(name, Value::Bare(text.to_owned()), value.line);
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
