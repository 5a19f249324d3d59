//! The value behind a label: what may stand between the two, and what makes of a value another one.

use super::Scanner;
use super::search::{Look, Place, Search, Sign, fits, is_path};
use crate::formats::groups::Value;
use crate::formats::labels::Label;
use crate::formats::lexer::{Lexed, Lexer, Token};

/// How far behind its label a value may stand, in tokens.
const REACH: usize = 32;

/// What may stand between a name and its value: `name="KEY" value="..."`, `gh secret set KEY --body ...`.
const BETWEEN: [&str; 10] = [
    "value", "default", "val", "content", "body", "b", "v", "is", "string", "to",
];

const NULLS: [&str; 8] = [
    "null",
    "nil",
    "None",
    "undefined",
    "NULL",
    "true",
    "false",
    "Null",
];

/// Methods that leave a text as it is.
const KEEPING: [&str; 14] = [
    "strip",
    "trim",
    "freeze",
    "into",
    "to_string",
    "to_owned",
    "toString",
    "to_s",
    "dup",
    "clone",
    "as_str",
    "c_str",
    "to_sym",
    "encode",
];

/// What makes another text of the one before it, or takes it on a condition.
const CHANGING: [&str; 15] = [
    "+", ".", "..", "~", "%", "<>", "*", "^", "if", "unless", "for", "and", "-join", "-replace",
    "-split",
];

/// Functions that give their argument, or the one for want of another value.
const GIVING: [&str; 13] = [
    "getenv",
    "get",
    "env",
    "from",
    "string",
    "str",
    "fetch",
    "getordefault",
    "getproperty",
    "config",
    "default",
    "secret",
    "q",
];

const MORE: &str = "is followed by more text";
const OPEN_END: &str = "has a quotation mark without its counterpart";

/// What was found behind a label.
pub(super) struct Found<'text> {
    pub(super) value: Value,
    pub(super) lexer: Lexer<'text>,
    pub(super) line: usize,
    /// Brackets opened and closed on the way.
    pub(super) opened: usize,
    pub(super) closed: usize,
}

impl<'text> Scanner<'text, '_> {
    pub(super) fn value_behind(
        &mut self,
        lexer: Lexer<'text>,
        place: &Place,
    ) -> Option<Found<'text>> {
        // `set -x NAME value`
        let mut ahead = lexer.clone();
        let is_command = self.in_command
            && match ahead.next().map(|lexed| lexed.token) {
                Some(Token::Text(_)) => true,
                Some(Token::Word(_)) => {
                    let behind = ahead.next().map(|lexed| lexed.token);
                    matches!(behind, None | Some(Token::Newline | Token::Mark(b';')))
                }
                _ => false,
            };
        let mut search = Search {
            lexer,
            sign: if is_command { Sign::Assign } else { Sign::None },
            opened: 0,
            closed: 0,
            words: 0,
            refers: false,
            is_changed: false,
            is_tagged: false,
            left: REACH,
        };
        while search.left > 0 {
            search.left -= 1;
            let next = search.lexer.next();
            match self.look(&mut search, next, place) {
                Look::On => {}
                Look::Nothing => return None,
                Look::Value(value) => {
                    let line = next.map_or(search.lexer.line, |next| next.line);
                    return Some(Found {
                        value,
                        lexer: search.lexer,
                        line,
                        opened: search.opened,
                        closed: search.closed,
                    });
                }
            }
        }
        None
    }

    fn look(
        &mut self,
        search: &mut Search<'text>,
        lexed: Option<Lexed<'text>>,
        place: &Place,
    ) -> Look {
        let Some(lexed) = lexed else {
            return search.end(None);
        };
        match lexed.token {
            Token::Newline => search.newline(lexed, place),
            Token::Assign if search.sign != Sign::Assign => {
                search.sign = Sign::Assign;
                Look::On
            }
            Token::Colon if search.sign == Sign::None || search.sign == Sign::Weak => {
                search.colon()
            }
            Token::Mark(b'~') => Look::On,
            Token::Colon | Token::Mark(b'&') if search.refers => Look::On,
            Token::Mark(b',') if search.sign == Sign::None && place.begins => {
                search.sign = Sign::Weak;
                Look::On
            }
            Token::Mark(b',') if search.opened > 0 && search.refers => Look::On,
            Token::Mark(b'|' | b'>') if search.sign == Sign::None || search.refers => {
                search.sign = Sign::Weak.max(search.sign);
                Look::On
            }
            Token::Mark(b'|') if search.refers || search.sign == Sign::Weak => Look::On,
            Token::Mark(b'<') if search.sign <= Sign::Weak => search.tag(),
            Token::Mark(b'<') if search.sign >= Sign::Colon && !search.refers => {
                Look::Value(Value::Quoted("<>".to_owned()))
            }
            Token::Open(bracket) => self.opening(search, bracket, place),
            Token::Close(b']') if search.opened == 0 && search.sign == Sign::None => {
                search.closed += 1;
                Look::On
            }
            Token::Close(_) if search.opened > 0 => {
                search.opened -= 1;
                Look::On
            }
            Token::Mark(_) | Token::Assign | Token::Colon | Token::Close(_) => {
                search.end(Some(lexed))
            }
            Token::Unclosed if search.sign > Sign::None => Look::Value(Value::Fault(OPEN_END)),
            Token::Unclosed => Look::Nothing,
            Token::Word(word) => self.word(search, word, place),
            Token::Text(text) => self.text(search, text, place),
        }
    }

    fn opening(&mut self, search: &mut Search<'text>, bracket: u8, place: &Place) -> Look {
        let next = search.lexer.peek().map(|lexed| lexed.token);
        match (bracket, search.sign) {
            // `key[]`
            (b'[', Sign::None) if next == Some(Token::Close(b']')) => {
                search.lexer.next();
                Look::On
            }
            // `Consumer Key (API Key)`
            (b'(', Sign::None) if search.same_label(place.label, self) => Look::On,
            (b'(', Sign::None) if !place.is_text => {
                search.sign = Sign::Weak;
                search.opened += 1;
                Look::On
            }
            // `variable "key" { default = "..." }`
            (b'{', Sign::None) if place.is_text => {
                search.opened += 1;
                Look::On
            }
            (b'{', Sign::Colon | Sign::Assign) if next == Some(Token::Open(b'{')) => {
                Look::Value(Value::Bare("{{}}".to_owned()))
            }
            (b'(', _) => {
                search.opened += 1;
                Look::On
            }
            (b'[', _) if search.refers => {
                search.opened += 1;
                Look::On
            }
            _ => Look::Nothing,
        }
    }

    fn word(&mut self, search: &mut Search<'text>, word: &'text str, place: &Place) -> Look {
        if !word.contains(char::is_alphanumeric) && !word.starts_with(['$', '%', '@']) {
            if word.contains(['-', '\u{2013}', '\u{2014}', '\u{2192}']) && search.sign == Sign::None
            {
                search.sign = Sign::Weak;
            }
            search.is_changed |= search.refers && CHANGING.contains(&word);
            return Look::On;
        }
        let bare = word.trim_start_matches('-');
        let next = search.lexer.peek();
        let is_between = BETWEEN.iter().any(|known| known.eq_ignore_ascii_case(bare));
        if search.refers && place.label == Label::Unknown {
            return Look::Nothing;
        }
        let is_assigned = matches!(
            next,
            Some(Lexed {
                token: Token::Assign,
                ..
            })
        );
        if (search.sign == Sign::None || search.refers && is_assigned)
            && self.is_label(word)
            && !fits(place.label, word)
        {
            return Look::Nothing;
        }
        if search.sign == Sign::None && place.is_text && is_assigned && !is_between {
            // Another attribute of the tag that names the label.
            search.lexer.next();
            search.lexer.next();
            return Look::On;
        }
        if search.sign <= Sign::Weak {
            if is_between {
                // What follows belongs to it: `value="..."`.
                if matches!(
                    next,
                    Some(Lexed {
                        token: Token::Assign | Token::Colon,
                        ..
                    })
                ) {
                    search.lexer.next();
                    search.sign = Sign::Assign;
                }
                return Look::On;
            }
            if fits(place.label, word) && search.ends_word(word, place, self) {
                return Look::Value(Value::Bare(word.to_owned()));
            }
            search.words += 1;
            return if search.words <= 2 && search.sign == Sign::None {
                Look::On
            } else {
                Look::Nothing
            };
        }
        if place.label == Label::Server {
            let rest = search.lexer.take_attached();
            return Look::Value(Value::Bare(format!("{word}{rest}")));
        }
        let attached = next.filter(|lexed| !lexed.spaced).map(|lexed| lexed.token);
        if word == "$" && attached == Some(Token::Open(b'{'))
            || word.starts_with('$')
            || word.starts_with("%(")
        {
            return Look::Value(Value::Bare("$".to_owned()));
        }
        if word.starts_with('%') && attached == Some(Token::Open(b'(')) {
            return Look::Value(Value::Bare("%()".to_owned()));
        }
        if NULLS.contains(&word) {
            return search.absent("is empty");
        }
        if attached == Some(Token::Open(b'(')) {
            let function = word.rsplit(['.', '>']).next().unwrap_or(word);
            search.is_changed |= !GIVING.contains(&function.to_ascii_lowercase().as_str());
        }
        if matches!(attached, Some(Token::Open(_) | Token::Mark(b'~')))
            || is_path(word)
            || matches!(word, "new" | "await" | "String" | "not")
        {
            search.refers = true;
            return Look::On;
        }
        let is_name = self
            .groups
            .name(word)
            .is_some_and(|name| name.label != Label::Unknown)
            && !fits(place.label, word);
        if is_name || search.refers {
            search.refers = true;
            return Look::On;
        }
        if search.ends_word(word, place, self) {
            Look::Value(Value::Bare(word.to_owned()))
        } else {
            Look::Value(Value::Fault(MORE))
        }
    }

    fn text(&mut self, search: &mut Search<'text>, text: &'text str, place: &Place) -> Look {
        let follows = search.lexer.peek();
        let is_argument = search.opened > 0 && search.sign == Sign::Weak && !place.is_text;
        if is_argument
            && matches!(
                follows,
                Some(Lexed {
                    token: Token::Mark(b','),
                    ..
                })
            )
        {
            // Several values in a call are told apart together.
            return Look::Nothing;
        }
        if !search.refers && !fits(place.label, text) && self.is_label(text) {
            return Look::Nothing;
        }
        if search.sign <= Sign::Weak && !fits(place.label, text) {
            // `.consumer_key("...")` may be anything; where less is said, the shape has to say it.
            let is_call = search.opened > 0 && search.sign == Sign::Weak && search.words == 0;
            return if is_call && !place.is_text {
                Look::Value(Value::Quoted(text.to_owned()))
            } else {
                Look::Nothing
            };
        }
        if search.refers && (self.is_label(text) || !fits(place.label, text)) {
            return Look::On;
        }
        if search.refers && !matches!(place.label, Label::Value(_)) {
            return Look::Nothing;
        }
        // Programs differ in what these mean.
        if text.contains('\\') || text.contains("%%") || text.contains("$(") {
            return Look::Value(Value::Fault(
                "has a backslash or sign that programs read differently",
            ));
        }
        if search.is_changed || self.changes(search, place) {
            return Look::Value(Value::Fault("is put together or changed by the program"));
        }
        Look::Value(Value::Quoted(text.to_owned()))
    }

    /// Whether the program makes another value of the text before: joins it, cuts it, takes it on a condition.
    fn changes(&mut self, search: &Search<'text>, place: &Place) -> bool {
        let mut ahead = search.lexer.clone();
        let mut opened = search.opened;
        let in_brackets = opened > 0 || !self.brackets.is_empty();
        for _ in 0..REACH {
            let Some(lexed) = ahead.next() else {
                return false;
            };
            match lexed.token {
                Token::Close(_) if opened > 0 && search.sign > Sign::Weak => opened -= 1,
                Token::Newline if in_brackets => {}
                Token::Newline => {
                    let next = ahead.peek().map(|next| next.token);
                    return matches!(next, Some(Token::Word(word)) if word == "+" || word.starts_with('.') && word.len() > 1)
                        && search.sign > Sign::Weak;
                }
                Token::Mark(mark @ (b'|' | b'&' | b',')) if search.sign > Sign::Weak => {
                    let is_twice = ahead.peek().is_some_and(|next| next.token == lexed.token);
                    if mark == b'|' {
                        return !is_twice;
                    }
                    if is_twice {
                        ahead.next();
                    }
                    let next = ahead.next().map(|next| next.token);
                    let is_name = ahead
                        .next()
                        .is_some_and(|next| matches!(next.token, Token::Assign | Token::Colon));
                    return !is_name
                        && matches!(next, Some(Token::Text(text)) if fits(place.label, text));
                }
                Token::Mark(b'!') => return search.sign > Sign::Weak,
                Token::Word(word) if word.len() > 1 && word.starts_with('.') && word != ".." => {
                    if !KEEPING.contains(&word.trim_start_matches('.')) {
                        return true;
                    }
                    if ahead
                        .peek()
                        .is_some_and(|next| next.token == Token::Open(b'('))
                    {
                        let mut argument = ahead.by_ref().take(4);
                        argument.find(|next| matches!(next.token, Token::Close(_)));
                    }
                }
                Token::Word(word) => {
                    return !lexed.spaced && word != "/" && word != "."
                        || CHANGING.contains(&word)
                        || word.starts_with('+');
                }
                Token::Open(_) | Token::Unclosed | Token::Mark(b'\\') => return !lexed.spaced,
                Token::Text(text) => {
                    let is_name = ahead.next().is_some_and(|next| {
                        matches!(next.token, Token::Assign | Token::Colon | Token::Open(_))
                    });
                    return !lexed.spaced
                        || !is_name && !text.contains(['=', ':', ' ']) && !self.is_label(text);
                }
                _ => return false,
            }
        }
        false
    }
}
