//! Labels with their values in any assignment-like text: `label, something, value` in whatever language.

mod comments;
mod lexer;
mod rows;
mod search;
mod value;

use std::borrow::Cow;

use super::groups::{DEPTH, Groups};
use super::labels::Label;
use super::pairs::{REFERS, Value};
use super::words;
use lexer::{Lexed, Lexer, Token};
use search::Search;

/// Reads `text`, which begins in that line of the file.
pub(super) fn scan(text: &str, line: usize, groups: &mut Groups) {
    let mut scanner = Scanner {
        lexer: Lexer::new(text, line),
        groups,
        brackets: Vec::new(),
        sections: 0,
        name: None,
        sign: None,
        last: None,
        found_in_line: 0,
        began_line: false,
        in_call: true,
        in_command: false,
    };
    scanner.run();
}

struct Scanner<'text, 'groups> {
    lexer: Lexer<'text>,
    groups: &'groups mut Groups,
    /// Whether each open bracket opened a group.
    brackets: Vec<bool>,
    /// How many groups the section's heading opened.
    sections: usize,
    /// The name before the last sign, and that sign.
    name: Option<&'text str>,
    sign: Option<Token<'text>>,
    /// The last word or text.
    last: Option<&'text str>,
    /// How many values this line gave.
    found_in_line: usize,
    /// Whether the token now looked at is the first of its line, or follows an opening bracket.
    began_line: bool,
    in_call: bool,
    /// Whether the line is a command that sets a variable: `set`, `setenv`.
    in_command: bool,
}

impl<'text> Scanner<'text, '_> {
    fn run(&mut self) {
        while !self.groups.overflowed {
            self.began_line = self.lexer.starts_line;
            if self.began_line && self.row() {
                continue;
            }
            let Some(lexed) = self.lexer.next() else {
                break;
            };
            self.step(lexed);
        }
        while !self.brackets.is_empty() {
            self.close();
        }
        self.close_sections();
    }

    fn step(&mut self, lexed: Lexed<'text>) {
        let in_call = std::mem::take(&mut self.in_call);
        match lexed.token {
            Token::Newline => {
                if self.found_in_line == 0 {
                    self.groups.next_paragraph();
                }
                self.found_in_line = 0;
                self.in_command = false;
                self.forget();
                self.in_call = in_call;
            }
            Token::Open(bracket) => self.open(bracket, lexed.spaced),
            Token::Close(_) => self.close(),
            Token::Assign | Token::Colon => {
                self.name = self.last.take();
                self.sign = Some(lexed.token);
                self.groups.note_others(1);
            }
            Token::Mark(b',' | b';') => self.forget(),
            Token::Mark(b'<') => self.in_call = true,
            Token::Mark(_) | Token::Unclosed => {}
            Token::Word(word) => {
                if self.began_line {
                    self.in_command = ["set", "setenv", "setx", "ENV", "ARG"].contains(&word);
                }
                if !self.label(word, false, in_call) {
                    if self.sign.is_none() && !self.brackets.is_empty() {
                        self.groups.unnamed(Value::Absent(REFERS), lexed.line);
                    }
                    self.last = Some(word);
                }
            }
            Token::Text(text) => {
                if !self.label(text, true, in_call) {
                    let value = Value::Quoted(text.to_owned());
                    self.groups.value(self.name.take(), value, lexed.line);
                    self.last = Some(text);
                }
            }
        }
    }

    fn forget(&mut self) {
        (self.name, self.sign, self.last) = (None, None, None);
    }

    fn open(&mut self, bracket: u8, spaced: bool) {
        let is_key =
            self.name.is_some() && (self.sign == Some(Token::Colon) || self.groups.depth() > 1);
        let name = match (self.name, bracket) {
            (Some(name), _) => Some(name),
            (None, b'{') => Some(self.last.unwrap_or_default()),
            (None, b'[') if spaced || self.last.is_none() => Some(""),
            _ => None,
        };
        let is_group = self.brackets.len() < DEPTH;
        if is_group {
            self.groups.open(name, is_key, bracket != b'{');
        }
        self.brackets.push(is_group);
        self.forget();
        self.in_call = true;
    }

    fn close(&mut self) {
        if self.brackets.pop() == Some(true) {
            self.groups.close();
        }
        self.forget();
        self.last = Some("");
    }

    /// Takes the label that begins with this word or text, with its value; whether it was one with a value.
    fn label(&mut self, first: &'text str, is_text: bool, in_call: bool) -> bool {
        let mut lexer = self.lexer.clone();
        let mut text = Cow::Borrowed(first);
        if !is_text && let Some((longer, after)) = self.several_words(first) {
            (text, lexer) = (longer.into(), after);
        }
        let Some(name) = self.groups.name(&text).filter(|_| self.groups.counts()) else {
            return false;
        };
        let begins = self.began_line || in_call || is_text && self.sign.is_some();
        let mut search = Search::new(self, lexer, name.label, is_text, begins);
        let found = search.value();
        let (opened, closed, lexer) = (search.opened, search.closed, search.lexer);
        let Some((value, line)) = found else {
            if !is_text && text.len() > first.len() {
                self.last = Some(first);
            }
            return false;
        };
        self.groups.count_other();
        self.groups.named(&text, value, line);
        self.found_in_line += 1;
        for _ in 0..closed {
            self.close();
        }
        self.forget();
        for _ in 0..opened {
            self.open(b'(', false);
        }
        self.in_call = false;
        self.lexer = lexer;
        true
    }

    /// The longest label of several words that begins here.
    fn several_words(&mut self, first: &'text str) -> Option<(String, Lexer<'text>)> {
        let is_one = |word: &str| {
            let bare = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
            words::IN_LABELS.contains(&*bare.to_ascii_lowercase())
        };
        if !is_one(first) {
            return None;
        }
        let mut lexer = self.lexer.clone();
        let mut text = first.to_owned();
        let mut longest = None;
        for _ in 0..5 {
            match lexer.next_token()? {
                Token::Word(word) if is_one(word) => text.extend(["_", word]),
                _ => break,
            }
            if !self.groups.counts() {
                break;
            }
            let name = self.groups.name(&text);
            if name.is_some_and(|name| {
                !matches!(
                    name.label,
                    Label::Unknown | Label::Key | Label::Secret | Label::Weak(_)
                )
            }) {
                longest = Some((text.clone(), lexer.clone()));
            }
        }
        longest
    }
}
