//! The results as Markdown, fit for the README.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::process::Command;
use std::time::Duration;

use crate::contest::{CURL, CURL_ONE, OURS, OURS_SYSTEM, REQUESTS, TWEEPY};
use crate::cost::{Contestant, Cost};
use crate::{Options, cost_of};

type Race = Vec<(Contestant, Cost)>;

/// All that was measured.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    pub(crate) startup: Race,
    pub(crate) verify: Race,
    pub(crate) tweet: Race,
    /// Verify behind a round trip.
    pub(crate) far: Race,
    /// By number of accounts.
    pub(crate) many: Vec<(u64, Race)>,
    pub(crate) threads: Vec<(u64, Option<usize>)>,
    pub(crate) connections: Vec<(u64, u64)>,
    /// Ten thousand accounts.
    pub(crate) reading: Race,
    pub(crate) instructions: Vec<(&'static str, Option<u64>)>,
    pub(crate) version_instructions: Option<u64>,
    pub(crate) help_instructions: Option<u64>,
    pub(crate) reading_instructions: Option<u64>,
    /// More than with one root.
    pub(crate) compiled_in: Option<i64>,
}

pub(crate) fn render(figures: &Figures, options: &Options) -> String {
    let delay = options.delay.as_millis();
    format!(
        "\n{}\n{}\n`verify` of several accounts at a server that takes {delay} ms for each reply, wall time (and processor \
         time):\n\n{}\n{}",
        machine(),
        one_request(figures),
        several(figures),
        facts(figures, options)
    )
}

fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let first_line = |program: &str, argument: &str| {
        let output = Command::new(program).arg(argument).output().ok()?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let words: Vec<&str> = text.lines().next()?.split_whitespace().take(2).collect();
        Some(words.join(" "))
    };
    let programs = ["curl", "python3"]
        .into_iter()
        .filter_map(|program| first_line(program, "--version"));
    let place = format!(
        "{cores} cores, {} {}",
        std::env::consts::OS,
        std::env::consts::ARCH
    );
    let all: Vec<String> = std::iter::once(place).chain(programs).collect();
    format!("Run on {}.\n", all.join(", "))
}

/// Medians as ratios to curl's with the system's roots.
fn one_request(figures: &Figures) -> String {
    let mut table = "| program | `verify`: processor time | wall time | peak MiB | M instructions | `tweet`: processor time \
                     | wall time |\n|---|--:|--:|--:|--:|--:|--:|\n"
        .to_owned();
    for name in [CURL, CURL_ONE, TWEEPY, REQUESTS, OURS_SYSTEM, OURS] {
        let Some(verify) = cost_of(&figures.verify, name) else {
            continue;
        };
        let ratios = |race: &Race| {
            let (cost, curl) = (cost_of(race, name), cost_of(race, CURL));
            let ratio = |of: fn(&Cost) -> Duration| match (&cost, &curl) {
                (Some(cost), Some(curl)) => ratio(of(cost), of(curl)),
                _ => String::new(),
            };
            [ratio(|cost| cost.cpu), ratio(|cost| cost.wall)]
        };
        let [cpu, wall] = ratios(&figures.verify);
        let [tweet_cpu, tweet_wall] = ratios(&figures.tweet);
        let counted = figures.instructions.iter().find(|(of, _)| *of == name);
        let instructions = millions(counted.and_then(|(_, count)| *count));
        let _ = writeln!(
            table,
            "| {name} | {cpu} | {wall} | {} | {instructions} | {tweet_cpu} | {tweet_wall} |",
            mebibytes(verify.peak)
        );
    }
    table
}

fn several(figures: &Figures) -> String {
    let mut names: Vec<&str> = Vec::new();
    for (contestant, _) in figures.many.iter().flat_map(|(_, race)| race) {
        if !names.contains(&contestant.name) {
            names.push(contestant.name);
        }
    }
    let mut table = "| program |".to_owned();
    for (accounts, _) in &figures.many {
        let _ = write!(table, " {accounts} |");
    }
    table.push_str("\n|---|");
    table.push_str(&"--:|".repeat(figures.many.len()));
    table.push('\n');
    for name in names {
        let _ = write!(table, "| {name} |");
        for (_, race) in &figures.many {
            let cell = cost_of(race, name).map_or_else(String::new, |cost| {
                let wall = cost.wall.as_secs_f64();
                format!("{wall:.2} s ({} ms)", milliseconds(cost.cpu))
            });
            let _ = write!(table, " {cell} |");
        }
        table.push('\n');
    }
    table
}

/// What is no comparison, or one with a single other.
fn facts(figures: &Figures, options: &Options) -> String {
    let mut table = "| measure | figure |\n|---|--:|\n".to_owned();
    let mut row = |measure: &str, figure: String| {
        if !figure.is_empty() {
            let _ = writeln!(table, "| {measure} | {figure} |");
        }
    };
    let against = |race: &Race, other: &str, of: fn(&Cost) -> Duration| {
        let pair = cost_of(race, OURS).zip(cost_of(race, other));
        pair.map_or_else(String::new, |(ours, other)| ratio(of(&ours), of(&other)))
    };
    row(
        "`--version`: M instructions",
        millions(figures.version_instructions),
    );
    row(
        "`--version`: processor time against `curl --version`",
        against(&figures.startup, CURL, |cost| cost.cpu),
    );
    row(
        "`--version`: processor time against an empty Python script",
        against(&figures.startup, "python3", |cost| cost.cpu),
    );
    row(
        "`--help`: M instructions",
        millions(figures.help_instructions),
    );
    for (task, race) in [("verify", &figures.verify), ("tweet", &figures.tweet)] {
        row(
            &format!("`{task}`: processor time against curl with one root"),
            against(race, CURL_ONE, |cost| cost.cpu),
        );
        let python = |name| {
            let pair = cost_of(race, OURS).zip(cost_of(race, name));
            pair.map_or_else(String::new, |(ours, other): (Cost, Cost)| {
                format!("1/{:.0}", other.cpu.as_secs_f64() / ours.cpu.as_secs_f64())
            })
        };
        row(
            &format!("`{task}`: processor time against tweepy"),
            python(TWEEPY),
        );
    }
    let more = figures.compiled_in.map(|more| {
        let tenths = (more + 50_000).div_euclid(100_000);
        format!("{}.{}", tenths / 10, tenths % 10)
    });
    row(
        "the compiled-in roots instead of one from a file: M instructions more",
        more.unwrap_or_default(),
    );
    let first = |list: &[(u64, u64)]| {
        list.first()
            .map_or_else(String::new, |(_, count)| count.to_string())
    };
    row("one `verify`: connections", first(&figures.connections));
    let threads = figures.threads.first().and_then(|(_, count)| *count);
    row(
        "one `verify`: threads",
        threads.map_or_else(String::new, |count| count.to_string()),
    );
    let far = cost_of(&figures.far, OURS).zip(cost_of(&figures.verify, OURS));
    if let Some((far, near)) = far {
        let trips =
            far.wall.saturating_sub(near.wall).as_secs_f64() / options.round_trip.as_secs_f64();
        row("one `verify`: round trips", format!("{trips:.1}"));
    }
    let far = format!(
        "`verify` behind a round trip of {} ms: wall time against curl",
        options.round_trip.as_millis()
    );
    row(&far, against(&figures.far, CURL, |cost| cost.wall));
    for ((accounts, connections), (_, race)) in
        figures.connections.iter().zip(&figures.many).skip(1)
    {
        let peak = cost_of(race, OURS).map_or_else(String::new, |cost| mebibytes(cost.peak));
        row(
            &format!("`verify` of {accounts}: connections, peak MiB"),
            format!("{connections}, {peak}"),
        );
    }
    if let Some(reading) = cost_of(&figures.reading, OURS) {
        let figure = format!(
            "{}, {}, {}",
            milliseconds(reading.cpu),
            millions(figures.reading_instructions),
            mebibytes(reading.peak)
        );
        row(
            "reading 10,000 accounts: ms of processor time, M instructions, peak MiB",
            figure,
        );
    }
    let size = std::fs::metadata(env!("CARGO_BIN_EXE_twauth")).map_or(0, |program| program.len());
    row("the program, MiB", mebibytes(size));
    row(
        "crates on this system, our own included",
        crates().unwrap_or_default(),
    );
    table
}

/// As Cargo counts what is compiled for the program on this system, without features that only tests want.
fn crates() -> Option<String> {
    let output = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--locked",
            "--offline",
            "--edges",
            "normal,build",
            "--prefix",
            "none",
        ])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let names: BTreeSet<String> = text
        .lines()
        .map(|line| {
            line.split_whitespace()
                .take(2)
                .collect::<Vec<_>>()
                .join(" ")
        })
        .filter(|name| !name.is_empty())
        .collect();
    (!names.is_empty()).then(|| names.len().to_string())
}

fn ratio(one: Duration, other: Duration) -> String {
    let ratio = one.as_secs_f64() / other.as_secs_f64();
    let digits = if ratio < 0.995 { 2 } else { 1 };
    format!("{ratio:.digits$}")
}

fn milliseconds(time: Duration) -> String {
    format!("{:.0}", time.as_secs_f64() * 1000.0)
}

fn millions(count: Option<u64>) -> String {
    let Some(count) = count else {
        return String::new();
    };
    let hundredths = (count + 5_000) / 10_000;
    if hundredths >= 1000 {
        return ((hundredths + 50) / 100).to_string();
    }
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

fn mebibytes(bytes: u64) -> String {
    let tenths = (bytes * 10 + (1 << 19)) >> 20;
    format!("{}.{}", tenths / 10, tenths % 10)
}
