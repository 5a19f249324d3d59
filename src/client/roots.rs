//! The roots of trust: Mozilla's, compiled in; those in `SSL_CERT_FILE` and `SSL_CERT_DIR`; or the platform's.

use std::ffi::OsString;
use std::io::{self, Read as _};
use std::path::Path;
use std::{env, fs};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};

use crate::error::{Failure, Kind, system_reason};
use crate::terminal::text::harmless;

/// The size limit of a certificate file, in bytes.
const LIMIT: u64 = 16 << 20;

/// Where the roots of trust come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Roots {
    /// Mozilla's, compiled in; or only those in `SSL_CERT_FILE` and `SSL_CERT_DIR`.
    BuiltIn,
    /// The platform's, for networks whose proxy signs with its own authority.
    Platform,
}

impl Roots {
    /// The TLS configuration that trusts these alone; `None` where the HTTP library asks the platform.
    pub(super) fn configuration(self) -> Result<Option<ClientConfig>, Failure> {
        let store = match (named_store()?, self) {
            (Some(named), _) => named,
            (None, Self::BuiltIn) => webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect(),
            (None, Self::Platform) => return Ok(None),
        };
        let builder = ClientConfig::builder().with_root_certificates(store);
        let mut configuration = builder.with_no_client_auth();
        configuration.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Some(configuration))
    }
}

/// Whether the platform's roots may replace the built-in ones: not if the user named a store.
pub(super) fn may_use_platform() -> bool {
    setting("SSL_CERT_FILE").is_none() && setting("SSL_CERT_DIR").is_none()
}

/// A variable that is set and not empty.
pub(super) fn setting(name: &str) -> Option<OsString> {
    env::var_os(name).filter(|value| !value.is_empty())
}

/// The certificates of `SSL_CERT_FILE` and `SSL_CERT_DIR`; `None` if neither is set.
fn named_store() -> Result<Option<RootCertStore>, Failure> {
    if may_use_platform() {
        return Ok(None);
    }
    // What cannot be an authority must not make the others unusable: `add_parsable_certificates` ignores it.
    let mut store = RootCertStore::empty();
    if let Some(file) = setting("SSL_CERT_FILE") {
        let unusable = |why: &str| {
            let shown = harmless(&file.to_string_lossy());
            let reason =
                format!("could not read the certificates in {shown} (SSL_CERT_FILE): {why}");
            Failure::new(Kind::BadCertificateStore, reason)
                .hint("set SSL_CERT_FILE to a PEM file, or unset it")
        };
        let text = regular(Path::new(&file)).map_err(|error| unusable(&system_reason(&error)))?;
        let all: Option<Vec<_>> = certificates(&text).collect();
        store.add_parsable_certificates(all.ok_or_else(|| unusable("it is not a PEM file"))?);
    }
    if let Some(folders) = setting("SSL_CERT_DIR") {
        for folder in env::split_paths(&folders) {
            let files = fs::read_dir(folder).into_iter().flatten().flatten();
            // A certificate folder may contain other files: those that are not PEM are skipped.
            for text in files.filter_map(|file| regular(&file.path()).ok()) {
                store.add_parsable_certificates(certificates(&text).flatten());
            }
        }
    }
    if store.is_empty() {
        let named = ["SSL_CERT_FILE", "SSL_CERT_DIR"]
            .into_iter()
            .filter_map(|name| {
                let path = setting(name)?;
                Some(format!("{name} ({})", harmless(&path.to_string_lossy())))
            });
        let named: Vec<String> = named.collect();
        let reason = format!("there is no certificate in {}", named.join(" and "));
        return Err(Failure::new(Kind::BadCertificateStore, reason)
            .hint("set SSL_CERT_FILE to a PEM file, or unset both"));
    }
    Ok(Some(store))
}

/// A file's text, if it is a regular file within the size limit: reading a FIFO would block, a device has no end.
fn regular(path: &Path) -> io::Result<String> {
    let metadata = fs::metadata(path)?;
    if !metadata.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    let mut text = Vec::with_capacity(usize::try_from(metadata.len().min(LIMIT)).unwrap_or(0));
    let file = fs::File::open(path)?;
    file.take(LIMIT + 1).read_to_end(&mut text)?;
    if text.len() as u64 > LIMIT {
        return Err(io::Error::other("it is larger than 16 MiB"));
    }
    // The remarks between certificates may be in any encoding.
    Ok(String::from_utf8(text)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
}

/// The certificates of a PEM text (RFC 7468); `None` for one that is not complete. The decoder of the TLS library, which
/// is made for private keys, takes twice as long for a system's store.
fn certificates(text: &str) -> impl Iterator<Item = Option<CertificateDer<'static>>> {
    let begun = text.split("-----BEGIN CERTIFICATE-----").skip(1);
    begun.map(|begun| {
        let (base64, _) = begun.split_once("-----END CERTIFICATE-----")?;
        let mut joined = String::with_capacity(base64.len());
        joined.extend(base64.split_ascii_whitespace());
        Some(STANDARD.decode(joined).ok()?.into())
    })
}
