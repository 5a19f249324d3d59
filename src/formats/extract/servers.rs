//! Which server an account is at, as far as its file says.

use std::collections::HashSet;

use super::record::Record;
use super::{Broken, Extract, Group, Label, Pair, Part, Server};
use crate::formats::pairs::Value;

/// What a file says of servers outside the sets of its accounts.
pub(super) struct Servers<'groups> {
    /// Where twauth's own variable is, wherever in the file it is set.
    of_file: Result<Option<Server>, Broken>,
    /// For each group the labels `server` in it, else around it: two different ones at most.
    around: Vec<Vec<&'groups Pair>>,
}

impl<'groups> Servers<'groups> {
    pub(super) fn of(groups: &'groups [Group]) -> Self {
        let pairs = groups.iter().flat_map(|group| &group.pairs);
        let mut known = HashSet::new();
        let variables = pairs.filter(|pair| {
            pair.name.label == Label::Server
                && is_variable(pair)
                && pair.is_present()
                && (pair.text().is_none() || known.insert(pair.text()))
        });
        let mut around: Vec<Vec<&Pair>> = vec![Vec::new(); groups.len()];
        for (place, group) in groups.iter().enumerate() {
            // What INI says there holds for every section.
            let is_default = group.name == "DEFAULT";
            let place = group.parent.filter(|_| is_default).unwrap_or(place);
            for pair in group.pairs.iter().filter(|pair| names_place(pair)) {
                let list = &mut around[place];
                if list.len() < 2 && list.iter().all(|known| known.text() != pair.text()) {
                    list.push(pair);
                }
            }
        }
        for place in 0..groups.len() {
            if let (Some(parent), true) = (groups[place].parent, around[place].is_empty()) {
                let inherited = around[parent].clone();
                around[place] = inherited;
            }
        }
        Self {
            of_file: only(variables),
            around,
        }
    }
}

impl<'groups> Extract<'groups> {
    /// Only twauth's own variable and layout say a server: many programs use the word for other things.
    pub(super) fn server(
        &mut self,
        place: usize,
        record: &Record<'groups>,
    ) -> Result<Server, Broken> {
        let labels = || record.all(Label::Server);
        if let Some(server) = only(labels().filter(|pair| is_variable(pair)))? {
            return Ok(server);
        }
        let group = &self.groups[place];
        let is_own = in_own_layout(record);
        // With nothing beside them, its labels are the credentials file's without a name, too.
        let is_alone = group.others == 0 && !group.in_x;
        let own = labels().filter(|pair| (is_own || is_alone) && pair.name.is_own);
        if let Some(server) = only(own)? {
            return Ok(server);
        }
        let mut others = labels().next();
        if let Some(server) = self.servers.of_file.clone()? {
            return Ok(server);
        }
        if others.is_none() {
            let around = &self.servers.around[place];
            // A group named after X is not at the server of the program around it.
            let own = around
                .iter()
                .filter(|pair| is_own && pair.name.is_own && !group.in_x);
            if let Some(server) = only(own.copied())? {
                return Ok(server);
            }
            others = around.first().copied();
        }
        if let Some(pair) = others {
            self.left_out("a server that is another program's", pair.line);
        }
        Ok(self.home.clone())
    }
}

/// Whether the labels of a set are those of the credentials file.
fn in_own_layout(record: &Record<'_>) -> bool {
    let has_own = |label| {
        let mut pairs = record.0.iter();
        pairs.any(|pair| pair.name.label == label && pair.name.is_own)
    };
    let has_token = record.0.iter().any(|pair| {
        matches!(
            pair.name.label,
            Label::Value(Part::AccessToken | Part::AccessTokenSecret)
        )
    });
    has_own(Label::ScreenName)
        || has_own(Label::UserId)
        || has_own(Label::Value(Part::ConsumerKey)) && !has_token
}

/// Whether it is `TWAUTH_SERVER`.
fn is_variable(pair: &Pair) -> bool {
    pair.name.is_own && pair.name.is_x
}

/// Whether it is another program's label or the credentials file's, with what may be a server of X's paths.
fn names_place(pair: &Pair) -> bool {
    pair.name.label == Label::Server
        && !is_variable(pair)
        && pair
            .text()
            .is_some_and(|text| text == "sandbox" || text.contains("://"))
}

/// The server that all of these name, if any does.
fn only<'pairs>(pairs: impl Iterator<Item = &'pairs Pair>) -> Result<Option<Server>, Broken> {
    let mut only = None;
    for pair in pairs {
        let text = match &pair.value {
            Value::Fault(reason) => {
                return Err(Broken::at(pair.line, format!("the server {reason}")));
            }
            _ => pair.text().unwrap_or_default(),
        };
        let server = Server::parse(text).map_err(|reason| {
            Broken::at(pair.line, format!("the server cannot be used: {reason}"))
        })?;
        if only.as_ref().is_some_and(|known| *known != server) {
            let reason = "it names several servers, and not which account belongs to which";
            return Err(Broken::at(pair.line, reason));
        }
        only = Some(server);
    }
    Ok(only)
}
