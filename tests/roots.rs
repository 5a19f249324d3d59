//! Which authorities are trusted: the built-in ones and the system's, or exactly those that the user names.

use std::fs;
use std::path::PathBuf;

use crate::support::{Certificate, Home, RawServer, Run, SCREEN_NAME, Script, USER_ID, reply};

/// A PEM block that holds no certificate.
const NO_CERTIFICATE: &str =
    "-----BEGIN CERTIFICATE-----\nbm8gY2VydGlmaWNhdGU=\n-----END CERTIFICATE-----\n";

fn server(home: &Home) -> RawServer {
    let server = Script::new()
        .tls(Certificate::Good)
        .reply("GET /2/users/me", reply::me(USER_ID, SCREEN_NAME))
        .start();
    home.write_account(&server.url());
    server
}

fn verify(home: &Home) -> Run {
    home.twauth(["verify"])
}

#[test]
fn an_authority_that_nobody_named_is_not_trusted() {
    let home = Home::new();
    let server = server(&home);
    verify(&home).exits(3).assert_says("SSL_CERT_FILE");
    assert!(server.requests().is_empty());
}

#[test]
fn a_folder_of_certificates_may_hold_other_things() {
    let home = Home::new();
    let server = server(&home);
    home.write("roots/README", "not a certificate");
    home.write("roots/deeper/README", "a folder");
    home.write("roots/broken.pem", NO_CERTIFICATE);
    let authority = home.write("roots/ours.pem", server.authority());
    // As in a system's store, where each is there under several names.
    fs::copy(&authority, home.path("roots/0a0b0c0d.0")).unwrap();
    let run = verify(&home).env("SSL_CERT_DIR", home.path("roots"));
    run.exits(0);
}

#[test]
fn several_folders_are_searched() {
    let home = Home::new();
    let server = server(&home);
    home.write("second/ours.pem", server.authority());
    let folders = [home.path("missing"), home.path("second")];
    let run = verify(&home).env("SSL_CERT_DIR", std::env::join_paths(folders).unwrap());
    run.exits(0);
}

#[test]
fn a_file_and_a_folder_are_both_trusted() {
    let home = Home::new();
    let server = server(&home);
    let stranger = Script::new().tls(Certificate::Good).start();
    home.write("roots/ours.pem", server.authority());
    let file = home.write("stranger.pem", stranger.authority());
    let run = verify(&home).env("SSL_CERT_DIR", home.path("roots"));
    run.env("SSL_CERT_FILE", file).exits(0);
}

#[test]
fn only_what_is_named_is_trusted() {
    let home = Home::new();
    let server = server(&home);
    let stranger = Script::new().tls(Certificate::Good).start();
    home.write("roots/stranger.pem", stranger.authority());
    home.write("empty/README", "");
    for (folder, code, reason) in [
        ("roots", 3, "does not trust"),
        ("empty", 2, "no certificate"),
    ] {
        let run = verify(&home).env("SSL_CERT_DIR", home.path(folder));
        run.exits(code).assert_says(reason);
    }
    assert!(server.requests().is_empty());
    // Another try would find the same certificate.
    assert_eq!(server.connections(), 1);
}

#[test]
fn a_certificate_that_cannot_be_used_does_not_spoil_the_others() {
    let home = Home::new();
    let server = server(&home);
    let both = format!("{NO_CERTIFICATE}{}", server.authority());
    let file = home.write("roots.pem", both);
    let run = verify(&home).env("SSL_CERT_FILE", file);
    run.exits(0);
}

#[test]
fn what_is_between_the_certificates_of_a_file_does_not_matter() {
    let home = Home::new();
    let server = server(&home);
    // A remark in another encoding, OpenSSL's own kind of block, and the line ends of Windows.
    let other = NO_CERTIFICATE.replace("CERTIFICATE", "TRUSTED CERTIFICATE");
    let mut text = b"Issuer: Autorit\xe9\r\n".to_vec();
    text.extend(
        format!("{other}{}", server.authority())
            .replace('\n', "\r\n")
            .bytes(),
    );
    let file = home.write("roots.pem", text);
    verify(&home).env("SSL_CERT_FILE", file).exits(0);
}

#[test]
fn a_file_of_certificates_that_cannot_be_read_is_an_error() {
    let home = Home::new();
    let server = server(&home);
    let broken = home.write("broken.pem", "-----BEGIN CERTIFICATE-----\n!\n");
    let fifo = home.path("fifo.pem");
    home.program("mkfifo").args([&fifo]).exits(0);
    let large = home.write("large.pem", "");
    let file = std::fs::File::options().write(true).open(&large).unwrap();
    file.set_len((16 << 20) + 1).unwrap();
    for file in [
        home.path("missing.pem"),
        broken,
        fifo.clone(),
        large,
        PathBuf::from("/dev/zero"),
        PathBuf::from("/"),
    ] {
        let run = verify(&home).env("SSL_CERT_FILE", &file);
        let said = format!("{} (SSL_CERT_FILE)", file.display());
        run.exits(2).assert_says(&said);
    }
    // In a folder they are passed over.
    home.write("roots/ours.pem", server.authority());
    std::fs::rename(fifo, home.path("roots/fifo.pem")).unwrap();
    std::os::unix::fs::symlink("/dev/zero", home.path("roots/zero.pem")).unwrap();
    let run = verify(&home).env("SSL_CERT_DIR", home.path("roots"));
    run.exits(0);
    assert_eq!(server.connections(), 1);
}
