//! Builds HTML from fixed text and escaped values.

/// A piece of HTML that is safe to send.
#[derive(Clone, Default)]
pub(super) struct Html(String);

/// A value that can be inserted into HTML.
pub(super) trait Value {
    fn write(&self, html: &mut String);
}

/// Fills each `{}` of `template` with the next value. Text is escaped, for content and for quoted attributes.
pub(super) fn html(template: &'static str, values: &[&dyn Value]) -> Html {
    let mut pieces = template.split("{}");
    let mut html = pieces.next().unwrap_or_default().to_owned();
    debug_assert_eq!(template.matches("{}").count(), values.len(), "{template}");
    for (value, piece) in values.iter().zip(pieces) {
        value.write(&mut html);
        html.push_str(piece);
    }
    Html(html)
}

impl Html {
    pub(super) fn into_string(self) -> String {
        self.0
    }
}

impl FromIterator<Html> for Html {
    fn from_iter<I: IntoIterator<Item = Self>>(pieces: I) -> Self {
        Self(pieces.into_iter().map(Self::into_string).collect())
    }
}

impl Value for Html {
    fn write(&self, html: &mut String) {
        html.push_str(&self.0);
    }
}

impl Value for str {
    fn write(&self, html: &mut String) {
        for character in self.chars() {
            match character {
                '&' => html.push_str("&amp;"),
                '<' => html.push_str("&lt;"),
                '>' => html.push_str("&gt;"),
                '"' => html.push_str("&quot;"),
                '\'' => html.push_str("&#39;"),
                other => html.push(other),
            }
        }
    }
}

impl Value for &str {
    fn write(&self, html: &mut String) {
        (**self).write(html);
    }
}

impl Value for String {
    fn write(&self, html: &mut String) {
        self.as_str().write(html);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_escaped_and_html_is_not() {
        let bold = html("<b title=\"{}\">{}</b>", &[&"a\"'", &"<{}&>".to_owned()]);
        let page: Html = [html("<p>{}</p>", &[&bold]), html("{}", &[&"'"])]
            .into_iter()
            .collect();
        assert_eq!(
            page.into_string(),
            "<p><b title=\"a&quot;&#39;\">&lt;{}&amp;&gt;</b></p>&#39;"
        );
    }
}
