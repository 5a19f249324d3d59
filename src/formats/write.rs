//! Accounts in the layouts of other programs.

use serde_json::Value;

use super::{Format, Names};
use crate::account::{Account, Server};

/// The file `format` would keep these accounts in, or why it cannot.
pub(crate) fn write(format: Format, accounts: &[Account], names: Names) -> Result<String, String> {
    if accounts.is_empty() {
        return Err("there is no account to write".to_owned());
    }
    if accounts.len() > 1 && !format.can_write_many() {
        return Err(format!("{} has room for one account only", format.name()));
    }
    for account in accounts {
        check(format, account)?;
    }
    let variable = |label: &str| names.of(label);
    match format {
        Format::Json => Ok(json(accounts)),
        Format::Env => Ok(lines(accounts, |label, value| {
            format!(
                "export {}='{}'",
                variable(label),
                value.replace('\'', r"'\''")
            )
        })),
        Format::Fish => Ok(lines(accounts, |label, value| {
            let quoted = value.replace('\\', r"\\").replace('\'', r"\'");
            format!("set -gx {} '{quoted}'", variable(label))
        })),
        Format::PowerShell => Ok(lines(accounts, |label, value| {
            // All of these end a text in single quotes there.
            let quoted =
                value.replace(['\'', '\u{2018}', '\u{2019}', '\u{201a}', '\u{201b}'], "''");
            format!("$env:{} = '{quoted}'", variable(label))
        })),
        Format::Dotenv => dotenv(accounts, names),
        Format::Ini => ini(accounts),
        Format::Yaml => Ok(yaml(accounts)),
        Format::Lines => bare(accounts),
        Format::Twurl => twurl(accounts),
        Format::Xurl => xurl(accounts),
        Format::Python => Ok(python(accounts)),
        Format::T | Format::Twarc | Format::OneLine | Format::TokenReply | Format::Text => {
            Err(format!("{} is read only", format.name()))
        }
    }
}

/// Refuses what the format has no room for, and what no format here can hold: empty values, control characters.
fn check(format: Format, account: &Account) -> Result<(), String> {
    if account.server != Server::X && matches!(format, Format::Lines | Format::Twurl | Format::Xurl)
    {
        return Err(format!(
            "{} has no room for a server, and {} belongs to {}",
            format.name(),
            account.label(),
            account.server
        ));
    }
    for (label, value) in labelled(account) {
        if value.is_empty() {
            return Err(format!("{label} is empty"));
        }
        if value.contains(|c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')) {
            return Err(format!(
                "{label} contains a line break or control character"
            ));
        }
    }
    Ok(())
}

/// The labels and values of an account, what is unknown left out.
fn labelled(account: &Account) -> impl Iterator<Item = (&'static str, &str)> {
    let values = account.labelled().into_iter();
    values.filter_map(|(label, value)| value.map(|value| (label, value)))
}

fn lines(accounts: &[Account], line: impl Fn(&str, &str) -> String) -> String {
    let lines = accounts.iter().flat_map(labelled);
    lines
        .map(|(label, value)| line(label, value) + "\n")
        .collect()
}

/// `text` as a JSON string.
fn in_json(text: &str) -> String {
    Value::from(text).to_string()
}

/// `text` in double quotes. A JSON string is one, but for the characters YAML wants escaped.
fn in_yaml(text: &str) -> String {
    let escaped = |c| match c {
        '\u{feff}' | '\u{fffe}' | '\u{ffff}' => format!("\\u{:04x}", u32::from(c)),
        _ => String::from(c),
    };
    in_json(text).chars().map(escaped).collect()
}

/// Each account between brackets, several in a list.
fn bracketed(
    accounts: &[Account],
    indent: &str,
    comma: &str,
    line: impl Fn(&str, &str) -> String,
) -> String {
    let object = |account: &Account, outer: &str| {
        let lines: Vec<String> = labelled(account)
            .map(|(label, value)| format!("{outer}{indent}{}", line(label, value)))
            .collect();
        format!("{outer}{{\n{}{comma}\n{outer}}}", lines.join(",\n"))
    };
    if let [only] = accounts {
        return object(only, "") + "\n";
    }
    let objects: Vec<String> = accounts
        .iter()
        .map(|account| object(account, indent))
        .collect();
    format!("[\n{}{comma}\n]\n", objects.join(",\n"))
}

/// The credentials file itself.
fn json(accounts: &[Account]) -> String {
    bracketed(accounts, "  ", "", |label, value| {
        format!("{}: {}", in_json(label), in_json(value))
    })
}

/// Dicts for `ast.literal_eval`.
fn python(accounts: &[Account]) -> String {
    bracketed(accounts, "    ", ",", |label, value| {
        format!(
            "'{label}': '{}'",
            value.replace('\\', r"\\").replace('\'', r"\'")
        )
    })
}

/// `NAME=value` as python-dotenv and Node read it. Plain values stand bare: docker and its like keep quotation marks.
fn dotenv(accounts: &[Account], names: Names) -> Result<String, String> {
    let quoted = |label: &str, value: &str| {
        if value
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte))
        {
            return Ok(value.to_owned());
        }
        if value.contains("${") {
            return Err(format!(
                "{label} contains ${{, which readers of .env files look up whatever the quotes"
            ));
        }
        // python-dotenv takes the last backslash in quotes for part of `\'`, however many there are.
        if value.ends_with('\\') {
            let is_plain = !value.starts_with(['\'', '"', ' ']) && !value.contains(" #");
            return is_plain.then(|| value.to_owned()).ok_or_else(|| {
                format!("{label} ends with a backslash, which cannot be quoted in .env files")
            });
        }
        // What every reader takes alike comes first; python-dotenv decides about the rest.
        let doubled = value.replace('\\', r"\\");
        Ok(if !value.contains('\'') {
            format!(
                "'{}'",
                if value.contains(r"\\") {
                    &doubled
                } else {
                    value
                }
            )
        } else if value.contains(['"', '\\', '$', '`']) {
            format!("'{}'", doubled.replace('\'', r"\'"))
        } else {
            format!("\"{value}\"")
        })
    };
    let lines = accounts.iter().flat_map(labelled);
    lines
        .map(|(label, value)| Ok(format!("{}={}\n", names.of(label), quoted(label, value)?)))
        .collect()
}

/// A section per account, named after it. `%` is doubled: `ConfigParser()` gives the values as they are, and
/// `RawConfigParser()`, which knows no interpolation, gives `%%`.
fn ini(accounts: &[Account]) -> Result<String, String> {
    let is_heading = |name: &str| name != "DEFAULT" && !name.contains([']', '[']);
    let mut text = String::new();
    for (account, name) in accounts.iter().zip(names(accounts, "account", is_heading)) {
        let gap = if text.is_empty() { "" } else { "\n" };
        text.extend([gap, "[", &name, "]\n"]);
        for (label, value) in labelled(account) {
            if value.trim() != value {
                return Err(format!(
                    "{label} starts or ends with a space, which ini drops"
                ));
            }
            if value.starts_with(['"', '\'', '`', '\u{201c}', '\u{2018}', '\u{201e}', '\u{ab}']) {
                return Err(format!(
                    "{label} starts with a quotation mark, which some readers of ini drop"
                ));
            }
            text.extend([label, " = ", &value.replace('%', "%%"), "\n"]);
        }
    }
    Ok(text)
}

/// A name for each account, no two alike: its screen name where that will do, else `other` and its number.
fn names(accounts: &[Account], other: &str, will_do: impl Fn(&str) -> bool) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for (number, account) in (1..).zip(accounts) {
        let own = account.screen_name.clone();
        let own = own.filter(|name| will_do(name) && !names.contains(name));
        names.push(own.unwrap_or_else(|| format!("{other}{number}")));
    }
    names
}

/// A mapping for one account, a list of them for several.
fn yaml(accounts: &[Account]) -> String {
    let mut text = String::new();
    for account in accounts {
        for (number, (label, value)) in labelled(account).enumerate() {
            let indent = match (accounts.len(), number) {
                (1, _) => "",
                (_, 0) => "- ",
                _ => "  ",
            };
            text.extend([indent, label, ": ", &in_yaml(value), "\n"]);
        }
    }
    text
}

/// The classic four lines, without a name.
fn bare(accounts: &[Account]) -> Result<String, String> {
    let mut text = String::new();
    for account in accounts {
        let token = account.token.as_ref().ok_or("lines need an access token")?;
        for value in [
            account.client.identifier.as_str(),
            account.client.secret.expose(),
            &token.identifier,
            token.secret.expose(),
        ] {
            if value.trim() != value {
                return Err("a value starts or ends with a space, which lines drop".to_owned());
            }
            text.extend([value, "\n"]);
        }
    }
    Ok(text)
}

/// Profiles by screen name, in them a group by consumer key; the first account becomes the default one.
fn twurl(accounts: &[Account]) -> Result<String, String> {
    let mut profiles: Vec<(&str, Vec<&Account>)> = Vec::new();
    for account in accounts {
        let name = account.screen_name.as_deref();
        let name = name.ok_or("twurl needs a screen name")?;
        let key = &account.client.identifier;
        match profiles.iter_mut().find(|(own, _)| *own == name) {
            Some((_, known)) if known.iter().any(|known| known.client.identifier == *key) => {
                return Err(format!("twurl has @{name} once for each consumer key"));
            }
            Some((_, known)) => known.push(account),
            None => profiles.push((name, vec![account])),
        }
    }
    let mut text = "---\nprofiles:\n".to_owned();
    for (name, accounts) in &profiles {
        text.extend(["  ", &in_yaml(name), ":\n"]);
        for account in accounts {
            let token = account.token.as_ref();
            let token = token.ok_or("twurl needs an access token")?;
            let key = account.client.identifier.as_str();
            text.extend(["    ", &in_yaml(key), ":\n"]);
            for (label, value) in [
                ("username", *name),
                ("consumer_key", key),
                ("consumer_secret", account.client.secret.expose()),
                ("token", &token.identifier),
                ("secret", token.secret.expose()),
            ] {
                text.extend(["      ", label, ": ", &in_yaml(value), "\n"]);
            }
        }
    }
    if let Some((name, accounts)) = profiles.first()
        && let Some(first) = accounts.first()
    {
        text.push_str("configuration:\n  default_profile:\n");
        for value in [*name, &first.client.identifier] {
            text.extend(["  - ", &in_yaml(value), "\n"]);
        }
    }
    Ok(text)
}

/// An app per account, named after it; the first is the default. Its stricter readers want the values of OAuth 2, too.
fn xurl(accounts: &[Account]) -> Result<String, String> {
    let mut text = "apps:\n".to_owned();
    let names = names(accounts, "app", |_| true);
    for (account, name) in accounts.iter().zip(&names) {
        let token = account.token.as_ref().ok_or("xurl needs an access token")?;
        text.extend(["  ", &in_yaml(name), ":\n"]);
        text.push_str("    client_id: \"\"\n    client_secret: \"\"\n");
        text.push_str("    oauth1_token:\n      type: oauth1\n      oauth1:\n");
        for (label, value) in [
            ("access_token", token.identifier.as_str()),
            ("token_secret", token.secret.expose()),
            ("consumer_key", &account.client.identifier),
            ("consumer_secret", account.client.secret.expose()),
        ] {
            text.extend(["        ", label, ": ", &in_yaml(value), "\n"]);
        }
    }
    if let Some(first) = names.first() {
        text.extend(["default_app: ", &in_yaml(first), "\n"]);
    }
    Ok(text)
}
