//! Certificates made on the spot: one that is right and four that are wrong.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

/// What the server shows to its clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Certificate {
    Good,
    SelfSigned,
    Expired,
    WrongName,
    /// Signed by an authority other than the one to trust.
    UnknownAuthority,
}

/// A server's configuration and the authority that its clients are told to trust.
pub(crate) struct Identity {
    pub(crate) config: Arc<ServerConfig>,
    /// PEM
    pub(crate) authority: String,
}

impl Identity {
    pub(crate) fn new(certificate: Certificate) -> Self {
        let (authority, trusted) = authority();
        let (_, stranger) = self::authority();
        let mut params = CertificateParams::new(match certificate {
            Certificate::WrongName => vec!["elsewhere.example".to_owned()],
            _ => ["localhost", "127.0.0.1", "::1"]
                .map(str::to_owned)
                .to_vec(),
        })
        .unwrap();
        if certificate == Certificate::Expired {
            params.not_before = date_time_ymd(2020, 1, 1);
            params.not_after = date_time_ymd(2021, 1, 1);
        }
        let key = KeyPair::generate().unwrap();
        let signed = match certificate {
            Certificate::SelfSigned => params.self_signed(&key),
            Certificate::UnknownAuthority => params.signed_by(&key, &stranger),
            _ => params.signed_by(&key, &trusted),
        };
        Self {
            config: config(signed.unwrap().der().clone(), &key),
            authority,
        }
    }
}

fn authority() -> (String, Issuer<'static, KeyPair>) {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    // OpenSSL takes two certificates of one name for one.
    let name = &mut params.distinguished_name;
    name.push(DnType::CommonName, "authority of the tests");
    let key = KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap();
    (certificate.pem(), Issuer::new(params, key))
}

fn config(certificate: CertificateDer<'static>, key: &KeyPair) -> Arc<ServerConfig> {
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    Arc::new(config)
}
