//! Labels with their values in any assignment-like text: `label, something, value` in whatever language.

use super::groups::{DEPTH, Groups, Value};
use super::labels::{Label, names_secret};
use super::lexer::{Lexed, Lexer, Token};
use crate::account::{Part, has_shape};

/// How far behind its label a value may stand, in tokens.
const REACH: usize = 32;

/// How long a row of a table may be, in bytes.
const LONGEST_ROW: usize = 4000;

/// Words that labels of several words are made of, as X's console and people write them.
const WORDS: [&str; 20] = [
    "access",
    "api",
    "app",
    "application",
    "authentication",
    "bearer",
    "client",
    "consumer",
    "id",
    "key",
    "name",
    "oauth",
    "oauth1",
    "refresh",
    "screen",
    "secret",
    "token",
    "twitter",
    "user",
    "x",
];

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
const CHANGING: [&str; 10] = ["+", ".", "..", "~", "%", "<>", "*", "if", "unless", "for"];

/// Functions that give their argument, or the one for want of another value.
const GIVING: [&str; 14] = [
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
    "new",
    "default",
    "secret",
    "q",
];

const REFERS: &str = "refers to another value, which is not looked up";
const MORE: &str = "is followed by more text";
const OPEN_END: &str = "has a quotation mark without its counterpart";

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
    for _ in 0..scanner.sections {
        scanner.groups.close();
    }
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

/// What was found behind a label.
struct Found<'text> {
    value: Value,
    lexer: Lexer<'text>,
    line: usize,
    /// Brackets opened and closed on the way.
    opened: usize,
    closed: usize,
}

impl<'text> Scanner<'text, '_> {
    fn run(&mut self) {
        while !self.groups.overflowed {
            if self.lexer.starts_line
                && (self.section() || self.table() || self.value_before_label())
            {
                continue;
            }
            self.began_line = self.lexer.starts_line;
            let Some(lexed) = self.lexer.next() else {
                break;
            };
            self.step(lexed);
        }
        while let Some(is_group) = self.brackets.pop() {
            if is_group {
                self.groups.close();
            }
        }
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
                    match self.name.take().filter(|_| self.sign.is_some()) {
                        Some(name) => self.groups.named(name, value, lexed.line),
                        None => self.groups.unnamed(value, lexed.line),
                    }
                    self.last = Some(text);
                }
            }
        }
    }

    fn forget(&mut self) {
        (self.name, self.sign, self.last) = (None, None, None);
    }

    fn open(&mut self, bracket: u8, spaced: bool) {
        let named = self.name.take().filter(|_| self.sign.is_some());
        let is_key = named.is_some()
            && (self.sign == Some(Token::Colon)
                || self.groups.depth() > 1
                || self.brackets.contains(&true));
        let name = match (named, bracket) {
            (Some(name), _) => Some(name),
            (None, b'{') => Some(self.last.unwrap_or_default()),
            (None, b'[') if spaced || self.last.is_none() => Some(""),
            _ => None,
        };
        let is_list = bracket != b'{';
        let is_group = self.brackets.len() < DEPTH;
        if is_group {
            match name {
                Some(name) if is_list => self.groups.open_list(name, is_key),
                Some(name) => self.groups.open(name, is_key),
                None => self.groups.open_transparent(),
            }
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

    /// `[name]`, `[a.b]` and `[[name]]` on a line of their own.
    fn section(&mut self) -> bool {
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

    fn is_label(&mut self, cell: &str) -> bool {
        let name = self.groups.name(cell);
        name.is_some_and(|name| name.label != Label::Unknown)
    }

    /// `value (API key)`, as X's console once had it.
    fn value_before_label(&mut self) -> bool {
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

    /// Takes the label that begins with this word or text, with its value; whether it was one with a value.
    fn label(&mut self, first: &'text str, is_text: bool, in_call: bool) -> bool {
        let mut lexer = self.lexer.clone();
        let mut text = std::borrow::Cow::Borrowed(first);
        if !is_text && let Some((longer, after)) = self.several_words(first) {
            (text, lexer) = (longer.into(), after);
        }
        let Some(name) = self.groups.name(&text) else {
            return false;
        };
        if !self.groups.look_at_label() {
            return false;
        }
        let place = Place {
            label: name.label,
            is_text,
            begins: self.began_line || in_call || is_text && self.sign.is_some(),
            alone: self.began_line,
            several: self.found_in_line > 0,
        };
        let Some(found) = self.value_behind(lexer, &place) else {
            if !is_text && text.len() > first.len() {
                self.last = Some(first);
            }
            return false;
        };
        self.groups.count_other();
        self.groups.named(&text, found.value, found.line);
        self.found_in_line += 1;
        for _ in 0..found.closed {
            self.close();
        }
        self.forget();
        for _ in 0..found.opened {
            self.open(b'(', false);
        }
        self.in_call = false;
        self.lexer = found.lexer;
        true
    }

    /// The longest label of several words that begins here.
    fn several_words(&mut self, first: &'text str) -> Option<(String, Lexer<'text>)> {
        let is_one = |word: &str| {
            let bare = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
            WORDS.iter().any(|known| known.eq_ignore_ascii_case(bare))
        };
        if !is_one(first) {
            return None;
        }
        let mut lexer = self.lexer.clone();
        let mut text = first.to_owned();
        let mut longest = None;
        for _ in 0..5 {
            match lexer.next()?.token {
                Token::Word(word) if is_one(word) => {
                    text.push('_');
                    text.push_str(word);
                }
                _ => break,
            }
            if !self.groups.look_at_label() {
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

    fn value_behind(&mut self, lexer: Lexer<'text>, place: &Place) -> Option<Found<'text>> {
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
        if search.is_changed || self.changes(search) {
            return Look::Value(Value::Fault("is put together or changed by the program"));
        }
        Look::Value(Value::Quoted(text.to_owned()))
    }

    /// Whether the program makes another value of the text before: joins it, cuts it, takes it on a condition.
    fn changes(&mut self, search: &Search<'text>) -> bool {
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
                Token::Word(word) if word.len() > 1 && word.starts_with('.') && word != ".." => {
                    if !KEEPING.contains(&word.trim_start_matches('.')) {
                        return true;
                    }
                    if ahead
                        .peek()
                        .is_some_and(|next| next.token == Token::Open(b'('))
                    {
                        ahead.find(|next| matches!(next.token, Token::Close(_) | Token::Newline));
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

/// Where a label stands.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own about the place"
)]
struct Place {
    label: Label,
    is_text: bool,
    /// First in its line or bracket.
    begins: bool,
    alone: bool,
    /// Whether the line gave a value already.
    several: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Sign {
    None,
    /// White space, a comma, a dash, a bracket: the value's shape has to confirm it.
    Weak,
    Colon,
    Assign,
}

enum Look {
    On,
    Nothing,
    Value(Value),
}

#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own about the way"
)]
struct Search<'text> {
    lexer: Lexer<'text>,
    sign: Sign,
    opened: usize,
    closed: usize,
    words: usize,
    /// Whether a variable, a call or a path was named.
    refers: bool,
    /// Whether it goes through a function that is not known.
    is_changed: bool,
    /// Whether a tag is between label and value.
    is_tagged: bool,
    /// How many more tokens may stand before the value.
    left: usize,
}

impl Search<'_> {
    /// The statement is over, before this token.
    fn end(&mut self, before: Option<Lexed<'_>>) -> Look {
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

    fn absent(&mut self, reason: &'static str) -> Look {
        // What was opened on the way has been closed by the end of the statement.
        self.opened = 0;
        Look::Value(Value::Absent(reason))
    }

    fn newline(&mut self, lexed: Lexed<'_>, place: &Place) -> Look {
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
    fn colon(&mut self) -> Look {
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
    fn tag(&mut self) -> Look {
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
    fn same_label(&mut self, label: Label, scanner: &mut Scanner<'_, '_>) -> bool {
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
    fn ends_word(&self, value: &str, place: &Place, scanner: &mut Scanner<'_, '_>) -> bool {
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
fn fits(label: Label, value: &str) -> bool {
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
fn is_path(word: &str) -> bool {
    let mut parts = word.split('.');
    let is_identifier = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    word.contains('.') && parts.all(is_identifier)
}

/// The cells of a row, without white space, quotes and marks around them.
fn cells(row: &str, separator: char) -> Vec<&str> {
    let row = row.trim().trim_matches(|c| c == '|' && separator == '|');
    row.split(separator)
        .map(|cell| cell.trim().trim_matches(['"', '\'', '`', '*', ' ']))
        .collect()
}
