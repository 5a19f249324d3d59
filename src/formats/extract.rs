//! From labelled values to accounts: sets are told apart, checked and completed, or refused.

use std::collections::{HashMap, HashSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::groups::{Group, Pair, Value};
use super::labels::{self, Label};
use super::{Broken, Format, Found, UnownedToken};
use crate::account::{
    Account, Credentials, Part, Server, has_shape, is_screen_name, is_user_id, mistake,
    mistake_among, token_owner,
};

const NOTHING: &str = "no credentials were found in it";
const ONLY_OAUTH2: &str = "it has OAuth 2 values only; OAuth 1.0a needs API Key and secret, Access Token and Access Token Secret";
const LOG_IN: &str = "log in with the app's API Key and its secret: twauth login";
const REFERS: &str = "refers to another value, which is not looked up";

/// How many notes a person reads.
const MOST_NOTES: usize = 20;

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

/// One of the four values: text, line, and the pair it is from.
type Taken<'pairs> = (&'pairs str, &'pairs Pair);

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
        let missing: Vec<&str> = [
            (key, secret, Part::ConsumerSecret, Part::ConsumerKey),
            (
                token,
                token_secret,
                Part::AccessTokenSecret,
                Part::AccessToken,
            ),
        ]
        .into_iter()
        .filter_map(|(one, other, second, first)| match (one, other) {
            (Some(_), None) => Some(second.label()),
            (None, Some(_)) => Some(first.label()),
            _ => None,
        })
        .collect();
        if !missing.is_empty() {
            let reason = record
                .iter()
                .find_map(|pair| match pair.value {
                    Value::Absent(reason) if missing.contains(&word(pair)) => {
                        Some((pair.line, format!("{} {reason}", word(pair))))
                    }
                    _ => None,
                })
                .unwrap_or_else(|| {
                    let verb = if missing.len() == 1 { "is" } else { "are" };
                    (
                        line,
                        format!("{} {verb} missing here", missing.join(" and ")),
                    )
                });
            let is_meant = present.len() > 1
                || present.iter().any(|(part, (value, pair))| {
                    pair.name.is_x
                        || *part == Part::AccessToken && has_shape(*part, value)
                        || !pair.name.is_general && pair.name.affix.is_empty()
                });
            self.halves.push((Broken::at(reason.0, reason.1), is_meant));
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

    /// Gives tokens their consumer pair, and sorts accounts from what still lacks something.
    fn finish(mut self) -> Result<Found, Broken> {
        let sound = self.sound_pieces()?;
        if let Some(place) = self.halves.iter().position(|(_, is_meant)| *is_meant) {
            return Err(self.halves.swap_remove(place).0);
        }
        let (whole, pairs): (Vec<Piece>, Vec<Piece>) =
            sound.into_iter().partition(|piece| piece.token.is_some());
        let mut accounts = Accounts::default();
        let mut tokens = Vec::new();
        // Where no pair stands alone, tokens may share one that stands beside another token.
        let owned: Vec<Piece> = if pairs.is_empty() {
            let owned = whole.iter().filter(|piece| piece.client.is_some());
            owned.cloned().collect()
        } else {
            pairs.clone()
        };
        let shared = Pairs::of(&owned);
        for mut piece in whole {
            let client = match piece.client.take() {
                Some(client) => Some(client),
                None => self.pair_for(&piece, &shared)?,
            };
            let line = piece.line;
            let Some(token) = piece.unowned() else {
                continue;
            };
            match client {
                Some(client) => accounts.add(token.owned_by(client)),
                None if self.layout.has_pairs => {
                    let reason = "consumer_key and consumer_secret of the token here are missing";
                    return Err(Broken::at(line, reason));
                }
                None => tokens.push(token),
            }
        }
        self.lone_pairs(pairs, &mut accounts, !tokens.is_empty());
        if accounts.list.is_empty() && tokens.is_empty() {
            return Err(self.nothing());
        }
        self.sum_up();
        Ok(Found {
            format: self.layout.format,
            accounts: accounts.list,
            tokens,
            notes: self.notes,
        })
    }

    /// The pieces that can be right, with their names. Samples beside an account are left out, all else is refused.
    fn sound_pieces(&mut self) -> Result<Vec<Piece>, Broken> {
        let names = self.names();
        let pieces = std::mem::take(&mut self.pieces);
        let is_good = |piece: &Piece| piece.token.is_some() && piece.wrong.is_none();
        let has_good = pieces.iter().any(is_good);
        let mut sound = Vec::new();
        for (mut piece, name) in pieces.into_iter().zip(names) {
            match piece.wrong.take() {
                Some((_, true)) if has_good => self.left_out("a set of placeholders", piece.line),
                Some((broken, _)) => return Err(broken),
                None => {
                    piece.screen_name = piece.screen_name.or(name);
                    sound.push(piece);
                }
            }
        }
        Ok(sound)
    }

    /// Consumer pairs without a token: an account each where the file has nothing else.
    fn lone_pairs(&mut self, pairs: Vec<Piece>, accounts: &mut Accounts, has_tokens: bool) {
        let has_tokens = has_tokens || !accounts.list.is_empty();
        let used = accounts
            .list
            .iter()
            .map(|account| account.client.identifier.clone());
        let used: HashSet<String> = used.collect();
        for piece in pairs {
            let Some(client) = piece.client else { continue };
            if has_tokens {
                if !used.contains(&client.identifier) {
                    self.left_out("a consumer pair without a token", piece.line);
                }
            } else if piece.is_certain {
                accounts.add(Account {
                    screen_name: piece.screen_name,
                    user_id: piece.user_id,
                    client,
                    token: None,
                    server: piece.server,
                });
            } else {
                let reason = "a key and a secret alone do not say that they are X's";
                self.halves.push((Broken::at(piece.line, reason), false));
            }
        }
    }

    /// The pair of the nearest group around, else the only one of the file.
    fn pair_for(&self, piece: &Piece, pairs: &Pairs<'_>) -> Result<Option<Credentials>, Broken> {
        if piece.has_unknown {
            let reason = "beside the token is a key or secret whose name is not known";
            return Err(Broken::at(piece.line, reason));
        }
        let mut place = Some(piece.group);
        while let Some(group) = place {
            let mut here = pairs
                .by_group
                .get(&group)
                .into_iter()
                .flatten()
                .filter(|pair| {
                    pair.server == piece.server
                        && (pair.affix == piece.affix || pair.affix.is_empty())
                });
            if let Some(pair) = here.next()
                && here.all(|other| other.client == pair.client)
            {
                return Ok(pair.client.clone());
            }
            place = self.groups.get(group).and_then(|group| group.parent);
        }
        match pairs.different.as_slice() {
            [only] if only.server == piece.server => Ok(only.client.clone()),
            [] | [_] => Ok(None),
            _ => {
                let reason = "it has several consumer pairs, and the token here does not say which is its own";
                Err(Broken::at(piece.line, reason))
            }
        }
    }

    /// Screen names from the keys of a map that has several accounts, for each piece.
    fn names(&self) -> Vec<Option<String>> {
        let mut below: HashMap<usize, HashSet<usize>> = HashMap::new();
        let mut affixes: HashMap<usize, HashSet<&str>> = HashMap::new();
        for piece in self.pieces.iter().filter(|piece| piece.token.is_some()) {
            affixes.entry(piece.group).or_default().insert(&piece.affix);
            let mut place = piece.group;
            while let Some(parent) = self.groups.get(place).and_then(|group| group.parent) {
                if !below.entry(parent).or_default().insert(place) {
                    break;
                }
                place = parent;
            }
        }
        let name = |piece: &Piece| -> Option<String> {
            if !self.layout.has_names || piece.token.is_none() {
                return None;
            }
            if affixes
                .get(&piece.group)
                .is_some_and(|affixes| affixes.len() > 1)
            {
                return labels::screen_name(&piece.shown).map(str::to_owned);
            }
            let mut place = piece.group;
            loop {
                let group = self.groups.get(place)?;
                let parent = group.parent?;
                if below.get(&parent).is_some_and(|below| below.len() > 1) {
                    return labels::screen_name(&group.name)
                        .filter(|_| group.is_key)
                        .map(str::to_owned);
                }
                place = parent;
            }
        };
        self.pieces.iter().map(name).collect()
    }

    /// Notes on what was left out, as many as a person reads.
    fn sum_up(&mut self) {
        for (broken, _) in std::mem::take(&mut self.halves) {
            let line = broken.line.unwrap_or(1);
            self.notes
                .push(format!("left out: line {line}: {}", broken.reason));
        }
        if self.oauth2 {
            self.notes.push("left out: OAuth 2 values".to_owned());
        }
        if self.notes.len() > MOST_NOTES {
            let more = self.notes.len() - MOST_NOTES;
            self.notes.truncate(MOST_NOTES);
            self.notes.push(format!("and {more} more"));
        }
    }

    fn nothing(self) -> Broken {
        let first = self.halves.into_iter().next().map(|(broken, _)| broken);
        match first.or(self.absent) {
            Some(broken) => broken,
            None if self.oauth2 => Broken::new(ONLY_OAUTH2).hint(LOG_IN),
            None => Broken::new(NOTHING),
        }
    }
}

/// Beside a screen name, a user id that is not the token's contradicts it; elsewhere it is another program's.
fn check_owner(record: &[&Pair], owner: Option<&str>) -> Result<(), Broken> {
    let find = |label| {
        let mut pairs = record.iter();
        pairs.find(|pair| pair.name.label == label && text(pair).is_some())
    };
    let Some(said) = find(Label::UserId) else {
        return Ok(());
    };
    let differs = owner.is_some() && text(said) != owner && text(said).is_some_and(is_user_id);
    if differs && find(Label::ScreenName).is_some() {
        let reason = "user_id is not the one that the access token begins with";
        return Err(Broken::at(said.line, reason));
    }
    Ok(())
}

/// Consumer pairs that tokens may be completed with.
struct Pairs<'pieces> {
    by_group: HashMap<usize, Vec<&'pieces Piece>>,
    /// The different ones among them, two at most.
    different: Vec<&'pieces Piece>,
}

impl<'pieces> Pairs<'pieces> {
    fn of(pieces: &'pieces [Piece]) -> Self {
        let mut by_group: HashMap<usize, Vec<&Piece>> = HashMap::new();
        let mut different: Vec<&Piece> = Vec::new();
        for piece in pieces {
            let group = by_group.entry(piece.group).or_default();
            // More in one group are told apart by nothing.
            if group.len() < 10 {
                group.push(piece);
            }
            let is_known =
                |known: &&Piece| (&known.client, &known.server) == (&piece.client, &piece.server);
            if different.len() < 2 && !different.iter().any(is_known) {
                different.push(piece);
            }
        }
        Self {
            by_group,
            different,
        }
    }
}

/// Accounts in file order, each once: files often repeat one under a second heading.
#[derive(Default)]
struct Accounts {
    list: Vec<Account>,
    /// Where accounts with that token (or, without one, that consumer key) stand.
    places: HashMap<String, Vec<usize>>,
}

impl Accounts {
    fn add(&mut self, account: Account) {
        let credentials = account.token.as_ref().unwrap_or(&account.client);
        let places = self
            .places
            .entry(credentials.identifier.clone())
            .or_default();
        for place in places.iter() {
            if let Some(known) = self.list.get_mut(*place)
                && (&known.client, &known.token, &known.server)
                    == (&account.client, &account.token, &account.server)
                && (known.screen_name.is_none()
                    || account.screen_name.is_none()
                    || known.screen_name == account.screen_name)
            {
                known.screen_name = known.screen_name.take().or(account.screen_name);
                return;
            }
        }
        // More of one token than this are not worth telling apart.
        if places.len() < 8 {
            places.push(self.list.len());
        }
        self.list.push(account);
    }
}

/// The pairs of one group, each set for itself: one begins where a label comes again behind a complete set.
fn records<'pairs>(pairs: &[&'pairs Pair]) -> Vec<Vec<&'pairs Pair>> {
    let mut records = Vec::new();
    let mut record: Vec<&Pair> = Vec::new();
    for pair in pairs {
        let is_other = |known: &&Pair| {
            known.name.label == pair.name.label
                && known.name.is_x == pair.name.is_x
                && is_present(known)
                && text(known) != text(pair)
        };
        // What is longer is no account's.
        let starts = record.len() < 200
            && is_present(pair)
            && matches!(pair.name.label, Label::Value(_) | Label::ScreenName)
            && record.iter().any(is_other)
            && record
                .last()
                .is_some_and(|last| last.paragraph != pair.paragraph)
            && has_token(&record);
        if starts {
            records.push(std::mem::take(&mut record));
        }
        record.push(pair);
    }
    records.push(record);
    records
}

fn has_token(record: &[&Pair]) -> bool {
    let has = |label| {
        record
            .iter()
            .any(|pair| pair.name.label == label && is_present(pair))
    };
    (has(Label::Value(Part::AccessToken)) || has(Label::Weak(Part::AccessToken)))
        && (has(Label::Value(Part::AccessTokenSecret))
            || has(Label::Weak(Part::AccessTokenSecret))
            || has(Label::Secret))
}

fn is_present(pair: &Pair) -> bool {
    matches!(&pair.value, Value::Quoted(text) | Value::Bare(text) if !text.is_empty())
        || matches!(pair.value, Value::Fault(_))
}

fn is_credential(pair: &Pair) -> bool {
    matches!(
        pair.name.label,
        Label::Value(_) | Label::Weak(_) | Label::Key | Label::Secret
    )
}

/// Our own word for what the pair is.
fn word(pair: &Pair) -> &'static str {
    match pair.name.label {
        Label::Value(part) | Label::Weak(part) => part.label(),
        Label::Key => "the key",
        _ => "the secret",
    }
}

fn text(pair: &Pair) -> Option<&str> {
    match &pair.value {
        Value::Quoted(text) | Value::Bare(text) if !text.is_empty() => Some(text),
        _ => None,
    }
}

/// The four values of a set in their order, as far as they are there.
fn four<'pairs>(
    record: &[&'pairs Pair],
    group: &str,
) -> Result<[Option<Taken<'pairs>>; 4], Broken> {
    let mut four = [None; 4];
    let are_quoted = record
        .iter()
        .any(|pair| is_credential(pair) && matches!(pair.value, Value::Quoted(_)));
    let x_credentials = record.iter().any(|pair| {
        matches!(pair.name.label, Label::Value(_)) && pair.name.is_x && is_present(pair)
    });
    for (place, part) in four.iter_mut().zip(Part::ALL) {
        *place = clear(record, part, are_quoted, x_credentials)?;
    }
    let shaped = |label: Label, part: Part| {
        record
            .iter()
            .filter(|pair| pair.name.label == label && (!x_credentials || pair.name.is_x))
            .find_map(|pair| {
                text(pair)
                    .filter(|text| has_shape(part, text))
                    .map(|text| (text, *pair))
            })
    };
    let [mut key, mut secret, mut token, mut token_secret] = four;
    let hint = labels::is_of_client(group);
    let any = |part| shaped(Label::Weak(part), part);
    let client_key = shaped(Label::Key, Part::ConsumerKey);
    let token_key = shaped(Label::Key, Part::AccessToken);
    key = key.or_else(|| any(Part::ConsumerKey)).or(client_key);
    token = token.or_else(|| any(Part::AccessToken)).or(token_key);
    secret = secret.or_else(|| any(Part::ConsumerSecret));
    token_secret = token_secret.or_else(|| any(Part::AccessTokenSecret));
    let lone = shaped(Label::Secret, Part::ConsumerSecret);
    let for_client = match (secret, token_secret) {
        (None, Some(_)) => Some(true),
        (Some(_), None) => Some(false),
        (Some(_), Some(_)) => None,
        (None, None) => match (key, token) {
            (Some(_), None) => Some(true),
            (None, Some(_)) => Some(false),
            _ => hint,
        },
    };
    match for_client {
        Some(true) => secret = secret.or(lone),
        Some(false) => token_secret = token_secret.or(lone),
        None => {}
    }
    if key.is_some() {
        secret = secret.or_else(|| shaped(Label::ClientSecret, Part::ConsumerSecret));
    }
    // A pair of common names without a token beside it says nothing.
    Ok([key, secret, token, token_secret])
}

/// The value of the labels that say clearly which it is.
fn clear<'pairs>(
    record: &[&'pairs Pair],
    part: Part,
    are_quoted: bool,
    x_credentials: bool,
) -> Result<Option<Taken<'pairs>>, Broken> {
    let all = record
        .iter()
        .filter(|pair| pair.name.label == Label::Value(part) && is_present(pair));
    let has_x = all.clone().any(|pair| pair.name.is_x);
    let has_own = all.clone().any(|pair| !pair.is_merged);
    let mut chosen: Vec<&Pair> = all
        .filter(|pair| pair.name.is_x == has_x && pair.is_merged != has_own)
        .copied()
        .collect();
    // Beside names that speak of X, those that do not are taken only where the value itself does.
    if x_credentials && !has_x {
        chosen.retain(|pair| text(pair).is_some_and(|text| has_shape(part, text)));
    }
    let is_variable = |pair: &&Pair| match &pair.value {
        Value::Bare(text) => {
            are_quoted
                && !has_shape(part, text)
                && text
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        }
        _ => false,
    };
    if !chosen.iter().all(is_variable) {
        chosen.retain(|pair| !is_variable(pair));
    }
    if chosen
        .iter()
        .any(|pair| text(pair).is_some_and(|text| has_shape(part, text)))
    {
        let is_sample = |pair: &&Pair| {
            text(pair).is_some_and(|text| mistake(part, text) == Some("is a placeholder"))
        };
        chosen.retain(|pair| !is_sample(pair));
    }
    let Some(first) = chosen.first().copied() else {
        return Ok(None);
    };
    if let Some(other) = chosen
        .iter()
        .find(|pair| pair.value != first.value && text(pair) != text(first))
    {
        let reason = format!(
            "{} is given twice with different values (first in line {})",
            part.label(),
            first.line
        );
        return Err(Broken::at(other.line, reason));
    }
    match &first.value {
        Value::Fault(reason) => Err(Broken::at(first.line, format!("{} {reason}", part.label()))),
        Value::Bare(_) if is_variable(&first) => {
            Err(Broken::at(first.line, format!("{} {REFERS}", part.label())))
        }
        _ => Ok(text(first).map(|text| (text, first))),
    }
}

/// What makes the values no account of X, and whether each of them is a placeholder or reference.
fn wrong(taken: &[(Part, Taken<'_>)]) -> Option<(Broken, bool)> {
    let values: Vec<(Part, &str)> = taken
        .iter()
        .map(|(part, (value, _))| (*part, *value))
        .collect();
    let is_plain = |value: &str| {
        value
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    let (part, reason) = mistake_among(&values).or_else(|| {
        values.iter().find_map(|(part, value)| match part {
            _ if !is_plain(value) => Some((*part, "contains a character that no key of X has")),
            Part::AccessToken if token_owner(value).is_none() => {
                Some((*part, "does not begin with a user id, as X's do"))
            }
            _ => None,
        })
    })?;
    let line = taken
        .iter()
        .find(|(own, _)| *own == part)
        .map_or(1, |(_, (_, pair))| pair.line);
    let is_sample = |(part, value): &(Part, &str)| {
        matches!(
            mistake(*part, value),
            Some("is a placeholder" | "refers to another value, which is not looked up")
        )
    };
    Some((
        Broken {
            is_value: true,
            ..Broken::at(line, format!("{} {reason}", part.label()))
        },
        values.iter().all(is_sample),
    ))
}
