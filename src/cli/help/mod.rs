//! The texts of help beyond the options: commands in groups, examples, topics.

use std::fmt::Write as _;

use clap::builder::{PossibleValuesParser, Styles};
use clap::{Arg, ArgAction, Command, CommandFactory as _};

use super::Cli;
use super::usage::{failure, quoted};
use crate::error::{Failure, Kind};

mod layout;
mod texts;

use layout::{laid_out, width};
use texts::{EXAMPLES, GROUPS, MORE, START, TOPICS};

/// How wide the pages of `man` are, beside their margin.
const OF_MANUAL: usize = 72;

/// How much a page of help tells: `-h` fits one screen, `--help` is the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    Short,
    Whole,
}

/// The first page. The commands' own definitions are not looked into.
pub(super) fn first_page(extent: Extent) -> String {
    let width = width();
    let help = Arg::new("help")
        .short('h')
        .long("help")
        .action(ArgAction::Help)
        .help("Print help (see a summary with '-h')");
    let command = with_groups(Cli::command(), extent, width);
    let mut command = command
        .term_width(width)
        // The commands are only listed, so they need no copies of the options.
        .mut_args(|option| option.hide_short_help(false).global(false))
        .disable_help_flag(true)
        .arg(help);
    command.render_help().ansi().to_string()
}

/// The page on one command; `None` if there is no such command.
pub(super) fn page(name: &str, extent: Extent) -> Option<String> {
    let width = width();
    let mut all = match extent {
        Extent::Whole => decorated(width),
        Extent::Short => {
            let mut all = Cli::command();
            all.build();
            all.mut_subcommands(shortened)
        }
    };
    let found = all.find_subcommand_mut(name);
    let found = found.filter(|found| !found.is_hide_set())?;
    let mut command = found.clone().term_width(width).mut_args(|option| {
        let text = option.get_help().map(ToString::to_string);
        let together = TOGETHER
            .iter()
            .fold(text.unwrap_or_default(), |text, (of, kept)| {
                text.replace(of, kept)
            });
        option.help(together)
    });
    let page = command.render_help().ansi().to_string();
    Some(page.replace('\u{a0}', " "))
}

/// Whether it is one that a person may use.
pub(super) fn is_command(name: &str) -> bool {
    GROUPS.iter().any(|(_, names)| names.contains(&name))
}

/// Whether a command has the option, given as `--name`.
pub(super) fn has_option(name: &str, option: &str) -> bool {
    let mut command = Cli::command();
    command.build();
    let mut arguments = command
        .find_subcommand(name)
        .into_iter()
        .flat_map(Command::get_arguments);
    let wanted = option.strip_prefix("--");
    wanted.is_some() && arguments.any(|argument| argument.get_long() == wanted)
}

/// The usage line of a command.
pub(super) fn usage(name: Option<&str>) -> String {
    let mut command = Cli::command();
    command.build();
    let found = name.and_then(|name| command.find_subcommand_mut(name));
    let usage = match found {
        Some(found) => found.render_usage(),
        None => command.render_usage(),
    };
    usage.ansi().to_string()
}

/// The whole definition, with everything that only help and manual pages show.
fn decorated(width: usize) -> Command {
    let mut command = with_groups(Cli::command(), Extent::Whole, width);
    command.build();
    whole(command).mut_subcommands(|command| {
        let name = command.get_name();
        let examples = EXAMPLES.iter().find(|(of, _)| *of == name);
        let command = whole(command);
        match examples {
            Some((_, examples)) => command.after_help(format!(
                "{}\n{}",
                heading("Examples"),
                laid_out(examples.trim_matches('\n'), width)
            )),
            None => command,
        }
    })
}

/// The definition for manual pages.
pub(super) fn for_manual() -> Command {
    decorated(OF_MANUAL)
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
    let visible = visible.into_iter().map(|command| {
        command.mut_args(|option| {
            let text = option.get_help().map(ToString::to_string);
            let text = text.unwrap_or_default().replace('`', "");
            let is_subject = option.get_id() == "topic";
            let option = match option.get_id().as_str() {
                "help" => option.help("Print help"),
                _ => option.help(text),
            };
            if is_subject {
                option.value_parser(PossibleValuesParser::new(&subjects))
            } else {
                option
            }
        })
    });
    Command::new("twauth")
        .version(env!("TWAUTH_VERSION"))
        .disable_help_subcommand(true)
        .args(Cli::command().get_arguments().cloned())
        .subcommands(visible)
}

fn with_groups(command: Command, extent: Extent, width: usize) -> Command {
    let template = match extent {
        Extent::Short => format!(
            "{{usage-heading}} {{usage}}\n\n{commands}{rows}\n{more}",
            commands = heading("Commands") + "\n",
            rows = rows(&command, width),
            more = laid_out(MORE, width),
        ),
        Extent::Whole => format!(
            "{{about-with-newline}}\n{{usage-heading}} {{usage}}\n\n{groups}{options}\n{{options}}\n\n{first}\n{start}",
            groups = groups(&command, width),
            options = heading("Options"),
            first = heading("First steps"),
            start = laid_out(START, width),
        ),
    };
    command.help_template(template)
}

/// As the parser styles its own.
fn heading(text: &str) -> String {
    let styles = Styles::styled();
    let style = styles.get_header();
    format!("{style}{text}:{style:#}")
}

/// Every option, and full descriptions.
fn whole(command: Command) -> Command {
    let about = command.get_long_about().or(command.get_about());
    let about = about.map(|about| without_ticks(&about.to_string()));
    let command = match about {
        Some(about) => command.about(about.clone()).long_about(about),
        None => command,
    };
    without_idle(command).mut_args(|option| {
        let text = option.get_long_help().or(option.get_help());
        let text = text.map(ToString::to_string).unwrap_or_default();
        let text = text.replace("\n\n[", " [").replace("\n\n", ". ");
        let option = option.hide_short_help(false);
        described(option, &text, "Print help (see a summary with '-h')")
    })
}

/// The main options, and short descriptions.
fn shortened(command: Command) -> Command {
    let more = format!(
        "All options and examples: twauth {} --help",
        command.get_name()
    );
    let command = command.mut_args(|option| {
        let text = option.get_help().map(ToString::to_string);
        let text = text.unwrap_or_default();
        let order = match option.get_id().as_str() {
            "json" | "sandbox" => LAST,
            _ => option.get_display_order(),
        };
        let option = described(option, &text, "Print help (see more with '--help')");
        option.help_heading(None).display_order(order)
    });
    let command = without_idle(command);
    command.after_help(more)
}

/// Leaves out the options for output where there is nothing to choose.
fn without_idle(command: Command) -> Command {
    if !["completions", "man", "help"].contains(&command.get_name()) {
        return command;
    }
    command.mut_args(|option| {
        let is_idle = ["json", "verbose", "quiet"].contains(&option.get_id().as_str());
        option.hide(is_idle)
    })
}

fn described(option: Arg, text: &str, help: &'static str) -> Arg {
    match option.get_id().as_str() {
        "help" => option.help(help).long_help(help).help_heading(None),
        "version" => option.hide(true),
        _ => {
            let text = without_ticks(text);
            option.help(text.clone()).long_help(text)
        }
    }
}

/// The place of what every command has, before its help.
const LAST: usize = 900;

/// What is never broken between its words.
const TOGETHER: [(&str, &str); 2] = [("[env: ", "[env:\u{a0}"), ("[default: ", "[default:\u{a0}")];

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
        return Ok(first_page(Extent::Whole));
    };
    if let Some(text) = text_on(topic, width()) {
        return Ok(text);
    }
    if let Some(page) = page(topic, Extent::Whole) {
        return Ok(page);
    }
    // The parser knows which name is meant.
    let topics = TOPICS.iter().map(|(name, _)| Command::new(*name));
    let parsed = Cli::command()
        .subcommands(topics)
        .try_get_matches_from(["twauth", topic]);
    let mut failure = match parsed {
        Err(error) if !topic.starts_with('-') => failure(&error, &[topic.to_owned()]),
        _ => Failure::new(Kind::Usage, "").hint("see `twauth --help`"),
    };
    failure.reason = format!("there is no command or topic{}", quoted(topic));
    failure.hint = failure
        .hint
        .map(|hint| hint.replace("`twauth ", "`twauth help "));
    if failure.hint.as_deref() == Some("see `twauth help --help`") {
        failure.hint = Some("see `twauth --help`".to_owned());
    }
    Err(failure)
}

/// The text of a topic.
pub(super) fn text_on(topic: &str, width: usize) -> Option<String> {
    let (_, text) = TOPICS.iter().find(|(name, _)| *name == topic)?;
    Some(laid_out(text, width))
}

/// The text of a topic in a manual page.
pub(super) fn in_manual(topic: &str) -> String {
    text_on(topic, OF_MANUAL).unwrap_or_default()
}

/// The length of the longest command's name, to which all are padded: the groups are aligned with each other.
const LONGEST_NAME: usize = "completions".len();

/// The commands, each with its one line.
fn rows(command: &Command, width: usize) -> String {
    let names = GROUPS.iter().flat_map(|(_, names)| names.iter());
    let commands = names.filter_map(|name| command.find_subcommand(name));
    laid_out(&commands.map(row).collect::<String>(), width)
}

fn row(command: &Command) -> String {
    let about = command.get_about().map(ToString::to_string);
    let about = about.unwrap_or_default();
    let name = command.get_name();
    let gap = " ".repeat(LONGEST_NAME.saturating_sub(name.len()));
    format!("  {name}{gap}\t{about}\n")
}

/// The same under headings.
fn groups(command: &Command, width: usize) -> String {
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
        let rows: String = commands.into_iter().map(row).collect();
        text += &laid_out(&rows, width);
        text.push('\n');
    }
    text
}
