//! The programs that are compared, and the files they need.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, BufWriter, Write as _};
use std::process::{Child, Command, Stdio};
use std::{array, fs};

use tempfile::TempDir;

use crate::cost::Program;
use crate::server::{AUTHORITY, FIRST_ID, screen_name};

pub(crate) const TWAUTH: &str = env!("CARGO_BIN_EXE_twauth");

/// The names in the tables.
pub(crate) const OURS: &str = "twauth, one root";
pub(crate) const CURL: &str = "curl";
pub(crate) const CURL_ONE: &str = "curl, one root";
pub(crate) const TWEEPY: &str = "tweepy";

const SYSTEM_ROOTS: &str = "system.pem";
const KEY: &str = "benchmarkConsumerKey00000";
const SECRET: &str = "benchmarkConsumerSecret000000000000000000000000000";
const TOKEN: &str = "benchmarkToken0000000000000000000000000";
const TOKEN_SECRET: &str = "benchmarkTokenSecret0000000000000000000000000";

/// A temporary folder, which is also the programs' home, and the server.
pub(crate) struct Place {
    pub(crate) folder: TempDir,
    server: Child,
    near: String,
    pub(crate) slow: String,
    pub(crate) closing: String,
}

impl Place {
    pub(crate) fn new() -> io::Result<Self> {
        let temporary = TempDir::with_prefix("twauth-bench-")?;
        let folder = temporary.path();
        // In this process it would count: a child's memory is measured from before the program takes over.
        let mut server = Command::new(std::env::current_exe()?)
            .arg("--serve")
            .arg(folder)
            .stdout(Stdio::piped())
            .spawn()?;
        let answers = server.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
        let mut ports = BufReader::new(answers).lines().map_while(Result::ok);
        let [near, slow, closing] =
            array::from_fn(|_| format!("https://localhost:{}", ports.next().unwrap_or_default()));
        let stores = "ssl/certs/ca-certificates.crt pki/tls/certs/ca-bundle.crt ssl/cert.pem";
        let mut stores = stores
            .split(' ')
            .map(|path| fs::read(format!("/etc/{path}")));
        let mut roots = stores.find_map(Result::ok).unwrap_or_default();
        roots.extend(fs::read(folder.join(AUTHORITY))?);
        fs::write(folder.join(SYSTEM_ROOTS), roots)?;
        // The store of xurl-rs.
        let token = format!("access_token: '{FIRST_ID}-{TOKEN}', token_secret: '{TOKEN_SECRET}'");
        let pair = format!("consumer_key: '{KEY}', consumer_secret: '{SECRET}'");
        let token = format!("oauth1_token: {{type: oauth1, oauth1: {{{token}, {pair}}}}}");
        let app = format!("bot: {{client_id: '', client_secret: '', {token}}}");
        fs::create_dir(folder.join(".xurl"))?;
        fs::write(
            folder.join(".xurl/auth.yml"),
            format!("apps: {{{app}}}\ndefault_app: bot\n"),
        )?;
        Ok(Self {
            folder: temporary,
            server,
            near,
            slow,
            closing,
        })
    }

    /// All of them, for one `verify`, or one post.
    pub(crate) fn one(&self, tweet: bool) -> io::Result<Vec<Program>> {
        self.accounts(1, &self.near)?;
        let (ours, curl, rival) = if tweet {
            (
                "tweet hello",
                r#"--json {"text":"hello"} URL/2/tweets"#,
                "post hello",
            )
        } else {
            ("verify", "URL/2/users/me", "whoami")
        };
        let curl = format!("curl -sf -K 0.conf {}", curl.replace("URL", &self.near));
        let rival = format!("env API_BASE_URL={} xr {rival} --auth oauth1", self.near);
        let ours = format!("{TWAUTH} {ours} -c 1.json");
        Ok(vec![
            Program::new(CURL, SYSTEM_ROOTS, curl.clone()),
            Program::new(CURL_ONE, AUTHORITY, curl),
            self.tweepy(tweet, &self.near, 1)?,
            Program::new("xurl-rs", SYSTEM_ROOTS, rival),
            Program::new("twauth, system's roots", SYSTEM_ROOTS, ours.clone()),
            Program::new(OURS, AUTHORITY, ours),
        ])
    }

    /// At the paths of X's older interface: it can be pointed at another server there.
    fn tweepy(&self, tweet: bool, server: &str, accounts: u64) -> io::Result<Program> {
        let call = if tweet {
            "update_status('hello').id_str"
        } else {
            "verify_credentials().id_str"
        };
        let host = server.trim_start_matches("https://");
        let name = format!("tweepy-{accounts}-{tweet}.py");
        let text = format!(
            "import tweepy\nfor n in range({accounts}):\n    auth = tweepy.OAuth1UserHandler('{KEY}', '{SECRET}', \
             f'{{{FIRST_ID} + n}}-{TOKEN}', '{TOKEN_SECRET}')\n    print(tweepy.API(auth, host='{host}').{call})\n"
        );
        fs::write(self.folder.path().join(&name), text)?;
        let line = format!("python3 -B {name}");
        Ok(Program::new(TWEEPY, SYSTEM_ROOTS, line))
    }

    /// Those that can ask about several accounts, as they are used for that.
    pub(crate) fn many(&self, accounts: u64, server: &str) -> io::Result<Vec<Program>> {
        self.accounts(accounts, server)?;
        let ours = format!("{TWAUTH} verify -c {accounts}.json");
        let parallel = "curl --parallel --parallel-max 100 -K all.conf".to_owned();
        let mut all = vec![
            Program::new(OURS, AUTHORITY, ours),
            Program::new("curl --parallel", AUTHORITY, parallel),
        ];
        if accounts <= 1_000 {
            let each = format!("xargs -a list -n 1 -P 32 curl -sf {server}/2/users/me -K");
            all.push(Program::new("xargs -P 32 curl", AUTHORITY, each));
        }
        if accounts <= 100 {
            all.push(self.tweepy(false, server, accounts)?);
        }
        Ok(all)
    }

    /// The imports of almost 16 MiB of each kind, at whose end is an account.
    pub(crate) fn imports(&self) -> io::Result<Vec<Program>> {
        let words = "the bot posts every hour what the station on the roof has measured";
        let account = format!(
            "consumer_key: '{KEY}'\nconsumer_secret: '{SECRET}'\n\
             access_token: '{FIRST_ID}-{TOKEN}'\naccess_token_secret: '{TOKEN_SECRET}'\n"
        );
        let import = |(name, before, piece): (&'static str, &str, String)| {
            let mut file = self.create(name)?;
            file.write_all(before.as_bytes())?;
            for _ in 0..(16_000 << 10) / piece.len() {
                file.write_all(piece.as_bytes())?;
            }
            file.write_all(account.as_bytes())?;
            file.flush()?;
            let line = format!("{TWAUTH} import {name} --dry-run -c new.json");
            Ok(Program::new(name, AUTHORITY, line))
        };
        let kinds = [
            ("text", "", format!("{words}\n")),
            ("YAML", "log:\n", format!("  - {words}\n")),
        ];
        kinds.into_iter().map(import).collect()
    }

    /// A file in the folder. Written piece by piece: the memory of this process is the least that a program seems to take.
    fn create(&self, name: &str) -> io::Result<BufWriter<File>> {
        File::create(self.folder.path().join(name)).map(BufWriter::new)
    }

    /// A credentials file of that many accounts of a server, and curl's files for them.
    pub(crate) fn accounts(&self, count: u64, server: &str) -> io::Result<()> {
        let mut accounts = self.create(&format!("{count}.json"))?;
        let (mut list, mut all) = (self.create("list")?, self.create("all.conf")?);
        for number in 0..count {
            let id = FIRST_ID + number;
            let name = screen_name(id);
            let before = if number == 0 { "[" } else { "," };
            writeln!(
                accounts,
                r#"{before}{{"screen_name":"{name}","user_id":"{id}","consumer_key":"{KEY}","consumer_secret":"{SECRET}","access_token":"{id}-{TOKEN}","access_token_secret":"{TOKEN_SECRET}","server":"{server}"}}"#
            )?;
            // As a signer makes it; nobody checks the signature.
            let header = format!(
                "Authorization: OAuth oauth_consumer_key=\"{KEY}\",oauth_nonce=\"6Ax0CZ3YBO7F3LPF\",\
                 oauth_signature=\"tnnArxj06cWHq44gCs1OSKk%2FjLY%3D\",oauth_signature_method=\"HMAC-SHA1\",\
                 oauth_timestamp=\"1318622958\",oauth_token=\"{id}-{TOKEN}\",oauth_version=\"1.0\""
            );
            let header = format!("header = {header:?}\n");
            fs::write(self.folder.path().join(format!("{number}.conf")), &header)?;
            writeln!(list, "{number}.conf")?;
            let before = if number == 0 { "" } else { "next\n" };
            write!(
                all,
                "{before}silent\nfail\nurl = {server}/2/users/me\n{header}"
            )?;
        }
        writeln!(accounts, "]")?;
        all.flush()?;
        list.flush()?;
        accounts.flush()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
