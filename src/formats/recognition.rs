//! Which format a text is in, told from its first signs.

use super::{Broken, Format, Found, lines, query, read_as};
use crate::account::Server;

/// What the lines of some formats begin with.
const STARTS: [(Format, &[&str]); 5] = [
    (
        Format::Env,
        &["export ", "declare -x ", "typeset -x ", "setenv "],
    ),
    (Format::Fish, &["set -x", "set -gx", "set -Ux"]),
    (Format::PowerShell, &["$env:", "$Env:"]),
    (
        Format::Python,
        &["import ", "from ", "class ", "def ", "{'", "[{'"],
    ),
    (Format::Twarc, &["bearer_token = "]),
];

/// Reads a text as what it looks like; what looks like JSON or YAML and is not may still be a program, a dict, or a
/// section with its heading.
pub(super) fn read(text: &str, home: &Server) -> Result<Found, Broken> {
    let first = text.trim_start();
    let is_json = is_json(first);
    let tree = if let Some(format) = query::kind(text) {
        return read_as(text, format, home);
    } else if lines::fits(text) {
        return read_as(text, Format::Lines, home);
    } else if ["{", "[", "//", "/*"]
        .iter()
        .any(|start| first.starts_with(start))
    {
        Format::Json
    } else if looks_like_yaml(text) {
        Format::Yaml
    } else {
        return read_as(text, style(text), home);
    };
    let broken = match read_as(text, tree, home) {
        Err(broken) => broken,
        found => return found,
    };
    let may_be_other = if tree == Format::Json {
        !is_json || broken.reason.contains("expected")
    } else {
        text.contains(['=', ',']) || broken.reason.starts_with("it is not YAML")
    };
    if !may_be_other {
        return Err(broken);
    }
    read_as(text, style(text), home).map_err(|other| match other.line {
        None if is_json || tree == Format::Yaml => broken,
        _ => other,
    })
}

/// Whether the text means to be JSON: a name in double quotes, or an object, behind the first bracket.
fn is_json(text: &str) -> bool {
    let mut signs = text.chars().filter(|c| !c.is_whitespace());
    matches!(signs.nth(1), Some('"' | '{' | '}' | ']' | '['))
}

/// Whether the first line that says something is one of YAML's.
fn looks_like_yaml(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim);
    let first = lines
        .find(|line| !line.is_empty() && !line.starts_with(['#', ';']))
        .unwrap_or_default();
    let name = first
        .strip_prefix("- ")
        .unwrap_or(first)
        .trim_start_matches([':', '"', '\'']);
    let is_pair = name.split_once(':').is_some_and(|(name, rest)| {
        !name.is_empty()
            && !name.contains(['=', '(', '{', '<', '$', '/'])
            && (rest.is_empty() || rest.starts_with([' ', '"']))
    });
    first.starts_with("---") && !first.starts_with("-----")
        || first.starts_with("%YAML")
        || is_pair
        || first.starts_with("- ")
}

/// What kind of assignments the text has, for the message that says what was found.
fn style(text: &str) -> Format {
    let lines = || text.lines().map(str::trim).take(1000);
    let is_heading = |line: &&str| {
        line.starts_with('[') && line.ends_with(']') && !line.contains(['"', '\'', ','])
    };
    match lines().find(is_heading) {
        Some("[main]") => Format::Twarc,
        Some(_) => Format::Ini,
        None => lines().find_map(style_of_line).unwrap_or(Format::Text),
    }
}

fn style_of_line(line: &str) -> Option<Format> {
    let starts =
        |(_, starts): &&(Format, &[&str])| starts.iter().any(|start| line.starts_with(start));
    if let Some((format, _)) = STARTS.iter().find(starts) {
        return Some(*format);
    }
    if line.starts_with('\'') && line.contains("': ") {
        return Some(Format::Python);
    }
    let (name, value) = line.split_once('=')?;
    let is_spaced = name.ends_with(' ') && value.trim_start().starts_with(['"', '\'']);
    let mut name = name.trim_end().bytes();
    let is_name = name.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    is_name.then_some(if is_spaced {
        Format::Python
    } else {
        Format::Dotenv
    })
}
