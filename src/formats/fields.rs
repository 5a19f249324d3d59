//! The known labels of one group of values: taken once each, checked, paired.

use super::Broken;
use super::labels::{self, Label};
use super::tree::{Node, Spot, Value};
use crate::account::Credentials;

/// The known labels of one group.
pub(super) struct Fields {
    values: Vec<(Label, String, Spot)>,
    /// Where the first of the four credentials stood.
    pub(super) first: Option<Spot>,
}

impl Fields {
    pub(super) fn of(pairs: &[(String, Node)]) -> Result<Self, Broken> {
        let calls_it_client = pairs.iter().any(|(name, _)| labels::is_client_key(name));
        let mut clear = Self {
            values: Vec::new(),
            first: None,
        };
        let mut common = Vec::new();
        for (name, node) in pairs {
            let (label, is_clear) = match labels::label(name) {
                Some(known) => known,
                None if calls_it_client && labels::is_client_secret(name) => {
                    (Label::ConsumerSecret, true)
                }
                None => continue,
            };
            let Value::Text(value) = &node.value else {
                if is_clear && label.is_credential() && matches!(node.value, Value::List(_)) {
                    return Err(Broken::at(
                        node.spot,
                        format!("{} is not text", label.word()),
                    ));
                }
                continue;
            };
            if is_clear {
                clear.add(label, value, node.spot)?;
            } else {
                common.push((label, value, node.spot));
            }
        }
        for (label, value, spot) in common {
            if !clear
                .values
                .iter()
                .any(|(own, _, at)| *own == label && *at != spot)
            {
                clear.add(label, value, spot)?;
            }
        }
        Ok(clear)
    }

    fn add(&mut self, label: Label, value: &str, spot: Spot) -> Result<(), Broken> {
        let earlier = self.values.iter().find(|(own, ..)| *own == label);
        if let Some((_, other, at)) = earlier {
            if other == value {
                return Ok(());
            }
            let reason = format!(
                "{} is given twice with different values (first in line {})",
                label.word(),
                at.line
            );
            return Err(Broken::at(spot, reason));
        }
        if label.is_credential() {
            if let Some(fault) = labels::fault(value) {
                return Err(Broken::at(spot, format!("{} {fault}", label.word())));
            }
            self.first.get_or_insert(spot);
        }
        self.values.push((label, value.to_owned(), spot));
        Ok(())
    }

    pub(super) fn has(&self, label: Label) -> bool {
        self.values.iter().any(|(own, ..)| *own == label)
    }

    pub(super) fn take(&mut self, label: Label) -> Option<(String, Spot)> {
        let place = self.values.iter().position(|(own, ..)| *own == label)?;
        let (_, value, spot) = self.values.swap_remove(place);
        Some((value, spot))
    }

    /// Both halves of a pair, left in place where one is missing.
    pub(super) fn pair(&self, identifier: Label, secret: Label) -> Option<Credentials> {
        let value = |label| {
            self.values
                .iter()
                .find_map(|(own, value, _)| (*own == label).then_some(value.as_str()))
        };
        Some(Credentials::new(value(identifier)?, value(secret)?))
    }

    /// How many of the four there are.
    pub(super) fn credentials(&self) -> usize {
        self.values
            .iter()
            .filter(|(label, ..)| label.is_credential())
            .count()
    }

    /// The other halves of pairs that are half there.
    pub(super) fn missing(&self) -> Vec<&'static str> {
        [
            (Label::ConsumerKey, Label::ConsumerSecret),
            (Label::AccessToken, Label::AccessTokenSecret),
        ]
        .into_iter()
        .flat_map(|(one, other)| [(one, other), (other, one)])
        .filter(|(there, absent)| self.has(*there) && !self.has(*absent))
        .map(|(_, absent)| absent.word())
        .collect()
    }
}
