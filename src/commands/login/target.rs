//! The account that a login expects, and the check that it authorised the app.

use crate::account::{Account, Server, is_screen_name, is_user_id};
use crate::commands::sources;
use crate::error::{Failure, Kind};
use crate::terminal::text::harmless;

/// The account given with `-a`; without it, any account that authorises the app.
#[derive(Clone, Debug)]
pub(super) struct Target {
    named: Option<String>,
    /// The expected account, if it is in the file.
    pub(super) known: Option<Account>,
}

impl Target {
    /// Rejects a name that no account can have, before the user authorises anything.
    pub(super) fn new(
        named: Option<String>,
        server: Option<&Server>,
        in_file: &[Account],
    ) -> Result<Self, Failure> {
        let Some(name) = named else {
            return Ok(Self {
                named: None,
                known: None,
            });
        };
        let known = sources::named(in_file, &name, server).map_err(|hint| {
            let reason = "the file has several accounts of this name";
            Failure::new(Kind::SeveralAccounts, reason).hint(hint)
        })?;
        let bare = name.strip_prefix('@').unwrap_or(&name);
        if known.is_none() && !is_screen_name(bare) {
            let reason = "the account's name is neither a screen name nor a user id";
            return Err(Failure::usage(reason)
                .hint("a screen name has letters, digits and underscores, 20 at most: -a mybot"));
        }
        Ok(Self {
            known: known.cloned(),
            named: Some(bare.to_owned()),
        })
    }

    pub(super) fn of(account: &Account, name: &str) -> Self {
        Self {
            named: Some(name.to_owned()),
            known: Some(account.clone()),
        }
    }

    pub(super) fn is_named(&self) -> bool {
        self.named.is_some()
    }

    /// The value for `-a`: the screen name if it is known, else what the user gave.
    pub(super) fn name(&self) -> Option<&str> {
        let known = self.known.as_ref();
        let known = known.and_then(|account| account.screen_name.as_deref());
        known.or(self.named.as_deref())
    }

    /// The screen name for the URL of the authorisation page.
    pub(super) fn screen_name(&self) -> Option<&str> {
        self.name()
            .filter(|name| is_screen_name(name) && !is_id(name))
    }

    /// The account in a message.
    pub(super) fn shown(&self) -> Option<String> {
        let name = self.name()?;
        let stored = self.known.as_ref().map(|it| it.screen_name.as_deref());
        // The ids of old accounts are short.
        Some(if is_user_id(name) && stored.flatten() != Some(name) {
            format!("user {name}")
        } else {
            format!("@{}", harmless(name))
        })
    }

    /// Checks that the expected account authorised the app; `unsaved` says what was not saved.
    pub(super) fn check(&self, account: &Account, unsaved: &str) -> Result<(), Failure> {
        let (Some(named), Some(shown)) = (&self.named, self.shown()) else {
            return Ok(());
        };
        let known = self.known.as_ref();
        let known_id = known.and_then(|known| known.user_id.as_ref());
        let answers =
            account.answers_to(named) || self.name().is_some_and(|name| account.answers_to(name));
        // A name can change hands, an id cannot.
        let reason = match (known_id, &account.user_id) {
            (Some(old), Some(new)) if old == new => return Ok(()),
            (Some(old), Some(new)) if answers => format!(
                "{shown} is another account now: its user id is {new}, but {old} is stored; {unsaved}"
            ),
            (None, _) | (_, None) if answers => return Ok(()),
            _ => format!(
                "{} authorised the app, but {shown} was expected; {unsaved}",
                account.label()
            ),
        };
        Err(Failure::new(Kind::WrongAccount, reason))
    }

    /// Whether the name is right but belongs to another account than the stored one.
    pub(super) fn has_changed_hands(&self, account: &Account) -> bool {
        let known_id = self.known.as_ref().and_then(|known| known.user_id.as_ref());
        let is_other = known_id.is_some() && known_id != account.user_id.as_ref();
        is_other && self.name().is_some_and(|name| account.answers_to(name))
    }
}

/// X's names have 15 characters at most today: so many digits are an id.
fn is_id(name: &str) -> bool {
    name.len() > 15 && is_user_id(name)
}
