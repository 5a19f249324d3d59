//! YAML: any nesting that holds the labels, aliases and merged maps within limits.

use std::collections::HashMap;
use std::mem;

use saphyr_parser::{Event, Parser, ScalarStyle};

use super::Broken;
use super::groups::{DEPTH, Groups, MOST};
use super::pairs::Value;

/// How many values and brackets a file may hold, and how many of them, and how many bytes, aliases may repeat: a small
/// file can ask for billions. Ten thousand accounts have some two hundred thousand.
const MOST_STEPS: usize = MOST;
const MOST_BYTES: usize = 16 << 20;

pub(super) fn read(text: &str, groups: &mut Groups) -> Result<(), Broken> {
    let document = Document::of(text, groups)?;
    let mut reader = Reader {
        document: &document,
        groups,
        is_repeating: false,
        repeated: (0, 0),
    };
    let mut at = 0;
    while at < document.steps.len() {
        at = reader.node(at, None, 0)?;
    }
    Ok(())
}

/// A value or bracket of the text.
enum Step {
    Open {
        is_list: bool,
    },
    Close,
    Value(Value),
    /// What the anchor names, once more.
    Alias(usize),
}

/// The steps of a text with their lines, and where each anchor's value begins among them.
#[derive(Default)]
struct Document {
    steps: Vec<(Step, usize)>,
    anchors: HashMap<usize, usize>,
}

impl Document {
    fn of(text: &str, groups: &mut Groups) -> Result<Self, Broken> {
        let mut document = Self::default();
        let mut depth = 0_usize;
        for event in Parser::new_from_str(text) {
            let (event, span) = event.map_err(|error| {
                let reason = "it is not YAML from here on (quotes, indentation or a colon)";
                Broken::at(error.marker().line(), reason)
            })?;
            let (step, anchor) = match event {
                Event::Scalar(text, style, anchor, tag) => {
                    let is_plain = style == ScalarStyle::Plain;
                    let value = if tag.is_some_and(|tag| !tag.is_yaml_core_schema()) {
                        Value::Fault("has a tag, and is not the value itself")
                    } else if is_plain && matches!(&*text, "" | "~" | "null" | "Null" | "NULL") {
                        Value::Absent("is empty")
                    } else {
                        Value::Quoted(text.into_owned())
                    };
                    (Step::Value(value), anchor)
                }
                Event::SequenceStart(anchor, _) => (Step::Open { is_list: true }, anchor),
                Event::MappingStart(anchor, _) => (Step::Open { is_list: false }, anchor),
                Event::SequenceEnd | Event::MappingEnd => (Step::Close, 0),
                Event::Alias(anchor) => (Step::Alias(anchor), 0),
                _ => continue,
            };
            match step {
                Step::Open { .. } => depth += 1,
                Step::Close => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth > DEPTH {
                return Err(too_deep(span.start.line()));
            }
            if document.steps.len() == MOST_STEPS {
                groups.overflowed = true;
                break;
            }
            if anchor > 0 {
                document.anchors.insert(anchor, document.steps.len());
            }
            document.steps.push((step, span.start.line()));
        }
        Ok(document)
    }
}

fn too_deep(line: usize) -> Broken {
    Broken::at(line, "it is nested too deeply")
}

struct Reader<'document> {
    document: &'document Document,
    groups: &'document mut Groups,
    is_repeating: bool,
    /// How many steps and bytes aliases repeated.
    repeated: (usize, usize),
}

impl Reader<'_> {
    /// Takes the value at `at`, under its name if it has one; the place behind it.
    fn node(&mut self, at: usize, name: Option<&str>, depth: usize) -> Result<usize, Broken> {
        let document = self.document;
        let Some((step, line)) = document.steps.get(at).filter(|_| !self.groups.overflowed) else {
            return Ok(document.steps.len());
        };
        if depth > DEPTH {
            return Err(too_deep(*line));
        }
        if self.is_repeating {
            self.count(step, *line)?;
        }
        match step {
            Step::Value(value) => self.groups.value(name, value.clone(), *line),
            Step::Alias(anchor) => {
                let Some(start) = document.anchors.get(anchor) else {
                    return Err(Broken::at(*line, "the alias here names no value"));
                };
                let was_repeating = mem::replace(&mut self.is_repeating, true);
                self.node(*start, name, depth + 1)?;
                self.is_repeating = was_repeating;
            }
            Step::Open { is_list } => return self.inside(at + 1, name, *is_list, depth + 1),
            Step::Close => {}
        }
        Ok(at + 1)
    }

    /// Takes what is in a map or list. What stands under `<<` belongs to the map around it.
    fn inside(
        &mut self,
        mut at: usize,
        name: Option<&str>,
        is_list: bool,
        depth: usize,
    ) -> Result<usize, Broken> {
        let merges = name == Some("<<") || name.is_none() && self.groups.merges;
        let outer = mem::replace(&mut self.groups.merges, merges);
        if !merges {
            self.groups.enter(name, is_list);
        }
        while let Some((step, _)) = self.document.steps.get(at)
            && !matches!(step, Step::Close)
        {
            let mut name = None;
            if !is_list {
                name = Some(match step {
                    Step::Value(Value::Quoted(text)) => text.as_str(),
                    _ => "",
                });
                at = match step {
                    Step::Open { .. } => self.node(at, None, depth)?,
                    _ => at + 1,
                };
            }
            at = self.node(at, name, depth)?;
        }
        if !merges {
            self.groups.close();
        }
        self.groups.merges = outer;
        Ok(at + 1)
    }

    fn count(&mut self, step: &Step, line: usize) -> Result<(), Broken> {
        self.repeated.0 += 1;
        if let Step::Value(Value::Quoted(text)) = step {
            self.repeated.1 += text.len();
        }
        if self.repeated.0 > MOST_STEPS || self.repeated.1 > MOST_BYTES {
            let reason = "it has too many aliases (or aliases of aliases)";
            return Err(Broken::at(line, reason));
        }
        Ok(())
    }
}
