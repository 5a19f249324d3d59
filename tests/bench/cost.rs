//! What one run of a program costs, and the medians of several runs.

use std::io;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use wait4::Wait4 as _;

/// A program with all that it needs to run, and its row in the tables.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    pub(crate) name: &'static str,
    /// The words of its command line, none of which has a space in it. It runs in the folder with all its files.
    line: String,
    /// The file with the roots it trusts.
    roots: &'static str,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Cost {
    pub(crate) wall: Duration,
    /// In the program and in the kernel for it, children included.
    pub(crate) cpu: Duration,
    /// The largest resident memory of the program or of one of its children, in bytes.
    pub(crate) peak: u64,
}

/// The programs that did their work, each with its medians.
pub(crate) type Race = Vec<(Program, Cost)>;

impl Program {
    pub(crate) fn new(name: &'static str, roots: &'static str, line: String) -> Self {
        Self { name, line, roots }
    }

    /// Python takes so long that every fourth round is enough, and a minute where instructions are counted.
    fn is_slow(&self) -> bool {
        self.line.starts_with("python3")
    }

    fn start(&self, folder: &Path, before: &str, stderr: Stdio) -> io::Result<Child> {
        let line = self.line.split_whitespace();
        let mut words = before.split_whitespace().chain(line);
        Command::new(words.next().unwrap_or_default())
            .args(words)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", folder)
            .env("SSL_CERT_FILE", self.roots)
            .env("REQUESTS_CA_BUNDLE", self.roots)
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(stderr)
            .spawn()
    }

    /// One run; an error where the program does not do its work.
    fn run(&self, folder: &Path) -> io::Result<Cost> {
        let started = Instant::now();
        let end = self.start(folder, "", Stdio::null())?.wait4()?;
        let wall = started.elapsed();
        if !end.status.success() {
            return Err(io::Error::other(end.status.to_string()));
        }
        Ok(Cost {
            wall,
            cpu: end.rusage.utime + end.rusage.stime,
            peak: end.rusage.maxrss,
        })
    }

    /// The instructions of one run, in the program only; none without valgrind.
    pub(crate) fn instructions(&self, folder: &Path) -> Option<u64> {
        if self.is_slow() {
            return None;
        }
        let valgrind =
            "valgrind --tool=callgrind --trace-children=yes --callgrind-out-file=/dev/null";
        let child = self.start(folder, valgrind, Stdio::piped()).ok()?;
        let output = child.wait_with_output().ok()?;
        let text = String::from_utf8_lossy(&output.stderr);
        let (_, count) = text.split_once("Collected : ")?;
        count.split_whitespace().next()?.parse().ok()
    }
}

/// Runs the programs in turn, round by round, so that what disturbs the machine disturbs them all. One that fails is
/// left out, with a word about it.
pub(crate) fn race(programs: Vec<Program>, rounds: usize, folder: &Path) -> Race {
    let mut running: Vec<_> = programs.into_iter().map(|it| (it, Vec::new())).collect();
    for round in 0..rounds {
        running.retain_mut(|(program, costs)| {
            if !program.is_slow() || round % 4 == 0 {
                match program.run(folder) {
                    Ok(cost) => costs.push(cost),
                    Err(error) => {
                        eprintln!("left out: {} ({error})", program.name);
                        return false;
                    }
                }
            }
            true
        });
    }
    let medians = |costs: &[Cost]| Cost {
        wall: median(costs.iter().map(|cost| cost.wall)),
        cpu: median(costs.iter().map(|cost| cost.cpu)),
        peak: median(costs.iter().map(|cost| cost.peak)),
    };
    let raced = running.into_iter();
    raced.map(|(it, costs)| (it, medians(&costs))).collect()
}

fn median<T: Ord>(values: impl Iterator<Item = T>) -> T {
    let mut values: Vec<T> = values.collect();
    values.sort_unstable();
    values.swap_remove(values.len() / 2)
}
