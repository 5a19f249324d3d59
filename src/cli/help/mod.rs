//! The texts of help beyond the options: commands in groups, examples, topics.

use std::fmt::Write as _;

use clap::builder::{PossibleValuesParser, Styles};
use clap::{Command, CommandFactory as _};

use super::Cli;
use super::usage::failure;
use crate::error::{Failure, Kind};

mod texts;

use texts::{EXAMPLES, GROUPS, START, TOPICS};

/// The first page. The commands' own definitions are not looked into.
pub(super) fn first_page() -> String {
    let mut command = with_groups(Cli::command());
    command.render_help().ansi().to_string()
}

/// The page on one command; none where there is no such command.
pub(super) fn page(name: &str) -> Option<String> {
    let mut command = decorated();
    let found = command.find_subcommand_mut(name);
    let found = found.filter(|found| !found.is_hide_set())?;
    Some(found.render_help().ansi().to_string())
}

/// The whole definition, with everything that only help and manual pages show.
pub(super) fn decorated() -> Command {
    let mut command = with_groups(Cli::command());
    command.build();
    plain(command).mut_subcommands(|command| {
        let name = command.get_name();
        let examples = EXAMPLES.iter().find(|(of, _)| *of == name);
        let examples = examples.map(|(_, examples)| examples.trim_matches('\n'));
        let command = plain(command).mut_args(|option| {
            let is_version = option.get_id() == "version";
            option.hide(is_version)
        });
        match examples {
            Some(examples) => command.after_help(format!("{}\n{examples}", heading("Examples"))),
            None => command,
        }
    })
}

/// The definition for completions: only what is for people, and what `help` explains as its values.
pub(super) fn completed() -> Command {
    let mut all = Cli::command();
    all.build();
    let visible: Vec<Command> = all
        .get_subcommands()
        .filter(|command| !command.is_hide_set())
        .cloned()
        .collect();
    let subjects = GROUPS.iter().flat_map(|(_, names)| names.iter().copied());
    let subjects = subjects.chain(TOPICS.iter().map(|(name, _)| *name));
    let subjects: Vec<&str> = subjects.collect();
    Command::new("twauth")
        .version(env!("TWAUTH_VERSION"))
        .disable_help_subcommand(true)
        .args(Cli::command().get_arguments().cloned())
        .subcommands(visible)
        .mut_subcommand("help", |help| {
            help.mut_args(|argument| {
                if argument.get_id() == "topic" {
                    argument.value_parser(PossibleValuesParser::new(&subjects))
                } else {
                    argument
                }
            })
        })
}

fn with_groups(command: Command) -> Command {
    let groups = groups(&command);
    command.help_template(format!(
        "{{about-with-newline}}\n{{usage-heading}} {{usage}}\n\n{groups}{options}\n{{options}}\n\n{first}\n{START}",
        options = heading("Options"),
        first = heading("First steps"),
    ))
}

/// As the parser styles its own.
fn heading(text: &str) -> String {
    let styles = Styles::styled();
    let style = styles.get_header();
    format!("{style}{text}:{style:#}")
}

/// Descriptions in full and for readers.
fn plain(command: Command) -> Command {
    let about = command.get_long_about().or(command.get_about());
    let about = about.map(|about| without_ticks(&about.to_string()));
    let command = match about {
        Some(about) => command.about(about.clone()).long_about(about),
        None => command,
    };
    command.mut_args(|option| {
        if option.get_id() == "help" {
            return option.help("Print this help").help_heading(None);
        }
        match option.get_help().map(ToString::to_string) {
            Some(text) => option.help(without_ticks(&text)),
            None => option,
        }
    })
}

/// The names of variables without the backticks that mark them in the definition.
fn without_ticks(text: &str) -> String {
    let is_variable = |piece: &str| {
        piece.len() > 2
            && piece
                .bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte == b'_')
    };
    let mut plain = String::new();
    let mut open = false;
    let mut pieces = text.split('`').peekable();
    while let Some(piece) = pieces.next() {
        plain += piece;
        let Some(next) = pieces.peek() else { break };
        // A tick opens before a name and closes after it.
        let marks_variable = is_variable(if open { piece } else { next });
        open = !open;
        if !marks_variable {
            plain.push('`');
        }
    }
    plain
}

/// Help on a command or a topic; without one, on everything.
pub(crate) fn on(topic: Option<&str>) -> Result<String, Failure> {
    let Some(topic) = topic else {
        return Ok(first_page());
    };
    if let Some((_, text)) = TOPICS.iter().find(|(name, _)| *name == topic) {
        return Ok((*text).to_owned());
    }
    if let Some(page) = page(topic) {
        return Ok(page);
    }
    // The parser knows which name is meant.
    let topics = TOPICS.iter().map(|(name, _)| Command::new(*name));
    let parsed = Cli::command()
        .subcommands(topics)
        .try_get_matches_from(["twauth", topic]);
    let wrong = "there is no such command or topic";
    let mut failure = match parsed {
        Err(error) if !topic.starts_with('-') => failure(&error, &[]),
        _ => Failure::new(Kind::Usage, wrong).hint("see `twauth --help`"),
    };
    wrong.clone_into(&mut failure.reason);
    Err(failure)
}

/// The commands, each with its one line, under headings.
fn groups(command: &Command) -> String {
    let mut text = String::new();
    let is_grouped = |name: &str| GROUPS.iter().any(|(_, names)| names.contains(&name));
    let others: Vec<&str> = command
        .get_subcommands()
        .filter(|command| !command.is_hide_set())
        .map(Command::get_name)
        .filter(|name| !is_grouped(name))
        .collect();
    for (heading, names) in GROUPS.iter().copied().chain([("Other", &*others)]) {
        let commands: Vec<&Command> = names
            .iter()
            .filter_map(|name| command.find_subcommand(name))
            .collect();
        if commands.is_empty() {
            continue;
        }
        let _ = writeln!(text, "{}", self::heading(heading));
        for command in commands {
            let about = command.get_about().map(ToString::to_string);
            let _ = writeln!(
                text,
                "  {:<12} {}",
                command.get_name(),
                about.unwrap_or_default()
            );
        }
        text.push('\n');
    }
    text
}
