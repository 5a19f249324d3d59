//! Text in quotes, as the formats that hold it want it.

use serde_json::Value;

/// `text` as a JSON string.
pub(super) fn in_json(text: &str) -> String {
    Value::from(text).to_string()
}

/// `text` in double quotes. A JSON string is one, but for the characters YAML wants escaped.
pub(super) fn in_yaml(text: &str) -> String {
    in_json(text)
        .chars()
        .map(|c| match c {
            '\u{feff}' | '\u{fffe}' | '\u{ffff}' => format!("\\u{:04x}", u32::from(c)),
            _ => c.to_string(),
        })
        .collect()
}
