//! Sets the program's version, with the commit it is built from if known.

use std::path::Path;
use std::process::Command;
use std::{env, fs};

fn main() {
    let version = env::var("CARGO_PKG_VERSION").unwrap_or_default();
    let folder = env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
    let folder = Path::new(&folder);
    println!("cargo:rerun-if-changed=src/build.rs");
    let commit = packaged(folder).or_else(|| checked_out(folder));
    let version = match commit {
        Some(commit) => format!("{version} ({commit})"),
        None => version,
    };
    println!("cargo:rustc-env=TWAUTH_VERSION={version}");
}

/// The commit recorded by `cargo package` in its archive.
fn packaged(folder: &Path) -> Option<String> {
    let text = fs::read_to_string(folder.join(".cargo_vcs_info.json")).ok()?;
    let (_, rest) = text.split_once("\"sha1\"")?;
    short(rest.split('"').nth(1)?)
}

/// The commit of the work tree; `None` if the folder only happens to be inside another repository.
fn checked_out(folder: &Path) -> Option<String> {
    if !folder.join(".git").exists() {
        return None;
    }
    // Changes with every commit and checkout.
    let log = git(folder, &["rev-parse", "--git-path", "logs/HEAD"])?;
    let log = folder.join(log);
    if log.exists() {
        println!("cargo:rerun-if-changed={}", log.display());
    }
    short(&git(folder, &["rev-parse", "HEAD"])?)
}

fn git(folder: &Path, arguments: &[&str]) -> Option<String> {
    let output = Command::new("git")
        .args(arguments)
        .current_dir(folder)
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}

fn short(commit: &str) -> Option<String> {
    let is_hexadecimal = commit.bytes().all(|byte| byte.is_ascii_hexdigit());
    commit
        .get(..10)
        .filter(|_| is_hexadecimal)
        .map(str::to_owned)
}
