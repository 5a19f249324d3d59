//! An account, its credentials, and the server it belongs to.

mod credentials;
pub(crate) mod identity;
mod server;
mod values;

pub(crate) use credentials::{Credentials, Secret, masked};
pub(crate) use server::{Server, X};
pub(crate) use values::{
    Part, bad_value, bad_value_in_file, has_shape, mistake, mistake_among, token_owner,
};

use crate::error::{Failure, Kind, Next};
use crate::terminal::text::harmless;

/// The labels of an account, in the order of the credentials file.
pub(crate) const LABELS: [&str; 7] = [
    "screen_name",
    "user_id",
    "consumer_key",
    "consumer_secret",
    "access_token",
    "access_token_secret",
    "server",
];

/// One account. It has no token if only the consumer pair is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) screen_name: Option<String>,
    /// Decimal digits; text because ids exceed 2^53.
    pub(crate) user_id: Option<String>,
    pub(crate) client: Credentials,
    pub(crate) token: Option<Credentials>,
    pub(crate) server: Server,
}

impl Account {
    /// Only the consumer pair of an app.
    pub(crate) fn of_app(client: Credentials, server: Server) -> Self {
        Self {
            screen_name: None,
            user_id: None,
            client,
            token: None,
            server,
        }
    }

    /// The account's name in a message: `@name`, else its id, else "the unnamed account".
    pub(crate) fn label(&self) -> String {
        match (&self.screen_name, &self.user_id) {
            (Some(name), _) => harmless(&format!("@{name}")),
            (None, Some(id)) => harmless(&format!("user {id}")),
            (None, None) => "the unnamed account".to_owned(),
        }
    }

    /// The screen name, else the user id.
    pub(crate) fn name(&self) -> Option<&str> {
        self.screen_name.as_deref().or(self.user_id.as_deref())
    }

    /// The values of [`LABELS`], in their order; `None` if the account has none.
    pub(crate) fn labelled(&self) -> [(&'static str, Option<&str>); 7] {
        let token = self.token.as_ref();
        let values = [
            self.screen_name.as_deref(),
            self.user_id.as_deref(),
            Some(self.client.identifier.as_str()),
            Some(self.client.secret.expose()),
            token.map(|token| token.identifier.as_str()),
            token.map(|token| token.secret.expose()),
            self.server.label(),
        ];
        std::array::from_fn(|rank| (LABELS[rank], values[rank]))
    }

    /// The first value that cannot be right, and why. Only values of X are checked.
    pub(crate) fn mistake(&self) -> Option<(Part, &'static str)> {
        if self.server != Server::X {
            return None;
        }
        let labelled = self.labelled();
        let value = |part: Part| labelled.iter().find(|(label, _)| *label == part.label())?.1;
        let values: Vec<(Part, &str)> = Part::ALL
            .into_iter()
            .filter_map(|part| Some((part, value(part)?)))
            .collect();
        mistake_among(&values)
    }

    /// Rejects values of a file that cannot be right, before they are used.
    pub(crate) fn check_values(&self) -> Result<(), Failure> {
        match self.mistake() {
            Some((part, reason)) => {
                let name = format!("{} of {}", part.label(), self.label());
                Err(bad_value_in_file(&name, reason))
            }
            None => Ok(()),
        }
    }

    /// The access token. Fails if there is none, or if it belongs to another account.
    pub(crate) fn usable_token(&self) -> Result<&Credentials, Failure> {
        identity::check_owner(self)?;
        self.token.as_ref().ok_or_else(|| {
            let reason = format!("{} has no access token yet", self.label());
            Failure::new(Kind::NoCredentials, reason)
                .next("log in with {}, which completes the file", Next::Login)
        })
    }

    /// Whether `name` means this account: a screen name (in any case, `@` optional) or a user id.
    pub(crate) fn answers_to(&self, name: &str) -> bool {
        let bare = name.strip_prefix('@').unwrap_or(name);
        self.screen_name
            .as_deref()
            .is_some_and(|own| own.eq_ignore_ascii_case(bare))
            || self.user_id.as_deref() == Some(name)
    }

    /// Whether it is a consumer pair that a login at `server` completes. A pair belongs to one server.
    pub(crate) fn waits_at(&self, server: &Server) -> bool {
        self.token.is_none() && self.server == *server
    }
}

/// Whether `name` could be a screen name at X: 1 to 20 letters, digits and underscores. (X allows 15 today;
/// a few old accounts have more.)
pub(crate) fn is_screen_name(name: &str) -> bool {
    (1..=20).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Whether `id` could be a user id: 1 to 19 decimal digits (`OpenAPI` 2.167, `UserId`).
pub(crate) fn is_user_id(id: &str) -> bool {
    (1..=19).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_digit())
}
