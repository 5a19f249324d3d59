//! Other tools' credential files: recognised, read into accounts, written from them.

mod extract;
mod groups;
mod json;
mod labels;
mod lexer;
mod lines;
mod query;
mod scanner;
mod stores;
#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests;
mod words;
mod write;
mod yaml;

use crate::account::{Account, Credentials, Server};
use extract::Layout;
use groups::Groups;
pub(crate) use write::write;

/// A layout some program keeps its credentials in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// The credentials file's own object or list, and any other JSON that holds the labels.
    Json,
    /// Shell: `export NAME='value'`.
    Env,
    /// fish: `set -gx NAME 'value'`.
    Fish,
    /// PowerShell: `$env:NAME = 'value'`.
    PowerShell,
    /// `.env` as python-dotenv reads it.
    Dotenv,
    /// Sections as Python's configparser reads them.
    Ini,
    Yaml,
    /// Four bare lines, or six that start with screen name and user id.
    Lines,
    Twurl,
    Xurl,
    /// A dict, a list of them, or a module of `NAME = 'value'`.
    Python,
    /// t's `.trc` and x's `.xrc`: twurl's layout.
    T,
    /// twarc 1's INI and twarc 2's quoted, section-less file.
    Twarc,
    /// bti's and oysttyer's `ck=&cs=&at=&ats=`.
    OneLine,
    /// The body of a reply to `POST /oauth/access_token`.
    TokenReply,
    /// Any other text that says labels and values.
    Text,
}

impl Format {
    pub(crate) const ALL: [Self; 16] = [
        Self::Json,
        Self::Env,
        Self::Fish,
        Self::PowerShell,
        Self::Dotenv,
        Self::Ini,
        Self::Yaml,
        Self::Lines,
        Self::Twurl,
        Self::Xurl,
        Self::Python,
        Self::T,
        Self::Twarc,
        Self::OneLine,
        Self::TokenReply,
        Self::Text,
    ];

    /// The word that names the format on the command line.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Env => "env",
            Self::Fish => "fish",
            Self::PowerShell => "powershell",
            Self::Dotenv => "dotenv",
            Self::Ini => "ini",
            Self::Yaml => "yaml",
            Self::Lines => "lines",
            Self::Twurl => "twurl",
            Self::Xurl => "xurl",
            Self::Python => "python",
            Self::T => "t",
            Self::Twarc => "twarc",
            Self::OneLine => "bti",
            Self::TokenReply => "reply",
            Self::Text => "text",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }

    pub(crate) fn can_write(self) -> bool {
        !matches!(
            self,
            Self::T | Self::Twarc | Self::OneLine | Self::TokenReply | Self::Text
        )
    }

    /// Whether one file of this format holds several accounts.
    pub(crate) fn can_write_many(self) -> bool {
        matches!(
            self,
            Self::Json | Self::Ini | Self::Yaml | Self::Twurl | Self::Xurl | Self::Python
        )
    }

    /// Whether its names are variables', which can be chosen.
    pub(crate) fn has_variables(self) -> bool {
        matches!(
            self,
            Self::Env | Self::Fish | Self::PowerShell | Self::Dotenv
        )
    }
}

/// How the variables of an export are named.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Names {
    /// `CONSUMER_KEY`
    #[default]
    Plain,
    /// `X_API_KEY`
    X,
    /// `TWITTER_API_KEY`
    Twitter,
}

impl Names {
    pub(crate) const WORDS: [&str; 3] = ["plain", "x", "twitter"];

    pub(crate) fn named(word: &str) -> Self {
        match word {
            "x" => Self::X,
            "twitter" => Self::Twitter,
            _ => Self::Plain,
        }
    }

    /// The variable for one of the credentials file's labels.
    fn of(self, label: &str) -> String {
        if label == "server" {
            return "TWAUTH_SERVER".to_owned();
        }
        let prefix = match self {
            Self::Plain => return label.to_uppercase(),
            Self::X => "X",
            Self::Twitter => "TWITTER",
        };
        let name = match label {
            "consumer_key" => "api_key",
            "consumer_secret" => "api_secret",
            label => label,
        };
        format!("{prefix}_{}", name.to_uppercase())
    }
}

/// What a file held.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) format: Format,
    /// In file order. A file with nothing but a consumer pair gives one account without token.
    pub(crate) accounts: Vec<Account>,
    /// In file order: tokens from a layout that has no room for their consumer pair.
    pub(crate) tokens: Vec<UnownedToken>,
    /// What a person should know (what was left out), without secrets.
    pub(crate) notes: Vec<String>,
}

/// A token that still needs the consumer pair of the app it was made for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UnownedToken {
    pub(crate) screen_name: Option<String>,
    pub(crate) user_id: Option<String>,
    pub(crate) token: Credentials,
    pub(crate) server: Server,
}

impl UnownedToken {
    pub(crate) fn owned_by(self, client: Credentials) -> Account {
        Account {
            screen_name: self.screen_name,
            user_id: self.user_id,
            client,
            token: Some(self.token),
            server: self.server,
        }
    }
}

/// Why a file gave nothing. The reason never repeats the file's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Broken {
    pub(crate) reason: String,
    /// Counted from 1.
    pub(crate) line: Option<usize>,
    /// Whether a value can only be a mistake, rather than the file.
    pub(crate) is_value: bool,
    /// What to do instead, where another step than pasting the values helps.
    pub(crate) hint: Option<&'static str>,
}

impl Broken {
    fn new(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            line: None,
            is_value: false,
            hint: None,
        }
    }

    fn hint(mut self, hint: &'static str) -> Self {
        self.hint = Some(hint);
        self
    }

    fn at(line: usize, reason: impl Into<String>) -> Self {
        Self {
            line: Some(line),
            ..Self::new(reason)
        }
    }
}

/// Reads `text` as the format named, else as what it looks like.
///
/// Accounts are at `home` where the file does not say otherwise: what values are taken depends on it.
pub(crate) fn read(text: &str, format: Option<Format>, home: &Server) -> Result<Found, Broken> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim().is_empty() {
        return Err(Broken::new("it is empty"));
    }
    if text.contains('\0') {
        return Err(Broken::new("it is not text"));
    }
    let unix;
    let text = if text.contains('\r') {
        unix = text.replace("\r\n", "\n").replace('\r', "\n");
        &unix
    } else {
        text
    };
    match format {
        Some(format) => read_as(text, format, home),
        None => recognise(text, home),
    }
}

fn recognise(text: &str, home: &Server) -> Result<Found, Broken> {
    if let Some(format) = query::kind(text) {
        return read_as(text, format, home);
    }
    if lines::fits(text) {
        return read_as(text, Format::Lines, home);
    }
    let first = text.trim_start();
    let scanned = || read_as(text, style(text), home);
    if first.starts_with(['{', '[']) || first.starts_with("//") || first.starts_with("/*") {
        // What is no JSON may be a dict, a section's heading, or a program.
        return match read_as(text, Format::Json, home) {
            Err(broken) if !is_json(first) || broken.reason.contains("expected") => {
                let is_json = is_json(first);
                scanned().map_err(|other| {
                    if is_json && other.line.is_none() {
                        broken
                    } else {
                        other
                    }
                })
            }
            read => read,
        };
    }
    if looks_like_yaml(text) {
        return match read_as(text, Format::Yaml, home) {
            Err(broken)
                if text.contains(['=', ',']) || broken.reason.starts_with("it is not YAML") =>
            {
                scanned().map_err(|other| if other.line.is_none() { broken } else { other })
            }
            read => read,
        };
    }
    scanned()
}

fn read_as(text: &str, format: Format, home: &Server) -> Result<Found, Broken> {
    let mut groups = Groups::new();
    match format {
        Format::Json => json::read(text, &mut groups)?,
        Format::Xurl if text.trim_start().starts_with('{') => json::read(text, &mut groups)?,
        Format::Yaml | Format::Twurl | Format::T | Format::Xurl => yaml::read(text, &mut groups)?,
        Format::Lines => lines::read(text, &mut groups)?,
        Format::OneLine => query::read_one_line(text, &mut groups),
        Format::TokenReply => query::read_token_reply(text, &mut groups)?,
        Format::Env
        | Format::Fish
        | Format::PowerShell
        | Format::Dotenv
        | Format::Ini
        | Format::Python
        | Format::Twarc
        | Format::Text => scanner::scan(text, 1, &mut groups),
    }
    if groups.overflowed {
        return Err(Broken::new("it has too many labels"));
    }
    let mut groups = groups.list;
    stores::decode_secrets(&mut groups);
    let is_twurl = stores::complete_twurl(&mut groups);
    let is_xurl = stores::is_xurl(&groups);
    let format = match format {
        Format::Json | Format::Yaml if is_xurl => Format::Xurl,
        Format::Yaml if is_twurl => Format::Twurl,
        format => format,
    };
    let layout = Layout {
        format,
        has_names: !is_xurl,
        has_pairs: !matches!(format, Format::Lines | Format::TokenReply),
    };
    extract::accounts(&groups, layout, home)
}

/// Whether the text means to be JSON: a name in double quotes, or an object, behind the first bracket.
fn is_json(text: &str) -> bool {
    text.chars()
        .filter(|c| !c.is_whitespace())
        .nth(1)
        .is_some_and(|c| matches!(c, '"' | '{' | '}' | ']' | '['))
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

/// What kind of text it is, for the message that says what was found.
fn style(text: &str) -> Format {
    let mut format = None;
    for line in text.lines().map(str::trim_start).take(1000) {
        let starts = |starts: &[&str]| starts.iter().any(|start| line.starts_with(start));
        if line.starts_with('[')
            && line.trim_end().ends_with(']')
            && !line.contains(['"', '\'', ','])
        {
            return if line.trim_end() == "[main]" {
                Format::Twarc
            } else {
                Format::Ini
            };
        }
        let found = if starts(&["export ", "declare -x ", "typeset -x ", "setenv "]) {
            Format::Env
        } else if starts(&["set -x", "set -gx", "set -Ux"]) {
            Format::Fish
        } else if starts(&["$env:", "$Env:"]) {
            Format::PowerShell
        } else if starts(&["import ", "from ", "class ", "def ", "{'", "[{'"])
            || line.starts_with('\'') && line.contains("': ")
        {
            Format::Python
        } else if starts(&["bearer_token = "]) {
            Format::Twarc
        } else if let Some((name, value)) = line.split_once('=') {
            let is_name = |name: &str| {
                name.bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            };
            match (
                is_name(name.trim_end()),
                name.ends_with(' ') && value.trim_start().starts_with(['"', '\'']),
            ) {
                (true, false) => Format::Dotenv,
                (true, true) => Format::Python,
                _ => continue,
            }
        } else {
            continue;
        };
        format = format.or(Some(found));
    }
    format.unwrap_or(Format::Text)
}
