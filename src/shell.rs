//! Commands for the shells of this system: a Unix shell, or both PowerShell and cmd.

use std::fmt::Write as _;
use std::path::Path;

/// A path or value quoted for a shell. The `~` of a path stays unquoted.
pub(crate) fn typed(text: &str) -> String {
    if cfg!(windows) {
        return in_double_quotes(text);
    }
    match text.strip_prefix("~/") {
        Some(rest) => format!("~/{}", shell_words::quote(rest)),
        None => shell_words::quote(text).into_owned(),
    }
}

/// Both Windows shells accept double quotation marks, and no path contains one.
fn in_double_quotes(text: &str) -> String {
    let is_plain = |letter: char| letter.is_alphanumeric() || r"-_.:\/@".contains(letter);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    format!("\"{text}\"")
}

/// Restores the permissions of a file.
pub(crate) fn make_private(file: &str) -> String {
    if cfg!(windows) {
        format!("icacls {} /reset", typed(file))
    } else {
        format!("chmod 600 {}", typed(file))
    }
}

/// Makes the user the owner of a file.
pub(crate) fn take_over(file: &str) -> String {
    if cfg!(windows) {
        format!("takeown /f {}", typed(file))
    } else {
        format!("sudo chown \"$USER\" {}", typed(file))
    }
}

/// Renames a file, then runs `next`.
pub(crate) fn set_aside(file: &str, next: &str) -> String {
    let (from, to) = (typed(file), typed(&format!("{file}.old")));
    if cfg!(windows) {
        // Older versions of PowerShell have no &&.
        format!("first `move {from} {to}`, then `{next}`")
    } else {
        format!("mv {from} {to} && {next}")
    }
}

/// Unsets variables.
pub(crate) fn unset(names: &[&str]) -> String {
    if !cfg!(windows) {
        return format!("unset {}", names.join(" "));
    }
    // The two shells have no common command for it.
    let mut cmd = String::new();
    let mut powershell = String::new();
    for name in names {
        let _ = write!(
            cmd,
            "{}set {name}=",
            if cmd.is_empty() { "" } else { " & " }
        );
        let _ = write!(powershell, "$env:{name}=''; ");
    }
    format!(
        "in PowerShell: {}   in cmd: {cmd}",
        powershell.trim_end_matches("; ")
    )
}

/// Makes git ignore a path (a line for `.gitignore`), after the command `before` if there is one.
pub(crate) fn ignore(line: &str, file: &str, before: Option<&str>) -> String {
    match (cfg!(windows), before) {
        // PowerShell's >> may write UTF-16, which git cannot read.
        (true, Some(before)) => format!("first `{before}`, then add the line {line} to {file}"),
        (true, None) => format!("add the line {line} to {file}"),
        (false, Some(before)) => format!("{before} && echo {} >> {}", typed(line), typed(file)),
        (false, None) => format!("echo {} >> {}", typed(line), typed(file)),
    }
}

/// Allows only the user into a Windows folder and its contents; `None` for the root of a drive.
#[cfg_attr(unix, expect(dead_code, reason = "Unix has modes"))]
pub(crate) fn close_folder(folder: &Path) -> Option<String> {
    folder.parent()?;
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let user = variable("USERNAME")?;
    let user = variable("USERDOMAIN").map_or_else(|| user.clone(), |at| format!(r"{at}\{user}"));
    let folder = folder.display();
    Some(format!(
        "icacls \"{folder}\" /inheritance:r /grant:r \"{user}:(OI)(CI)F\""
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn double_quotation_marks_are_only_where_they_are_needed() {
        for (text, typed) in [
            (r"C:\bots\tw.json", r"C:\bots\tw.json"),
            (r"C:\my bots\tw.json", r#""C:\my bots\tw.json""#),
            (r"C:\a&b\tw.json", r#""C:\a&b\tw.json""#),
            ("", r#""""#),
        ] {
            assert_eq!(in_double_quotes(text), typed);
        }
    }

    #[cfg(unix)]
    #[test]
    fn what_is_typed_is_one_word_that_no_shell_expands() {
        for (text, expected) in [
            ("tw.json", "tw.json"),
            ("~/tw.json", "~/tw.json"),
            ("~/my bots/tw.json", "~/'my bots/tw.json'"),
            ("$(touch pwned)", "'$(touch pwned)'"),
            ("it's", "'it'\\''s'"),
            ("", "''"),
        ] {
            assert_eq!(typed(text), expected);
        }
    }

    #[cfg(windows)]
    #[test]
    fn advice_is_for_powershell_and_cmd() {
        let moved = set_aside(r"C:\my bots\tw.json", "twauth login");
        let expected =
            r#"first `move "C:\my bots\tw.json" "C:\my bots\tw.json.old"`, then `twauth login`"#;
        assert_eq!(moved, expected);
        assert_eq!(
            unset(&["A", "B"]),
            "in PowerShell: $env:A=''; $env:B=''   in cmd: set A= & set B="
        );
        let ignored = ignore("/sub/tw.json", r"C:\bots\.gitignore", None);
        assert_eq!(ignored, r"add the line /sub/tw.json to C:\bots\.gitignore");
        assert!(close_folder(Path::new(r"C:\")).is_none());
    }
}
