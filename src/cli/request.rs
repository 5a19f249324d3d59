//! What may be typed after `twauth request`, `twauth header` and `twauth bearer`.

use clap::Args;

use super::{Network, Source};

/// Send any signed request to the account's server; prints the body of the reply exactly
///
/// The query and form fields are signed whatever their spelling. The exit code follows from the reply's status; the body
/// of a refusal is printed too.
#[derive(Debug, Args)]
pub(crate) struct Request {
    /// A path such as /2/users/me, with its query, or the whole URL at the account's server
    #[arg(value_name = "PATH|URL")]
    pub(crate) target: String,
    /// GET by default; POST with -d or -F
    #[arg(short = 'X', long, value_name = "METHOD")]
    pub(crate) method: Option<String>,
    /// The body, JSON unless -H names another content type; `@FILE` reads a file, `-` standard input
    #[arg(
        short,
        long,
        value_name = "DATA",
        conflicts_with = "form",
        allow_hyphen_values = true
    )]
    pub(crate) data: Option<String>,
    /// A field of a form, signed; may be given several times
    #[arg(
        short = 'F',
        long,
        value_name = "NAME=VALUE",
        allow_hyphen_values = true
    )]
    pub(crate) form: Vec<String>,
    /// Another header of the request; may be given several times
    #[arg(short = 'H', long, value_name = "NAME: VALUE")]
    pub(crate) header: Vec<String>,
    /// Ask as the app alone, with its app-only token instead of a signature
    #[arg(long)]
    pub(crate) bearer: bool,
    #[command(flatten)]
    pub(crate) source: Source,
    #[command(flatten)]
    pub(crate) network: Network,
}

/// Print the Authorization header of a request, for curl and other programs
///
/// As in: curl -H "$(twauth header URL)" URL. A header is good for one request, within some minutes.
#[derive(Debug, Args)]
pub(crate) struct Header {
    /// The URL of the request, with its query
    pub(crate) url: String,
    /// GET by default; POST with -F
    #[arg(short = 'X', long, value_name = "METHOD")]
    pub(crate) method: Option<String>,
    /// A field of the form that the request will carry; may be given several times. A body of another kind is not
    /// signed
    #[arg(
        short = 'F',
        long,
        value_name = "NAME=VALUE",
        allow_hyphen_values = true
    )]
    pub(crate) form: Vec<String>,
    /// Instead of a random one
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    pub(crate) nonce: Option<String>,
    /// Unix seconds, instead of now
    #[arg(long, value_name = "T", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) timestamp: Option<u64>,
    /// Print what is signed and the signature instead
    #[arg(long)]
    pub(crate) explain: bool,
    #[command(flatten)]
    pub(crate) source: Source,
}

/// Print the app-only token (Bearer Token), made from the consumer key and secret
#[derive(Debug, Args)]
pub(crate) struct Bearer {
    #[command(flatten)]
    pub(crate) source: Source,
    #[command(flatten)]
    pub(crate) network: Network,
}
