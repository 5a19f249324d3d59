//! What a lexer passes over: blanks, and the comments of most languages.

use super::lexer::Lexer;

/// How far behind a semicolon a sign may stand that makes it no comment's.
const LONGEST_STATEMENT: usize = 1000;

impl Lexer<'_> {
    /// Skips blanks and comments; whether any blank was there.
    pub(super) fn skip(&mut self) -> bool {
        let mut spaced = self.at == 0 || self.starts_line;
        loop {
            let rest = self.rest();
            let starts = |start: &str| rest.starts_with(start);
            match self.byte(0) {
                b' ' | b'\t' | b'\r' | 0x0b | 0x0c => {
                    self.at += 1;
                    spaced = true;
                    continue;
                }
                b'\\' if starts("\\\n") => self.advance(2),
                b'#' if spaced && starts("#define ") && self.starts_line => self.at += 1,
                b'#' if spaced || !self.may_span => self.skip_line(),
                b'/' if (spaced || !self.may_span) && starts("//") => self.skip_line(),
                b'/' if spaced && starts("/*") => self.skip_past("*/"),
                b'<' if starts("<!--") => self.skip_past("-->"),
                b'<' if starts("<#") => self.skip_past("#>"),
                b';' if self.starts_line => self.skip_line(),
                b';' if spaced && self.is_comment() => self.skip_line(),
                b'-' if self.starts_line && starts("-- ") => self.skip_line(),
                b'%' if self.starts_line && (starts("% ") || starts("%%")) => self.skip_line(),
                b'!' | b'\'' if self.starts_line && self.byte(1) == b' ' => self.skip_line(),
                b'`' if self.starts_line && starts("```") => self.skip_line(),
                b'R' | b'r' if self.starts_line && is_remark(rest) => self.skip_line(),
                b'"' | b'\'' if self.starts_line && (starts("\"\"\"") || starts("'''")) => {
                    let mark = rest.get(..3).unwrap_or_default();
                    self.at += 3;
                    self.skip_past(mark);
                }
                _ => return spaced,
            }
            spaced = true;
        }
    }

    /// Goes behind the next `end`, or to the end of the text.
    fn skip_past(&mut self, end: &str) {
        let rest = self.rest();
        let bytes = rest.find(end).map_or(rest.len(), |at| at + end.len());
        self.advance(bytes);
    }

    /// Whether nothing behind the semicolon here is a statement.
    fn is_comment(&self) -> bool {
        let bytes = self.rest().bytes().take(LONGEST_STATEMENT);
        let mut line = bytes.take_while(|byte| *byte != b'\n');
        !line.any(|byte| matches!(byte, b'=' | b'('))
    }
}

fn is_remark(line: &str) -> bool {
    line.get(..4)
        .is_some_and(|start| start.eq_ignore_ascii_case("rem "))
}
