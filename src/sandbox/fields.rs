//! What an upload's request says, be it in JSON, in a form or in multipart fields.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::call::Call;
use super::multipart;
use super::replies::{Reply, invalid_request};

/// What media may be meant for (`OpenAPI` 2.167, `MediaCategory`).
const CATEGORIES: &[&str] = &[
    "amplify_video",
    "tweet_gif",
    "tweet_image",
    "tweet_video",
    "dm_gif",
    "dm_image",
    "dm_video",
    "subtitles",
];

/// What a request says, whether in JSON or in multipart fields.
pub(super) struct Fields {
    pub(super) bytes: Option<Vec<u8>>,
    /// Of the part that holds the bytes.
    content_type: Option<String>,
    others: Vec<(String, String)>,
}

impl Fields {
    pub(super) fn of(call: &Call) -> Result<Self, Reply> {
        let unreadable = || invalid_request("", "The request's body could not be read.");
        let content_type = call.header("content-type").unwrap_or_default();
        if call.is("multipart/form-data") {
            let parts = multipart::parts(content_type, &call.body).ok_or_else(unreadable)?;
            return Ok(Self::of_parts(parts));
        }
        let others = if call.is("application/x-www-form-urlencoded") {
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            let pairs = call.form();
            pairs
                .iter()
                .map(|(name, value)| (text(name), text(value)))
                .collect()
        } else if call.body.is_empty() {
            Vec::new()
        } else {
            let Some(Value::Object(body)) = call.json() else {
                return Err(unreadable());
            };
            let text = |value: &Value| {
                value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_owned)
            };
            body.iter()
                .map(|(name, value)| (name.clone(), text(value)))
                .collect()
        };
        let mut fields = Self {
            bytes: None,
            content_type: None,
            others,
        };
        if let Some(encoded) = fields.value("media") {
            let decoded = STANDARD.decode(encoded).ok();
            let refusal = || invalid_request("media", "$.media: must be base64");
            fields.bytes = Some(decoded.ok_or_else(refusal)?);
        }
        Ok(fields)
    }

    fn of_parts(parts: Vec<multipart::Part>) -> Self {
        let mut fields = Self {
            bytes: None,
            content_type: None,
            others: Vec::new(),
        };
        for part in parts {
            if part.name == "media" {
                fields.bytes = Some(part.bytes);
                fields.content_type = part.content_type;
            } else {
                let text = String::from_utf8_lossy(&part.bytes).into_owned();
                fields.others.push((part.name, text));
            }
        }
        fields
    }

    pub(super) fn value(&self, name: &str) -> Option<&str> {
        let found = self.others.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    pub(super) fn category(&self) -> Result<String, Reply> {
        let category = self.value("media_category").unwrap_or("tweet_image");
        if CATEGORIES.contains(&category) {
            return Ok(category.to_owned());
        }
        let text = format!("$.media_category: must be one of {}", CATEGORIES.join(", "));
        Err(invalid_request("media_category", &text))
    }

    /// The media's own type, as the request or its part names it.
    pub(super) fn media_type(&self) -> Option<String> {
        let named = self.value("media_type").or(self.content_type.as_deref())?;
        Some(named.chars().take(100).collect())
    }
}
