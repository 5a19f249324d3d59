//! The folder and the server of one benchmark: accounts, certificates, other programs' scripts.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::Options;
use crate::server::{AUTHORITY, FIRST_ID, screen_name};

/// Where the system keeps the roots that it trusts, on different systems.
const SYSTEM_ROOTS: [&str; 4] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

pub(crate) struct Place {
    folder: tempfile::TempDir,
    server: Child,
    /// The server ends when this is closed.
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
    pub(crate) near: u16,
    pub(crate) slow: u16,
    pub(crate) far: u16,
    /// The server's authority alone.
    pub(crate) one_root: PathBuf,
    /// The system's store with the server's authority added; the authority alone where there is no store.
    pub(crate) system_roots: PathBuf,
}

impl Place {
    pub(crate) fn new(options: &Options) -> io::Result<Self> {
        let folder = tempfile::TempDir::with_prefix("twauth-bench-")?;
        let mut server = Command::new(std::env::current_exe()?)
            .arg("--serve")
            .arg(folder.path())
            .args(options.as_arguments())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let (Some(questions), Some(answers)) = (server.stdin.take(), server.stdout.take()) else {
            return Err(io::ErrorKind::BrokenPipe.into());
        };
        let mut answers = BufReader::new(answers);
        let [near, slow, far] = numbers(&mut answers)?;
        let one_root = folder.path().join(AUTHORITY);
        let system_roots = folder.path().join("system.pem");
        let store = SYSTEM_ROOTS.iter().find_map(|path| fs::read(path).ok());
        let mut roots = store.unwrap_or_default();
        roots.extend(fs::read(&one_root)?);
        fs::write(&system_roots, roots)?;
        Ok(Self {
            folder,
            server,
            questions,
            answers,
            near,
            slow,
            far,
            one_root,
            system_roots,
        })
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The connections and requests since this was last asked.
    pub(crate) fn counts(&mut self) -> io::Result<[u64; 2]> {
        writeln!(self.questions)?;
        numbers(&mut self.answers)
    }

    /// A credentials file of that many accounts, of the server at `port`, or of X.
    pub(crate) fn accounts(&self, count: u64, port: Option<u16>) -> io::Result<OsString> {
        let name = format!("accounts-{count}-{}.json", port.unwrap_or(0));
        let path = self.folder().join(name);
        let server = port.map_or_else(String::new, |port| {
            format!(",\n    \"server\": \"https://localhost:{port}\"")
        });
        let mut file = BufWriter::new(File::create(&path)?);
        write!(file, "[")?;
        for number in 0..count {
            let id = FIRST_ID + number;
            let comma = if number == 0 { "" } else { "," };
            write!(
                file,
                r#"{comma}
  {{
    "screen_name": "{}",
    "user_id": "{id}",
    "consumer_key": "benchmark-consumer-key-00",
    "consumer_secret": "benchmark-consumer-secret-000000000000000000000000",
    "access_token": "{}",
    "access_token_secret": "benchmark-token-secret-0000000000000000000000"{server}
  }}"#,
                screen_name(id),
                token(id),
            )?;
        }
        writeln!(file, "\n]")?;
        file.flush()?;
        Ok(path.into())
    }

    /// For curl: one configuration file for each account, all of their names in a file, and all of them in one.
    pub(crate) fn curl_files(&self, count: u64, port: u16) -> io::Result<[OsString; 2]> {
        let list = self.folder().join(format!("curl-{count}"));
        let joint = self.folder().join(format!("curl-{count}.joint"));
        let mut names = BufWriter::new(File::create(&list)?);
        let mut all = BufWriter::new(File::create(&joint)?);
        for number in 0..count {
            let own = self.folder().join(format!("curl-{number}.conf"));
            let header = header(FIRST_ID + number).replace('"', "\\\"");
            let text = format!(
                "silent\nfail\nmax-time = 60\ncacert = \"{}\"\nurl = \"https://localhost:{port}/2/users/me\"\nheader = \"{header}\"\n",
                self.one_root.display(),
            );
            fs::write(&own, &text)?;
            writeln!(names, "{}", own.display())?;
            let next = if number == 0 { "" } else { "next\n" };
            write!(all, "{next}{text}")?;
        }
        names.flush()?;
        all.flush()?;
        Ok([list.into(), joint.into()])
    }

    /// Writes a file into the folder.
    pub(crate) fn file(&self, name: &str, text: &str) -> io::Result<OsString> {
        let path = self.folder().join(name);
        fs::write(&path, text)?;
        Ok(path.into())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // It waits for nobody.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn numbers<T: std::str::FromStr + Copy + Default, const N: usize>(
    source: &mut impl io::BufRead,
) -> io::Result<[T; N]> {
    let mut line = String::new();
    source.read_line(&mut line)?;
    let mut found = [T::default(); N];
    for (place, word) in found.iter_mut().zip(line.split_whitespace()) {
        *place = word.parse().map_err(|_| io::ErrorKind::InvalidData)?;
    }
    Ok(found)
}

fn token(id: u64) -> String {
    format!("{id}-benchmark-token-000000000000000")
}

/// A header as a signer makes it; nobody checks the signature.
pub(crate) fn header(id: u64) -> String {
    format!(
        "Authorization: OAuth oauth_consumer_key=\"benchmark-consumer-key-00\",oauth_nonce=\"6Ax0CZ3YBO7F3LPF\",\
         oauth_signature=\"tnnArxj06cWHq44gCs1OSKk%2FjLY%3D\",oauth_signature_method=\"HMAC-SHA1\",\
         oauth_timestamp=\"1318622958\",oauth_token=\"{}\",oauth_version=\"1.0\"",
        token(id)
    )
}
