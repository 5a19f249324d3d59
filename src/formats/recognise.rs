//! Which format a text is in, by its looks.

use super::{Format, ini, labels, lines, query};

/// The likeliest format; whether the text keeps to it is its reader's to say.
pub(super) fn recognise(text: &str) -> Format {
    if starts_with_bracket(text) {
        return Format::Json;
    }
    if let Some(format) = query::kind(text) {
        return format;
    }
    if lines::fits(text) {
        return Format::Lines;
    }
    let mut format = None;
    for line in significant(text) {
        if ini::header(line).is_some() {
            return if line.trim_end() == "[main]" {
                Format::Twarc
            } else {
                Format::Ini
            };
        }
        format = format.or_else(|| of_line(line));
    }
    match format {
        Some(Format::Python)
            if significant(text).any(|line| line.starts_with("bearer_token =")) =>
        {
            Format::Twarc
        }
        Some(format) => format,
        None if text.trim().contains('\n') => Format::Dotenv,
        None => Format::Lines,
    }
}

/// What one line gives away.
fn of_line(line: &str) -> Option<Format> {
    if ["export ", "declare -x ", "typeset -x ", "set -a", "setenv "]
        .iter()
        .any(|start| line.starts_with(start))
    {
        return Some(Format::Env);
    }
    if ["import ", "from ", "class ", "def ", "\"\"\"", "'''"]
        .iter()
        .any(|start| line.starts_with(start))
    {
        return Some(Format::Python);
    }
    if line == "---"
        || line.starts_with("--- ")
        || line.starts_with("%YAML")
        || line.starts_with("- ")
    {
        return Some(Format::Yaml);
    }
    let sign = line.find(['=', ':'])?;
    let (name, value) = line.split_at(sign);
    if value.starts_with(':')
        && (value.len() == 1 || value.starts_with(": "))
        && !value.contains(" = ")
    {
        return Some(Format::Yaml);
    }
    let value = value.strip_prefix('=')?;
    let known = labels::label(name).is_some() || labels::affixed(name.trim()).is_some();
    let quoted = value.trim_start().starts_with(['"', '\'', '{', '[', '(']);
    if name.ends_with(' ') && quoted {
        return Some(Format::Python);
    }
    known.then_some(Format::Dotenv)
}

/// Lines that are neither blank nor a comment, without the white space around them.
fn significant(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with(['#', ';']) && !line.starts_with("//"))
}

/// Whether some line is a section's heading.
pub(super) fn has_section(text: &str) -> bool {
    significant(text).any(|line| ini::header(line).is_some())
}

/// Whether the text is a value in brackets, with or without a name before it.
pub(super) fn starts_with_bracket(text: &str) -> bool {
    let Some(first) = significant(text).next() else {
        return false;
    };
    let named = first.split_once('=').and_then(|(name, value)| {
        let name = name.trim();
        let plain = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
        (plain && labels::label(name).is_none()).then(|| value.trim_start())
    });
    let value = named.unwrap_or(first);
    match value.chars().next() {
        Some('{' | '(') => true,
        // `[mybot]` opens a section, `['x', 'y']` and a bare `[` a list.
        Some('[') => {
            named.is_some()
                || ini::header(value).is_none_or(|inner| inner.contains(['"', '\'', '{', ',']))
        }
        _ => false,
    }
}
