//! A search for the value of one label: what may stand between the two, and where the statement ends.

use super::Scanner;
use super::lexer::{Lexed, Lexer, Token};
use crate::account::{Part, has_shape};
use crate::formats::Format;
use crate::formats::labels::Label;
use crate::formats::pairs::{REFERENCE, REFERS, SAMPLE, Value};
use crate::formats::words;

/// How far behind its label a value may stand, in tokens.
pub(super) const REACH: usize = 32;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sign {
    None,
    /// White space, a comma, a dash, a bracket: the value's shape has to confirm it.
    Weak,
    Colon,
    Assign,
}

/// What a token says of the value that is looked for.
pub(super) enum Look {
    On,
    Nothing,
    Value(Value),
}

#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own about the label or the way to the value"
)]
pub(super) struct Search<'scanner, 'text, 'groups> {
    pub(super) scanner: &'scanner mut Scanner<'text, 'groups>,
    pub(super) lexer: Lexer<'text>,
    pub(super) label: Label,
    /// Whether the label stands in quotes.
    pub(super) is_text: bool,
    /// Whether it is the first in its line or bracket.
    pub(super) begins: bool,
    pub(super) sign: Sign,
    /// Brackets opened and closed on the way.
    pub(super) opened: usize,
    pub(super) closed: usize,
    pub(super) words: usize,
    /// Whether a variable, a call or a path was named.
    pub(super) refers: bool,
    /// Why what it names is no value.
    pub(super) reason: &'static str,
    /// Whether it goes through a function that is not known.
    pub(super) is_changed: bool,
    /// How many more tokens may stand before the value.
    left: usize,
}

impl<'scanner, 'text, 'groups> Search<'scanner, 'text, 'groups> {
    /// A search that begins at `lexer`, behind the label.
    pub(super) fn new(
        scanner: &'scanner mut Scanner<'text, 'groups>,
        lexer: Lexer<'text>,
        label: Label,
        is_text: bool,
        begins: bool,
    ) -> Self {
        Self {
            sign: if scanner.in_command && is_argument(lexer.clone()) {
                Sign::Assign
            } else {
                Sign::None
            },
            scanner,
            lexer,
            label,
            is_text,
            begins,
            opened: 0,
            closed: 0,
            words: 0,
            refers: false,
            reason: REFERS,
            is_changed: false,
            left: REACH,
        }
    }

    /// The value and its line.
    pub(super) fn value(&mut self) -> Option<(Value, usize)> {
        while self.left > 0 {
            self.left -= 1;
            let next = self.lexer.next();
            let look = match next {
                Some(lexed) => self.look(lexed),
                None => self.end(None),
            };
            match look {
                Look::On => {}
                Look::Nothing => return None,
                Look::Value(value) => {
                    let line = next.map_or(self.lexer.line, |next| next.line);
                    return Some((value, line));
                }
            }
        }
        None
    }

    fn look(&mut self, lexed: Lexed<'text>) -> Look {
        match lexed.token {
            Token::Newline => self.newline(),
            Token::Assign if self.sign != Sign::Assign => {
                self.sign = Sign::Assign;
                self.rest_of_line().unwrap_or(Look::On)
            }
            Token::Colon if self.sign <= Sign::Weak => self.colon(),
            Token::Mark(b'~') => Look::On,
            Token::Colon | Token::Mark(b'&') if self.refers => Look::On,
            Token::Mark(b',') if self.sign == Sign::None && self.begins => self.goes_on(Sign::Weak),
            Token::Mark(b',') if self.opened > 0 && self.refers => Look::On,
            Token::Mark(b'|' | b'>') if self.sign == Sign::None || self.refers => {
                self.goes_on(self.sign.max(Sign::Weak))
            }
            Token::Mark(b'|') if self.sign == Sign::Weak => Look::On,
            Token::Mark(b'<') if self.sign <= Sign::Weak => self.tag(),
            Token::Mark(b'<') if !self.refers => Look::Value(Value::Quoted(SAMPLE.to_owned())),
            Token::Open(bracket) => self.opening(bracket),
            Token::Close(b']') if self.opened == 0 && self.sign == Sign::None => {
                self.closed += 1;
                Look::On
            }
            Token::Close(_) if self.opened > 0 => {
                self.opened -= 1;
                Look::On
            }
            Token::Mark(_) | Token::Assign | Token::Colon | Token::Close(_) => {
                self.end(Some(lexed.token))
            }
            Token::Unclosed if self.sign == Sign::None => Look::Nothing,
            Token::Unclosed => {
                Look::Value(Value::Fault("has a quotation mark without its counterpart"))
            }
            Token::Word(word) => self.word(word),
            Token::Text(text) => self.text(text),
        }
    }

    /// What follows in a line of a server's values that may look like anything: all of it, or nothing.
    fn rest_of_line(&mut self) -> Option<Look> {
        let takes_names = self.scanner.groups.takes_names;
        let rest = self.lexer.line_text().trim();
        // A quotation mark in a text of PowerShell, and three marks around one of Python.
        if takes_names == Some(Format::PowerShell) && rest.starts_with("'''") {
            let reason = "has a sign that programs read differently";
            return Some(Look::Value(Value::Fault(reason)));
        }
        let is_open = rest.is_empty() || rest.starts_with(['"', '\'', '`', '$', '<']);
        if !takes_names.is_some_and(Format::has_bare_values)
            || !matches!(self.label, Label::Value(_))
            || is_open
            || rest.starts_with("{{")
            || words::has("null nil none undefined true false", rest)
        {
            return None;
        }
        let is_plain = |c: char| !c.is_whitespace() && !"\"'`\\()[]{}<>|&;,#=$%".contains(c);
        if rest.chars().all(is_plain) {
            self.lexer.skip_line();
            return Some(Look::Value(Value::Quoted(rest.to_owned())));
        }
        let first = rest.split(|c| !is_plain(c)).next().unwrap_or_default();
        (!fits(self.label, first)).then_some(Look::Value(Value::Fault("is followed by more text")))
    }

    fn goes_on(&mut self, sign: Sign) -> Look {
        self.sign = sign;
        Look::On
    }

    /// The statement is over, before this token.
    fn end(&mut self, before: Option<Token<'_>>) -> Look {
        if self.refers {
            return self.absent(self.reason);
        }
        match before {
            None | Some(Token::Newline | Token::Mark(b',' | b';' | b'&'))
                if self.sign == Sign::Assign =>
            {
                Look::Value(Value::Absent("is empty"))
            }
            _ => Look::Nothing,
        }
    }

    pub(super) fn absent(&mut self, reason: &'static str) -> Look {
        // What was opened on the way has been closed by the end of the statement.
        self.opened = 0;
        Look::Value(Value::Absent(reason))
    }

    fn newline(&mut self) -> Look {
        let next = self.lexer.peek_token();
        if self.opened > 0
            || self.sign == Sign::Weak && next == Some(Token::Mark(b'<'))
            || self.sign == Sign::Assign && matches!(next, Some(Token::Text(_))) && !self.refers
        {
            return Look::On;
        }
        if self.sign == Sign::Assign || self.refers {
            return self.end(Some(Token::Newline));
        }
        // A label on a line of its own, its value alone in the next one.
        if !self.scanner.began_line || self.words > 0 {
            return Look::Nothing;
        }
        let mut after = self.lexer.clone();
        let mut token = after.next_token();
        if token == Some(Token::Newline) {
            token = after.next_token();
        }
        match (token, after.peek_token()) {
            (Some(Token::Word(value) | Token::Text(value)), None | Some(Token::Newline))
                if fits(self.label, value) =>
            {
                self.lexer = after;
                Look::Value(Value::Bare(value.to_owned()))
            }
            _ => Look::Nothing,
        }
    }

    /// `name: value`, or `name: Type = value`.
    fn colon(&mut self) -> Look {
        self.sign = Sign::Colon;
        let mut ahead = self.lexer.clone();
        for _ in 0..10 {
            match ahead.next_token() {
                Some(
                    Token::Word(_)
                    | Token::Open(b'[' | b'<')
                    | Token::Close(b']')
                    | Token::Mark(b'&' | b'<' | b'>' | b'|' | b'~'),
                ) => {}
                Some(Token::Assign) => {
                    self.lexer = ahead;
                    return self.goes_on(Sign::Assign);
                }
                _ => break,
            }
            // `{KEY:value NAME:value}` has no type in it.
            if ahead.peek_token() == Some(Token::Colon) {
                break;
            }
        }
        Look::On
    }

    /// An XML tag is skipped.
    fn tag(&mut self) -> Look {
        while self.left > 0 {
            self.left -= 1;
            match self.lexer.next_token() {
                Some(Token::Mark(b'>')) => return self.goes_on(Sign::Weak),
                Some(Token::Newline) | None => return Look::Nothing,
                _ => {}
            }
        }
        Look::Nothing
    }

    fn opening(&mut self, bracket: u8) -> Look {
        let next = self.lexer.peek_token();
        match (bracket, self.sign) {
            // `key[]`
            (b'[', Sign::None) if next == Some(Token::Close(b']')) => {
                self.lexer.next();
                Look::On
            }
            // `Consumer Key (API Key)`
            (b'(', Sign::None) if self.same_label() => Look::On,
            (b'(', Sign::None) if !self.is_text => {
                self.opened += 1;
                self.goes_on(Sign::Weak)
            }
            (b'{', Sign::Colon | Sign::Assign) if next == Some(Token::Open(b'{')) => {
                Look::Value(Value::Bare(REFERENCE.to_owned()))
            }
            // `variable "key" { default = "..." }`
            (b'{', Sign::None) if self.is_text => self.opens(),
            (b'(', _) => self.opens(),
            (b'[', _) if self.refers => self.opens(),
            _ => Look::Nothing,
        }
    }

    fn opens(&mut self) -> Look {
        self.opened += 1;
        Look::On
    }

    /// Goes past `(API Key)` behind `Consumer Key`.
    fn same_label(&mut self) -> bool {
        let mut lexer = self.lexer.clone();
        let label = lexer.words_in_brackets();
        let name = label.and_then(|label| self.scanner.groups.name(&label));
        let is_same = name.is_some_and(|name| name.label == self.label);
        if is_same {
            self.lexer = lexer;
        }
        is_same
    }
}

/// Whether one value follows: `set -x NAME value`.
fn is_argument(mut lexer: Lexer<'_>) -> bool {
    match lexer.next_token() {
        Some(Token::Text(_)) => true,
        Some(Token::Word(_)) => matches!(
            lexer.next_token(),
            None | Some(Token::Newline | Token::Mark(b';'))
        ),
        _ => false,
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
