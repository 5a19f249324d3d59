//! The lock file against what is known of crates: versions that mend something, and crates that nobody mends.

const LOCK: &str = include_str!("../Cargo.lock");
const MANIFEST: &str = include_str!("../Cargo.toml");

/// Every package of the lock file, by name and version.
fn packages() -> Vec<(&'static str, [u64; 3])> {
    let value = |line: &'static str, key: &str| {
        let rest = line.strip_prefix(key)?.strip_prefix(" = \"")?;
        rest.strip_suffix('"')
    };
    let mut packages = Vec::new();
    for package in LOCK.split("[[package]]").skip(1) {
        let name = package.lines().find_map(|line| value(line, "name"));
        let version = package.lines().find_map(|line| value(line, "version"));
        packages.push((name.unwrap(), numbers(version.unwrap())));
    }
    packages
}

/// Major, minor and patch; what follows a hyphen or a plus is left out.
fn numbers(version: &str) -> [u64; 3] {
    let plain = version.split(['-', '+']).next().unwrap();
    let mut parts = plain.split('.').map(|part| part.parse().unwrap());
    [(); 3].map(|()| parts.next().unwrap())
}

#[test]
fn the_lock_file_is_read_whole() {
    let packages = packages();
    assert_eq!(packages.len(), LOCK.matches("[[package]]").count());
    assert!(packages.len() > 50);
    assert!(packages.contains(&("twauth", numbers(env!("CARGO_PKG_VERSION")))));
}

#[test]
fn no_crate_with_an_advisory_is_linked() {
    for (name, version) in packages() {
        let unmaintained = [
            "tiny_http",
            "serde_yml",
            "libyml",
            "yaml-rust",
            "rustls-pemfile",
            "atty",
        ];
        assert!(!unmaintained.contains(&name), "{name} is in Cargo.lock");
        // The first versions that their advisories call mended.
        for (mended, first) in [
            ("webbrowser", "1.2.2"),
            ("rustls", "0.23.18"),
            ("ring", "0.17.12"),
            ("h2", "0.4.4"),
            ("idna", "1.0.0"),
            ("tokio", "1.44.2"),
            ("crossbeam-channel", "0.5.15"),
        ] {
            let old_enough = name != mended || version >= numbers(first);
            assert!(old_enough, "{name} {version:?} is older than {first}");
        }
    }
}

#[test]
fn the_browser_is_opened_by_the_hardened_feature() {
    let line = MANIFEST.lines().find(|line| line.starts_with("webbrowser"));
    assert!(line.unwrap().contains("\"hardened\""), "{line:?}");
}
