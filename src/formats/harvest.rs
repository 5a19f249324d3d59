//! From named values to accounts: groups of known labels are found at any depth, checked and completed.

use std::collections::HashSet;

use super::accounts::Accounts;
use super::fields::Fields;
use super::labels::{self, Label};
use super::tree::{Node, Spot, Value};
use super::{Broken, Format, Found, UnownedToken};
use crate::account::{Account, Credentials, Server, is_screen_name, is_user_id};

const NOTHING: &str = "no credentials in it: none of the known labels, and not four bare lines";
const ONLY_OAUTH2: &str = "it holds OAuth 2 values only; OAuth 1.0a needs consumer key and secret, access token and access token secret";

/// For what can only be had by a login of its own.
pub(super) const LOG_IN: &str = "log in with `twauth login`, with the app's API Key and its secret";

/// How many notes a person reads.
const MOST_NOTES: usize = 20;

/// The accounts in `root`, under whatever names and nesting the file gives them.
pub(super) fn harvest(root: &Node, format: Format) -> Result<Found, Broken> {
    let mut harvest = Harvest::default();
    harvest.walk(root, None, None)?;
    harvest.finish(format)
}

/// The refusal of a file that holds nothing but OAuth 2.
pub(super) fn only_oauth2() -> Broken {
    Broken::new(ONLY_OAUTH2).hint(LOG_IN)
}

/// One group of values that stood together.
struct Piece {
    spot: Spot,
    screen_name: Option<String>,
    /// Whether the name is the section's or parent's, not a label's.
    name_guessed: bool,
    user_id: Option<String>,
    server: Server,
    client: Option<Credentials>,
    token: Option<Credentials>,
}

#[derive(Default)]
struct Harvest {
    pieces: Vec<Piece>,
    /// Groups with too few labels to be meant, and what they lacked.
    stray: Vec<(Spot, String)>,
    oauth2: bool,
    notes: Vec<String>,
}

impl Harvest {
    /// `section` is the name `node` stood under; `client` the consumer pair of the groups around it.
    fn walk(
        &mut self,
        node: &Node,
        section: Option<&str>,
        client: Option<&Credentials>,
    ) -> Result<(), Broken> {
        match &node.value {
            Value::Map(pairs) => {
                let own = self.group(node.spot, pairs, section, client)?;
                let client = own.as_ref().or(client);
                for (name, inner) in pairs {
                    self.walk(inner, Some(name), client)?;
                }
            }
            Value::List(items) => {
                if let Some(bare) = bare_values(items) {
                    self.bare(node.spot, &bare, section)?;
                }
                for inner in items {
                    self.walk(inner, section, client)?;
                }
            }
            Value::Text(_) | Value::Other => {}
        }
        Ok(())
    }

    /// Takes the labels of one map; gives back its consumer pair.
    fn group(
        &mut self,
        spot: Spot,
        pairs: &[(String, Node)],
        section: Option<&str>,
        inherited: Option<&Credentials>,
    ) -> Result<Option<Credentials>, Broken> {
        let oauth2 = pairs
            .iter()
            .any(|(name, node)| labels::is_oauth2(name) && !matches!(node.value, Value::Other));
        let mut fields = Fields::of(pairs)?;
        let own = fields.pair(Label::ConsumerKey, Label::ConsumerSecret);
        let token = fields.pair(Label::AccessToken, Label::AccessTokenSecret);
        self.oauth2 |= oauth2;
        let missing = fields.missing();
        if !missing.is_empty() {
            let spot = fields.first.unwrap_or(spot);
            let reason = format!("{} is missing here", missing.join(" and "));
            if fields.credentials() > 1 {
                return Err(Broken::at(spot, reason));
            }
            // OAuth 2 has access tokens too, and no secret for them.
            if !(oauth2 && fields.has(Label::AccessToken)) {
                self.stray.push((spot, reason));
            }
        }
        if own.is_none() && token.is_none() {
            return Ok(None);
        }
        let spot = fields.first.unwrap_or(spot);
        let (screen_name, name_guessed) = match self.screen_name(&mut fields) {
            Some(name) => (Some(name), false),
            None => match section.and_then(labels::name_of_section) {
                Some(name) if token.is_some() => (Some(name.to_owned()), true),
                _ => (None, false),
            },
        };
        let user_id = self.user_id(&mut fields);
        let server = self.server(&mut fields)?;
        self.pieces.push(Piece {
            spot,
            screen_name,
            name_guessed,
            user_id,
            server,
            client: own
                .clone()
                .or_else(|| inherited.cloned().filter(|_| token.is_some())),
            token,
        });
        Ok(own)
    }

    fn screen_name(&mut self, fields: &mut Fields) -> Option<String> {
        let (value, spot) = fields.take(Label::ScreenName)?;
        let bare = value.strip_prefix('@').unwrap_or(&value);
        if is_screen_name(bare) {
            return Some(bare.to_owned());
        }
        self.left_out("a screen name that cannot be one", spot);
        None
    }

    fn user_id(&mut self, fields: &mut Fields) -> Option<String> {
        let (value, spot) = fields.take(Label::UserId)?;
        if is_user_id(&value) {
            return Some(value);
        }
        self.left_out("a user id that is not a number", spot);
        None
    }

    /// Only what can be one of our own labels counts as a server: many programs use the word for other things.
    fn server(&mut self, fields: &mut Fields) -> Result<Server, Broken> {
        let Some((value, spot)) = fields.take(Label::Server) else {
            return Ok(Server::X);
        };
        if value == crate::account::SANDBOX || value.contains("://") {
            return Server::parse(&value).map_err(|reason| {
                Broken::at(spot, format!("the server cannot be used: {reason}"))
            });
        }
        self.left_out("a server that is not a URL", spot);
        Ok(Server::X)
    }

    /// A list of four (or six) texts: the bare lines in brackets.
    fn bare(
        &mut self,
        spot: Spot,
        values: &[(&str, Spot)],
        section: Option<&str>,
    ) -> Result<(), Broken> {
        let names: &[Label] = match values.len() {
            4 => &Label::ALL[..4],
            _ => &BARE_WITH_NAME,
        };
        let pairs: Vec<(String, Node)> = names
            .iter()
            .zip(values)
            .map(|(label, (value, spot))| (label.word().to_owned(), Node::text(*spot, *value)))
            .collect();
        self.group(spot, &pairs, section, None).map(drop)
    }

    fn left_out(&mut self, what: &str, spot: Spot) {
        self.notes
            .push(format!("left out: {what} (line {})", spot.line));
    }

    /// Gives tokens the only consumer pair there is, and sorts accounts from what still lacks something.
    fn finish(mut self, format: Format) -> Result<Found, Broken> {
        let (complete, clients): (Vec<Piece>, Vec<Piece>) = std::mem::take(&mut self.pieces)
            .into_iter()
            .partition(|piece| piece.token.is_some());
        let lone = lone_client(&clients);
        let (mut accounts, mut tokens) = (Accounts::default(), Vec::new());
        let mut guessed = false;
        let mut used: HashSet<String> = HashSet::new();
        for piece in complete {
            let Some(token) = piece.token else { continue };
            guessed |= piece.name_guessed;
            let unowned = UnownedToken {
                screen_name: piece.screen_name,
                user_id: piece.user_id,
                token,
                server: piece.server,
            };
            match piece.client.or_else(|| lone.clone()) {
                Some(client) => {
                    used.insert(client.identifier.clone());
                    accounts.add(unowned.owned_by(client));
                }
                None => tokens.push(unowned),
            }
        }
        let nothing_complete = accounts.list.is_empty() && tokens.is_empty();
        for piece in clients {
            let Some(client) = piece.client else { continue };
            if nothing_complete {
                accounts.add(Account {
                    screen_name: piece.screen_name,
                    user_id: piece.user_id,
                    client,
                    token: None,
                    server: piece.server,
                });
            } else if !used.contains(&client.identifier) {
                self.left_out("a consumer pair without a token", piece.spot);
            }
        }
        let accounts = accounts.list;
        if accounts.is_empty() && tokens.is_empty() {
            return Err(self.nothing());
        }
        self.sum_up(guessed);
        Ok(Found {
            format,
            accounts,
            tokens,
            notes: self.notes,
        })
    }

    /// Notes on what was left out and guessed, as many as a person reads.
    fn sum_up(&mut self, guessed: bool) {
        for (spot, reason) in std::mem::take(&mut self.stray) {
            self.notes
                .push(format!("left out: line {}: {reason}", spot.line));
        }
        if self.oauth2 {
            self.notes.push("left out: OAuth 2 values".to_owned());
        }
        if guessed {
            self.notes
                .push("screen names were taken from section or profile names".to_owned());
        }
        if self.notes.len() > MOST_NOTES {
            let more = self.notes.len() - MOST_NOTES;
            self.notes.truncate(MOST_NOTES);
            self.notes.push(format!("and {more} more"));
        }
    }

    fn nothing(self) -> Broken {
        if self.oauth2 {
            return only_oauth2();
        }
        match self.stray.into_iter().next() {
            Some((spot, reason)) => Broken::at(spot, reason),
            None => Broken::new(NOTHING),
        }
    }
}

const BARE_WITH_NAME: [Label; 6] = [
    Label::ScreenName,
    Label::UserId,
    Label::ConsumerKey,
    Label::ConsumerSecret,
    Label::AccessToken,
    Label::AccessTokenSecret,
];

fn bare_values(items: &[Node]) -> Option<Vec<(&str, Spot)>> {
    if !matches!(items.len(), 4 | 6) {
        return None;
    }
    items
        .iter()
        .map(|item| match &item.value {
            Value::Text(text) => Some((text.as_str(), item.spot)),
            _ => None,
        })
        .collect()
}

/// The consumer pair of the groups that hold nothing else, where all agree.
fn lone_client(clients: &[Piece]) -> Option<Credentials> {
    let mut pairs = clients.iter().filter_map(|piece| piece.client.as_ref());
    let first = pairs.next()?;
    pairs.all(|other| other == first).then(|| first.clone())
}
