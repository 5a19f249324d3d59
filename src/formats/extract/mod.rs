//! From labelled values to accounts: sets are told apart, checked and completed, or refused.

mod completion;
mod sets;

use std::collections::{HashMap, HashSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::groups::{Group, Pair, Value};
use super::labels::{self, Label};
use super::{Broken, Format, Found, UnownedToken};
use crate::account::{
    Credentials, Part, Server, has_shape, is_screen_name, is_user_id, token_owner,
};
use sets::{Taken, check_owner, four, half, is_credential, is_present, records, text, word, wrong};

/// What a layout says beyond its labels.
#[derive(Clone, Copy)]
pub(super) struct Layout {
    pub(super) format: Format,
    /// Whether the keys of its maps may be screen names.
    pub(super) has_names: bool,
    /// Whether it can hold a consumer pair beside the token. Where it cannot, the pair comes from elsewhere.
    pub(super) has_pairs: bool,
}

/// The accounts in these groups.
pub(super) fn accounts(groups: &[Group], layout: Layout, home: &Server) -> Result<Found, Broken> {
    let mut extract = Extract {
        groups,
        speaks: speaks(groups),
        secrets: secrets(groups),
        home,
        layout,
        pieces: Vec::new(),
        halves: Vec::new(),
        absent: None,
        oauth2: false,
        notes: Vec::new(),
    };
    for place in 0..groups.len() {
        extract.group(place)?;
    }
    extract.finish()
}

/// What the groups' names speak of, those around them included. A group stands behind the one around it.
fn speaks(groups: &[Group]) -> Vec<(Option<&'static str>, bool)> {
    let mut all: Vec<(Option<&'static str>, bool)> = Vec::with_capacity(groups.len());
    for group in groups {
        let around = group.parent.and_then(|parent| all.get(parent));
        let (service, in_x) = around.copied().unwrap_or_default();
        let own = labels::service(&group.name);
        all.push((own.or(service), in_x || labels::speaks_of_x(&group.name)));
    }
    all
}

/// The groups that are secrets of Kubernetes.
fn secrets(groups: &[Group]) -> HashSet<usize> {
    let is_secret = |pair: &Pair| {
        pair.name.label == Label::Kind
            && matches!(&pair.value, Value::Quoted(kind) if kind == "Secret")
    };
    let places = (0..).zip(groups);
    places
        .filter(|(_, group)| group.pairs.iter().any(is_secret))
        .map(|(place, _)| place)
        .collect()
}

/// The values of one set, as far as they are there.
#[derive(Clone)]
struct Piece {
    line: usize,
    group: usize,
    affix: String,
    shown: String,
    screen_name: Option<String>,
    user_id: Option<String>,
    server: Server,
    client: Option<Credentials>,
    token: Option<Credentials>,
    /// Whether the pair's names say that it is one of OAuth 1.0a, or X's.
    is_certain: bool,
    /// Whether something beside the token looks like a key or secret whose name is not known.
    has_unknown: bool,
    /// Why none of it can be taken, and whether it is nothing but placeholders and references.
    wrong: Option<(Broken, bool)>,
}

impl Piece {
    fn unowned(self) -> Option<UnownedToken> {
        Some(UnownedToken {
            screen_name: self.screen_name,
            user_id: self.user_id,
            token: self.token?,
            server: self.server,
        })
    }
}

struct Extract<'groups> {
    groups: &'groups [Group],
    /// What each group's name, or one around it, speaks of: another service, X.
    speaks: Vec<(Option<&'static str>, bool)>,
    /// The groups that are secrets of Kubernetes.
    secrets: HashSet<usize>,
    /// Where accounts are that do not say it.
    home: &'groups Server,
    layout: Layout,
    pieces: Vec<Piece>,
    /// Sets with too few values, and whether they can only have been meant for an account.
    halves: Vec<(Broken, bool)>,
    /// The first value that was empty or somebody else's.
    absent: Option<Broken>,
    oauth2: bool,
    notes: Vec<String>,
}

impl Extract<'_> {
    /// Takes the sets of one group.
    fn group(&mut self, place: usize) -> Result<(), Broken> {
        let Some(group) = self.groups.get(place) else {
            return Ok(());
        };
        let decoded = self.decoded(group);
        let pairs = decoded.as_deref().unwrap_or(&group.pairs);
        let (service, _) = self.speaks.get(place).copied().unwrap_or_default();
        if let Some(service) = service.filter(|service| labels::uses_oauth1(service))
            && let Some(pair) = pairs
                .iter()
                .find(|pair| matches!(pair.name.label, Label::Value(_)))
        {
            self.left_out(&format!("values of {service}"), pair.line);
            return Ok(());
        }
        let mut places: HashMap<&str, usize> = HashMap::new();
        let mut sets: Vec<Vec<&Pair>> = Vec::new();
        for pair in pairs {
            let affix = pair.name.affix.as_str();
            let place = *places.entry(affix).or_insert(sets.len());
            if place == sets.len() {
                sets.push(Vec::new());
            }
            if let Some(set) = sets.get_mut(place) {
                set.push(pair);
            }
        }
        for set in sets {
            let affix = set.first().map_or("", |pair| &pair.name.affix);
            if labels::service(affix).is_none() {
                for record in records(&set) {
                    self.record(place, &record, service.is_some())?;
                }
            }
        }
        Ok(())
    }

    /// Kubernetes keeps a secret's values in base64.
    fn decoded(&self, group: &Group) -> Option<Vec<Pair>> {
        if group.name != "data" || !self.secrets.contains(&group.parent?) {
            return None;
        }
        let mut pairs = group.pairs.clone();
        for pair in &mut pairs {
            let text = match &pair.value {
                Value::Quoted(text) | Value::Bare(text) => STANDARD.decode(text.trim()).ok(),
                _ => continue,
            };
            let text = text.and_then(|bytes| String::from_utf8(bytes).ok());
            pair.value = text.map_or(Value::Fault("is not base64"), |text| {
                Value::Quoted(text.trim_end().to_owned())
            });
        }
        Some(pairs)
    }

    fn record(&mut self, place: usize, record: &[&Pair], is_foreign: bool) -> Result<(), Broken> {
        let Some(group) = self.groups.get(place) else {
            return Ok(());
        };
        self.oauth2 |= record.iter().any(|pair| {
            is_present(pair) && matches!(pair.name.label, Label::OAuth2 | Label::ClientSecret)
        });
        let values = match four(record, &group.name) {
            Ok(values) => values,
            Err(broken) => {
                // Nothing of it can be taken for another set.
                self.halves.push((broken, true));
                return Ok(());
            }
        };
        if self.absent.is_none()
            && let Some(pair) = record
                .iter()
                .find(|pair| matches!(pair.value, Value::Absent(_)) && is_credential(pair))
            && let Value::Absent(reason) = pair.value
        {
            self.absent = Some(Broken::at(pair.line, format!("{} {reason}", word(pair))));
        }
        let present: Vec<(Part, Taken<'_>)> = Part::ALL
            .into_iter()
            .zip(values)
            .filter_map(|(part, value)| Some((part, value?)))
            .collect();
        let Some((_, (_, first))) = present.first() else {
            return Ok(());
        };
        let line = present
            .iter()
            .map(|(_, (_, pair))| pair.line)
            .min()
            .unwrap_or(first.line);
        let server = self.server(record)?;
        let is_at_x = server == Server::X;
        let [key, secret, token, token_secret] = values;
        // What has X's shapes there may be an account still, but gives no other token its pair.
        if is_foreign
            && (token.is_none()
                || !present
                    .iter()
                    .all(|(part, (value, _))| has_shape(*part, value)))
        {
            self.left_out("values of another service", line);
            return Ok(());
        }
        // OAuth 2 has access tokens too, and no secret for them.
        let is_oauth2 = is_at_x
            && token_secret.is_none()
            && token.is_some_and(|(value, _)| token_owner(value).is_none());
        if is_oauth2
            && (key.is_none() && secret.is_none() || self.oauth2)
            && !(key.is_some() ^ secret.is_some())
        {
            if key.is_none() {
                self.oauth2 = true;
                return Ok(());
            }
            return self.add(place, record, [key, secret, None, None], server, line);
        }
        if let Some(half) = half(record, values, line) {
            self.halves.push(half);
            return Ok(());
        }
        self.add(place, record, values, server, line)
    }

    /// Takes a set whose pairs are whole.
    fn add(
        &mut self,
        place: usize,
        record: &[&Pair],
        [key, secret, token, token_secret]: [Option<Taken<'_>>; 4],
        server: Server,
        line: usize,
    ) -> Result<(), Broken> {
        let pair = |one: Option<Taken<'_>>, other: Option<Taken<'_>>| {
            Some(Credentials::new(one?.0, other?.0))
        };
        let values = Part::ALL
            .into_iter()
            .zip([key, secret, token, token_secret]);
        let present: Vec<(Part, Taken<'_>)> = values
            .filter_map(|(part, value)| Some((part, value?)))
            .collect();
        let wrong = Some(&present)
            .filter(|_| server == Server::X)
            .and_then(|present| wrong(present));
        let in_x = self.speaks.get(place).is_some_and(|(_, in_x)| *in_x);
        let is_certain = key.is_some_and(|(value, pair)| {
            let is_clear = matches!(pair.name.label, Label::Value(_))
                && (!pair.name.is_general || pair.name.is_x || in_x);
            is_clear && (pair.name.affix.is_empty() || has_shape(Part::ConsumerKey, value))
        });
        let token = pair(token, token_secret);
        let user_id = match (&server, &token) {
            (Server::X, Some(token)) => token_owner(&token.identifier).map(str::to_owned),
            _ => self.user_id(record),
        };
        if server == Server::X {
            check_owner(record, user_id.as_deref())?;
        }
        let name = record.first().map(|pair| &pair.name);
        let screen_name = self.screen_name(record, in_x);
        self.pieces.push(Piece {
            line,
            group: place,
            affix: name.map(|name| name.affix.clone()).unwrap_or_default(),
            shown: name.map(|name| name.shown.clone()).unwrap_or_default(),
            screen_name,
            user_id,
            server,
            client: pair(key, secret),
            token,
            is_certain,
            has_unknown: record.iter().any(|pair| {
                pair.name.label == Label::Unknown
                    && text(pair).is_some_and(|text| {
                        has_shape(Part::ConsumerKey, text) || has_shape(Part::ConsumerSecret, text)
                    })
            }),
            wrong,
        });
        Ok(())
    }

    fn screen_name(&mut self, record: &[&Pair], in_x: bool) -> Option<String> {
        let named = |label| {
            record
                .iter()
                .find(|pair| pair.name.label == label && text(pair).is_some())
        };
        let pair = named(Label::ScreenName).or_else(|| named(Label::Username).filter(|_| in_x))?;
        let name = text(pair)?;
        let bare = name.strip_prefix('@').unwrap_or(name);
        if is_screen_name(bare) {
            return Some(bare.to_owned());
        }
        self.left_out("a screen name that cannot be one", pair.line);
        None
    }

    fn user_id(&mut self, record: &[&Pair]) -> Option<String> {
        let pair = record
            .iter()
            .find(|pair| pair.name.label == Label::UserId)?;
        let id = text(pair)?;
        if is_user_id(id) {
            return Some(id.to_owned());
        }
        self.left_out("a user id that is not a number", pair.line);
        None
    }

    /// Only twauth's own variable and layout say a server: many programs use the word for other things.
    fn server(&mut self, record: &[&Pair]) -> Result<Server, Broken> {
        let has = |label| {
            let mut pairs = record.iter();
            pairs.any(|pair| pair.name.label == label && pair.name.is_own)
        };
        let has_token = record.iter().any(|pair| {
            matches!(
                pair.name.label,
                Label::Value(Part::AccessToken | Part::AccessTokenSecret)
            )
        });
        let is_pair = has(Label::Value(Part::ConsumerKey)) && !has_token;
        let is_account = has(Label::ScreenName) || has(Label::UserId);
        let is_ours = |pair: &Pair| pair.name.is_own && (pair.name.is_x || is_account || is_pair);
        let Some(pair) = record.iter().find(|pair| pair.name.label == Label::Server) else {
            return Ok(self.home.clone());
        };
        let Some(value) = text(pair) else {
            return Ok(self.home.clone());
        };
        if !is_ours(pair) {
            self.left_out("a server that is another program's", pair.line);
            return Ok(self.home.clone());
        }
        Server::parse(value)
            .map_err(|reason| Broken::at(pair.line, format!("the server cannot be used: {reason}")))
    }

    fn left_out(&mut self, what: &str, line: usize) {
        self.notes.push(format!("left out: {what} (line {line})"));
    }
}
