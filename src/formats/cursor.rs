//! A place in a text that moves forward and knows its line and column.

use super::tree::Spot;

#[derive(Clone, Copy)]
pub(super) struct Cursor<'a> {
    rest: &'a str,
    spot: Spot,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            rest: text,
            spot: Spot { line: 1, column: 1 },
        }
    }

    pub(super) fn spot(&self) -> Spot {
        self.spot
    }

    pub(super) fn rest(&self) -> &'a str {
        self.rest
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    pub(super) fn advance(&mut self) -> Option<char> {
        let mut chars = self.rest.chars();
        let next = chars.next()?;
        self.rest = chars.as_str();
        if next == '\n' {
            self.spot.line += 1;
            self.spot.column = 1;
        } else {
            self.spot.column += 1;
        }
        Some(next)
    }

    /// Steps over `expected` where it comes next.
    pub(super) fn skip(&mut self, expected: &str) -> bool {
        let found = self.rest.starts_with(expected);
        if found {
            for _ in expected.chars() {
                self.advance();
            }
        }
        found
    }

    pub(super) fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> &'a str {
        let start = self.rest;
        while self.peek().is_some_and(&wanted) {
            self.advance();
        }
        start
            .get(..start.len() - self.rest.len())
            .unwrap_or_default()
    }

    /// Takes what is left of the line, without its end.
    pub(super) fn take_line(&mut self) -> &'a str {
        self.take_while(|c| c != '\n')
    }

    pub(super) fn skip_spaces(&mut self) {
        self.take_while(|c| c == ' ' || c == '\t');
    }
}
