//! A YAML text as a tree of values, aliases and merged maps resolved within limits.

use std::collections::{HashMap, HashSet};

use saphyr_parser::{Event, Marker, Parser, ScalarStyle};

use super::Broken;
use super::tree::{DEPTH, Node, Spot, Value};

/// How many values a file may hold once its aliases are resolved.
const MOST_VALUES: usize = 1_000_000;

/// The document, or a list of them where there are several.
pub(super) fn read(text: &str) -> Result<Node, Broken> {
    let mut builder = Builder::default();
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| {
            Broken::at(
                spot(error.marker()),
                "it is not YAML from here on (quotes, indentation or a colon)",
            )
        })?;
        builder.event(event, spot(&span.start))?;
    }
    let start = Spot { line: 1, column: 1 };
    let mut documents = builder.documents;
    match documents.pop() {
        Some(only) if documents.is_empty() => Ok(only),
        last => Ok(Node::list(
            start,
            documents.into_iter().chain(last).collect(),
        )),
    }
}

fn spot(marker: &Marker) -> Spot {
    Spot {
        line: marker.line(),
        column: marker.col() + 1,
    }
}

/// A map or list whose end is not reached yet.
struct Open {
    anchor: usize,
    spot: Spot,
    is_map: bool,
    /// For a map, names and values in turn.
    parts: Vec<Node>,
    extent: Extent,
}

/// How many values something holds, itself included, and how deep they nest.
#[derive(Clone, Copy)]
struct Extent {
    values: usize,
    depth: usize,
}

const SCALAR: Extent = Extent {
    values: 1,
    depth: 0,
};

#[derive(Default)]
struct Builder {
    documents: Vec<Node>,
    open: Vec<Open>,
    anchors: HashMap<usize, (Node, Extent)>,
    values: usize,
}

impl Builder {
    fn event(&mut self, event: Event, spot: Spot) -> Result<(), Broken> {
        match event {
            Event::Scalar(text, style, anchor, _) => {
                let nothing = style == ScalarStyle::Plain
                    && matches!(&*text, "" | "~" | "null" | "Null" | "NULL");
                let value = if nothing {
                    Value::Other
                } else {
                    Value::Text(text.into_owned())
                };
                self.grow(SCALAR, spot)?;
                self.add(Node { spot, value }, anchor, SCALAR)
            }
            Event::SequenceStart(anchor, _) => self.start(anchor, spot, false),
            Event::MappingStart(anchor, _) => self.start(anchor, spot, true),
            Event::SequenceEnd | Event::MappingEnd => self.end(),
            Event::Alias(anchor) => self.alias(anchor, spot),
            Event::Nothing
            | Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(_)
            | Event::DocumentEnd => Ok(()),
        }
    }

    fn start(&mut self, anchor: usize, spot: Spot, is_map: bool) -> Result<(), Broken> {
        let extent = Extent {
            values: 1,
            depth: 1,
        };
        self.grow(extent, spot)?;
        self.open.push(Open {
            anchor,
            spot,
            is_map,
            parts: Vec::new(),
            extent,
        });
        Ok(())
    }

    fn end(&mut self) -> Result<(), Broken> {
        let Some(open) = self.open.pop() else {
            return Ok(());
        };
        let value = if open.is_map {
            Value::Map(pairs(open.parts))
        } else {
            Value::List(open.parts)
        };
        self.add(
            Node {
                spot: open.spot,
                value,
            },
            open.anchor,
            open.extent,
        )
    }

    /// Copies what the alias means; counted before it is copied, because a small file can ask for billions.
    fn alias(&mut self, anchor: usize, spot: Spot) -> Result<(), Broken> {
        let Some((_, extent)) = self.anchors.get(&anchor) else {
            return Err(Broken::at(spot, "the alias here names no value"));
        };
        let extent = *extent;
        self.grow(extent, spot)?;
        let copy = self.anchors.get(&anchor).map(|(node, _)| node.clone());
        match copy {
            Some(node) => self.add(node, 0, extent),
            None => Ok(()),
        }
    }

    /// Refuses what would make the tree too large or too deep.
    fn grow(&mut self, extent: Extent, spot: Spot) -> Result<(), Broken> {
        self.values += extent.values;
        if self.values > MOST_VALUES {
            return Err(Broken::at(
                spot,
                "it holds too many values (or aliases of aliases)",
            ));
        }
        if self.open.len() + extent.depth > DEPTH {
            return Err(Broken::at(spot, "it is nested too deeply"));
        }
        Ok(())
    }

    /// Puts a finished value where it belongs.
    fn add(&mut self, node: Node, anchor: usize, extent: Extent) -> Result<(), Broken> {
        if anchor != 0 {
            self.grow(extent, node.spot)?;
            self.anchors.insert(anchor, (node.clone(), extent));
        }
        match self.open.last_mut() {
            Some(open) => {
                open.extent.values += extent.values;
                open.extent.depth = open.extent.depth.max(extent.depth + 1);
                open.parts.push(node);
            }
            None => self.documents.push(node),
        }
        Ok(())
    }
}

/// Names with their values; what `<<` merges in counts where the map does not say otherwise.
fn pairs(parts: Vec<Node>) -> Vec<(String, Node)> {
    let mut pairs: Vec<(String, Node)> = Vec::new();
    let mut merged = Vec::new();
    let mut parts = parts.into_iter();
    while let (Some(name), Some(node)) = (parts.next(), parts.next()) {
        match (name.value, node.value) {
            (Value::Text(name), Value::Map(inner)) if name == "<<" => merged.extend(inner),
            (Value::Text(name), Value::List(items)) if name == "<<" => {
                merged.extend(items.iter().flat_map(|item| item.pairs().to_vec()));
            }
            (Value::Text(name), value) => pairs.push((
                name,
                Node {
                    spot: node.spot,
                    value,
                },
            )),
            (_, value) => pairs.push((
                String::new(),
                Node {
                    spot: node.spot,
                    value,
                },
            )),
        }
    }
    let mut known: HashSet<String> = pairs.iter().map(|(name, _)| name.clone()).collect();
    merged.retain(|(name, _)| known.insert(name.clone()));
    pairs.append(&mut merged);
    pairs
}
