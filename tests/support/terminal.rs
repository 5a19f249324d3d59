//! A program on a pseudo-terminal: what a person sees and enters.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{Read, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::process::Child;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use pty_process::blocking::{Command, Pty};
use rustix::fs::OFlags;
use rustix::process::{Pid, Signal, kill_process};
use rustix::termios::{InputModes, LocalModes, OutputModes, tcgetattr, ttyname};

use super::canary::Watch;
use super::running::{Capture, assert_orderly, code_of};

/// What Ctrl-C, Ctrl-D, Ctrl-\ and Ctrl-Z send.
pub(crate) const CTRL_C: &str = "\x03";
pub(crate) const CTRL_D: &str = "\x04";
pub(crate) const CTRL_BACKSLASH: &str = "\x1c";
pub(crate) const CTRL_Z: &str = "\x1a";

/// The modes of a terminal that a program may change and has to put back.
pub(crate) type Modes = (InputModes, OutputModes, LocalModes);

pub(crate) struct Terminal {
    child: Child,
    pty: Arc<Pty>,
    /// Held open so that the modes can be read after the program's end.
    held: Option<File>,
    before: Modes,
    screen: Capture,
    seen: usize,
    deadline: Duration,
    watch: Option<Arc<Watch>>,
}

/// What is left when the program has ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: i32,
    /// Everything that was on the screen, what was typed and echoed too.
    pub(crate) screen: String,
    /// The terminal's modes afterwards.
    pub(crate) modes: Modes,
}

struct Screen(Arc<Pty>);

impl Read for Screen {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        (&*self.0).read(buffer)
    }
}

impl Terminal {
    pub(crate) fn start(command: Command, deadline: Duration, watch: Option<Arc<Watch>>) -> Self {
        let (pty, pts) = pty_process::blocking::open().unwrap();
        pty.resize(pty_process::Size::new(40, 200)).unwrap();
        let before = modes(&pty);
        let name = ttyname(&pts, Vec::new()).unwrap();
        let no_owner = i32::try_from(OFlags::NOCTTY.bits()).unwrap();
        let held = File::options()
            .read(true)
            .write(true)
            .custom_flags(no_owner)
            .open(OsStr::from_bytes(name.as_bytes()))
            .unwrap();
        let child = command.spawn(pts).unwrap();
        let pty = Arc::new(pty);
        Self {
            child,
            screen: Capture::of(Screen(Arc::clone(&pty))),
            pty,
            held: Some(held),
            before,
            seen: 0,
            deadline,
            watch,
        }
    }

    /// Waits until `text` stands on the screen after what was expected before.
    pub(crate) fn expect(&mut self, text: &str) {
        let seen = self.seen;
        let found = |screen: &str| {
            let at = screen.get(seen..)?.find(text)?;
            Some(seen + at + text.len())
        };
        self.seen = self
            .screen
            .wait_for(found, &format!("(waiting for {text:?}) it"));
    }

    /// Everything on the screen so far.
    pub(crate) fn screen(&self) -> String {
        String::from_utf8_lossy(&self.screen.so_far()).into_owned()
    }

    /// Waits for a line with the authorisation URL after what was expected before.
    pub(crate) fn authorization_url(&mut self) -> String {
        self.expect("/oauth/authorize?");
        let before = self.seen;
        self.expect("\n");
        let screen = self.screen();
        let start = screen[..before].rfind("http").unwrap();
        screen[start..self.seen].trim_end().to_owned()
    }

    /// Types `text` as it is.
    pub(crate) fn send(&self, text: &str) {
        (&*self.pty).write_all(text.as_bytes()).unwrap();
    }

    /// Types `text` and the Enter key.
    pub(crate) fn line(&self, text: &str) {
        self.send(&format!("{text}\r"));
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn modes(&self) -> Modes {
        modes(&self.pty)
    }

    /// The modes before the program started.
    pub(crate) fn modes_before(&self) -> Modes {
        self.before
    }

    /// Whether what is typed is shown.
    pub(crate) fn echoes(&self) -> bool {
        self.modes().2.contains(LocalModes::ECHO)
    }

    /// Waits for the program's end by a signal that was sent, which may be one that tells of faults otherwise.
    pub(crate) fn finish_as_signalled(self, signal: Signal) -> Ended {
        let ended = self.ended();
        assert_eq!(ended.code, 128 + signal.as_raw(), "{signal:?}: {ended:?}");
        assert!(!ended.screen.contains("panicked at"), "{ended:?}");
        ended
    }

    /// Waits for the program's end. Panics when it hangs, panicked, died of a fault of its own, or leaked a secret.
    pub(crate) fn finish(self) -> Ended {
        let ended = self.ended();
        assert_orderly(ended.code, &ended.screen, "the program on a terminal");
        ended
    }

    fn ended(mut self) -> Ended {
        let start = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(
                start.elapsed() < self.deadline,
                "it hangs:\n{}",
                self.screen()
            );
            thread::sleep(Duration::from_millis(5));
        };
        let modes = self.modes();
        // Without a holder of this side the reader comes to its end.
        self.held = None;
        let screen = self.screen.end(Duration::from_secs(3));
        let ended = Ended {
            code: code_of(status),
            screen: String::from_utf8_lossy(&screen).into_owned(),
            modes,
        };
        if let Some(watch) = &self.watch {
            watch.assert_absent_from(&screen, "the terminal");
        }
        ended
    }
}

fn modes(pty: &Pty) -> Modes {
    let modes = tcgetattr(pty).unwrap();
    (modes.input_modes, modes.output_modes, modes.local_modes)
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // It may be gone already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
