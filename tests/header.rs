//! `twauth header`: a signature for other programs, and what it is made of.

use std::process::{Command, Stdio};

use serde::Deserialize;
use serde_json::json;

use crate::support::{Home, Output, SandboxServer};

#[derive(Deserialize)]
struct Vector {
    name: String,
    method: String,
    url: String,
    params: Parameters,
    oauth_params: std::collections::BTreeMap<String, String>,
    #[serde(default)]
    consumer_secret: String,
    #[serde(default)]
    token_secret: String,
    expected_base_string: String,
    expected_signature: String,
}

#[derive(Deserialize)]
struct Parameters {
    #[serde(default)]
    form: Vec<(String, String)>,
}

impl Vector {
    /// `header` signs with four values, the version and the parameters of a request; a step of a login, an empty
    /// secret, a field without a name or a host that ends in a dot it cannot be asked for.
    fn can_be_asked_for(&self) -> bool {
        let oauth = |name: &str| self.oauth_params.get(name).map_or("", String::as_str);
        let odd = |name: &str| {
            !matches!(
                name,
                "realm"
                    | "oauth_consumer_key"
                    | "oauth_token"
                    | "oauth_nonce"
                    | "oauth_timestamp"
                    | "oauth_signature_method"
                    | "oauth_version"
            )
        };
        oauth("oauth_version") == "1.0"
            && !oauth("oauth_token").is_empty()
            && !self.consumer_secret.is_empty()
            && !self.token_secret.is_empty()
            && !self.oauth_params.keys().any(|name| odd(name))
            && !self.params.form.iter().any(|(name, _)| name.contains('='))
            && !["bettiolo-no-path-erratum", "edge-trailing-dot-host"].contains(&&*self.name)
    }

    fn explained(&self, home: &Home) -> Output {
        let account = json!({
            "consumer_key": self.oauth_params["oauth_consumer_key"],
            "consumer_secret": self.consumer_secret,
            "access_token": self.oauth_params["oauth_token"],
            "access_token_secret": self.token_secret,
        });
        let fields = self.params.form.iter();
        let fields = fields.map(|(name, value)| format!("{name}={value}"));
        home.twauth(["header", "-c", "-", "--json", "--explain", &self.url])
            .args(["-X", &self.method])
            .args(["--nonce", &self.oauth_params["oauth_nonce"]])
            .args(["--timestamp", &self.oauth_params["oauth_timestamp"]])
            .args(fields.flat_map(|field| ["-F".to_owned(), field]))
            .stdin(account.to_string())
            .run()
    }
}

#[test]
fn every_vector_that_can_be_asked_for_is_signed_as_published() {
    let vectors: Vec<Vector> =
        serde_json::from_str(include_str!("data/oauth1-vectors.json")).unwrap();
    let home = Home::new();
    let mut checked = 0;
    for vector in vectors.iter().filter(|vector| vector.can_be_asked_for()) {
        let output = vector.explained(&home).assert_code(0);
        let said = output.json();
        let name = &vector.name;
        assert_eq!(
            said["signature_base_string"], *vector.expected_base_string,
            "{name}"
        );
        assert_eq!(said["signature"], *vector.expected_signature, "{name}");
        checked += 1;
    }
    assert!(checked > 75, "only {checked} vectors were checked");
}

#[test]
fn what_is_signed_is_explained_without_the_key() {
    let home = Home::with_account("https://api.x.com");
    let url = "https://api.x.com/1/x?b=2%203&a&b=%31";
    let output = home
        .twauth([
            "header",
            "--explain",
            "--nonce",
            "n",
            "--timestamp",
            "7",
            url,
        ])
        .exits(0);
    let key = &home.canaries.consumer_key;
    let token = &home.canaries.access_token;
    let parameters = format!(
        "a=&b=1&b=2%203&oauth_consumer_key={key}&oauth_nonce=n&oauth_signature_method=HMAC-SHA1\
         &oauth_timestamp=7&oauth_token={token}&oauth_version=1.0"
    );
    let lines: Vec<&str> = output.stdout.lines().collect();
    assert_eq!(lines[0], format!("normalized parameters: {parameters}"));
    assert!(
        lines[1].starts_with("signature base string: GET&https%3A%2F%2Fapi.x.com%2F1%2Fx&a%3D%26b")
    );
    assert!(lines[2].starts_with("signature: ") && lines[2].ends_with('='));
    assert_eq!(lines.len(), 3, "{output:?}");
}

#[test]
fn a_header_is_one_line_and_another_each_time() {
    let home = Home::with_account("https://api.x.com");
    let line = || {
        let run = home.twauth(["header", "https://api.x.com/2/users/me"]);
        run.exits(0).stdout
    };
    let first = line();
    assert!(
        first.starts_with("Authorization: OAuth oauth_consumer_key=\"canaryK"),
        "{first}"
    );
    assert_eq!(first.lines().count(), 1);
    assert_ne!(first, line());
}

#[test]
#[expect(clippy::print_stderr, reason = "a test that is passed over says so")]
fn curl_is_let_in_with_it() {
    if Command::new("curl")
        .arg("--version")
        .stdout(Stdio::null())
        .status()
        .is_err()
    {
        eprintln!("skipped: there is no curl here");
        return;
    }
    let (home, sandbox) = SandboxServer::with_account();
    let curl = |url: &str, header: &[&str], arguments: &[&str]| {
        let line = home.twauth(["header", url]).args(header).exits(0).stdout;
        home.program("curl")
            .args([
                "-sS",
                "-w",
                "%{http_code}",
                "-o",
                "reply",
                "-H",
                line.trim_end(),
            ])
            .args(arguments)
            .args([url])
            .run()
            .stdout
    };
    let me = format!(
        "{}/2/users/me?user.fields=id,name&x=a+b&x=%2b&y",
        sandbox.url
    );
    assert_eq!(curl(&me, &[], &[]), "200");
    assert_eq!(home.json("reply")["data"]["username"], "sandbot");
    assert_eq!(curl(&me, &["-X", "POST"], &[]), "401");
    let post = format!("{}/2/tweets", sandbox.url);
    let body = ["--json", "{\"text\":\"from curl\"}"];
    assert_eq!(curl(&post, &["-X", "POST"], &body), "201");
    // Forms are signed: a field that the header does not know of is refused.
    let form = format!("{}/1.1/oauth/invalidate_token", sandbox.url);
    assert_eq!(curl(&form, &["-F", "a=1 2"], &["-d", "a=1+3"]), "401");
    assert_eq!(curl(&form, &["-F", "a=1 2"], &["-d", "a=1+2"]), "200");
}

#[test]
fn what_cannot_be_signed_rightly_is_refused() {
    let home = Home::with_account("https://api.x.com");
    let good = "https://api.x.com/2/users/me";
    for arguments in [
        &["/2/users/me"][..],
        &["api.x.com/2/users/me"],
        &["ftp://api.x.com/"],
        &["https://user:word@api.x.com/"],
        &["https://api.x.com./"],
        &["https://api.x.com.:443?a"],
        &["https://127.0.0.1./"],
        &["https://api.x.com\\@evil.example/"],
        &["https://api.x.com/#part"],
        &["https://api.x.com/?oauth_token=a"],
        &["https://api.x.com/?%6fauth_nonce=a"],
        &[good, "-F", "oauth_signature=a"],
        &[good, "-F", "no equals sign"],
        &[good, "-X", "GET IT"],
        &[good, "--timestamp", "0"],
        &[good, "--nonce", ""],
    ] {
        let output = home.twauth(["header"]).args(arguments).run();
        assert_eq!(output.code, 2, "{arguments:?}: {output:?}");
        assert_eq!(output.stdout, "", "{arguments:?}");
    }
}
