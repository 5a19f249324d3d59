//! `cargo bench`: what twauth costs beside curl and the usual Python clients, against a server on this machine.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark tells its results"
)]

mod contest;
mod cost;
mod place;
mod server;
mod table;

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use contest::{CURL, OURS, Task};
use cost::{Contestant, Cost, race};
use place::Place;
use table::Figures;

/// What may follow `cargo bench --`.
#[derive(Clone, Debug)]
struct Options {
    /// How often each request is repeated for its median.
    rounds: usize,
    /// How long the slow server takes for a reply.
    delay: Duration,
    /// How far away the far server seems.
    round_trip: Duration,
    /// This process is the server, with its files there.
    serve: Option<PathBuf>,
    /// Cargo says so; otherwise somebody runs all targets as tests, and waits for none of this.
    bench: bool,
}

impl Options {
    fn parse(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self {
            rounds: 40,
            delay: Duration::from_millis(50),
            round_trip: Duration::from_millis(40),
            serve: None,
            bench: false,
        };
        while let Some(word) = words.next() {
            let mut number = || {
                let value = words.next().and_then(|value| value.parse().ok());
                value.ok_or_else(|| format!("{word} takes a number"))
            };
            match word.as_str() {
                "--rounds" => options.rounds = usize::try_from(number()?).unwrap_or(1).max(1),
                "--delay" => options.delay = Duration::from_millis(number()?),
                "--round-trip" => options.round_trip = Duration::from_millis(number()?),
                "--serve" => options.serve = words.next().map(PathBuf::from),
                "--bench" => options.bench = true,
                _ => {
                    return Err(format!(
                        "{word}: use --rounds N, --delay MS, --round-trip MS"
                    ));
                }
            }
        }
        Ok(options)
    }

    fn as_arguments(&self) -> [String; 4] {
        [
            "--delay".to_owned(),
            self.delay.as_millis().to_string(),
            "--round-trip".to_owned(),
            self.round_trip.as_millis().to_string(),
        ]
    }
}

fn main() -> io::Result<()> {
    let options = Options::parse(std::env::args().skip(1)).map_err(io::Error::other)?;
    if let Some(folder) = &options.serve {
        return server::serve(folder, options.delay, options.round_trip);
    }
    if !options.bench {
        return Ok(());
    }
    let mut place = Place::new(&options)?;
    let figures = measure(&mut place, &options)?;
    println!("{}", table::render(&figures, &options));
    Ok(())
}

/// Everything, one after the other: only one contestant runs at any time.
fn measure(place: &mut Place, options: &Options) -> io::Result<Figures> {
    let folder = place.folder().to_owned();
    let rounds = options.rounds;
    let mut figures = Figures::default();

    eprintln!("starting and leaving");
    let alone = |words: &[&str]| contest::twauth(place, words);
    let startup = vec![
        alone(&["--version"]),
        Contestant::new(CURL, ["curl", "--version"]),
        Contestant::new("python3", ["python3", "-c", "pass"]).every(4),
    ];
    figures.startup = race(startup, rounds, &folder);
    figures.version_instructions = alone(&["--version"]).instructions(&folder);
    figures.help_instructions = alone(&["--help"]).instructions(&folder);

    for (task, races) in [
        (Task::Verify, &mut figures.verify),
        (Task::Tweet, &mut figures.tweet),
    ] {
        eprintln!("one {task:?}");
        *races = race(
            contest::one_request(place, task, place.near)?,
            rounds,
            &folder,
        );
    }

    eprintln!("instructions");
    for contestant in contest::one_request(place, Task::Verify, place.near)? {
        // Under valgrind Python takes a minute.
        if contestant.every == 1 {
            let count = contestant.instructions(&folder);
            figures.instructions.push((contestant.name, count));
        }
    }
    figures.compiled_in = compiled_in(place)?;

    eprintln!("a server far away");
    let far: Vec<Contestant> = contest::one_request(place, Task::Verify, place.far)?
        .into_iter()
        .filter(|contestant| [OURS, CURL].contains(&contestant.name))
        .collect();
    figures.far = race(far, (rounds / 4).max(1), &folder);

    for (accounts, rounds) in [(1, 9), (10, 5), (100, 3), (1000, 3)] {
        eprintln!("{accounts} accounts");
        let contestants = contest::many(place, accounts)?;
        if let Some(ours) = contestants.first() {
            place.counts()?;
            figures.threads.push((accounts, ours.threads(&folder)));
            figures.connections.push((accounts, place.counts()?[0]));
        }
        figures
            .many
            .push((accounts, race(contestants, rounds, &folder)));
    }

    eprintln!("a file of 10,000 accounts");
    let file = place.accounts(10_000, None)?;
    let last = server::screen_name(server::FIRST_ID + 9_999);
    let words = ["tweet".into(), "hello".into(), "--dry-run".into()];
    let words = words
        .into_iter()
        .chain(["-a".into(), last.into(), "-c".into(), file]);
    let reading = contest::twauth(place, words);
    figures.reading_instructions = reading.instructions(&folder);
    figures.reading = race(vec![reading], (rounds / 4).max(1), &folder);
    Ok(figures)
}

/// How many instructions the compiled-in roots take more than one root from a file: both ask a port where nobody
/// listens, and fail.
fn compiled_in(place: &Place) -> io::Result<Option<i64>> {
    let closed = std::net::TcpListener::bind(("127.0.0.1", 0))?
        .local_addr()?
        .port();
    let file = place.accounts(1, Some(closed))?;
    let words = ["verify".into(), "--retries=0".into(), "-c".into(), file];
    let one = contest::twauth(place, words);
    let mut built_in = one.clone();
    built_in.environment.clear();
    let count = |contestant: Contestant| {
        let count = contestant.instructions(place.folder())?;
        i64::try_from(count).ok()
    };
    Ok(count(built_in)
        .zip(count(one))
        .map(|(more, less)| more - less))
}

/// The cost of a contestant in a race.
fn cost_of(race: &[(Contestant, Cost)], name: &str) -> Option<Cost> {
    let found = race.iter().find(|(contestant, _)| contestant.name == name);
    found.map(|(_, cost)| *cost)
}
