//! Pending logins: what the second half of each needs, in a private file beside the credentials file.

use std::io;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value};

use super::system::is_own;
use super::{Place, Store, git, location, lock, replace};
use crate::account::{Credentials, Server};
use crate::error::{Failure, Kind, system_reason};

/// How long a login may stay pending, in seconds.
const LIFETIME: i64 = 24 * 60 * 60;

/// A login that waits for its PIN.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PendingLogin {
    /// The only account to accept.
    pub(crate) account: Option<String>,
    pub(crate) server: Server,
    pub(crate) client: Credentials,
    /// Whether a person entered the client's credentials, so that they are stored nowhere else.
    pub(crate) entered: bool,
    pub(crate) temporary: Credentials,
    /// Where the new account goes, as far as the first half decided.
    pub(crate) place: Place,
    /// The label of the file's only account, if it is to be replaced.
    pub(crate) replaces: Option<String>,
    /// Unix seconds.
    pub(crate) started_at: i64,
}

impl PendingLogin {
    /// Whether `name` means its account.
    pub(crate) fn answers_to(&self, name: &str) -> bool {
        let name = name.trim_start_matches('@');
        let account = self.account.as_deref();
        account.is_some_and(|account| account.eq_ignore_ascii_case(name))
    }

    /// Whether a new login of `other`'s account replaces this one.
    fn is_for_account_of(&self, other: &Self) -> bool {
        let same_name = match (&self.account, &other.account) {
            (Some(mine), Some(theirs)) => mine.eq_ignore_ascii_case(theirs),
            _ => false,
        };
        same_name && self.server == other.server
    }

    fn is_fresh(&self) -> bool {
        unix_seconds(SystemTime::now()).saturating_sub(self.started_at) < LIFETIME
    }
}

/// Unix seconds; 0 for a clock before 1970.
pub(crate) fn unix_seconds(time: SystemTime) -> i64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

impl Store {
    /// The pending logins, in the order they were started.
    pub(crate) fn pending(&self) -> Result<Vec<PendingLogin>, Failure> {
        read(&self.pending_file()?)
    }

    /// Makes sure that a pending login can be saved, before anything is asked of a server.
    pub(crate) async fn prepare_pending(&self, force: bool) -> Result<(), Failure> {
        let target = self.pending_file()?;
        git::check(&target, "--creds", force).await?;
        read(&target)?;
        let (folder, _) = replace::parts(&target).map_err(|error| unwritable(&target, &error))?;
        if !folder.exists() {
            return Ok(());
        }
        replace::probe(&target).map_err(|error| unwritable(&target, &error))
    }

    /// Saves a pending login; it replaces an earlier one for the same account.
    pub(crate) async fn add_pending(
        &self,
        login: &PendingLogin,
        force: bool,
    ) -> Result<(), Failure> {
        git::check(&self.pending_file()?, "--creds", force).await?;
        self.change_pending(|all| {
            all.retain(|other| !other.is_for_account_of(login));
            all.push(login.clone());
        })
    }

    /// Removes a pending login.
    pub(crate) fn remove_pending(&self, login: &PendingLogin) -> Result<(), Failure> {
        self.change_pending(|all| {
            all.retain(|other| other.temporary.identifier != login.temporary.identifier);
        })
    }

    /// Rewrites the file under the lock of the credentials file.
    fn change_pending(&self, change: impl FnOnce(&mut Vec<PendingLogin>)) -> Result<(), Failure> {
        let target = self.pending_file()?;
        let written = |done: io::Result<()>| done.map_err(|error| unwritable(&target, &error));
        let credentials = self.target()?;
        let (folder, name) =
            replace::parts(&credentials).map_err(|error| unwritable(&target, &error))?;
        written(replace::create_folder(folder))?;
        let _lock = lock::Lock::take(folder, name, |error| unwritable(&target, error))?;
        let mut all = read(&target)?;
        change(&mut all);
        if !all.is_empty() {
            let text = text_of(&all);
            return written(replace::replace(&target, &text, || true).map(drop));
        }
        match replace::remove(&target, || true) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            done => written(done.map(drop)),
        }
    }

    fn pending_file(&self) -> Result<PathBuf, Failure> {
        let mut path = self.target()?.into_os_string();
        path.push(".pending");
        Ok(path.into())
    }
}

/// The pending logins in the file, without those that are too old.
fn read(target: &Path) -> Result<Vec<PendingLogin>, Failure> {
    let refused = |reason: &str| {
        let name = location::shown(target);
        Failure::new(Kind::BadFile, format!("{name} {reason}"))
            .hint(format!("remove it: `rm {}`", location::typed(target)))
    };
    match target.symlink_metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Ok(metadata) if !metadata.is_file() => return Err(refused("is not a regular file")),
        // Its owner could choose where the PIN is sent.
        Ok(metadata) if !is_own(&metadata) => {
            return Err(refused("belongs to another user"));
        }
        _ => {}
    }
    let Some((bytes, _)) = location::contents(target)? else {
        return Ok(Vec::new());
    };
    let entries: Option<Vec<PendingLogin>> =
        serde_json::from_slice::<Vec<Map<String, Value>>>(&bytes)
            .ok()
            .and_then(|entries| entries.iter().map(of_entry).collect());
    let mut all = entries.ok_or_else(|| refused("is not a list of pending logins"))?;
    all.retain(PendingLogin::is_fresh);
    Ok(all)
}

fn of_entry(entry: &Map<String, Value>) -> Option<PendingLogin> {
    let optional = |label: &str| match entry.get(label) {
        None => Some(None),
        Some(value) => value.as_str().map(|text| Some(text.to_owned())),
    };
    let text = |label: &str| optional(label)?.filter(|text| !text.is_empty());
    let credentials =
        |identifier: &str, secret: &str| Some(Credentials::new(text(identifier)?, text(secret)?));
    Some(PendingLogin {
        account: optional("account")?,
        server: optional("server")?.map_or(Some(Server::X), |url| Server::parse(&url).ok())?,
        client: credentials("consumer_key", "consumer_secret")?,
        entered: entry.get("keys_entered") == Some(&Value::Bool(true)),
        temporary: credentials("oauth_token", "oauth_token_secret")?,
        place: match optional("place")?.as_deref() {
            None => Place::Obvious,
            Some("add") => Place::Add,
            Some("replace") => Place::Replace,
            Some(_) => return None,
        },
        replaces: optional("replaces")?,
        started_at: entry.get("started_at")?.as_i64()?,
    })
}

fn text_of(all: &[PendingLogin]) -> String {
    let entries = all.iter().map(|login| {
        let place = match login.place {
            Place::Obvious => None,
            Place::Add => Some("add"),
            Place::Replace => Some("replace"),
        };
        let texts = [
            ("account", login.account.as_deref()),
            ("server", login.server.label()),
            ("consumer_key", Some(login.client.identifier.as_str())),
            ("consumer_secret", Some(login.client.secret.expose())),
            ("oauth_token", Some(login.temporary.identifier.as_str())),
            ("oauth_token_secret", Some(login.temporary.secret.expose())),
            ("place", place),
            ("replaces", login.replaces.as_deref()),
        ];
        let mut entry: Map<String, Value> = texts
            .into_iter()
            .filter_map(|(label, text)| Some((label.to_owned(), text?.into())))
            .collect();
        if login.entered {
            entry.insert("keys_entered".to_owned(), true.into());
        }
        entry.insert("started_at".to_owned(), login.started_at.into());
        Value::Object(entry)
    });
    format!("{:#}\n", Value::Array(entries.collect()))
}

fn unwritable(target: &Path, error: &io::Error) -> Failure {
    let reason = format!(
        "{} could not be written: {}",
        location::shown(target),
        system_reason(error)
    );
    Failure::new(Kind::NotWritable, reason).hint(
        "check the folder's permissions and free space, or choose another file with --creds FILE",
    )
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use std::fs;

    use super::*;

    fn login(account: Option<&str>, server: &str, temporary: &str, age: i64) -> PendingLogin {
        PendingLogin {
            account: account.map(str::to_owned),
            server: Server::parse(server).unwrap(),
            client: Credentials::new("key", "secret"),
            entered: temporary.len().is_multiple_of(2),
            temporary: Credentials::new(temporary, "temporary-secret"),
            place: Place::Replace,
            replaces: Some("@mybot".to_owned()),
            started_at: unix_seconds(SystemTime::now()) - age,
        }
    }

    fn add(store: &Store, login: &PendingLogin) -> Result<(), Failure> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        runtime.unwrap().block_on(store.add_pending(login, false))
    }

    fn accounts(store: &Store) -> Vec<String> {
        let all = store.pending().unwrap();
        all.iter()
            .map(|login| login.temporary.identifier.clone())
            .collect()
    }

    #[test]
    fn every_clock_and_every_file_tells_how_old_a_login_is() {
        use std::time::Duration;
        let (day, now) = (Duration::from_secs(86_400), SystemTime::now());
        assert_eq!(unix_seconds(UNIX_EPOCH), 0);
        assert_eq!(unix_seconds(UNIX_EPOCH - day), 0);
        assert_eq!(unix_seconds(UNIX_EPOCH + day), 86_400);
        assert!(unix_seconds(now + day * 10_000_000) > 253_402_300_799);
        let started = |started_at| PendingLogin {
            started_at,
            ..login(None, "sandbox", "t", 0)
        };
        assert!(!started(i64::MIN).is_fresh());
        assert!(started(unix_seconds(now)).is_fresh());
        assert!(started(i64::MAX).is_fresh());
    }

    #[test]
    fn what_is_kept_is_what_is_read_until_it_has_come_to_its_end() {
        let folder = tempfile::TempDir::new().unwrap();
        let store = Store::new(folder.path().join("new/tw.json"));
        let (one, two) = (
            login(Some("a"), "https://api.x.com", "t1", 0),
            login(None, "http://127.0.0.1:8642", "t22", 5),
        );
        add(&store, &one).unwrap();
        add(&store, &two).unwrap();
        assert_eq!(store.pending().unwrap(), [one.clone(), two.clone()]);
        store.remove_pending(&one).unwrap();
        assert_eq!(store.pending().unwrap(), std::slice::from_ref(&two));
        store.remove_pending(&two).unwrap();
        store.remove_pending(&two).unwrap();
        assert_eq!(fs::read_dir(folder.path().join("new")).unwrap().count(), 0);
    }

    #[test]
    fn a_new_login_takes_the_place_of_one_for_the_same_account_at_the_same_server() {
        let folder = tempfile::TempDir::new().unwrap();
        let store = Store::new(folder.path().join("tw.json"));
        for (account, server, temporary) in [
            (Some("MyBot"), "https://api.x.com", "first"),
            (Some("other"), "https://api.x.com", "second"),
            (Some("mybot"), "http://127.0.0.1:1", "third"),
            (None, "https://api.x.com", "fourth"),
            (Some("mybot"), "https://api.x.com", "fifth"),
            (None, "https://api.x.com", "sixth"),
        ] {
            add(&store, &login(account, server, temporary, 0)).unwrap();
        }
        assert_eq!(
            accounts(&store),
            ["second", "third", "fourth", "fifth", "sixth"]
        );
    }

    #[test]
    fn a_login_older_than_a_day_is_dropped() {
        let folder = tempfile::TempDir::new().unwrap();
        let store = Store::new(folder.path().join("tw.json"));
        for (temporary, age) in [("young", 86_300), ("old", 86_500), ("future", -100_000)] {
            let login = login(Some(temporary), "https://api.x.com", temporary, age);
            add(&store, &login).unwrap();
        }
        assert_eq!(accounts(&store), ["young", "future"]);
    }

    #[test]
    fn what_is_no_list_of_logins_is_refused_and_stays() {
        let folder = tempfile::TempDir::new().unwrap();
        let store = Store::new(folder.path().join("tw.json"));
        let file = folder.path().join("tw.json.pending");
        for text in ["", "{}", "[1]", "[{}]", "[{\"account\": 5}]", "[", "null"] {
            fs::write(&file, text).unwrap();
            assert_eq!(store.pending().unwrap_err().kind, Kind::BadFile, "{text}");
            let new = login(None, "https://api.x.com", "new", 0);
            add(&store, &new).unwrap_err();
            assert_eq!(fs::read_to_string(&file).unwrap(), text);
        }
    }
}
