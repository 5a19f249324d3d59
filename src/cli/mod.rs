//! What may be typed: commands and options, no behaviour.

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

/// Gets, keeps and uses OAuth 1.0a credentials for bot accounts on X.
#[derive(Debug, Parser)]
#[command(
    name = "twauth",
    version = env!("TWAUTH_VERSION"),
    propagate_version = true,
    disable_help_subcommand = true,
    max_term_width = 100
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) talk: Talk,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The list of commands. Their definitions are looked into only where they are typed, so the list says again what each
/// of them says of itself.
#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub(crate) enum Command {
    /// Authorise the app for an account and keep its credentials
    Login(Login),
    /// Ask the server whose credentials these are and whether they still work
    Verify(Verify),
    /// Show the accounts of the credentials file, without asking anybody
    List(List),
    /// Revoke an account's access token at X and forget the account
    Logout(Logout),
    /// Post from the command line or a script; prints the post's address
    Tweet(Tweet),
    /// Find out what is wrong, and which command mends it
    Doctor(Doctor),
    /// Delete posts of the account; prints the id of each that is gone
    Delete(Delete),
    /// Import credentials from other tools
    Import(Import),
    /// Export credentials for other tools
    Export(Export),
    /// Run a command with an account's credentials in its environment
    Run(Run),
    /// Send any signed request to the account's server; prints the body of the reply exactly
    Request(Request),
    /// Print the Authorization header of a request, for curl and other programs
    Header(Header),
    /// Print the app-only token (Bearer Token), made from the consumer key and secret
    Bearer(Bearer),
    /// Run a local server that imitates X
    Sandbox(Sandbox),
    /// Write the script that completes commands, options and account names in a shell
    Completions(Completions),
    /// Write the manual pages into a folder
    Man(Man),
    /// Explain a command, or a topic: exit-codes, environment, files, agents, secrets
    Help(Help),
    /// Prints the names of the accounts in the file that the words of a command line name; for completions.
    #[command(name = "__accounts", hide = true)]
    Accounts(Accounts),
    /// Opens a URL in the default browser, as a process of its own that may take its time.
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
