//! Opens the authorisation page: in which browser, if at all, and never through a shell.

use std::env;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::process::{ExitCode, Stdio};
use std::time::Duration;

use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::environment;
use crate::error::system_reason;

/// How long a browser's start is watched for failure. Nothing waits for the browser.
const WATCHED: Duration = Duration::from_millis(400);

/// Opens `url` in the browser of this name (a known one, or a command with its arguments), else in the default browser if
/// that makes sense. The reason for a failure is shown to the user; the login continues.
pub(crate) async fn open(named: Option<&str>, url: &str) -> Result<(), String> {
    if named.is_none() && !makes_sense() {
        return Ok(());
    }
    let started = match named.map(str::to_owned).or_else(variable) {
        Some(name) => start_named(&name, url),
        None => {
            env::current_exe().and_then(|twauth| start(Command::new(twauth).args(["__open", url])))
        }
    };
    let mut child = started
        .map_err(|error| format!("could not open the browser: {}", system_reason(&error)))?;
    match timeout(WATCHED, child.wait()).await {
        Ok(Ok(status)) if !status.success() => {
            Err("could not open the browser: it failed to start".to_owned())
        }
        _ => Ok(()),
    }
}

/// The default browser, in this process.
pub(crate) fn open_default(url: &str) -> ExitCode {
    if webbrowser::open(url).is_ok() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Not over SSH, not without a display, not without a terminal.
fn makes_sense() -> bool {
    let set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
    let has_display = cfg!(any(windows, target_os = "macos"))
        || ["DISPLAY", "WAYLAND_DISPLAY", "BROWSER"]
            .into_iter()
            .any(set);
    let over_ssh = ["SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"]
        .into_iter()
        .any(set);
    has_display && !over_ssh && io::stderr().is_terminal()
}

/// `BROWSER`, where the system's opener ignores it.
fn variable() -> Option<String> {
    let here = cfg!(any(windows, target_os = "macos"));
    env::var("BROWSER")
        .ok()
        .filter(|name| here && !name.trim().is_empty())
}

fn start_named(name: &str, url: &str) -> io::Result<Child> {
    // A path with spaces, without quotation marks.
    if Path::new(name).is_file() {
        return start(Command::new(name).arg(url));
    }
    // Backslashes quote in a command, but separate folders on Windows; slashes work there too.
    let name = if cfg!(windows) {
        name.replace('\\', "/")
    } else {
        name.to_owned()
    };
    let words = shell_words::split(&name)
        .map_err(|_| io::Error::other("its command has an unclosed quote"))?;
    let (program, arguments) = words
        .split_first()
        .ok_or_else(|| io::Error::other("its name is empty"))?;
    let mut last = io::Error::from(io::ErrorKind::NotFound);
    for candidate in candidates(program) {
        let mut command = Command::new(candidate);
        let mut placed = false;
        if program == "safari" && cfg!(target_os = "macos") {
            // It takes a URL from the system only.
            command = Command::new("open");
            command.args(["-a", "Safari"]);
        }
        for argument in arguments {
            placed |= argument.contains("%s");
            command.arg(argument.replace("%s", url));
        }
        if !placed {
            command.arg(url);
        }
        match start(&mut command) {
            Ok(child) => return Ok(child),
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// The programs for the usual names of browsers; any other name is a program itself.
fn candidates(name: &str) -> Vec<PathBuf> {
    let known: &[&str] = match name {
        "chrome" => &[
            "google-chrome",
            "google-chrome-stable",
            "chrome",
            "chromium",
            "chromium-browser",
        ],
        "chromium" => &["chromium", "chromium-browser"],
        "edge" => &["microsoft-edge", "microsoft-edge-stable", "msedge"],
        "brave" => &["brave-browser", "brave"],
        _ => &[name],
    };
    let mut all: Vec<PathBuf> = known.iter().map(PathBuf::from).collect();
    all.extend(application(name));
    all
}

/// The program of a browser's application on a Mac.
#[cfg(target_os = "macos")]
fn application(name: &str) -> Option<PathBuf> {
    let (folder, program) = match name {
        "firefox" => ("Firefox", "firefox"),
        "chrome" => ("Google Chrome", "Google Chrome"),
        "chromium" => ("Chromium", "Chromium"),
        "edge" => ("Microsoft Edge", "Microsoft Edge"),
        "brave" => ("Brave Browser", "Brave Browser"),
        _ => return None,
    };
    Some(PathBuf::from(format!(
        "/Applications/{folder}.app/Contents/MacOS/{program}"
    )))
}

/// A browser's program on Windows, which is not in PATH.
#[cfg(windows)]
fn application(name: &str) -> Option<PathBuf> {
    let program = match name {
        "firefox" => "Mozilla Firefox/firefox.exe",
        "chrome" => "Google/Chrome/Application/chrome.exe",
        "chromium" => "Chromium/Application/chrome.exe",
        "edge" => "Microsoft/Edge/Application/msedge.exe",
        "brave" => "BraveSoftware/Brave-Browser/Application/brave.exe",
        _ => return None,
    };
    ["ProgramFiles", "ProgramFiles(x86)", "LOCALAPPDATA"]
        .into_iter()
        .filter_map(env::var_os)
        .map(|folder| PathBuf::from(folder).join(program))
        .find(|path| path.is_file())
}

#[cfg(not(any(windows, target_os = "macos")))]
fn application(_: &str) -> Option<PathBuf> {
    None
}

/// Starts a child without our variables, terminal or Ctrl-C.
fn start(command: &mut Command) -> io::Result<Child> {
    environment::remove_ours(command.as_std_mut());
    #[cfg(unix)]
    command.process_group(0);
    #[cfg(windows)]
    {
        const CREATE_NEW_PROCESS_GROUP: u32 = 0x0000_0200;
        command.creation_flags(CREATE_NEW_PROCESS_GROUP);
    }
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
}
