//! The nouns: an account, its credentials, and the server it lives at.

mod credentials;
mod server;

pub(crate) use credentials::{Credentials, check_pair, looks_like_token, masked};
pub(crate) use server::{SANDBOX, Server, X};

/// One labelled account. The token is missing where only the consumer pair is known yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) screen_name: Option<String>,
    /// Decimal digits; text because ids pass 2^53.
    pub(crate) user_id: Option<String>,
    pub(crate) client: Credentials,
    pub(crate) token: Option<Credentials>,
    pub(crate) server: Server,
}

impl Account {
    /// What to call the account in a message: `@name`, else its id, else what it lacks.
    pub(crate) fn label(&self) -> String {
        match (&self.screen_name, &self.user_id) {
            (Some(name), _) => format!("@{name}"),
            (None, Some(id)) => format!("user {id}"),
            (None, None) => "the unnamed account".to_owned(),
        }
    }

    /// Whether `name` (screen name with or without `@`, in any case, or user id) means this account.
    pub(crate) fn answers_to(&self, name: &str) -> bool {
        let bare = name.strip_prefix('@').unwrap_or(name);
        self.screen_name
            .as_deref()
            .is_some_and(|own| own.eq_ignore_ascii_case(bare))
            || self.user_id.as_deref() == Some(name)
    }

    /// Whether it is a consumer pair that a login at `server` completes. A pair whose server is not named in the file
    /// has no home yet: the first login decides.
    pub(crate) fn waits_at(&self, server: &Server) -> bool {
        let is_homeless = self.server == Server::X && matches!(server, Server::Other(_));
        self.token.is_none() && (self.server == *server || is_homeless)
    }

    /// Whether both are the same account at the same server: by id where both have one, else by name.
    pub(crate) fn same_person(&self, other: &Self) -> bool {
        self.server == other.server
            && match (&self.user_id, &other.user_id) {
                (Some(mine), Some(theirs)) => mine == theirs,
                _ => match (&self.screen_name, &other.screen_name) {
                    (Some(mine), Some(theirs)) => mine.eq_ignore_ascii_case(theirs),
                    _ => false,
                },
            }
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
