//! `cargo bench`: what twauth costs beside other programs, against a server on this machine; see README.md here.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a benchmark prints its results, and fails by panicking"
)]

mod cost;
mod programs;
mod server;
#[expect(dead_code, reason = "the tests have wrong certificates too")]
#[path = "../support/tls.rs"]
mod tls;

use std::path::Path;
use std::time::Duration;
use std::{fs, io};

use cost::{Cost, Program, Race, race};
use programs::{CURL, CURL_ONE, OURS, Place, TWAUTH, TWEEPY};
use server::{AUTHORITY, FIRST_ID, screen_name};

fn main() -> io::Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let after = |name: &str| {
        let place = words.iter().position(|word| word == name)?;
        words.get(place + 1)
    };
    if let Some(folder) = after("--serve") {
        return server::serve(Path::new(folder));
    }
    // Cargo adds this word; without it somebody runs all targets as tests.
    if !words.iter().any(|word| word == "--bench") {
        return Ok(());
    }
    let rounds = after("--rounds").map_or(40, |rounds| rounds.parse().unwrap());
    let place = Place::new()?;
    let verify = one_request(&place, rounds)?;
    many(&place)?;
    facts(&place, rounds, &verify)
}

fn row(cells: &[&str]) {
    println!("| {} |", cells.join(" | "));
}

fn head(cells: &[&str]) {
    println!();
    row(cells);
    println!("|---|{}", "--:|".repeat(cells.len() - 1));
}

/// Ratios of medians to curl's with the system's roots.
fn one_request(place: &Place, rounds: usize) -> io::Result<Race> {
    let verify = race(place.one(false)?, rounds, place.folder.path());
    let tweet = race(place.one(true)?, rounds, place.folder.path());
    let columns = "program, `verify`: CPU, wall, peak MiB, M instructions, `tweet`: CPU, wall";
    let columns: Vec<&str> = columns.split(", ").collect();
    head(&columns);
    for (program, cost) in &verify {
        let against_curl = |race, of| ratio(race, program.name, CURL, of);
        row(&[
            program.name,
            &against_curl(&verify, |cost| cost.cpu),
            &against_curl(&verify, |cost| cost.wall),
            &mebibytes(cost.peak),
            &millions(program, place),
            &against_curl(&tweet, |cost| cost.cpu),
            &against_curl(&tweet, |cost| cost.wall),
        ]);
    }
    Ok(verify)
}

fn many(place: &Place) -> io::Result<()> {
    head(&["accounts", "program", "wall s", "CPU ms", "peak MiB"]);
    let (slow, closing) = (&place.slow, &place.closing);
    let closes = ", closed after 100 streams";
    for (accounts, server, what, rounds) in [
        (100, slow, "", 3),
        (1_000, slow, "", 3),
        (1_000, closing, closes, 3),
        (10_000, slow, "", 1),
    ] {
        for (program, cost) in race(place.many(accounts, server)?, rounds, place.folder.path()) {
            row(&[
                &format!("{accounts}{what}"),
                program.name,
                &format!("{:.2}", cost.wall.as_secs_f64()),
                &cost.cpu.as_millis().to_string(),
                &mebibytes(cost.peak),
            ]);
        }
    }
    Ok(())
}

/// What is no comparison, or one with a single other.
fn facts(place: &Place, rounds: usize, verify: &Race) -> io::Result<()> {
    let twauth = |words: &str| Program::new(OURS, AUTHORITY, format!("{TWAUTH} {words}"));
    head(&["measure", "figure"]);
    for word in ["--version", "--help"] {
        row(&[
            &format!("`{word}`: M instructions"),
            &millions(&twauth(word), place),
        ]);
    }
    for other in [CURL_ONE, TWEEPY] {
        let figure = ratio(verify, OURS, other, |cost| cost.cpu);
        row(&[&format!("`verify`: CPU against {other}"), &figure]);
    }
    place.accounts(10_000, "https://api.x.com")?;
    let last = screen_name(FIRST_ID + 9_999);
    let reading = twauth(&format!("tweet hello --dry-run -a {last} -c 10000.json"));
    for (program, cost) in race(vec![reading], rounds, place.folder.path()) {
        let figure = format!("{}, {}", millions(&program, place), mebibytes(cost.peak));
        row(&["reading 10,000 accounts: M instructions, peak MiB", &figure]);
    }
    for (kind, cost) in race(place.imports()?, 3, place.folder.path()) {
        let figure = format!("{:.2}, {}", cost.cpu.as_secs_f64(), mebibytes(cost.peak));
        row(&[
            &format!("importing 16 MiB of {}: CPU s, peak MiB", kind.name),
            &figure,
        ]);
    }
    row(&["the program, MiB", &mebibytes(fs::metadata(TWAUTH)?.len())]);
    Ok(())
}

fn ratio(race: &Race, name: &str, other: &str, of: fn(&Cost) -> Duration) -> String {
    let of = |name: &str| {
        let found = race.iter().find(|(program, _)| program.name == name);
        found.map(|(_, cost)| of(cost).as_secs_f64())
    };
    let ratio = of(name).zip(of(other)).map(|(one, other)| one / other);
    ratio.map_or_else(String::new, |ratio| format!("{ratio:.3}"))
}

fn millions(program: &Program, place: &Place) -> String {
    let count = program.instructions(place.folder.path());
    count.map_or_else(String::new, |count| {
        format!("{}.{:02}", count / 1_000_000, count / 10_000 % 100)
    })
}

fn mebibytes(bytes: u64) -> String {
    let tenths = (bytes * 10 + (1 << 19)) >> 20;
    format!("{}.{}", tenths / 10, tenths % 10)
}
