//! Commands and options, no behaviour.

mod arguments;
mod help;
mod pages;
mod parsing;
mod scripts;
mod usage;

use clap::{Parser, Subcommand};

pub(crate) use arguments::{
    Accounts, Attachment, Attachments, Bearer, Completions, Delete, Doctor, Export, Header, Help,
    Import, List, Login, Logout, Man, Network, Open, Request, Run, Sandbox, Source, Talk, Tweet,
    Verify,
};
pub(crate) use help::on as help_on;
pub(crate) use pages::pages;
pub(crate) use parsing::{Parsed, parse};
pub(crate) use scripts::script;

/// Get, keep and use OAuth 1.0a credentials for bot accounts on X.
#[derive(Debug, Parser)]
#[command(
    name = "twauth",
    version = env!("TWAUTH_VERSION"),
    propagate_version = true,
    disable_help_subcommand = true,
    max_term_width = 80
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) talk: Talk,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The list of commands. Their definitions are read only when they are needed, so the list repeats the
/// description of each.
#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub(crate) enum Command {
    /// Log in a bot account and save its credentials
    Login(Login),
    /// Check that saved credentials still work
    Verify(Verify),
    /// List the accounts in the credentials file
    List(List),
    /// Revoke an account's token and remove it
    Logout(Logout),
    /// Publish a post
    Tweet(Tweet),
    /// Diagnose problems and show how to fix them
    Doctor(Doctor),
    /// Delete posts
    Delete(Delete),
    /// Import credentials from other tools
    Import(Import),
    /// Export credentials for other tools
    Export(Export),
    /// Run a command with credentials in its environment
    Run(Run),
    /// Send a signed API request
    Request(Request),
    /// Print a signed Authorization header
    Header(Header),
    /// Print the app-only Bearer token
    Bearer(Bearer),
    /// Run a local server that imitates X
    Sandbox(Sandbox),
    /// Generate a shell completion script
    Completions(Completions),
    /// Write the man pages into a folder
    Man(Man),
    /// Explain a command or a topic
    Help(Help),
    /// Prints the account names in the file that a command line refers to; for completions.
    #[command(name = "__accounts", hide = true)]
    Accounts(Accounts),
    /// Opens a URL in the default browser, in a process of its own.
    #[command(name = "__open", hide = true)]
    Open(Open),
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::Cli;

    #[test]
    fn the_list_says_what_each_command_says_of_itself() {
        let (listed, mut defined) = (Cli::command(), Cli::command());
        defined.build();
        assert!(listed.get_subcommands().count() > 0);
        for command in listed.get_subcommands() {
            let name = command.get_name();
            let own = defined
                .find_subcommand(name)
                .and_then(|own| own.get_about());
            let text = |about: Option<&clap::builder::StyledStr>| about.map(ToString::to_string);
            assert_eq!(text(command.get_about()), text(own), "{name}");
            assert!(own.is_some(), "{name}");
        }
    }

    #[test]
    fn the_definitions_fit_together() {
        Cli::command().debug_assert();
    }
}
