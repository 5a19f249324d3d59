//! Signs requests (RFC 5849 section 3): all names and values are encoded and sorted before the signer sees them.

use std::cell::RefCell;
use std::fmt::{self, Display, Write};
use std::num::NonZeroU64;
use std::rc::Rc;
use std::time::{SystemTime, UNIX_EPOCH};

use oauth1_request as oauth;
use oauth1_request::serializer::Serializer;
use oauth1_request::signature_method::{HmacSha1, Sign, SignatureMethod};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode, percent_encode};
use url::Url;

use crate::account::{Account, Credentials, Server};
use crate::error::Failure;

/// All characters except the unreserved ones (RFC 5849 section 3.6).
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The `oauth_` parameters that twauth puts into the header, in order.
const PROTOCOL_PARAMETERS: [&str; 8] = [
    "oauth_callback",
    "oauth_consumer_key",
    "oauth_nonce",
    "oauth_signature_method",
    "oauth_timestamp",
    "oauth_token",
    "oauth_verifier",
    "oauth_version",
];

/// Whose credentials sign a request, and the parameters that only one leg of the login has. Its secrets are used at its
/// own server only.
#[derive(Clone, Copy)]
pub(crate) struct Signer<'a> {
    /// The server that the consumer pair and the token belong to.
    pub(super) home: &'a Server,
    /// The account's screen name, for messages; `None` for an app.
    pub(super) name: Option<&'a str>,
    pub(super) client: &'a Credentials,
    pub(super) token: Option<&'a Credentials>,
    callback: Option<&'a str>,
    pub(super) verifier: Option<&'a str>,
    nonce: Option<&'a str>,
    timestamp: Option<u64>,
}

impl<'a> Signer<'a> {
    /// A signer for an account. Fails if the account has no access token, one of another account, or a value that
    /// cannot be right.
    pub(crate) fn of(account: &'a Account) -> Result<Self, Failure> {
        account.check_values()?;
        Self::of_any(account)
    }

    /// A signer without the check of the values: to show a signature, not to send it.
    pub(crate) fn of_any(account: &'a Account) -> Result<Self, Failure> {
        let token = account.usable_token()?;
        Ok(Self {
            name: account.screen_name.as_deref(),
            ..Self::of_app(&account.server, &account.client).with_token(token)
        })
    }

    /// A signer for the app only, with its consumer pair at `home`.
    pub(crate) fn of_app(home: &'a Server, client: &'a Credentials) -> Self {
        Self {
            home,
            name: None,
            client,
            token: None,
            callback: None,
            verifier: None,
            nonce: None,
            timestamp: None,
        }
    }

    /// Adds temporary or token credentials of the same server.
    pub(crate) fn with_token(mut self, token: &'a Credentials) -> Self {
        self.token = Some(token);
        self
    }

    pub(crate) fn with_callback(mut self, callback: &'a str) -> Self {
        self.callback = Some(callback);
        self
    }

    pub(crate) fn with_verifier(mut self, verifier: &'a str) -> Self {
        self.verifier = Some(verifier);
        self
    }

    /// Set only to reproduce a signature; random by default.
    pub(crate) fn with_nonce(mut self, nonce: Option<&'a str>) -> Self {
        self.nonce = nonce;
        self
    }

    /// Unix seconds, set only to reproduce a signature; now by default.
    pub(crate) fn at(mut self, timestamp: Option<u64>) -> Self {
        self.timestamp = timestamp;
        self
    }
}

impl fmt::Debug for Signer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer(at {})", self.home)
    }
}

/// A signature and what it was made from.
#[derive(Clone)]
pub(crate) struct Signed {
    /// The value of the `Authorization` header.
    pub(crate) header: String,
    /// RFC 5849 section 3.4.1. Contains the key, the token and the verifier, but no secret.
    pub(crate) base_string: String,
    /// Base64, as in the RFC; percent-encoded in the header.
    pub(crate) signature: String,
}

/// Signs a request for exactly this URL. `form` is the body where that is `application/x-www-form-urlencoded`, else
/// empty.
pub(crate) fn sign(method: &str, url: &Url, form: &[u8], signer: &Signer) -> Signed {
    let parameters = Sorted(normalized(url, form));
    let record = Rc::new(RefCell::new(String::new()));
    let mut builder = oauth::Builder::new(
        oauth::Credentials::new(
            signer.client.identifier.as_str(),
            signer.client.secret.expose(),
        ),
        Recording {
            base_string: Rc::clone(&record),
        },
    );
    let random = nonce();
    builder
        .token(
            signer.token.map(|token| {
                oauth::Credentials::new(token.identifier.as_str(), token.secret.expose())
            }),
        )
        .callback(signer.callback)
        .verifier(signer.verifier)
        .nonce(signer.nonce.or(random.as_deref()))
        .timestamp(NonZeroU64::new(
            signer
                .timestamp
                .unwrap_or_else(|| seconds(SystemTime::now())),
        ))
        .version(true);
    let header = builder.into_authorization(method, base_uri(url), &parameters);
    let encoded = header
        .rsplit("oauth_signature=\"")
        .next()
        .unwrap_or("")
        .trim_end_matches('"');
    let signature = percent_decode(encoded.as_bytes())
        .decode_utf8_lossy()
        .into_owned();
    Signed {
        base_string: record.take(),
        header,
        signature,
    }
}

/// The request's own parameters (RFC 5849 section 3.4.1.3.2, without the `oauth_` ones): encoded, sorted by name, then
/// value.
fn normalized(url: &Url, form: &[u8]) -> Vec<(String, String)> {
    let query = url.query().unwrap_or("").as_bytes();
    let mut pairs: Vec<(String, String)> = [query, form]
        .into_iter()
        .flat_map(|text| text.split(|byte| *byte == b'&'))
        .filter(|piece| !piece.is_empty())
        .map(|piece| {
            let middle = piece.iter().position(|byte| *byte == b'=');
            let (name, value) = piece.split_at(middle.unwrap_or(piece.len()));
            let value = value.get(1..).unwrap_or_default();
            (encoded(&decoded(name)), encoded(&decoded(value)))
        })
        .collect();
    pairs.sort_unstable();
    pairs
}

/// Whether the query or the form body contains an `oauth_` parameter that the signature adds itself. The callback and
/// the verifier are added during login only, so other requests may contain them.
pub(crate) fn holds_protocol_parameter(url: &Url, form: &[u8]) -> bool {
    normalized(url, form).iter().any(|(name, _)| {
        name == "oauth_signature"
            || PROTOCOL_PARAMETERS.contains(&name.as_str())
                && !matches!(name.as_str(), "oauth_callback" | "oauth_verifier")
    })
}

/// The end of a base string (RFC 5849 section 3.4.1.3.2): all parameters, encoded, sorted and joined.
pub(crate) fn normalized_parameters(base_string: &str) -> String {
    let parameters = base_string.rsplit('&').next().unwrap_or("");
    percent_decode(parameters.as_bytes())
        .decode_utf8_lossy()
        .into_owned()
}

/// Percent-encoded as the signature requires; valid in a form body too.
pub(crate) fn encoded(bytes: &[u8]) -> String {
    percent_encode(bytes, ENCODED).to_string()
}

/// The decoded bytes of a name or value in a query: `+` is a space.
pub(crate) fn form_decoded(text: &str) -> Vec<u8> {
    decoded(text.as_bytes())
}

fn decoded(text: &[u8]) -> Vec<u8> {
    let spaced: Vec<u8> = text
        .iter()
        .map(|&byte| if byte == b'+' { b' ' } else { byte })
        .collect();
    percent_decode(&spaced).collect()
}

/// RFC 5849 section 3.4.1.2: the URL without query and fragment; `url` has lower-cased the host and dropped a
/// default port already.
fn base_uri(url: &Url) -> String {
    let mut bare = url.clone();
    bare.set_query(None);
    bare.set_fragment(None);
    bare.into()
}

/// 30 letters and digits: strict servers accept 20 to 30 of them and nothing else. `None` without randomness; the
/// signing crate then makes one.
fn nonce() -> Option<String> {
    const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let mut random = [0_u8; 96];
    getrandom::fill(&mut random).ok()?;
    // Larger bytes would make the first letters of the alphabet more likely.
    let fair = random.iter().filter(|byte| **byte < 248);
    let nonce: String = fair
        .map(|byte| char::from(ALPHABET[usize::from(byte % 62)]))
        .take(30)
        .collect();
    (nonce.len() == 30).then_some(nonce)
}

/// Unix seconds, at least 1, so that a clock that was never set can still sign.
fn seconds(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH);
    since.map_or(1, |since| since.as_secs().max(1))
}

/// Encoded parameters, sorted in among the `oauth_` ones.
struct Sorted(Vec<(String, String)>);

impl oauth::Request for Sorted {
    fn serialize<S: Serializer>(&self, mut serializer: S) -> S::Output {
        let mut rest = self.0.iter().peekable();
        for name in PROTOCOL_PARAMETERS {
            while let Some((key, value)) = rest.next_if(|(key, _)| key.as_str() < name) {
                serializer.serialize_parameter_encoded(&encoded(key.as_bytes()), value);
            }
            match name {
                "oauth_callback" => serializer.serialize_oauth_callback(),
                "oauth_consumer_key" => serializer.serialize_oauth_consumer_key(),
                "oauth_nonce" => serializer.serialize_oauth_nonce(),
                "oauth_signature_method" => serializer.serialize_oauth_signature_method(),
                "oauth_timestamp" => serializer.serialize_oauth_timestamp(),
                "oauth_token" => serializer.serialize_oauth_token(),
                "oauth_verifier" => serializer.serialize_oauth_verifier(),
                _ => serializer.serialize_oauth_version(),
            }
        }
        for (key, value) in rest {
            serializer.serialize_parameter_encoded(&encoded(key.as_bytes()), value);
        }
        serializer.end()
    }
}

/// HMAC-SHA1 that also records the base string.
struct Recording {
    base_string: Rc<RefCell<String>>,
}

struct RecordingSign {
    base_string: Rc<RefCell<String>>,
    hmac: <HmacSha1 as SignatureMethod>::Sign,
}

impl SignatureMethod for Recording {
    type Sign = RecordingSign;

    fn sign_with(self, client_secret: &str, token_secret: Option<&str>) -> Self::Sign {
        RecordingSign {
            base_string: self.base_string,
            hmac: HmacSha1::new().sign_with(client_secret, token_secret),
        }
    }
}

impl RecordingSign {
    fn record(&self, piece: impl Display) {
        // Writing to a String cannot fail.
        let _ = write!(self.base_string.borrow_mut(), "{piece}");
    }
}

impl Sign for RecordingSign {
    type Signature = <<HmacSha1 as SignatureMethod>::Sign as Sign>::Signature;

    fn get_signature_method_name(&self) -> &'static str {
        self.hmac.get_signature_method_name()
    }

    fn request_method(&mut self, method: &str) {
        self.record(format_args!("{method}&"));
        self.hmac.request_method(method);
    }

    fn uri<T: Display>(&mut self, uri: T) {
        let uri = uri.to_string();
        self.record(format_args!("{uri}&"));
        self.hmac.uri(uri);
    }

    fn parameter<V: Display>(&mut self, key: &str, value: V) {
        let value = value.to_string();
        self.record(format_args!("{key}%3D{value}"));
        self.hmac.parameter(key, value);
    }

    fn delimiter(&mut self) {
        self.record("%26");
        self.hmac.delimiter();
    }

    fn end(self) -> Self::Signature {
        self.hmac.end()
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;
    use crate::client::call::form_text;

    #[test]
    fn every_clock_signs() {
        use std::time::Duration;
        let (day, now) = (Duration::from_secs(86_400), 1_795_000_000);
        assert_eq!(seconds(UNIX_EPOCH), 1);
        assert_eq!(seconds(UNIX_EPOCH - day), 1);
        assert_eq!(seconds(UNIX_EPOCH + Duration::from_secs(now)), now);
        assert!(seconds(UNIX_EPOCH + day * 10_000_000) > 253_402_300_799);
    }

    #[derive(serde::Deserialize)]
    struct Vector {
        name: String,
        method: String,
        url: String,
        #[serde(default)]
        params: serde_json::Map<String, serde_json::Value>,
        oauth_params: std::collections::BTreeMap<String, String>,
        #[serde(default)]
        consumer_secret: String,
        #[serde(default)]
        token_secret: String,
        expected_base_string: String,
        expected_signature: String,
    }

    /// twauth always sends `oauth_version`, HMAC-SHA1 and each `oauth_` parameter once; the sandbox checks the other
    /// vectors.
    fn can_be_asked_for(vector: &Vector) -> bool {
        let oauth = &vector.oauth_params;
        oauth.get("oauth_version").is_some_and(|version| version == "1.0")
            && oauth.keys().all(|key| key == "realm" || PROTOCOL_PARAMETERS.contains(&key.as_str()))
            && oauth.contains_key("oauth_consumer_key")
            && oauth.get("oauth_timestamp").is_some_and(|text| text.parse::<NonZeroU64>().is_ok())
            // A published signature over a URL that no request line can contain.
            && vector.name != "bettiolo-no-path-erratum"
    }

    #[test]
    fn every_vector_that_can_be_asked_for_is_signed_as_published() {
        let vectors: Vec<Vector> =
            serde_json::from_str(include_str!("../../tests/data/oauth1-vectors.json")).unwrap();
        let mut checked = 0;
        for vector in vectors.iter().filter(|vector| can_be_asked_for(vector)) {
            let oauth = |name: &str| vector.oauth_params.get(name).map(String::as_str);
            let client = Credentials::new(
                oauth("oauth_consumer_key").unwrap(),
                &*vector.consumer_secret,
            );
            let token =
                oauth("oauth_token").map(|token| Credentials::new(token, &*vector.token_secret));
            let form: Vec<(String, String)> = vector
                .params
                .get("form")
                .map(|form| serde_json::from_value(form.clone()).unwrap())
                .unwrap_or_default();
            let signed = sign(
                &vector.method.to_ascii_uppercase(),
                &Url::parse(&vector.url).unwrap(),
                form_text(&form).as_bytes(),
                &Signer {
                    token: token.as_ref(),
                    callback: oauth("oauth_callback"),
                    verifier: oauth("oauth_verifier"),
                    nonce: oauth("oauth_nonce"),
                    timestamp: oauth("oauth_timestamp").map(|text| text.parse().unwrap()),
                    ..Signer::of_app(&Server::X, &client)
                },
            );
            assert_eq!(
                signed.base_string, vector.expected_base_string,
                "{}",
                vector.name
            );
            assert_eq!(
                signed.signature, vector.expected_signature,
                "{}",
                vector.name
            );
            checked += 1;
        }
        assert!(checked > 60, "only {checked} vectors were checked");
    }
}
