//! `header`: prints the signature for a request that another program sends.

use serde_json::json;
use url::Url;

use super::request::arguments as typed;
use super::sources;
use crate::account::Account;
use crate::cli::{Header, Network};
use crate::client::{Body, Signed, Signer, normalized_parameters, sign};
use crate::error::Failure;
use crate::output::Output;

pub(super) fn run(arguments: &Header, output: Output) -> anyhow::Result<()> {
    let url = url(&arguments.url)?;
    let form = Body::Form(typed::fields(&arguments.form)?);
    let method = typed::method(arguments.method.as_deref(), arguments.form.is_empty())?;
    typed::check_names(&url, &form)?;
    let nonce = arguments.nonce.as_deref();
    let is_plain = |nonce: &str| nonce.bytes().all(|it| it.is_ascii_graphic());
    if nonce.is_some_and(|nonce| nonce.is_empty() || !is_plain(nonce)) {
        let reason = "the nonce must consist of ASCII letters, digits and punctuation";
        return Err(Failure::usage(reason).into());
    }
    let accounts = sources::load_any(&arguments.source, &Network::default(), output)?;
    let account: &Account = accounts.one()?;
    let signer = Signer::of_any(account)?
        .with_nonce(nonce)
        .at(arguments.timestamp);
    let made = sign(method.as_str(), &url, &form.form(), &signer);
    if arguments.explain {
        return explain(&made, output);
    }
    if output.is_json() {
        return output.document(&json!({ "authorization": made.header }));
    }
    output.line(&format!("Authorization: {}", made.header))
}

/// A URL at any server: nothing is sent, and a signature is valid for that URL only.
fn url(text: &str) -> Result<Url, Failure> {
    let url = typed::url(text)?;
    if matches!(url.scheme(), "http" | "https") {
        return Ok(url);
    }
    let hint = "give the whole URL of the request, for example https://api.x.com/2/users/me";
    Err(Failure::usage("the URL must start with https:// (or http://)").hint(hint))
}

/// The parts of the signature, to compare with another implementation; without the signing key.
fn explain(signed: &Signed, output: Output) -> anyhow::Result<()> {
    let parameters = normalized_parameters(&signed.base_string);
    if output.is_json() {
        return output.document(&json!({
            "normalized_parameters": parameters,
            "signature_base_string": signed.base_string,
            "signature": signed.signature,
        }));
    }
    output.line(&format!(
        "normalized parameters: {parameters}\nsignature base string: {}\nsignature: {}",
        signed.base_string, signed.signature
    ))
}
