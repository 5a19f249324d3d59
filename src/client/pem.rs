//! Certificates in PEM text (RFC 7468). They are public, so they are decoded without the care that keys need, which
//! takes thirty times as long.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::pki_types::CertificateDer;

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";

/// The certificates in `text`, in order; none for each that cannot be decoded. What stands between them is passed
/// over.
pub(super) fn certificates(text: &[u8]) -> Vec<Option<CertificateDer<'static>>> {
    let mut found = Vec::new();
    let mut body: Option<Vec<u8>> = None;
    for line in text.split(|byte| *byte == b'\n') {
        let line = line.trim_ascii();
        match &mut body {
            None if line == BEGIN.as_bytes() => body = Some(Vec::new()),
            None => {}
            Some(base64) if line == END.as_bytes() => {
                found.push(STANDARD.decode(base64).ok().map(CertificateDer::from));
                body = None;
            }
            Some(base64) => base64.extend_from_slice(line),
        }
    }
    if body.is_some() {
        found.push(None);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::certificates;

    fn decoded(text: &str) -> Vec<Option<Vec<u8>>> {
        let found = certificates(text.as_bytes()).into_iter();
        found.map(|der| der.map(|der| der.to_vec())).collect()
    }

    #[test]
    fn certificates_are_found_between_other_lines() {
        let text = "a comment\r\n-----BEGIN CERTIFICATE-----\r\nb25l\r\nIHR3\r\nbw==\r\n-----END CERTIFICATE-----\r\n\
                    -----BEGIN TRUSTED CERTIFICATE-----\nb25l\n-----END TRUSTED CERTIFICATE-----\n\
                    -----BEGIN CERTIFICATE-----\nb25l\n-----END CERTIFICATE-----";
        let one_two = Some(b"one two".to_vec());
        assert_eq!(decoded(text), [one_two, Some(b"one".to_vec())]);
    }

    #[test]
    fn what_cannot_be_decoded_is_told() {
        let bad = "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n";
        assert_eq!(decoded(bad), [None]);
        assert_eq!(decoded("-----BEGIN CERTIFICATE-----\nb25l\n"), [None]);
        assert!(decoded("").is_empty());
    }
}
