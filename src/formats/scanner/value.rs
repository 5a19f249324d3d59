//! The words and texts behind a label: which of them is the value, and what makes of a value another one.

use super::lexer::Token;
use super::search::{Look, REACH, Search, Sign, fits};
use crate::account::mistake;
use crate::formats::labels::Label;
use crate::formats::pairs::{PLACEHOLDER, REFERENCE, Value};
use crate::formats::words::{self, BETWEEN, CHANGING, GIVING, KEEPING};

impl<'text> Search<'_, 'text, '_> {
    pub(super) fn word(&mut self, word: &'text str) -> Look {
        if !word.contains(char::is_alphanumeric) && !word.starts_with(['$', '%', '@']) {
            if word.contains(['-', '\u{2013}', '\u{2014}', '\u{2192}']) && self.sign == Sign::None {
                self.sign = Sign::Weak;
            }
            self.is_changed |= self.refers && words::has(CHANGING, word);
            return Look::On;
        }
        if self.refers && self.label == Label::Unknown {
            return Look::Nothing;
        }
        let fits = fits(self.label, word);
        let is_label = !fits && self.scanner.groups.is_label(word);
        let behind = self.lexer.peek();
        let next = behind.map(|lexed| lexed.token);
        let is_assigned = next == Some(Token::Assign);
        if is_label && (self.sign == Sign::None || self.refers && is_assigned) {
            return Look::Nothing;
        }
        if self.sign <= Sign::Weak {
            let bare = word.trim_start_matches('-');
            if words::has(BETWEEN, bare) {
                // What follows belongs to it: `value="..."`.
                if is_assigned || next == Some(Token::Colon) {
                    self.lexer.next();
                    self.sign = Sign::Assign;
                }
                return Look::On;
            }
            if self.sign == Sign::None && self.is_text && is_assigned {
                // Another attribute of the tag that names the label.
                self.lexer.next();
                self.lexer.next();
                return Look::On;
            }
            if fits && self.ends_word(fits) {
                return Look::Value(Value::Bare(word.to_owned()));
            }
            self.words += 1;
            return if self.words <= 2 && self.sign == Sign::None {
                Look::On
            } else {
                Look::Nothing
            };
        }
        let attached = behind.filter(|lexed| !lexed.spaced);
        self.assigned_word(word, attached.map(|lexed| lexed.token), fits, is_label)
    }

    /// A word behind a sign that says that a value follows.
    fn assigned_word(
        &mut self,
        word: &'text str,
        attached: Option<Token<'text>>,
        fits: bool,
        is_label: bool,
    ) -> Look {
        if self.label == Label::Server {
            let rest = self.lexer.take_attached();
            return Look::Value(Value::Bare(format!("{word}{rest}")));
        }
        if word.starts_with('$') || word.starts_with('%') && attached == Some(Token::Open(b'(')) {
            return Look::Value(Value::Bare(REFERENCE.to_owned()));
        }
        if words::has("null nil none undefined true false", word) {
            return self.absent("is empty");
        }
        if attached == Some(Token::Open(b'(')) {
            let function = word.rsplit(['.', '>']).next().unwrap_or(word);
            self.is_changed |= !words::has(GIVING, function);
        }
        self.refers |= is_label
            || matches!(attached, Some(Token::Open(_) | Token::Mark(b'~')))
            || is_path(word)
            || matches!(word, "new" | "await" | "String" | "not");
        if let Label::Value(part) = self.label
            && mistake(part, word) == Some(PLACEHOLDER)
        {
            self.reason = PLACEHOLDER;
        }
        if self.refers {
            Look::On
        } else if self.ends_word(fits) {
            Look::Value(Value::Bare(word.to_owned()))
        } else {
            Look::Value(Value::Fault("is followed by more text"))
        }
    }

    /// Whether a word without quotes ends its value here, so that nothing of it is left behind.
    fn ends_word(&mut self, fits: bool) -> bool {
        let mut ahead = self.lexer.clone();
        let Some(lexed) = ahead.next() else {
            return true;
        };
        match lexed.token {
            Token::Newline
            | Token::Mark(b',' | b';' | b'|' | b'&' | b'<' | b'\\')
            | Token::Close(_) => true,
            Token::Open(b'(') => lexed.spaced,
            Token::Word(word) if lexed.spaced && fits => {
                let is_assigned = ahead.next().is_some_and(|lexed| {
                    matches!(lexed.token, Token::Assign | Token::Colon) && !lexed.spaced
                });
                word.starts_with(['-', '/']) && word.len() > 1
                    || word == "^"
                    || is_assigned
                    || self.scanner.found_in_line > 0
                    || self.scanner.groups.is_label(word)
            }
            _ => false,
        }
    }

    pub(super) fn text(&mut self, text: &'text str) -> Look {
        let fits = fits(self.label, text);
        let is_argument = self.opened > 0 && self.sign == Sign::Weak && !self.is_text;
        if is_argument && self.lexer.peek_token() == Some(Token::Mark(b',')) {
            // Several values in a call are told apart together.
            return Look::Nothing;
        }
        let may_be_named = self.scanner.groups.takes_names.is_some()
            && self.sign > Sign::Weak
            && matches!(self.label, Label::Value(_));
        if !self.refers && !fits && !may_be_named && self.scanner.groups.is_label(text) {
            return Look::Nothing;
        }
        if self.sign <= Sign::Weak && !fits {
            // `.consumer_key("...")` may be anything; where less is said, the shape has to say it.
            return if is_argument && self.words == 0 {
                Look::Value(Value::Quoted(text.to_owned()))
            } else {
                Look::Nothing
            };
        }
        if self.refers && (!fits || self.scanner.groups.is_label(text)) {
            return Look::On;
        }
        if self.refers && !matches!(self.label, Label::Value(_)) {
            return Look::Nothing;
        }
        // Programs differ in what these mean.
        if text.contains('\\') || text.contains("%%") || text.contains("$(") {
            let reason = "has a backslash or sign that programs read differently";
            return Look::Value(Value::Fault(reason));
        }
        if self.is_changed || self.changes() {
            return Look::Value(Value::Fault("is put together or changed by the program"));
        }
        Look::Value(Value::Quoted(text.to_owned()))
    }

    /// Whether the program makes another value of the text before: joins it, cuts it, takes it on a condition.
    fn changes(&mut self) -> bool {
        let is_assigned = self.sign > Sign::Weak;
        let in_brackets = self.opened > 0 || !self.scanner.brackets.is_empty();
        let mut opened = self.opened;
        let mut ahead = self.lexer.clone();
        for _ in 0..REACH {
            let Some(lexed) = ahead.next() else {
                return false;
            };
            match lexed.token {
                Token::Close(_) if opened > 0 && is_assigned => opened -= 1,
                Token::Newline if in_brackets => {}
                Token::Newline => {
                    return matches!(ahead.peek_token(), Some(Token::Word(word)) if word == "+" || word.starts_with('.') && word.len() > 1)
                        && is_assigned;
                }
                Token::Mark(mark @ (b'|' | b'&' | b',')) if is_assigned => {
                    let is_twice = ahead.peek_token() == Some(lexed.token);
                    if mark == b'|' {
                        return !is_twice;
                    }
                    if is_twice {
                        ahead.next();
                    }
                    let next = ahead.next_token();
                    let is_name = matches!(ahead.next_token(), Some(Token::Assign | Token::Colon));
                    return !is_name
                        && matches!(next, Some(Token::Text(text)) if fits(self.label, text));
                }
                Token::Mark(b'!') => return is_assigned,
                Token::Word(word) if word.len() > 1 && word.starts_with('.') && word != ".." => {
                    let method = word.trim_start_matches('.');
                    if !words::has(KEEPING, method) {
                        return true;
                    }
                    if ahead.peek_token() == Some(Token::Open(b'(')) {
                        ahead.next();
                        // Any other argument says what to cut off.
                        if method == "encode" && matches!(ahead.peek_token(), Some(Token::Text(_)))
                        {
                            ahead.next();
                        }
                        if !matches!(ahead.next_token(), Some(Token::Close(_))) {
                            return true;
                        }
                    }
                }
                Token::Word(word) => {
                    return !lexed.spaced && word != "/" && word != "."
                        || words::has(CHANGING, word)
                        || word.starts_with('+');
                }
                Token::Open(_) | Token::Unclosed | Token::Mark(b'\\') => return !lexed.spaced,
                Token::Text(text) => {
                    let is_name = matches!(
                        ahead.next_token(),
                        Some(Token::Assign | Token::Colon | Token::Open(_))
                    );
                    return !lexed.spaced
                        || !is_name
                            && !text.contains(['=', ':', ' '])
                            && !self.scanner.groups.is_label(text);
                }
                _ => return false,
            }
        }
        false
    }
}

/// `process.env.KEY`, `settings.key`: a path through a program, and no value.
fn is_path(word: &str) -> bool {
    let is_identifier = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    word.contains('.') && word.split('.').all(is_identifier)
}
