//! YAML: any nesting that holds the labels, aliases and merged maps within limits.

use std::collections::HashMap;
use std::ops::Range;

use saphyr_parser::{Event, Parser, ScalarStyle};

use super::Broken;
use super::groups::{DEPTH, Groups, Value};

/// How many values a file may hold. Ten thousand accounts have two hundred thousand.
const MOST_EVENTS: usize = 7 * super::groups::MOST;

/// How many values may stand under anchors, and how many aliases may repeat.
const MOST: usize = 300_000;

/// How many bytes aliases may repeat.
const MOST_BYTES: usize = 16 << 20;

pub(super) fn read(text: &str, groups: &mut Groups) -> Result<(), Broken> {
    let outer = groups.depth();
    let mut reader = Reader {
        groups,
        open: Vec::new(),
        recorded: Vec::new(),
        recording: 0,
        anchors: HashMap::new(),
        repeated: (0, 0),
        events: 0,
    };
    let result = reader.events(text);
    while groups.depth() > outer {
        groups.close();
    }
    result
}

/// What happens in a document, as far as it matters here.
#[derive(Clone)]
enum Step {
    Open {
        is_map: bool,
    },
    Close,
    Value(Value),
    /// What the anchor names, once more.
    Repeat(usize),
}

/// A map or list whose end is not reached yet.
struct Open {
    is_map: bool,
    /// Whether it stands under `<<`, and what is in it belongs to the map around it.
    merges: bool,
    /// In a map, the name whose value is next.
    name: Option<String>,
    /// Where it began among what is recorded, and its anchor.
    anchor: Option<(usize, usize)>,
}

struct Reader<'groups> {
    groups: &'groups mut Groups,
    open: Vec<Open>,
    /// What stands under anchors, for their aliases.
    recorded: Vec<(Step, usize)>,
    /// How many anchored values are open.
    recording: usize,
    anchors: HashMap<usize, Range<usize>>,
    /// How many steps and bytes aliases repeated.
    repeated: (usize, usize),
    events: usize,
}

impl Reader<'_> {
    fn events(&mut self, text: &str) -> Result<(), Broken> {
        for event in Parser::new_from_str(text).take(MOST_EVENTS + 1) {
            self.events += 1;
            self.groups.overflowed |= self.events > MOST_EVENTS;
            if self.groups.overflowed {
                break;
            }
            let (event, span) = event.map_err(|error| {
                let reason = "it is not YAML from here on (quotes, indentation or a colon)";
                Broken::at(error.marker().line(), reason)
            })?;
            let line = span.start.line();
            match event {
                Event::Scalar(text, style, anchor, tag) => {
                    let is_plain = style == ScalarStyle::Plain;
                    let value = if tag.is_some_and(|tag| !tag.is_yaml_core_schema()) {
                        Value::Fault("has a tag, and is not the value itself")
                    } else if is_plain && matches!(&*text, "" | "~" | "null" | "Null" | "NULL") {
                        Value::Absent("is empty")
                    } else if is_plain {
                        Value::Bare(text.into_owned())
                    } else {
                        Value::Quoted(text.into_owned())
                    };
                    self.anchored(Step::Value(value), anchor, line)?;
                }
                Event::SequenceStart(anchor, _) => {
                    self.anchored(Step::Open { is_map: false }, anchor, line)?;
                }
                Event::MappingStart(anchor, _) => {
                    self.anchored(Step::Open { is_map: true }, anchor, line)?;
                }
                Event::SequenceEnd | Event::MappingEnd => self.step(Step::Close, line)?,
                Event::Alias(anchor) => self.step(Step::Repeat(anchor), line)?,
                _ => {}
            }
        }
        Ok(())
    }

    /// A step that an anchor may name.
    fn anchored(&mut self, step: Step, anchor: usize, line: usize) -> Result<(), Broken> {
        if anchor == 0 {
            return self.step(step, line);
        }
        self.recording += 1;
        let start = self.recorded.len();
        let is_value = matches!(step, Step::Value(_));
        self.step(step, line)?;
        if is_value {
            self.recording -= 1;
            self.anchors.insert(anchor, start..self.recorded.len());
        } else if let Some(open) = self.open.last_mut() {
            open.anchor = Some((start, anchor));
        }
        Ok(())
    }

    fn step(&mut self, step: Step, line: usize) -> Result<(), Broken> {
        if self.recording > 0 {
            if self.recorded.len() >= MOST {
                return Err(Broken::at(line, "it has too many values under anchors"));
            }
            self.recorded.push((step.clone(), line));
        }
        self.apply(step, line, 0)
    }

    fn apply(&mut self, step: Step, line: usize, depth: usize) -> Result<(), Broken> {
        match step {
            Step::Open { is_map } => {
                if self.open.len() >= DEPTH {
                    return Err(Broken::at(line, "it is nested too deeply"));
                }
                let name = self.open.last_mut().and_then(|open| open.name.take());
                let in_merged_list = self
                    .open
                    .last()
                    .is_some_and(|open| open.merges && !open.is_map);
                let merges = name.as_deref() == Some("<<") || in_merged_list;
                if !merges {
                    self.groups.count_other();
                    let place = name.as_deref().unwrap_or_default();
                    if is_map {
                        self.groups.open(place, name.is_some());
                    } else {
                        self.groups.open_list(place, name.is_some());
                    }
                }
                self.open.push(Open {
                    is_map,
                    merges,
                    name: None,
                    anchor: None,
                });
                self.groups.merges = merges;
            }
            Step::Close => {
                let Some(open) = self.open.pop() else {
                    return Ok(());
                };
                if !open.merges {
                    self.groups.close();
                }
                self.groups.merges = self.open.last().is_some_and(|open| open.merges);
                if let Some((start, anchor)) = open.anchor {
                    self.recording -= 1;
                    self.anchors.insert(anchor, start..self.recorded.len());
                }
            }
            Step::Value(value) => self.value(value, line),
            Step::Repeat(anchor) => self.repeat(anchor, line, depth)?,
        }
        Ok(())
    }

    fn value(&mut self, value: Value, line: usize) {
        match self.open.last_mut() {
            Some(open) if open.is_map => match open.name.take() {
                Some(name) => {
                    let value = match value {
                        // Only what looks like a number or a word of YAML's own differs from text in quotes.
                        Value::Bare(text) => Value::Quoted(text),
                        value => value,
                    };
                    self.groups.named(&name, value, line);
                }
                None => {
                    open.name = Some(match value {
                        Value::Quoted(text) | Value::Bare(text) => text,
                        Value::Absent(_) | Value::Fault(_) => String::new(),
                    });
                }
            },
            _ => self.groups.unnamed(value, line),
        }
    }

    /// What an alias means; counted, because a small file can ask for billions.
    fn repeat(&mut self, anchor: usize, line: usize, depth: usize) -> Result<(), Broken> {
        let Some(range) = self.anchors.get(&anchor).cloned() else {
            return Err(Broken::at(line, "the alias here names no value"));
        };
        if depth >= DEPTH {
            return Err(Broken::at(line, "it is nested too deeply"));
        }
        for at in range {
            let Some((step, _)) = self.recorded.get(at) else {
                break;
            };
            self.repeated.0 += 1;
            if let Step::Value(Value::Quoted(text) | Value::Bare(text)) = step {
                self.repeated.1 += text.len();
            }
            if self.repeated.0 > MOST || self.repeated.1 > MOST_BYTES {
                return Err(Broken::at(
                    line,
                    "it has too many aliases (or aliases of aliases)",
                ));
            }
            let step = step.clone();
            self.apply(step, line, depth + 1)?;
        }
        Ok(())
    }
}
