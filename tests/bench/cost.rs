//! What one run of a program costs, and the medians of several runs.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use wait4::Wait4 as _;

/// A program with all that it needs to run, and what to call it.
#[derive(Clone, Debug)]
pub(crate) struct Contestant {
    pub(crate) name: &'static str,
    pub(crate) words: Vec<OsString>,
    pub(crate) environment: Vec<(OsString, OsString)>,
    /// It takes part in each `every`th round.
    pub(crate) every: usize,
}

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Cost {
    pub(crate) wall: Duration,
    /// In the program and in the kernel for it, children included.
    pub(crate) cpu: Duration,
    /// The largest resident memory of the program or of one of its children, in bytes. Never less than this
    /// benchmark's own: the system counts from before the program takes over.
    pub(crate) peak: u64,
}

impl Contestant {
    pub(crate) fn new<W: AsRef<OsStr>>(
        name: &'static str,
        words: impl IntoIterator<Item = W>,
    ) -> Self {
        let words = words.into_iter().map(|word| word.as_ref().to_owned());
        Self {
            name,
            words: words.collect(),
            environment: Vec::new(),
            every: 1,
        }
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.environment
            .push((name.into(), value.as_ref().to_owned()));
        self
    }

    pub(crate) fn every(mut self, every: usize) -> Self {
        self.every = every;
        self
    }

    fn start(&self, folder: &Path, before: &[&OsStr], stderr: Stdio) -> io::Result<Child> {
        let words: Vec<&OsStr> = before
            .iter()
            .copied()
            .chain(self.words.iter().map(OsString::as_os_str))
            .collect();
        let Some((program, arguments)) = words.split_first() else {
            return Err(io::ErrorKind::InvalidInput.into());
        };
        Command::new(program)
            .args(arguments)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", folder)
            .envs(self.environment.iter().cloned())
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(stderr)
            .spawn()
    }

    /// One run; an error where it does not do its work.
    pub(crate) fn run(&self, folder: &Path) -> io::Result<Cost> {
        let started = Instant::now();
        self.finish(self.start(folder, &[], Stdio::null())?, started)
    }

    fn finish(&self, mut child: Child, started: Instant) -> io::Result<Cost> {
        let end = child.wait4()?;
        let wall = started.elapsed();
        if !end.status.success() {
            return Err(io::Error::other(format!("{}: {}", self.name, end.status)));
        }
        Ok(Cost {
            wall,
            cpu: end.rusage.utime + end.rusage.stime,
            peak: end.rusage.maxrss,
        })
    }

    /// The most threads at once in one run; none where the system does not tell.
    pub(crate) fn threads(&self, folder: &Path) -> Option<usize> {
        let started = Instant::now();
        let child = self.start(folder, &[], Stdio::null()).ok()?;
        let tasks = format!("/proc/{}/task", child.id());
        let ended = Arc::new(AtomicBool::new(false));
        let watcher = thread::spawn({
            let ended = Arc::clone(&ended);
            move || {
                let mut most = 0;
                while !ended.load(Ordering::Relaxed) {
                    let now = std::fs::read_dir(&tasks).map_or(0, Iterator::count);
                    most = most.max(now);
                    thread::sleep(Duration::from_micros(200));
                }
                most
            }
        });
        let outcome = self.finish(child, started);
        ended.store(true, Ordering::Relaxed);
        let most = watcher.join().ok()?;
        outcome.ok().filter(|_| most > 0).map(|_| most)
    }

    /// The instructions of one run, in the program only; none without valgrind. The exit code is of no interest.
    pub(crate) fn instructions(&self, folder: &Path) -> Option<u64> {
        let before = [
            "valgrind",
            "--tool=callgrind",
            "--callgrind-out-file=/dev/null",
        ];
        let child = self
            .start(folder, &before.map(OsStr::new), Stdio::piped())
            .ok()?;
        let output = child.wait_with_output().ok()?;
        let said = String::from_utf8_lossy(&output.stderr);
        let (_, count) = said.split_once("Collected : ")?;
        count.split_whitespace().next()?.parse().ok()
    }
}

/// Runs the contestants in turn, round by round, so that what disturbs the machine disturbs them all; the medians, in
/// the same order. Who fails is out, with a word about it.
pub(crate) fn race(
    contestants: Vec<Contestant>,
    rounds: usize,
    folder: &Path,
) -> Vec<(Contestant, Cost)> {
    let mut running: Vec<(Contestant, Vec<Cost>)> = contestants
        .into_iter()
        .map(|contestant| (contestant, Vec::new()))
        .collect();
    for round in 0..rounds {
        running.retain_mut(|(contestant, costs)| {
            if round % contestant.every != 0 {
                return true;
            }
            match contestant.run(folder) {
                Ok(cost) => costs.push(cost),
                Err(error) => {
                    eprintln!("left out: {} ({error})", contestant.name);
                    return false;
                }
            }
            true
        });
    }
    running
        .into_iter()
        .map(|(contestant, costs)| {
            let cost = medians(&costs);
            (contestant, cost)
        })
        .collect()
}

fn medians(costs: &[Cost]) -> Cost {
    Cost {
        wall: median(costs, |cost| cost.wall),
        cpu: median(costs, |cost| cost.cpu),
        peak: median(costs, |cost| cost.peak),
    }
}

fn median<T: Ord + Default>(costs: &[Cost], of: impl Fn(&Cost) -> T) -> T {
    let mut values: Vec<T> = costs.iter().map(of).collect();
    values.sort_unstable();
    let middle = values.len() / 2;
    values.into_iter().nth(middle).unwrap_or_default()
}
