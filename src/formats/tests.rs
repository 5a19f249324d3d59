//! Every layout read from a sample, every fault said without an excerpt, every writer read back.

mod broken;
mod round_trips;
mod samples;

use super::Found;
use crate::account::{Account, Credentials, Server};

fn client() -> Credentials {
    Credentials::new("sample-consumer-key-0001", "sample-consumer-secret-0001")
}

fn token() -> Credentials {
    Credentials::new("931-sample-access-token-0001", "sample-access-secret-0001")
}

fn account(screen_name: Option<&str>, user_id: Option<&str>) -> Account {
    Account {
        screen_name: screen_name.map(str::to_owned),
        user_id: user_id.map(str::to_owned),
        client: client(),
        token: Some(token()),
        server: Server::X,
    }
}

/// A second account of the same app.
fn second(screen_name: Option<&str>) -> Account {
    Account {
        token: Some(Credentials::new(
            "932-sample-access-token-0002",
            "sample-access-secret-0002",
        )),
        ..account(screen_name, None)
    }
}

#[track_caller]
fn assert_found(found: &Found, accounts: &[Account]) {
    let shown = |accounts: &[Account]| -> Vec<String> {
        accounts
            .iter()
            .map(|account| {
                format!(
                    "{:?} {:?} {} {} {:?} {}",
                    account.screen_name,
                    account.user_id,
                    account.client.identifier,
                    account.client.secret.expose(),
                    account
                        .token
                        .as_ref()
                        .map(|token| (&token.identifier, token.secret.expose())),
                    account.server
                )
            })
            .collect()
    };
    assert_eq!(shown(&found.accounts), shown(accounts));
}
