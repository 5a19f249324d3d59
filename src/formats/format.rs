//! The formats, by name, and what each has room for.

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
    /// Each with the word that names it on the command line.
    pub(crate) const ALL: [(Self, &str); 16] = [
        (Self::Json, "json"),
        (Self::Env, "env"),
        (Self::Fish, "fish"),
        (Self::PowerShell, "powershell"),
        (Self::Dotenv, "dotenv"),
        (Self::Ini, "ini"),
        (Self::Yaml, "yaml"),
        (Self::Lines, "lines"),
        (Self::Twurl, "twurl"),
        (Self::Xurl, "xurl"),
        (Self::Python, "python"),
        (Self::T, "t"),
        (Self::Twarc, "twarc"),
        (Self::OneLine, "bti"),
        (Self::TokenReply, "reply"),
        (Self::Text, "text"),
    ];

    pub(crate) fn name(self) -> &'static str {
        let known = Self::ALL.iter().find(|(format, _)| *format == self);
        known.map_or("", |(_, name)| name)
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        let known = Self::ALL.iter().find(|(_, own)| *own == name);
        known.map(|(format, _)| *format)
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

    /// Whether it has room for a consumer pair beside a token. Where it has none, the pair comes from elsewhere.
    pub(super) fn has_pairs(self) -> bool {
        !matches!(self, Self::Lines | Self::TokenReply)
    }

    /// Whether it is one that is written here in lines which no parser of its own reads.
    pub(super) fn has_lines(self) -> bool {
        self.has_variables() || matches!(self, Self::Ini | Self::Python)
    }

    /// Whether a word behind a name and a sign is the value itself, and no variable.
    pub(super) fn has_bare_values(self) -> bool {
        matches!(self, Self::Env | Self::Fish | Self::Dotenv | Self::Ini)
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
    pub(super) fn of(self, label: &str) -> String {
        let (prefix, label) = match (self, label) {
            (_, "server") => ("TWAUTH_", label),
            (Self::Plain, _) => ("", label),
            (Self::X, _) => ("X_", of_api(label)),
            (Self::Twitter, _) => ("TWITTER_", of_api(label)),
        };
        format!("{prefix}{}", label.to_uppercase())
    }
}

/// What X's own programs call the label.
fn of_api(label: &str) -> &str {
    match label {
        "consumer_key" => "api_key",
        "consumer_secret" => "api_secret",
        label => label,
    }
}
