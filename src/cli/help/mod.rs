//! The texts of help beyond the options: commands in groups, examples, topics.

use std::fmt::Write as _;

use clap::{Arg, ArgAction, Command, CommandFactory as _};

use super::usage::failure;
use super::{Cli, definition};
use crate::error::{Failure, Kind};

mod texts;

use texts::{EXAMPLES, GROUPS, START, TOPICS};

/// The definition with everything that only help and manual pages show. A normal start does without.
pub(crate) fn decorated() -> Command {
    overview().mut_subcommands(|listed| {
        let command = match definition(listed.get_name()) {
            Some(defined) => defined.hide(listed.is_hide_set()),
            None => listed,
        };
        let command = one_help(command).disable_version_flag(true);
        let name = command.get_name();
        let examples = EXAMPLES.iter().find(|(of, _)| *of == name);
        match examples {
            Some((_, examples)) => {
                command.after_help(format!("Examples:\n{}", examples.trim_matches('\n')))
            }
            None => command,
        }
    })
}

/// The same without the commands' own definitions: enough for the help that lists them.
pub(super) fn overview() -> Command {
    let command = Cli::command();
    let groups = groups(&command);
    let command = command.help_template(format!(
        "{{about-with-newline}}\n{{usage-heading}} {{usage}}\n\n{groups}Options:\n{{options}}\n\n{START}"
    ));
    one_help(command)
}

/// With `-h` and `--help` as one: the whole description and a line for each option.
fn one_help(command: Command) -> Command {
    let about = command.get_long_about().or(command.get_about());
    let about = about.map(|about| without_ticks(&about.to_string()));
    let command = match about {
        Some(about) => command.about(about.clone()).long_about(about),
        None => command,
    };
    let help = Arg::new("help").short('h').long("help");
    command
        .disable_help_flag(true)
        .arg(
            help.action(ArgAction::HelpShort)
                .help("Print this help")
                .help_heading(None),
        )
        .mut_args(|option| match option.get_help().map(ToString::to_string) {
            Some(text) => option.help(without_ticks(&text)),
            None => option,
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
        return Ok(decorated().render_help().to_string());
    };
    if topic.starts_with('-') {
        return Err(Failure::new(
            Kind::Usage,
            "help explains commands and topics, and options only with their command",
        )
        .hint("see `twauth --help`"));
    }
    if let Some((_, text)) = TOPICS.iter().find(|(name, _)| *name == topic) {
        return Ok((*text).to_owned());
    }
    // The topics are there to be suggested.
    let topics = TOPICS.iter().map(|(name, _)| Command::new(*name));
    let command = decorated().subcommands(topics);
    match command.try_get_matches_from(["twauth", topic, "--help"]) {
        Err(error) if error.kind() == clap::error::ErrorKind::DisplayHelp => {
            Ok(error.render().to_string())
        }
        Err(error) => {
            let mut failure = failure(&error);
            "there is no such command or topic".clone_into(&mut failure.reason);
            Err(failure)
        }
        Ok(_) => Err(Failure::new(Kind::Internal, "there is no help on this")),
    }
}

/// The definition without what is not for people.
pub(crate) fn visible() -> Command {
    let all = Cli::command();
    let visible = all.get_subcommands().filter(|it| !it.is_hide_set());
    Command::new("twauth")
        .version(env!("TWAUTH_VERSION"))
        .disable_help_subcommand(true)
        .args(all.get_arguments().cloned())
        .subcommands(visible.cloned())
}

/// The names that `help` explains.
pub(crate) fn subjects(command: &Command) -> Vec<&'static str> {
    let commands = GROUPS.iter().flat_map(|(_, names)| names.iter().copied());
    let topics = TOPICS.iter().map(|(name, _)| *name);
    commands
        .filter(|name| command.find_subcommand(name).is_some())
        .chain(topics)
        .collect()
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
        let _ = writeln!(text, "{heading}:");
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
