//! Finds links with twitter-text's URL grammar, parsed by hand so that any text takes linear time.

use std::ops::Range;

use super::domains::{self, Run};

/// The longest link in UTF-16 units, its host in punycode, with a protocol.
const LONGEST: usize = 4096;

/// The longest path of a link of `t.co`.
const LONGEST_SLUG: usize = 40;

/// The protocol assumed when none is written.
const PROTOCOL: &str = "https://";

/// A possible link, before it is checked in detail.
struct Candidate {
    start: usize,
    has_protocol: bool,
    domain: Range<usize>,
    has_path: bool,
    end: usize,
}

/// The byte ranges of the links, in order. The text is in NFC.
pub(super) fn find(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    if !text.contains('.') {
        return found;
    }
    let mut run = Run::default();
    // If a character can be before a link or in it, it is before it.
    let mut at = text
        .chars()
        .next()
        .filter(|&first| {
            may_precede(first) && candidate(text, first.len_utf8(), &mut run).is_some()
        })
        .map_or(0, char::len_utf8);
    let mut before = text[..at].chars().next();
    while at < text.len() {
        if before.is_none_or(may_precede)
            && let Some(candidate) = candidate(text, at, &mut run)
        {
            at = candidate.end;
            collect(text, before, &candidate, &mut found);
        }
        // After a candidate too: a link needs a preceding character that belongs to no other link.
        before = text[at..].chars().next();
        at += before.map_or(0, char::len_utf8);
    }
    found
}

fn may_precede(character: char) -> bool {
    !character.is_ascii_alphanumeric()
        && !matches!(character, '@' | '\u{FF20}' | '$' | '#' | '\u{FF03}')
        && !super::is_invalid(character)
}

fn candidate(text: &str, start: usize, run: &mut Run) -> Option<Candidate> {
    let protocol = protocol(&text[start..]);
    let domain = start + protocol..run.domain_end(text, start + protocol)?;
    let after_port = port_end(text, domain.end);
    let after_path = path_end(text, after_port);
    Some(Candidate {
        start,
        has_protocol: protocol > 0,
        has_path: after_path > after_port,
        end: query_end(text, after_path),
        domain,
    })
}

/// The length in bytes of `http://` or `https://` at the start of the text.
fn protocol(text: &str) -> usize {
    let starts_with = |name: &&str| {
        text.as_bytes()
            .get(..name.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(name.as_bytes()))
    };
    ["http://", PROTOCOL]
        .iter()
        .find(|name| starts_with(name))
        .map_or(0, |name| name.len())
}

/// Adds the links in a candidate: all of it, or without a protocol each domain in Latin letters.
fn collect(text: &str, before: Option<char>, candidate: &Candidate, found: &mut Vec<Range<usize>>) {
    let url = &text[candidate.start..candidate.end];
    let domain = &text[candidate.domain.clone()];
    if !fits(url, domain, candidate.has_protocol) {
        return;
    }
    if candidate.has_protocol {
        match short_link(url) {
            ShortLink::No => found.push(candidate.start..candidate.end),
            ShortLink::Ends(bytes) => found.push(candidate.start..candidate.start + bytes),
            ShortLink::TooLong => {}
        }
    } else if !before.is_some_and(|before| matches!(before, '-' | '_' | '.' | '/')) {
        let mut latin = domains::latin(domain);
        if candidate.has_path
            && let Some(last) = latin.last_mut()
        {
            last.end = url.len();
        }
        found.extend(
            latin
                .into_iter()
                .map(|link| candidate.start + link.start..candidate.start + link.end),
        );
    }
}

/// Whether the host names have valid lengths for DNS, and the whole link for X.
fn fits(url: &str, domain: &str, has_protocol: bool) -> bool {
    if domain.starts_with("xn--") && domains::latin(domain).is_empty() {
        return false;
    }
    let units = |text: &str| text.encode_utf16().count();
    let Some(host) = domains::ascii_length(domain) else {
        return false;
    };
    let protocol = if has_protocol { 0 } else { PROTOCOL.len() };
    protocol + units(url) - units(domain) + host <= LONGEST
}

/// Whether a link is one of `t.co`, whose path is only letters and digits.
enum ShortLink {
    No,
    /// The position in bytes.
    Ends(usize),
    TooLong,
}

fn short_link(url: &str) -> ShortLink {
    const HOST: &str = "t.co/";
    let host = protocol(url);
    let slug = host + HOST.len();
    if !url
        .get(host..slug)
        .is_some_and(|start| start.eq_ignore_ascii_case(HOST))
    {
        return ShortLink::No;
    }
    match url[slug..]
        .bytes()
        .take_while(u8::is_ascii_alphanumeric)
        .count()
    {
        0 => ShortLink::No,
        length if length > LONGEST_SLUG => ShortLink::TooLong,
        length => ShortLink::Ends(query_end(url, slug + length)),
    }
}

fn port_end(text: &str, at: usize) -> usize {
    let Some(digits) = text[at..].strip_prefix(':') else {
        return at;
    };
    match digits.bytes().take_while(u8::is_ascii_digit).count() {
        0 => at,
        count => at + 1 + count,
    }
}

/// The end of the path that starts here, without the punctuation after it.
fn path_end(text: &str, at: usize) -> usize {
    if !text[at..].starts_with('/') {
        return at;
    }
    let mut position = at + 1;
    let mut end = position;
    while let Some(character) = text[position..].chars().next() {
        if character == '(' {
            let Some(closed) = parentheses_end(text, position) else {
                break;
            };
            (position, end) = (closed, closed);
        } else if is_path(character) {
            position += character.len_utf8();
            if ends_path(character) {
                end = position;
            }
        } else {
            break;
        }
    }
    end
}

/// The end of a pair of parentheses with content, which may contain one inner pair.
fn parentheses_end(text: &str, at: usize) -> Option<usize> {
    let inside = at + 1;
    let mut position = skip_path(text, inside);
    let is_empty = position == inside;
    match text.as_bytes().get(position)? {
        b')' if !is_empty => return Some(position + 1),
        b'(' => {}
        _ => return None,
    }
    let inner = position + 1;
    position = skip_path(text, inner);
    if position == inner || text.as_bytes().get(position) != Some(&b')') {
        return None;
    }
    position = skip_path(text, position + 1);
    (text.as_bytes().get(position) == Some(&b')')).then_some(position + 1)
}

fn skip_path(text: &str, at: usize) -> usize {
    text[at..]
        .find(|character| !is_path(character))
        .map_or(text.len(), |bytes| at + bytes)
}

fn is_path(character: char) -> bool {
    ends_path(character)
        || matches!(
            character,
            '!' | '*'
                | '\''
                | ';'
                | ':'
                | ','
                | '.'
                | '$'
                | '%'
                | '['
                | ']'
                | '\u{2013}'
                | '~'
                | '@'
                | '|'
                | '&'
        )
}

fn ends_path(character: char) -> bool {
    domains::is_latin(character)
        || matches!(
            character,
            '\u{400}'..='\u{4FF}' | '+' | '-' | '=' | '_' | '#' | '/'
        )
}

/// The end of the query that starts here, without the punctuation after it.
fn query_end(text: &str, at: usize) -> usize {
    let rest = &text.as_bytes()[at..];
    if rest.first() != Some(&b'?') {
        return at;
    }
    let length = rest
        .iter()
        .position(|&byte| !is_query(byte))
        .unwrap_or(rest.len());
    rest[1..length]
        .iter()
        .rposition(|&byte| ends_query(byte))
        .map_or(at, |last| at + last + 2)
}

fn is_query(byte: u8) -> bool {
    ends_query(byte) || b"!?*'@();:+$%[].,~|".contains(&byte)
}

fn ends_query(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_&=#/".contains(&byte)
}
