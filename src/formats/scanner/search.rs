//! A search for the value of one label: how far it is, and where the statement ends.

use super::Scanner;
use crate::account::{Part, has_shape};
use crate::formats::groups::Value;
use crate::formats::labels::Label;
use crate::formats::lexer::{Lexed, Lexer, Token};

pub(super) const REFERS: &str = "refers to another value, which is not looked up";

/// Where a label stands.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own about the place"
)]
pub(super) struct Place {
    pub(super) label: Label,
    pub(super) is_text: bool,
    /// First in its line or bracket.
    pub(super) begins: bool,
    pub(super) alone: bool,
    /// Whether the line gave a value already.
    pub(super) several: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sign {
    None,
    /// White space, a comma, a dash, a bracket: the value's shape has to confirm it.
    Weak,
    Colon,
    Assign,
}

pub(super) enum Look {
    On,
    Nothing,
    Value(Value),
}

pub(super) struct Search<'text> {
    pub(super) lexer: Lexer<'text>,
    pub(super) sign: Sign,
    pub(super) opened: usize,
    pub(super) closed: usize,
    pub(super) words: usize,
    /// Whether a variable, a call or a path was named.
    pub(super) refers: bool,
    /// Whether it goes through a function that is not known.
    pub(super) is_changed: bool,
    /// Whether a tag is between label and value.
    pub(super) is_tagged: bool,
    /// How many more tokens may stand before the value.
    pub(super) left: usize,
}

impl Search<'_> {
    /// The statement is over, before this token.
    pub(super) fn end(&mut self, before: Option<Lexed<'_>>) -> Look {
        if before.is_some() && self.sign < Sign::Colon && !self.refers {
            return Look::Nothing;
        }
        if self.refers {
            return self.absent(REFERS);
        }
        if self.sign == Sign::Assign
            && before.is_none_or(|lexed| {
                matches!(
                    lexed.token,
                    Token::Newline | Token::Mark(b',' | b';' | b'&')
                )
            })
        {
            return Look::Value(Value::Absent("is empty"));
        }
        Look::Nothing
    }

    pub(super) fn absent(&mut self, reason: &'static str) -> Look {
        // What was opened on the way has been closed by the end of the statement.
        self.opened = 0;
        Look::Value(Value::Absent(reason))
    }

    pub(super) fn newline(&mut self, lexed: Lexed<'_>, place: &Place) -> Look {
        let next = self.lexer.peek().map(|lexed| lexed.token);
        if self.opened > 0
            || self.is_tagged && next == Some(Token::Mark(b'<'))
            || self.sign == Sign::Assign && matches!(next, Some(Token::Text(_))) && !self.refers
        {
            return Look::On;
        }
        if self.sign == Sign::Assign || self.refers {
            return self.end(Some(lexed));
        }
        // A label on a line of its own, its value alone in the next one.
        let mut after = self.lexer.clone();
        if !place.alone || self.words > 0 {
            return Look::Nothing;
        }
        let mut token = after.next().map(|lexed| lexed.token);
        if token == Some(Token::Newline) {
            token = after.next().map(|lexed| lexed.token);
        }
        let (Some(Token::Word(value) | Token::Text(value)), None | Some(Token::Newline)) =
            (token, after.peek().map(|lexed| lexed.token))
        else {
            return Look::Nothing;
        };
        if !fits(place.label, value) {
            return Look::Nothing;
        }
        self.lexer = after;
        Look::Value(Value::Bare(value.to_owned()))
    }

    /// `name: value`, or `name: Type = value`.
    pub(super) fn colon(&mut self) -> Look {
        self.sign = Sign::Colon;
        let mut ahead = self.lexer.clone();
        for _ in 0..10 {
            match ahead.next().map(|lexed| lexed.token) {
                Some(
                    Token::Word(_)
                    | Token::Open(b'[' | b'<')
                    | Token::Close(b']')
                    | Token::Mark(b'&' | b'<' | b'>' | b'|' | b'~'),
                ) => {}
                Some(Token::Assign) => {
                    self.sign = Sign::Assign;
                    self.lexer = ahead;
                    return Look::On;
                }
                _ => break,
            }
            // `{KEY:value NAME:value}` has no type in it.
            if matches!(ahead.peek(), Some(lexed) if lexed.token == Token::Colon) {
                break;
            }
        }
        Look::On
    }

    /// An XML tag is skipped.
    pub(super) fn tag(&mut self) -> Look {
        while self.left > 0 {
            self.left -= 1;
            match self.lexer.next().map(|lexed| lexed.token) {
                Some(Token::Mark(b'>')) => {
                    self.sign = Sign::Weak;
                    self.is_tagged = true;
                    return Look::On;
                }
                Some(Token::Newline) | None => return Look::Nothing,
                _ => {}
            }
        }
        Look::Nothing
    }

    /// Goes past `(API Key)` behind `Consumer Key`.
    pub(super) fn same_label(&mut self, label: Label, scanner: &mut Scanner<'_, '_>) -> bool {
        let mut lexer = self.lexer.clone();
        let mut words = Vec::new();
        loop {
            match lexer.next().map(|lexed| lexed.token) {
                Some(Token::Word(word)) if words.len() < 5 => words.push(word),
                Some(Token::Close(b')')) if !words.is_empty() => break,
                _ => return false,
            }
        }
        let name = scanner.groups.name(&words.join("_"));
        if name.is_some_and(|name| name.label == label) {
            // The same lexer, further on.
            for lexed in self.lexer.by_ref() {
                if lexed.token == Token::Close(b')') {
                    return true;
                }
            }
        }
        false
    }

    /// Whether a word without quotes ends its value, so that nothing of it is left behind.
    pub(super) fn ends_word(
        &self,
        value: &str,
        place: &Place,
        scanner: &mut Scanner<'_, '_>,
    ) -> bool {
        let mut ahead = self.lexer.clone();
        let Some(lexed) = ahead.next() else {
            return true;
        };
        match lexed.token {
            Token::Newline
            | Token::Mark(b',' | b';' | b'|' | b'&' | b'<' | b'\\')
            | Token::Close(_) => true,
            Token::Open(b'(') => lexed.spaced,
            Token::Word(word) if lexed.spaced && fits(place.label, value) => {
                let is_assigned = ahead.next().is_some_and(|lexed| {
                    matches!(lexed.token, Token::Assign | Token::Colon) && !lexed.spaced
                });
                word.starts_with(['-', '/']) && word.len() > 1
                    || word == "^"
                    || is_assigned
                    || place.several
                    || scanner.is_label(word)
            }
            _ => false,
        }
    }
}

/// Whether a value has the shape of what its label promises.
pub(super) fn fits(label: Label, value: &str) -> bool {
    match label {
        Label::Value(part) | Label::Weak(part) => has_shape(part, value),
        Label::Key => has_shape(Part::ConsumerKey, value) || has_shape(Part::AccessToken, value),
        Label::Secret | Label::ClientSecret => has_shape(Part::ConsumerSecret, value),
        Label::OAuth2 => value.len() > 15,
        Label::ScreenName
        | Label::Username
        | Label::UserId
        | Label::Server
        | Label::Kind
        | Label::Unknown => false,
    }
}

/// `process.env.KEY`, `settings.key`: a path through a program, and no value.
pub(super) fn is_path(word: &str) -> bool {
    let mut parts = word.split('.');
    let is_identifier = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    word.contains('.') && parts.all(is_identifier)
}
