//! From labelled values to accounts: sets are told apart, checked and completed, or refused.

mod completion;
mod record;
mod servers;

use std::collections::{HashMap, HashSet};

use super::labels::{self, Label};
use super::pairs::{Group, Pair};
use super::{Broken, Format, Found};
use crate::account::{
    Credentials, Part, Server, has_shape, is_screen_name, is_user_id, token_owner,
};
use record::{Flaw, Four, Record, Taken, records, wrong};
use servers::Servers;

/// The accounts in these groups.
pub(super) fn accounts(groups: &[Group], format: Format, home: &Server) -> Result<Found, Broken> {
    let mut extract = Extract {
        groups,
        home,
        format,
        servers: Servers::of(groups),
        pieces: Vec::new(),
        unknown: HashSet::new(),
        halves: Vec::new(),
        absent: None,
        oauth2: false,
        notes: Vec::new(),
    };
    for (place, group) in groups.iter().enumerate() {
        extract.group(place, group)?;
    }
    extract.finish()
}

/// The values of one set, as far as they are there.
struct Piece<'groups> {
    line: usize,
    group: usize,
    /// What the names of its labels say beside the label, in lower case and as it is written.
    affix: &'groups str,
    shown: &'groups str,
    screen_name: Option<String>,
    user_id: Option<String>,
    server: Server,
    client: Option<Credentials>,
    token: Option<Credentials>,
    /// Whether the pair's names say that it is one of OAuth 1.0a, or X's.
    is_certain: bool,
    wrong: Option<Flaw>,
}

struct Extract<'groups> {
    groups: &'groups [Group],
    /// Where accounts are that do not say it.
    home: &'groups Server,
    format: Format,
    servers: Servers<'groups>,
    pieces: Vec<Piece<'groups>>,
    /// The groups in which something looks like a key or secret whose name is not known.
    unknown: HashSet<usize>,
    /// Sets with too few values.
    halves: Vec<Flaw>,
    /// The first value that was empty or somebody else's.
    absent: Option<Broken>,
    oauth2: bool,
    notes: Vec<String>,
}

impl<'groups> Extract<'groups> {
    /// Takes the sets of one group.
    fn group(&mut self, place: usize, group: &'groups Group) -> Result<(), Broken> {
        let is_clear = |pair: &&Pair| matches!(pair.name.label, Label::Value(_));
        if let Some(service) = group.service.filter(|service| labels::uses_oauth1(service))
            && let Some(pair) = group.pairs.iter().find(is_clear)
        {
            self.left_out(&format!("values of {service}"), pair.line);
            return Ok(());
        }
        let mut places: HashMap<&str, usize> = HashMap::new();
        let mut sets: Vec<Vec<&Pair>> = Vec::new();
        for pair in &group.pairs {
            let affix = pair.name.affix.as_str();
            let place = *places.entry(affix).or_insert(sets.len());
            if place == sets.len() {
                sets.push(Vec::new());
            }
            sets[place].push(pair);
        }
        if group.pairs.iter().any(is_unknown) {
            self.unknown.insert(place);
        }
        for set in sets {
            if let Some(service) = labels::service(&set[0].name.affix) {
                if let Some(pair) = set.iter().find(|pair| is_token_or_secret(pair)) {
                    self.left_out(&format!("values of {service}"), pair.line);
                }
                continue;
            }
            for record in records(&set) {
                self.record(place, group, &record)?;
            }
        }
        Ok(())
    }

    fn record(
        &mut self,
        place: usize,
        group: &Group,
        record: &Record<'groups>,
    ) -> Result<(), Broken> {
        self.oauth2 |= record.has(Label::OAuth2) || record.has(Label::ClientSecret);
        let mut four = match record.four(&group.name) {
            Ok(four) => four,
            Err(broken) => {
                // Nothing of it can be taken for another set.
                self.halves.push((broken, false));
                return Ok(());
            }
        };
        self.absent = self.absent.take().or_else(|| record.absent());
        let present = four.iter().flatten();
        let Some(line) = present.clone().map(|taken| taken.pair.line).min() else {
            return Ok(());
        };
        let is_taken = |pair: &Pair| present.clone().any(|taken| pair.text() == Some(taken.text));
        let mut pairs = record.0.iter();
        if let Some(pair) =
            pairs.find(|pair| is_token_or_secret(pair) && has_shape_of_x(pair) && !is_taken(pair))
        {
            self.left_out("a token or secret of an unclear name", pair.line);
        }
        let server = self.server(place, record)?;
        let [key, secret, token, token_secret] = four;
        // What has X's shapes there may be an account still, but gives no other token its pair.
        let mut values = present.clone();
        if group.service.is_some()
            && (token.is_none() || !values.all(|taken| has_shape(taken.part, taken.text)))
        {
            self.left_out("values of another service", line);
            return Ok(());
        }
        // OAuth 2 has access tokens too, and no secret for them.
        let is_oauth2 = server == Server::X
            && token_secret.is_none()
            && token.is_some_and(|token| token_owner(token.text).is_none());
        match (key.is_some(), secret.is_some()) {
            (false, false) if is_oauth2 => {
                self.oauth2 = true;
                return Ok(());
            }
            (true, true) if is_oauth2 && self.oauth2 => four[2] = None,
            _ => {}
        }
        if let Some(half) = record.half(four, line) {
            self.halves.push(half);
            return Ok(());
        }
        let piece = self.piece(place, group, record, four, server, line)?;
        self.pieces.push(piece);
        Ok(())
    }

    fn piece(
        &mut self,
        place: usize,
        group: &Group,
        record: &Record<'groups>,
        four: Four<'_>,
        server: Server,
        line: usize,
    ) -> Result<Piece<'groups>, Broken> {
        let [key, secret, token, token_secret] = four;
        let pair = |one: Option<Taken<'_>>, other: Option<Taken<'_>>| {
            Some(Credentials::new(one?.text, other?.text))
        };
        let token = pair(token, token_secret);
        let is_at_x = server == Server::X;
        let user_id = match &token {
            Some(token) if is_at_x => token_owner(&token.identifier).map(str::to_owned),
            _ => self.user_id(record),
        };
        if is_at_x {
            record.check_owner(user_id.as_deref())?;
        }
        let is_certain = key.is_some_and(|key| {
            let name = &key.pair.name;
            matches!(name.label, Label::Value(_))
                && (!name.is_general || name.is_x || group.in_x)
                && (name.affix.is_empty() || has_shape(Part::ConsumerKey, key.text))
        });
        let name = &record.0[0].name;
        Ok(Piece {
            line,
            group: place,
            affix: &name.affix,
            shown: &name.shown,
            screen_name: self.screen_name(record, group.in_x),
            user_id,
            client: pair(key, secret),
            token,
            is_certain,
            wrong: wrong(four, is_at_x),
            server,
        })
    }

    fn screen_name(&mut self, record: &Record<'_>, in_x: bool) -> Option<String> {
        let username = || record.find(Label::Username).filter(|_| in_x);
        let (name, pair) = record.find(Label::ScreenName).or_else(username)?;
        let bare = name.strip_prefix('@').unwrap_or(name);
        if is_screen_name(bare) {
            return Some(bare.to_owned());
        }
        self.left_out("a screen name that cannot be one", pair.line);
        None
    }

    fn user_id(&mut self, record: &Record<'_>) -> Option<String> {
        let (id, pair) = record.find(Label::UserId)?;
        if is_user_id(id) {
            return Some(id.to_owned());
        }
        self.left_out("a user id that is not a number", pair.line);
        None
    }

    fn left_out(&mut self, what: &str, line: usize) {
        self.notes.push(format!("left out: {what} (line {line})"));
    }
}

/// Whether it is given, by the name of a token or secret.
fn is_token_or_secret(pair: &Pair) -> bool {
    pair.text().is_some()
        && match pair.name.label {
            Label::Value(part) | Label::Weak(part) => part != Part::ConsumerKey,
            label => label == Label::Secret,
        }
}

/// Whether it has the shape of one of X's tokens or secrets.
fn has_shape_of_x(pair: &Pair) -> bool {
    pair.text().is_some_and(|text| {
        has_shape(Part::AccessToken, text) || has_shape(Part::AccessTokenSecret, text)
    })
}

/// Whether it looks like a key or secret, and its name is not known.
fn is_unknown(pair: &Pair) -> bool {
    pair.name.label == Label::Unknown
        && pair.text().is_some_and(|text| {
            has_shape(Part::ConsumerKey, text) || has_shape(Part::ConsumerSecret, text)
        })
}
