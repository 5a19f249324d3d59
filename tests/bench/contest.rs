//! Who takes part, and how each is asked for the same thing.

use std::ffi::OsString;
use std::io;

use crate::cost::Contestant;
use crate::place::{Place, header};
use crate::server::FIRST_ID;

const TWAUTH: &str = env!("CARGO_BIN_EXE_twauth");

/// What is asked of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Task {
    Verify,
    Tweet,
}

/// The names under which the table looks for them.
pub(crate) const OURS: &str = "twauth";
pub(crate) const OURS_SYSTEM: &str = "twauth, system's roots";
pub(crate) const CURL: &str = "curl, system's roots";
pub(crate) const CURL_ONE: &str = "curl, one root";
pub(crate) const TWEEPY: &str = "tweepy";
pub(crate) const REQUESTS: &str = "requests-oauthlib";

pub(crate) fn twauth<W: Into<OsString>>(
    place: &Place,
    words: impl IntoIterator<Item = W>,
) -> Contestant {
    let words = words.into_iter().map(Into::into);
    Contestant::new(OURS, std::iter::once(TWAUTH.into()).chain(words))
        .env("SSL_CERT_FILE", &place.one_root)
}

/// All of them, for one request to the server at `port`.
pub(crate) fn one_request(place: &Place, task: Task, port: u16) -> io::Result<Vec<Contestant>> {
    let file = place.accounts(1, Some(port))?;
    let words: Vec<OsString> = match task {
        Task::Verify => ["verify", "-c"].map(Into::into).to_vec(),
        Task::Tweet => ["tweet", "hello", "-c"].map(Into::into).to_vec(),
    };
    let ours = twauth(place, words.into_iter().chain([file]));
    let mut with_system = ours.clone().env("SSL_CERT_FILE", &place.system_roots);
    with_system.name = OURS_SYSTEM;
    let mut all = vec![ours, with_system];
    all.extend(curl(place, task, port));
    all.extend(python(place, task, port, 1)?);
    Ok(all)
}

fn curl(place: &Place, task: Task, port: u16) -> Vec<Contestant> {
    let path = match task {
        Task::Verify => "/2/users/me",
        Task::Tweet => "/2/tweets",
    };
    let url = format!("https://localhost:{port}{path}");
    let header = header(FIRST_ID);
    let mut words = ["curl", "--silent", "--fail", "--max-time", "60", "--header"]
        .map(OsString::from)
        .to_vec();
    words.push(header.into());
    if task == Task::Tweet {
        let body = ["--json", r#"{"text":"hello"}"#];
        words.extend(body.map(OsString::from));
    }
    [(CURL, &place.system_roots), (CURL_ONE, &place.one_root)]
        .into_iter()
        .map(|(name, roots)| {
            let mut words = words.clone();
            words.extend(["--cacert".into(), roots.into(), OsString::from(&url)]);
            Contestant::new(name, words)
        })
        .collect()
}

/// The usual Python clients at the paths of X's older interface, which both can be pointed at another server.
fn python(place: &Place, task: Task, port: u16, accounts: u64) -> io::Result<Vec<Contestant>> {
    let values =
        "'benchmark-consumer-key-00', 'benchmark-consumer-secret-000000000000000000000000'";
    let secret = "'benchmark-token-secret-0000000000000000000000'";
    let pair = format!("f'{{{FIRST_ID} + n}}-benchmark-token-000000000000000', {secret}");
    let (tweepy_asks, requests_asks) = match task {
        Task::Verify => (
            "api.verify_credentials().screen_name".to_owned(),
            format!(
                "session.get('https://localhost:{port}/1.1/account/verify_credentials.json', timeout=60).json()['screen_name']"
            ),
        ),
        Task::Tweet => (
            "api.update_status('hello').id_str".to_owned(),
            format!(
                "session.post('https://localhost:{port}/1.1/statuses/update.json', data={{'status': 'hello'}}, timeout=60).json()['id_str']"
            ),
        ),
    };
    let tweepy = format!(
        "import tweepy\nfor n in range({accounts}):\n    auth = tweepy.OAuth1UserHandler({values}, {pair})\n    \
         api = tweepy.API(auth, host='localhost:{port}', timeout=60)\n    print({tweepy_asks})\n"
    );
    let requests = format!(
        "from requests_oauthlib import OAuth1Session\nfor n in range({accounts}):\n    \
         session = OAuth1Session({values}, {pair})\n    print({requests_asks})\n"
    );
    let mut found = Vec::new();
    for (name, script) in [(TWEEPY, tweepy), (REQUESTS, requests)] {
        let file = place.file(&format!("{name}-{task:?}-{accounts}.py"), &script)?;
        let contestant = Contestant::new(name, ["python3".into(), file])
            .env("REQUESTS_CA_BUNDLE", &place.system_roots)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .every(4);
        found.push(contestant);
    }
    Ok(found)
}

/// Those who can ask about several accounts, as they are used for that.
pub(crate) fn many(place: &Place, accounts: u64) -> io::Result<Vec<Contestant>> {
    let file = place.accounts(accounts, Some(place.slow))?;
    let mut all = vec![twauth(place, ["verify".into(), "-c".into(), file])];
    let [list, joint] = place.curl_files(accounts, place.slow)?;
    let script = |name, script: &str| {
        let words: [OsString; 5] = [
            "sh".into(),
            "-c".into(),
            script.into(),
            "sh".into(),
            list.clone(),
        ];
        Contestant::new(name, words)
    };
    if accounts <= 100 {
        let each = "while read -r file; do curl -K \"$file\" || exit 1; done <\"$1\"";
        all.push(script("curl, one after the other", each));
    }
    if accounts > 1 {
        let each = "exec xargs -n 1 -P 32 curl -K <\"$1\"";
        all.push(script("xargs -P 32 curl", each));
        let words: [OsString; 6] = [
            "curl".into(),
            "--parallel".into(),
            "--parallel-max".into(),
            "64".into(),
            "-K".into(),
            joint,
        ];
        all.push(Contestant::new("curl --parallel", words));
    }
    if accounts <= 10 {
        let loops = python(place, Task::Verify, place.slow, accounts)?;
        let tweepy = loops.into_iter().filter(|other| other.name == TWEEPY);
        all.extend(tweepy.map(|other| other.every(1)));
    }
    Ok(all)
}
