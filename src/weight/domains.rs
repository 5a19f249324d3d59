//! Finds host names in a text: their end, their top-level domain, and their length in ASCII.

use std::ops::Range;

use super::tlds;

/// The longest label of a host name (RFC 1035 section 2.3.4).
const LONGEST_LABEL: usize = 63;

/// A run of characters valid in a host name, parsed once although a host name may start at many places in it.
#[derive(Default)]
pub(super) struct Run {
    range: Range<usize>,
    labels: Vec<Label>,
}

struct Label {
    start: usize,
    /// The position of the last underscore.
    underscore: Option<usize>,
    /// The end of a domain that starts in this label, without an underscore in the rest of it.
    plain_end: Option<usize>,
    /// The end of a domain that starts in this label, with an underscore in the rest of it.
    subdomain_end: Option<usize>,
}

impl Run {
    /// The end of the longest domain that starts here.
    pub(super) fn domain_end(&mut self, text: &str, at: usize) -> Option<usize> {
        if !text[at..].starts_with(is_host) {
            return None;
        }
        if !self.range.contains(&at) {
            self.read(text, at);
        }
        let after = self.labels.partition_point(|label| label.start <= at);
        let label = self.labels.get(after.checked_sub(1)?)?;
        match label.underscore {
            Some(underscore) if underscore > at => label.subdomain_end,
            _ => label.plain_end,
        }
    }

    fn read(&mut self, text: &str, start: usize) {
        let is_run = |character| is_host(character) || matches!(character, '-' | '_' | '.');
        let end = text[start..]
            .find(|character| !is_run(character))
            .map_or(text.len(), |bytes| start + bytes);
        self.range = start..end;
        self.labels.clear();
        let mut label_start = start;
        for label in text[start..end].split('.') {
            self.labels.push(Label {
                start: label_start,
                underscore: label.rfind('_').map(|at| label_start + at),
                plain_end: None,
                subdomain_end: None,
            });
            label_start += label.len() + 1;
        }
        self.join(text);
    }

    /// From the last label backwards: a domain continues as long as the rest is one too.
    fn join(&mut self, text: &str) {
        let mut next_start = self.range.end + 1;
        let mut whole_end = None;
        let mut top_end = None;
        for label in self.labels.iter_mut().rev() {
            let content = &text[label.start..next_start - 1];
            if content.ends_with(is_host) {
                label.subdomain_end = whole_end;
                label.plain_end = whole_end.or(top_end);
            }
            whole_end = match label.underscore {
                _ if !content.starts_with(is_host) => None,
                Some(_) => label.subdomain_end,
                None => label.plain_end,
            };
            top_end = top_level_end(text, label.start);
            next_start = label.start;
        }
    }
}

/// The domains in a host name with labels of Latin letters, digits and hyphens.
pub(super) fn latin(host: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let is_label = |character| character == '-' || is_latin(character);
    let skip = |at: usize| {
        host[at..]
            .find(|character| !is_label(character))
            .map_or(host.len(), |bytes| at + bytes)
    };
    let mut at = 0;
    while let Some(start) = host[at..].find(is_label).map(|bytes| at + bytes) {
        let mut end = None;
        let mut position = skip(start);
        while host[position..].starts_with('.') {
            end = top_level_end(host, position + 1).or(end);
            let next = skip(position + 1);
            if next == position + 1 {
                break;
            }
            position = next;
        }
        found.extend(end.map(|end| start..end));
        at = end.unwrap_or(position);
    }
    found
}

/// The end of the top-level domain that starts here.
fn top_level_end(text: &str, at: usize) -> Option<usize> {
    let rest = &text[at..];
    let mut name = String::new();
    let mut ends = Vec::new();
    let mut characters = rest.char_indices().peekable();
    while let Some((_, character)) =
        characters.next_if(|&(_, character)| is_host(character) && ends.len() < tlds::LONGEST)
    {
        name.extend(character.to_lowercase());
        let (end, next) = characters
            .peek()
            .map_or((rest.len(), None), |&(end, next)| (end, Some(next)));
        ends.push((name.len(), end, next));
    }
    let goes_on = |next: char| next.is_ascii_alphanumeric() || matches!(next, '@' | '+' | '-');
    ends.iter()
        .rev()
        .find(|&&(length, _, next)| !next.is_some_and(goes_on) && tlds::contains(&name[..length]))
        .map(|&(_, end, _)| at + end)
        .or_else(|| punycode_end(rest).map(|end| at + end))
}

/// The end of a label in punycode at the start of the text.
fn punycode_end(text: &str) -> Option<usize> {
    const PREFIX: &str = "xn--";
    let prefix = text.get(..PREFIX.len())?;
    let length = text
        .bytes()
        .take_while(|&byte| byte == b'-' || byte.is_ascii_alphanumeric())
        .count();
    (prefix.eq_ignore_ascii_case(PREFIX) && length > PREFIX.len()).then_some(length)
}

/// The length of a host name in ASCII; `None` if a label is too long.
pub(super) fn ascii_length(host: &str) -> Option<usize> {
    let mut length = 0;
    for label in host.split('.') {
        // Punycode is never shorter, and takes quadratic time.
        if label.chars().count() > LONGEST_LABEL {
            return None;
        }
        let label = if label.is_ascii() {
            label.len()
        } else {
            "xn--".len() + idna::punycode::encode_str(label)?.len()
        };
        if label > LONGEST_LABEL {
            return None;
        }
        length += label + 1;
    }
    Some(length - 1)
}

/// Whether a label may start or end with this character.
fn is_host(character: char) -> bool {
    !matches!(
        character,
        '!' | '\''
            | '#'
            | '%'
            | '&'
            | '('
            | ')'
            | '*'
            | '+'
            | ','
            | '\\'
            | '-'
            | '.'
            | '/'
            | ':'
            | ';'
            | '<'
            | '='
            | '>'
            | '?'
            | '@'
            | '['
            | ']'
            | '^'
            | '_'
            | '{'
            | '|'
            | '}'
            | '~'
            | '$'
    ) && !is_space(character)
        && !is_directional(character)
        && !super::is_invalid(character)
}

fn is_space(character: char) -> bool {
    // The Mongolian vowel separator was a space when the rules were written.
    character.is_whitespace() || character == '\u{180E}'
}

/// The marks that change the direction of writing.
fn is_directional(character: char) -> bool {
    matches!(
        character,
        '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}'
    )
}

/// ASCII letters and digits and the Latin letters with accents.
pub(super) fn is_latin(character: char) -> bool {
    character.is_ascii_alphanumeric()
        || matches!(
            character,
            '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{24F}' | '\u{253}' | '\u{254}' | '\u{256}' | '\u{257}'
                | '\u{259}' | '\u{25B}' | '\u{263}' | '\u{268}' | '\u{26F}' | '\u{272}' | '\u{289}' | '\u{28B}' | '\u{2BB}'
                | '\u{300}'..='\u{36F}' | '\u{1E00}'..='\u{1EFF}'
        )
}
