//! Tokens get their consumer pair, accounts their names; what lacks something is sorted out.

use std::collections::{HashMap, HashSet};

use super::{Extract, Piece};
use crate::account::{Account, Credentials};
use crate::formats::{Broken, Found, UnownedToken, labels, stores};

const NOTHING: &str = "no credentials were found in it";
const ONLY_OAUTH2: &str = "it has OAuth 2 values only; OAuth 1.0a needs API Key and secret, Access Token and Access Token Secret";

/// How many notes a person reads.
const MOST_NOTES: usize = 20;

impl<'groups> Extract<'groups> {
    /// Gives tokens their consumer pair, and sorts accounts from what still lacks something.
    pub(super) fn finish(mut self) -> Result<Found, Broken> {
        let pieces = self.sound_pieces()?;
        if let Some(place) = self.halves.iter().position(|(_, may_leave)| !may_leave) {
            return Err(self.halves.swap_remove(place).0);
        }
        let (whole, pairs): (Vec<Piece>, Vec<Piece>) =
            pieces.into_iter().partition(|piece| piece.token.is_some());
        // Where no pair stands alone, tokens may share one that stands beside another token.
        let shared = Pairs::of(if pairs.is_empty() { &whole } else { &pairs });
        let mut accounts = Accounts::default();
        let mut tokens = Vec::new();
        for piece in &whole {
            let client = match &piece.client {
                Some(client) => Some(client.clone()),
                None => self.pair_for(piece, &shared)?,
            };
            let Some(token) = piece.token.clone() else {
                continue;
            };
            let token = UnownedToken {
                screen_name: piece.screen_name.clone(),
                user_id: piece.user_id.clone(),
                token,
                server: piece.server.clone(),
            };
            match client {
                Some(client) => accounts.add(token.owned_by(client)),
                None if self.format.has_pairs() => {
                    let reason = "consumer_key and consumer_secret of the token here are missing";
                    return Err(Broken::at(piece.line, reason));
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
            format: self.format,
            accounts: accounts.list,
            tokens,
            notes: self.notes,
        })
    }

    /// The pieces that can be right, with their names. Samples beside an account are left out, all else is refused.
    fn sound_pieces(&mut self) -> Result<Vec<Piece<'groups>>, Broken> {
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
        let used = accounts.list.iter();
        let used: HashSet<String> = used
            .map(|account| account.client.identifier.clone())
            .collect();
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
                self.halves.push((Broken::at(piece.line, reason), true));
            }
        }
    }

    /// The pair of the nearest group around, else the only one of the file.
    fn pair_for(&self, piece: &Piece, pairs: &Pairs<'_>) -> Result<Option<Credentials>, Broken> {
        if self.unknown.contains(&piece.group) {
            let reason = "beside the token is a key or secret whose name is not known";
            return Err(Broken::at(piece.line, reason));
        }
        let mut place = Some(piece.group);
        while let Some(group) = place {
            let pairs = pairs.by_group.get(&group).into_iter().flatten();
            let mut here = pairs.filter(|pair| {
                pair.server == piece.server && (pair.affix == piece.affix || pair.affix.is_empty())
            });
            if let Some(pair) = here.next()
                && here.all(|other| other.client == pair.client)
            {
                return Ok(pair.client.clone());
            }
            place = self.groups[group].parent;
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
        // Which groups have accounts, how many in each have, and which have accounts by several affixes.
        let mut is_above = vec![false; self.groups.len()];
        let mut below = vec![0; self.groups.len()];
        let mut affixes: HashMap<usize, HashSet<&str>> = HashMap::new();
        for piece in self.pieces.iter().filter(|piece| piece.token.is_some()) {
            affixes.entry(piece.group).or_default().insert(piece.affix);
            let mut place = piece.group;
            while !std::mem::replace(&mut is_above[place], true)
                && let Some(parent) = self.groups[place].parent
            {
                below[parent] += 1;
                place = parent;
            }
        }
        let has_names = !stores::is_xurl(self.groups);
        let name = |piece: &Piece| {
            if !has_names || piece.token.is_none() {
                return None;
            }
            if affixes[&piece.group].len() > 1 {
                return labels::screen_name(piece.shown).map(str::to_owned);
            }
            let mut group = &self.groups[piece.group];
            while below[group.parent?] < 2 {
                group = &self.groups[group.parent?];
            }
            let name = labels::screen_name(&group.name).filter(|_| group.is_key);
            name.map(str::to_owned)
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
        // What is around several accounts is told once.
        let mut told = HashSet::new();
        self.notes.retain(|note| told.insert(note.clone()));
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
            None if self.oauth2 => Broken::without_token(ONLY_OAUTH2),
            None => Broken::new(NOTHING),
        }
    }
}

/// Consumer pairs that tokens may be completed with.
struct Pairs<'pieces> {
    by_group: HashMap<usize, Vec<&'pieces Piece<'pieces>>>,
    /// The different ones among them, two at most.
    different: Vec<&'pieces Piece<'pieces>>,
}

impl<'pieces> Pairs<'pieces> {
    fn of(pieces: &'pieces [Piece<'_>]) -> Self {
        let mut by_group: HashMap<usize, Vec<&Piece>> = HashMap::new();
        let mut different: Vec<&Piece> = Vec::new();
        for piece in pieces.iter().filter(|piece| piece.client.is_some()) {
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
    /// Where the last account with that token (or, without one, that consumer key) stands.
    places: HashMap<String, usize>,
}

impl Accounts {
    fn add(&mut self, account: Account) {
        let credentials = account.token.as_ref().unwrap_or(&account.client);
        let identifier = credentials.identifier.clone();
        let known = self
            .places
            .get(&identifier)
            .map(|place| &mut self.list[*place]);
        if let Some(known) = known
            && (&known.client, &known.token, &known.server)
                == (&account.client, &account.token, &account.server)
            && (known.screen_name.is_none()
                || account.screen_name.is_none()
                || known.screen_name == account.screen_name)
        {
            known.screen_name = known.screen_name.take().or(account.screen_name);
        } else {
            self.places.insert(identifier, self.list.len());
            self.list.push(account);
        }
    }
}
