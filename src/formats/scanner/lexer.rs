//! The words, quoted texts and signs of any assignment-like text, whatever language it is in.

/// Within so many bytes a quoted text must end.
const LONGEST_TEXT: usize = 64 << 10;

/// What quoted texts begin and end with.
const MARKS: [(&str, &str); 9] = [
    ("\"\"\"", "\"\"\""),
    ("'''", "'''"),
    ("\"", "\""),
    ("'", "'"),
    ("`", "`"),
    ("\u{201c}", "\u{201d}"),
    ("\u{2018}", "\u{2019}"),
    ("\u{201e}", "\u{201c}"),
    ("\u{ab}", "\u{bb}"),
];

/// What may stand directly before a quoted text, in one language or another.
const PREFIXES: [&str; 15] = [
    "u", "U", "r", "R", "b", "B", "f", "F", "rb", "L", "N", "@", "$", "E", "c",
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'text> {
    Word(&'text str),
    /// What stands between quotation marks, escapes and all.
    Text(&'text str),
    /// A quotation mark without an end.
    Unclosed,
    Open(u8),
    Close(u8),
    /// `=`, `:=`, `=>`, `<-`
    Assign,
    Colon,
    /// Any other sign: `,` `;` `|` `&` `<` `>` `\`, `~` for `::`, `!` for comparisons.
    Mark(u8),
    Newline,
}

/// A token, where it stands, and whether white space is before it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lexed<'text> {
    pub(super) token: Token<'text>,
    pub(super) line: usize,
    pub(super) spaced: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Lexer<'text> {
    text: &'text str,
    pub(super) at: usize,
    pub(super) line: usize,
    /// Nothing but white space was on this line so far.
    pub(super) starts_line: bool,
    /// Whether a text that begins here may go on in the next line.
    pub(super) may_span: bool,
    /// Up to where each of the marks has no end.
    unclosed: [usize; MARKS.len()],
}

impl<'text> Lexer<'text> {
    pub(super) fn new(text: &'text str, line: usize) -> Self {
        Self {
            text,
            at: 0,
            line,
            starts_line: true,
            may_span: true,
            unclosed: [0; MARKS.len()],
        }
    }

    pub(super) fn rest(&self) -> &'text str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// The rest of this line.
    pub(super) fn line_text(&self) -> &'text str {
        let rest = self.rest();
        rest.split('\n').next().unwrap_or(rest)
    }

    /// Goes to the end of this line, before its line break.
    pub(super) fn skip_line(&mut self) {
        self.at += self.line_text().len();
        self.starts_line = false;
    }

    /// Goes past the line break here.
    pub(super) fn next_line(&mut self) {
        self.skip_line();
        self.advance(1);
        self.starts_line = true;
    }

    /// What follows without white space or quotation marks, such as the rest of a URL.
    pub(super) fn take_attached(&mut self) -> &'text str {
        let rest = self.rest();
        let end = rest.find(|c: char| c.is_whitespace() || "\"'`,<>".contains(c));
        let attached = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
        self.at += attached.len();
        attached
    }

    pub(super) fn peek(&self) -> Option<Lexed<'text>> {
        self.clone().next()
    }

    pub(super) fn peek_token(&self) -> Option<Token<'text>> {
        self.clone().next_token()
    }

    pub(super) fn next_token(&mut self) -> Option<Token<'text>> {
        self.next().map(|lexed| lexed.token)
    }

    /// Goes past `API Key)`; the words, joined.
    pub(super) fn words_in_brackets(&mut self) -> Option<String> {
        let mut words = Vec::new();
        loop {
            match self.next_token()? {
                Token::Word(word) if words.len() < 5 => words.push(word),
                Token::Close(b')') => return Some(words.join("_")),
                _ => return None,
            }
        }
    }

    pub(super) fn advance(&mut self, bytes: usize) {
        let end = (self.at + bytes).min(self.text.len());
        let passed = self.text.as_bytes().get(self.at..end).unwrap_or_default();
        for byte in passed {
            self.line += usize::from(*byte == b'\n');
        }
        self.at = end;
    }

    pub(super) fn byte(&self, offset: usize) -> u8 {
        self.text
            .as_bytes()
            .get(self.at + offset)
            .copied()
            .unwrap_or(0)
    }

    /// A quoted text that begins here.
    fn quoted(&mut self) -> Token<'text> {
        let rest = self.rest();
        let mut marks = (0..).zip(MARKS);
        let Some((kind, (mark, end))) = marks.find(|(_, (mark, _))| rest.starts_with(mark)) else {
            return Token::Unclosed;
        };
        let start = self.at + mark.len();
        self.at = start;
        if self.unclosed.get(kind).is_some_and(|known| start < *known) {
            return Token::Unclosed;
        }
        let escapes = mark.is_ascii();
        let spans = escapes && (mark.len() == 3 || self.may_span);
        let bytes = self.text.as_bytes();
        let mut at = start;
        while let Some(byte) = bytes.get(at).filter(|_| at - start <= LONGEST_TEXT) {
            #[cfg(test)]
            crate::formats::tests::SEARCHED.with(|searched| searched.set(searched.get() + 1));
            match byte {
                b'\\' if escapes => at += 1,
                b'\n' if !spans => break,
                _ if Some(byte) == end.as_bytes().first()
                    && bytes.get(at..at + end.len()) == Some(end.as_bytes()) =>
                {
                    let inner = self.text.get(start..at).unwrap_or_default();
                    self.advance(at + end.len() - start);
                    return Token::Text(inner);
                }
                _ => {}
            }
            at += 1;
        }
        if let Some(known) = self.unclosed.get_mut(kind) {
            *known = at;
        }
        Token::Unclosed
    }

    fn word(&mut self) -> Token<'text> {
        let rest = self.rest();
        let mut before = ' ';
        let end = rest.char_indices().find_map(|(at, c)| {
            let ends = match c {
                '\'' => {
                    !before.is_alphanumeric()
                        || !rest
                            .get(at + 1..)
                            .is_some_and(|rest| rest.starts_with(char::is_alphanumeric))
                }
                '=' | ':' | ',' | ';' | '(' | ')' | '[' | ']' | '{' | '}' | '<' | '>' | '|'
                | '&' | '"' | '`' | '\\' | '\u{201c}' | '\u{201d}' | '\u{2018}' | '\u{2019}'
                | '\u{201e}' | '\u{ab}' | '\u{bb}' | ' ' | '\n' | '\t' | '\r' | '\x0b' | '\x0c' => {
                    true
                }
                _ => false,
            };
            before = c;
            (ends && at > 0).then_some(at)
        });
        let word = rest.get(..end.unwrap_or(rest.len())).unwrap_or(rest);
        let next = rest.get(word.len()..).unwrap_or_default();
        self.at += word.len();
        if next.starts_with(['"', '\'', '`'])
            && PREFIXES.contains(&word)
            && !(word == "$" && next.starts_with('`'))
        {
            return self.token();
        }
        if word.ends_with('!') && next.starts_with('=') {
            self.at += 1;
            return Token::Mark(b'!');
        }
        Token::Word(word)
    }

    fn assignment(&mut self) -> Token<'text> {
        let run = self
            .rest()
            .bytes()
            .take_while(|byte| matches!(byte, b'=' | b'>' | b'~'))
            .count();
        match (run, self.byte(1)) {
            (1, _) => {
                self.at += 1;
                Token::Assign
            }
            (2, b'>') => {
                self.at += 2;
                Token::Assign
            }
            // An XML end or a placeholder directly behind the sign is no part of it.
            _ => {
                self.at += run;
                Token::Mark(b'!')
            }
        }
    }

    fn token(&mut self) -> Token<'text> {
        let rest = self.rest();
        let mark = |lexer: &mut Self, byte| {
            lexer.at += 1;
            Token::Mark(byte)
        };
        match self.byte(0) {
            b'"' | b'\'' | b'`' => self.quoted(),
            byte @ (b'(' | b'[' | b'{') => {
                self.at += 1;
                Token::Open(byte)
            }
            byte @ (b')' | b']' | b'}') => {
                self.at += 1;
                Token::Close(byte)
            }
            b'=' => self.assignment(),
            b':' if self.byte(1) == b'=' => {
                self.at += 2;
                Token::Assign
            }
            b':' if self.byte(1) == b':' => {
                self.at += 2;
                Token::Mark(b'~')
            }
            b':' => {
                self.at += 1;
                Token::Colon
            }
            b'<' if self.byte(1) == b'-' => {
                self.at += 2;
                Token::Assign
            }
            byte @ (b',' | b';' | b'|' | b'&' | b'<' | b'>' | b'\\') => mark(self, byte),
            _ if rest.starts_with(['\u{201c}', '\u{2018}', '\u{201e}', '\u{ab}']) => self.quoted(),
            _ if rest.starts_with(['\u{201d}', '\u{2019}', '\u{bb}']) => {
                self.at += rest.chars().next().map_or(1, char::len_utf8);
                Token::Unclosed
            }
            _ => self.word(),
        }
    }
}

impl<'text> Iterator for Lexer<'text> {
    type Item = Lexed<'text>;

    fn next(&mut self) -> Option<Self::Item> {
        #[cfg(test)]
        crate::formats::tests::LEXED.with(|lexed| lexed.set(lexed.get() + 1));
        let spaced = self.skip();
        if self.at >= self.text.len() {
            return None;
        }
        let line = self.line;
        if self.byte(0) == b'\n' {
            self.advance(1);
            self.starts_line = true;
            self.may_span = true;
            return Some(Lexed {
                token: Token::Newline,
                line,
                spaced,
            });
        }
        let token = self.token();
        self.starts_line = false;
        self.may_span = !matches!(token, Token::Text(_) | Token::Unclosed | Token::Close(_));
        Some(Lexed {
            token,
            line,
            spaced,
        })
    }
}
