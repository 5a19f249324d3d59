//! Parses a `multipart/form-data` body (RFC 7578).

use hyper::body::Bytes;

pub(super) struct Part {
    pub(super) name: String,
    /// A slice of the body.
    pub(super) bytes: Bytes,
}

/// The parts of `body`; `None` if the content type or the body is not multipart, or the body is incomplete.
pub(super) fn parts(content_type: &str, body: &Bytes) -> Option<Vec<Part>> {
    let delimiter = format!("\r\n--{}", parameter(content_type, "boundary")?).into_bytes();
    let mut rest = body.strip_prefix(delimiter.get(2..)?)?;
    let mut parts = Vec::new();
    loop {
        if rest.starts_with(b"--") {
            return Some(parts);
        }
        let part = rest.strip_prefix(b"\r\n")?;
        let end = position(part, &delimiter)?;
        let (whole, after) = part.split_at(end);
        parts.push(self::part(whole, body)?);
        rest = after.get(delimiter.len()..)?;
    }
}

fn part(whole: &[u8], all: &Bytes) -> Option<Part> {
    let end = position(whole, b"\r\n\r\n")?;
    let (head, body) = whole.split_at(end);
    let head = String::from_utf8_lossy(head);
    let mut lines = head.split("\r\n").filter_map(|line| line.split_once(':'));
    let (_, named) =
        lines.find(|(key, _)| key.trim().eq_ignore_ascii_case("content-disposition"))?;
    Some(Part {
        name: parameter(named, "name")?,
        bytes: all.slice_ref(body.get(4..)?),
    })
}

/// The parameter `name` of a header's value, without quotes.
fn parameter(value: &str, name: &str) -> Option<String> {
    value.split(';').skip(1).find_map(|pair| {
        let (key, value) = pair.split_once('=')?;
        let value = value.trim().trim_matches('"');
        (key.trim().eq_ignore_ascii_case(name) && !value.is_empty()).then(|| value.to_owned())
    })
}

fn position(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes
        .windows(wanted.len())
        .position(|found| found == wanted)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn parts_keep_every_byte() {
        let mut body =
            b"--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n-\r\r\n--\r\n--b\r\n"
                .to_vec();
        body.extend(b"content-disposition: form-data; filename=\"x\"; name=\"m\"\r\nContent-Type: image/png\r\n\r\n");
        body.extend(0..=255);
        body.extend(b"\r\n--b--\r\n");
        let parts = parts("multipart/form-data; boundary=\"b\"", &body.into()).unwrap();
        assert_eq!(parts.len(), 2);
        assert_eq!(
            (parts[0].name.as_str(), &parts[0].bytes[..]),
            ("a", &b"\r\n-\r\r\n--"[..])
        );
        let all: Vec<u8> = (0..=255).collect();
        assert_eq!(
            (parts[1].name.as_str(), &parts[1].bytes[..]),
            ("m", &all[..])
        );
    }

    #[test]
    fn a_body_cut_anywhere_is_no_body() {
        let body = Bytes::from_static(
            b"--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--b--",
        );
        let kind = "multipart/form-data; boundary=b";
        assert!(parts(kind, &body).is_some());
        for end in 0..body.len() {
            assert!(parts(kind, &body.slice(..end)).is_none(), "cut at {end}");
        }
    }
}
