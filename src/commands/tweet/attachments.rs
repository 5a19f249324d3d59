//! The files of a post: their alt texts, and their upload.

use std::time::Duration;

use anyhow::Context as _;

use crate::api::{self, Media, check_together};
use crate::cli::{Attachment, Attachments};
use crate::client::{Client, Signer};
use crate::error::Failure;
use crate::output::Output;

/// The files given with `--media`, each checked.
pub(super) fn gather(typed: &Attachments) -> Result<Vec<Media>, Failure> {
    let mut pairs = Vec::new();
    for attachment in &typed.0 {
        match (attachment, pairs.last_mut()) {
            (Attachment::Media(path), _) => pairs.push((path, None)),
            (Attachment::Alt(text), Some((_, alt @ None))) => *alt = Some(text.clone()),
            (Attachment::Alt(_), _) => {
                let reason = "--alt must follow the --media that it describes";
                return Err(Failure::usage(reason).hint("use --media FILE --alt TEXT"));
            }
        }
    }
    let media: Result<Vec<Media>, Failure> = pairs
        .into_iter()
        .map(|(path, alt)| Media::new(path, alt))
        .collect();
    let media = media?;
    check_together(&media)?;
    Ok(media)
}

/// Uploads the files in their order; returns their ids.
pub(super) async fn upload(
    http: &Client,
    signer: Signer<'_>,
    media: &[Media],
    output: Output,
) -> anyhow::Result<Vec<String>> {
    let total: u64 = media.iter().map(Media::pieces).sum();
    let progress = output.progress(usize::try_from(total).unwrap_or(0), Duration::from_secs(1));
    let mut ids = Vec::new();
    for one in media {
        let processing = || {
            output.say(&format!(
                "waiting for the server to process {}; this can take minutes",
                one.shown()
            ));
        };
        let uploaded = api::upload(http, signer, one, || progress.advance(), processing).await;
        ids.push(uploaded.with_context(|| format!("could not upload {}", one.shown()))?);
    }
    Ok(ids)
}
