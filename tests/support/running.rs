//! A program that runs: talking to it, waiting for its words and its end.

use std::io::{ErrorKind, Read, Write as _};
#[cfg(unix)]
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, ChildStdin, Command, ExitStatus};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};
use std::{fmt, fs};

#[cfg(unix)]
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use super::canary::Watch;

/// The result of a program.
pub(crate) struct Output {
    /// The exit code; 128 and the signal's number where a signal ended it.
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) stdout_bytes: Vec<u8>,
    pub(crate) took: Duration,
    /// The largest resident memory seen, in KiB; 0 where the system does not tell.
    pub(crate) peak_memory: u64,
}

impl fmt::Debug for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            code,
            stdout,
            stderr,
            took,
            ..
        } = self;
        write!(
            f,
            "exit code {code} after {took:?}\n-- stdout\n{stdout}\n-- stderr\n{stderr}\n--"
        )
    }
}

impl Output {
    /// Standard output as one JSON document.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("standard output is not JSON: {error}\n{self:#?}"))
    }

    /// Panics unless the exit code is `code`, showing everything that was said.
    #[track_caller]
    pub(crate) fn assert_code(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self:#?}");
        self
    }

    /// Panics unless standard error holds `text`.
    #[track_caller]
    pub(crate) fn assert_says(self, text: &str) -> Self {
        assert!(
            self.stderr.contains(text),
            "{text:?} is not said\n{self:#?}"
        );
        self
    }
}

/// A program that has been started; it is killed when this is dropped.
pub(crate) struct Running {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: Capture,
    stderr: Capture,
    deadline: Duration,
    watch: Option<Arc<Watch>>,
    what: String,
    started: Instant,
    peak_memory: u64,
    /// The name it has until it has become the program: till then it is a copy of this one.
    born_as: String,
}

impl Running {
    pub(crate) fn start(
        mut command: Command,
        deadline: Duration,
        watch: Option<Arc<Watch>>,
    ) -> Self {
        let what = format!("{command:?}");
        let born_as = fs::read_to_string("/proc/thread-self/comm").unwrap_or_default();
        let mut spawned = command.spawn();
        // A script just written is busy for as long as a child that another test starts meanwhile holds it open.
        while spawned
            .as_ref()
            .is_err_and(|error| error.kind() == ErrorKind::ExecutableFileBusy)
        {
            thread::yield_now();
            spawned = command.spawn();
        }
        let mut child = spawned.unwrap_or_else(|error| panic!("could not start {what}: {error}"));
        Self {
            stdin: child.stdin.take(),
            stdout: child
                .stdout
                .take()
                .map_or_else(Capture::default, Capture::of),
            stderr: child
                .stderr
                .take()
                .map_or_else(Capture::default, Capture::of),
            child,
            deadline,
            watch,
            what,
            started: Instant::now(),
            peak_memory: 0,
            born_as,
        }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// The largest resident memory so far, in KiB; 0 where the system does not tell.
    pub(crate) fn peak_memory(&self) -> u64 {
        peak_memory(self.child.id(), self.born_as.trim())
    }

    pub(crate) fn take_stdin(&mut self) -> ChildStdin {
        self.stdin.take().unwrap()
    }

    /// Writes one line to standard input.
    pub(crate) fn say(&mut self, line: &str) {
        let stdin = self.stdin.as_mut().unwrap();
        stdin.write_all(format!("{line}\n").as_bytes()).unwrap();
    }

    /// Ends standard input.
    pub(crate) fn close_stdin(&mut self) {
        self.stdin = None;
    }

    #[cfg(unix)]
    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    pub(crate) fn is_alive(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Waits until `find` finds something in standard error so far, and gives it back.
    pub(crate) fn wait_for_stderr<T>(&self, find: impl FnMut(&str) -> Option<T>) -> T {
        self.stderr.wait_for(find, &self.what)
    }

    /// The same of standard output.
    pub(crate) fn wait_for_stdout<T>(&self, find: impl FnMut(&str) -> Option<T>) -> T {
        self.stdout.wait_for(find, &self.what)
    }

    /// Waits for its end. Panics when it hangs, panicked, died of a fault of its own, or leaked a secret.
    pub(crate) fn finish(mut self) -> Output {
        let status = self.wait();
        // A grandchild that was left running may hold the pipes open: what it says is not waited for long.
        let grace = Duration::from_secs(3);
        let stdout_bytes = self.stdout.end(grace);
        let stderr_bytes = self.stderr.end(grace);
        let output = Output {
            code: code_of(status),
            stdout: String::from_utf8_lossy(&stdout_bytes).into_owned(),
            stderr: String::from_utf8_lossy(&stderr_bytes).into_owned(),
            took: self.started.elapsed(),
            peak_memory: self.peak_memory,
            stdout_bytes,
        };
        assert_orderly(output.code, &output.stdout, &self.what);
        assert_orderly(output.code, &output.stderr, &self.what);
        if let Some(watch) = &self.watch {
            watch.assert_absent_from(&output.stdout_bytes, "standard output");
            watch.assert_absent_from(&stderr_bytes, "standard error");
        }
        output
    }

    fn wait(&mut self) -> ExitStatus {
        loop {
            self.peak_memory = self
                .peak_memory
                .max(peak_memory(self.child.id(), self.born_as.trim()));
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            if self.started.elapsed() > self.deadline {
                drop(self.child.kill());
                panic!(
                    "{} hangs; it said {:?}",
                    self.what,
                    String::from_utf8_lossy(&self.stderr.so_far())
                );
            }
            thread::sleep(Duration::from_millis(2));
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may be gone already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Panics where a program panicked, aborted or broke, which no input may make it do.
pub(crate) fn assert_orderly(code: i32, said: &str, what: &str) {
    assert!(
        ![101, 134, 135, 136, 139].contains(&code) && !said.contains("panicked at"),
        "{what} broke with {code}:\n{said}"
    );
}

pub(crate) fn code_of(status: ExitStatus) -> i32 {
    #[cfg(unix)]
    if let Some(signal) = status.signal() {
        return 128 + signal;
    }
    status.code().unwrap()
}

/// The largest resident memory of a process so far in KiB, as Linux tells it.
fn peak_memory(process: u32, not_yet: &str) -> u64 {
    fs::read_to_string(format!("/proc/{process}/status"))
        .ok()
        .filter(|status| status.lines().next() != Some(&format!("Name:\t{not_yet}")))
        .and_then(|status| {
            let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
            line.split_whitespace().nth(1)?.parse().ok()
        })
        .unwrap_or(0)
}

/// What a stream has brought so far, read by a thread of its own.
#[derive(Clone, Default)]
pub(crate) struct Capture(Arc<(Mutex<Captured>, Condvar)>);

#[derive(Default)]
struct Captured {
    bytes: Vec<u8>,
    reading: bool,
}

impl Capture {
    pub(crate) fn of(mut stream: impl Read + Send + 'static) -> Self {
        let capture = Self::default();
        capture.0.0.lock().unwrap().reading = true;
        let theirs = capture.clone();
        thread::spawn(move || {
            let (captured, changed) = &*theirs.0;
            let mut buffer = [0; 8192];
            loop {
                // A terminal whose other side is closed ends with an error.
                let length = stream.read(&mut buffer).unwrap_or(0);
                let mut captured = captured.lock().unwrap();
                captured.bytes.extend(&buffer[..length]);
                captured.reading = length > 0;
                changed.notify_all();
                if length == 0 {
                    break;
                }
            }
        });
        capture
    }

    pub(crate) fn so_far(&self) -> Vec<u8> {
        self.0.0.lock().unwrap().bytes.clone()
    }

    /// Waits until `find` finds something in what has come; panics when the stream ends or brings nothing in time.
    pub(crate) fn wait_for<T>(&self, mut find: impl FnMut(&str) -> Option<T>, what: &str) -> T {
        let (captured, changed) = &*self.0;
        let start = Instant::now();
        let mut captured = captured.lock().unwrap();
        loop {
            let text = String::from_utf8_lossy(&captured.bytes);
            if let Some(found) = find(&text) {
                return found;
            }
            let waiting = captured.reading && start.elapsed() < Duration::from_secs(30);
            assert!(
                waiting,
                "{what} did not say what was expected, but:\n{text}"
            );
            drop(text);
            captured = changed
                .wait_timeout(captured, Duration::from_secs(1))
                .unwrap()
                .0;
        }
    }

    /// Everything, once the stream has ended or `grace` is over.
    pub(crate) fn end(&self, grace: Duration) -> Vec<u8> {
        let (captured, changed) = &*self.0;
        let captured = changed
            .wait_timeout_while(captured.lock().unwrap(), grace, |captured| captured.reading)
            .unwrap()
            .0;
        captured.bytes.clone()
    }
}
