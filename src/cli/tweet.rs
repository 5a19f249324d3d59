//! What may be typed after `twauth tweet` and `twauth delete`.

use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};

use super::{Network, Source};

/// Post from the command line or a script; prints the post's address
#[derive(Debug, Args)]
pub(crate) struct Tweet {
    /// What to post; `-`, or a pipe and no TEXT, reads standard input
    #[arg(allow_hyphen_values = false)]
    pub(crate) text: Option<String>,
    #[command(flatten)]
    pub(crate) source: Source,
    /// Answer this post
    #[arg(long, value_name = "ID|URL")]
    pub(crate) reply_to: Option<String>,
    #[command(flatten)]
    pub(crate) attachments: Attachments,
    /// Check everything, say what would be sent, send nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Let X judge the length: for accounts with Premium
    #[arg(long)]
    pub(crate) no_length_check: bool,
    /// Delete the post again after so many seconds: to try things out
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(..=604_800))]
    pub(crate) delete_after: Option<u64>,
    #[command(flatten)]
    pub(crate) network: Network,
}

/// Delete posts of the account; prints the id of each that is gone
#[derive(Debug, Args)]
pub(crate) struct Delete {
    /// The posts
    #[arg(value_name = "ID|URL", required = true)]
    pub(crate) posts: Vec<String>,
    #[command(flatten)]
    pub(crate) source: Source,
    #[command(flatten)]
    pub(crate) network: Network,
}

/// `--media` and `--alt` in the order in which they were typed, for an alternative text belongs to the file before it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Attachments(pub(crate) Vec<Attachment>);

#[derive(Clone, Debug)]
pub(crate) enum Attachment {
    Media(PathBuf),
    Alt(String),
}

impl FromArgMatches for Attachments {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut found: Vec<(usize, Attachment)> = Vec::new();
        let places = |name| matches.indices_of(name).into_iter().flatten();
        let files = matches.get_many::<PathBuf>("media").into_iter().flatten();
        found.extend(places("media").zip(files.cloned().map(Attachment::Media)));
        let texts = matches.get_many::<String>("alt").into_iter().flatten();
        found.extend(places("alt").zip(texts.cloned().map(Attachment::Alt)));
        found.sort_by_key(|(place, _)| *place);
        Ok(Self(found.into_iter().map(|(_, one)| one).collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Args for Attachments {
    fn augment_args(command: Command) -> Command {
        command
            .arg(
                Arg::new("media")
                    .long("media")
                    .value_name("FILE")
                    .action(ArgAction::Append)
                    .value_parser(clap::value_parser!(PathBuf))
                    .help(
                        "A picture, GIF or video to attach; up to four pictures, each with --media",
                    ),
            )
            .arg(
                Arg::new("alt")
                    .long("alt")
                    .value_name("TEXT")
                    .action(ArgAction::Append)
                    .help(
                        "What the file of the --media before it shows, for those who cannot see it",
                    ),
            )
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}
