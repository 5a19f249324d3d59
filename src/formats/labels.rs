//! What other programs call the four values and what goes with them, and which names mean something else.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use crate::account::{Part, is_screen_name};

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Label {
    /// One of the four values, by a name that says which.
    Value(Part),
    /// One of the four, by a name that other things have too (`token`, `ck`): it never wins against a clear one.
    Weak(Part),
    /// `key` and `secret`, which are the pair's or the token's, as what is around them says.
    Key,
    Secret,
    ScreenName,
    /// A screen name only where the group or the name's prefix speaks of X.
    Username,
    UserId,
    Server,
    /// Known only together with a `client_key`; alone it is OAuth 2's.
    ClientSecret,
    OAuth2,
    /// Kubernetes' `kind`.
    Kind,
    /// Not known, but named like a secret.
    Unknown,
}

/// A name taken apart: `TWITTER_MYBOT_API_KEY` is X's consumer key of `MYBOT`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) label: Label,
    /// What distinguishes this account from others, lower case; often nothing.
    pub(super) affix: String,
    /// The same as it is written.
    pub(super) shown: String,
    /// Whether the name speaks of X: `TWITTER_`, `X_`, `TWAUTH_`.
    pub(super) is_x: bool,
    /// Whether other services use the name as well: `api_key`, where `consumer_key` is OAuth 1.0a's alone.
    pub(super) is_general: bool,
    /// Whether it is the credentials file's own label to the letter, or a variable of twauth's.
    pub(super) is_own: bool,
}

/// Names without their separators, the longest that ends a name decides.
const CLEAR: [(Part, &str); 4] = [
    (
        Part::ConsumerKey,
        "consumerkey consumerapikey apikey apikeyid appkey applicationkey clientkey \
         consumertoken clienttoken consumerapi consumerkeyid",
    ),
    (
        Part::ConsumerSecret,
        "consumersecret consumersecretkey consumerapisecret consumerapisecretkey \
         consumerapikeysecret consumerkeysecret consumersec consumertokensecret apisecret \
         apikeysecret apisecretkey apikeysecretkey appsecret appsecretkey appkeysecret \
         applicationsecret secretapikey consumersecretapi secretconsumerkey apisec",
    ),
    (
        Part::AccessToken,
        "accesstoken accesskey accesstokenkey oauthtoken tokenkey usertoken resourceownerkey \
         accesskeytoken accesstok oauthkey",
    ),
    (
        Part::AccessTokenSecret,
        "accesstokensecret accesssecret accesssecrettoken accesssecretkey accesskeysecret \
         accesstokensecretkey accesstokenkeysecret accesstokensec secretaccesstoken \
         tokensecret tokensecretkey oauthtokensecret oauthsecret usersecret \
         resourceownersecret secrettoken accesstoksecret accesssec tokensec secretaccesskey",
    ),
];

const OTHER: &[(Label, &str)] = &[
    (Label::ScreenName, "screenname"),
    (Label::Username, "username handle accountname"),
    (Label::UserId, "userid"),
    (Label::ClientSecret, "clientsecret"),
    (
        Label::OAuth2,
        "clientid refreshtoken bearertoken bearer bearerkey tokentype expirationtime oauth2token \
     oauth2accesstoken callbackurl idtoken csrftoken authtoken sessiontoken",
    ),
];

/// What each of these phrases stands for.
static PHRASES: LazyLock<HashMap<&str, Label>> = LazyLock::new(|| {
    let clear = CLEAR
        .iter()
        .map(|(part, phrases)| (Label::Value(*part), *phrases));
    clear
        .chain(OTHER.iter().copied())
        .flat_map(|(label, phrases)| phrases.split(' ').map(move |phrase| (phrase, label)))
        .collect()
});

const LONGEST_PHRASE: usize = 24;

/// How many words a name may have.
const MOST_WORDS: usize = 20;

/// Whole words that mean something only where the rest of the name or the group speaks of it.
const WEAK: &[(Label, &str)] = &[
    (Label::Key, "key"),
    (Label::Secret, "secret secretkey sec"),
    (Label::Weak(Part::AccessToken), "token at"),
    (Label::Weak(Part::AccessTokenSecret), "ats"),
    (Label::Weak(Part::ConsumerKey), "ck"),
    (Label::Weak(Part::ConsumerSecret), "cs"),
];

/// `TwitterAPI` and `TwitterAccess`, beside `TwitterAPISecret` and `TwitterAccessSecret`.
const WEAK_OF_X: &[(Label, &str)] = &[
    (Label::Weak(Part::ConsumerKey), "api consumer app"),
    (Label::Weak(Part::AccessToken), "access"),
];

/// Words that tell nothing of whose account it is.
static NOISE: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    "1 1a a account api app application auth authentication bot client conf config \
    configuration consumer cred credential credentials creds env environ \
    environment export get global key keys k my next nuxt o oauth oauth1 oauth10 \
    oauth10a oauth1a opts options os param params process public react s secret secrets \
    self set setting settings sources str tauri the this token tokens user v1 v11 v1a v2 var \
    vars vite vue with"
        .split(' ')
        .collect()
});

/// What X's own names begin with.
static X: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    "x tw twauth twit tweet tweepy xapi xcom"
        .split(' ')
        .collect()
});

/// Behind a label these make it another thing.
static BEHIND: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    "at age algorithm count date endpoint expiration expire expires expiry field file filename \
    format hash header hint id in length lifetime name path placeholder prefix regex required \
    scope scopes size source ttl type uri url valid version"
        .split(' ')
        .collect()
});

/// Other services that give out keys, secrets and tokens.
static SERVICES: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    "adafruit airtable alpaca amazon anthropic aws azure binance bing bitbucket bitly bluesky \
    bsky bybit claude cloudflare cloudinary coinbase deepl deepseek digitalocean discogs \
    discord django dropbox etsy evernote facebook fb fitbit flask flickr foursquare gcp gemini \
    gh giphy github gitlab goodreads google heroku hubspot huggingface imgur insta instagram \
    jwt kraken kucoin lastfm line linkedin magento mailchimp mailgun mapbox mastodon matrix \
    medium meta microsoft minio misskey newsapi notion npm nytimes openai openweather \
    openweathermap patreon paypal pinterest plurk pocket quickbooks rapidapi recaptcha reddit \
    s3 salesforce sendgrid sentry shopify slack smugmug soundcloud spotify steam strava stripe \
    supabase telegram threads tiktok trello tumblr twilio twitch unsplash vimeo vk wechat \
    weibo woo woocommerce wordpress xero xing yahoo yelp youtube zendesk zoom"
        .split(' ')
        .collect()
});

/// Those whose values are named as X's are, because they use OAuth 1.0a.
static OAUTH1_SERVICES: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    "discogs etsy evernote fitbit flickr goodreads magento plurk quickbooks smugmug trello \
    tumblr vimeo woo woocommerce xero xing yahoo yelp"
        .split(' ')
        .collect()
});

/// Names of groups that describe a place and are nobody's screen name.
static PLACES: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    "default dev local main prod access accesstoken accounts apps authorization base bots common configs data defaults \
    development general info input item items live login notify output personal primary \
    production profile profiles project root sandbox section server service shared social \
    staging stringdata t test testing tests tool twarc twurl userinfo users values variables \
    work xurl"
    .split(' ')
    .collect()
});

/// Words of a name, where they begin in its squeezed form, and that form: lower case letters and digits alone.
struct Squeezed {
    text: String,
    /// Where words begin in `text`, and where they stand in the name.
    words: Vec<(usize, usize)>,
}

impl Squeezed {
    fn of(name: &str) -> Self {
        let (mut text, mut words) = (String::new(), Vec::new());
        let mut before = ' ';
        for (at, c) in name.char_indices() {
            if c.is_alphanumeric() {
                let starts = !before.is_alphanumeric()
                    || c.is_uppercase() && !before.is_uppercase()
                    || c.is_lowercase()
                        && before.is_uppercase()
                        && words
                            .last()
                            .is_some_and(|(start, _)| text.len() > start + 1);
                if starts {
                    // In `APIKey` the word begins at the last capital.
                    let back = usize::from(c.is_lowercase() && before.is_uppercase());
                    words.push((text.len() - back, at - back));
                }
                text.extend(c.to_lowercase());
            }
            before = c;
        }
        Self { text, words }
    }

    fn starts_word(&self, at: usize) -> bool {
        self.words.iter().any(|(start, _)| *start == at)
    }

    /// The words that begin before `end` (in the squeezed text) or at and behind it.
    fn words(&self) -> impl Iterator<Item = (usize, &str)> {
        let ends = self.words.iter().skip(1).map(|(start, _)| *start);
        self.words
            .iter()
            .zip(ends.chain([self.text.len()]))
            .filter_map(|((start, _), end)| Some((*start, self.text.get(*start..end)?)))
    }
}

/// Whether a name can be one at all, told from its ends: most words of a long text are none.
pub(super) fn may_be(name: &str) -> bool {
    const ENDS: &[&str] = &[
        "ey", "et", "en", "ec", "ok", "ck", "cs", "at", "ts", "pi", "ss", "me", "le", "id", "er",
        "nd", "pp",
    ];
    if !(2..=120).contains(&name.len()) || !name.is_ascii() {
        return false;
    }
    let bytes = name.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
    let end = bytes
        .len()
        .checked_sub(2)
        .and_then(|from| bytes.get(from..));
    end.is_some_and(|end| ENDS.iter().any(|known| end.eq_ignore_ascii_case(known)))
        || names_secret(name)
}

/// Whether `key`, `secret` or `token` is in the text, in any case.
pub(super) fn names_secret(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_at = |at: usize, word: &str| {
        bytes
            .get(at..at + word.len())
            .is_some_and(|part| part.eq_ignore_ascii_case(word.as_bytes()))
    };
    bytes.iter().enumerate().any(|(at, byte)| match byte {
        b'k' | b'K' => is_at(at, "key"),
        b's' | b'S' => is_at(at, "secret"),
        b't' | b'T' => is_at(at, "token"),
        _ => false,
    })
}

/// What the name stands for, if anything.
pub(super) fn name(name: &str) -> Option<Name> {
    if !may_be(name) {
        return None;
    }
    let squeezed = Squeezed::of(name);
    if squeezed.words.len() > MOST_WORDS {
        return None;
    }
    let (label, from, to) = phrase(&squeezed)?;
    let own = matches!(
        name,
        "consumer_key"
            | "consumer_secret"
            | "access_token"
            | "access_token_secret"
            | "screen_name"
            | "user_id"
            | "server"
    );
    let mut found = Name {
        label,
        affix: String::new(),
        shown: String::new(),
        is_x: false,
        is_general: !["consumer", "access", "oauth", "user", "resource"]
            .iter()
            .any(|start| {
                squeezed
                    .text
                    .get(from..to)
                    .is_some_and(|phrase| phrase.starts_with(start))
            }),
        is_own: own || name.starts_with("TWAUTH_"),
    };
    for (start, word) in squeezed.words() {
        let word = match (start < from, start >= to) {
            (true, _) => word.get(..from - start).unwrap_or(word),
            (_, true) => word,
            _ => continue,
        };
        if X.contains(word) || word.contains("twitter") {
            found.is_x = true;
        } else if !NOISE.contains(word) {
            if !found.affix.is_empty() {
                found.shown.push('_');
            }
            found.affix.push_str(word);
            let at = squeezed
                .words
                .iter()
                .find(|(own, _)| *own == start)
                .map(|(_, at)| *at);
            let written = at.and_then(|at| name.get(at..at + word.len()));
            found.shown.push_str(written.unwrap_or(word));
        }
    }
    // `ACCESS_TOKEN2`
    if !squeezed.starts_word(to) {
        let digits = squeezed.text.get(to..).unwrap_or_default();
        let digits = digits.trim_end_matches(|c: char| !c.is_ascii_digit());
        found.affix.push_str(digits);
        found.shown.push_str(digits);
    }
    found.label = match found.label {
        Label::Username if found.is_x => Label::ScreenName,
        label => label,
    };
    Some(found)
}

/// The longest known phrase of a name and where it is: at its end, else at its start or in its middle.
fn phrase(name: &Squeezed) -> Option<(Label, usize, usize)> {
    let text = name.text.as_str();
    let known = |from: usize, to: usize| Some(*PHRASES.get(text.get(from..to)?)?);
    let first = text.len().saturating_sub(LONGEST_PHRASE);
    let at_end =
        (first..text.len()).find_map(|from| Some((known(from, text.len())?, from, text.len())));
    if at_end.is_some() {
        return at_end;
    }
    if text == "server" || text == "twauthserver" {
        return Some((Label::Server, text.len() - 6, text.len()));
    }
    if text == "kind" {
        return Some((Label::Kind, 0, 4));
    }
    let behind = |end: usize| {
        let mut words = name.words().filter(|(start, _)| *start >= end);
        let mut rest = text.get(end..).unwrap_or_default().chars();
        rest.all(|c| c.is_ascii_digit())
            || name.starts_word(end) && !words.any(|(_, word)| BEHIND.contains(word))
    };
    let longest_at = |from: usize| {
        let mut ends = (from..=text.len().min(from + LONGEST_PHRASE)).rev();
        ends.find_map(|end| {
            let label = known(from, end)?;
            behind(end).then_some((label, from, end))
        })
    };
    let inside = name
        .words()
        .filter_map(|(from, _)| longest_at(from))
        .max_by_key(|(_, from, to)| to - from);
    if inside.is_some() {
        return inside;
    }
    let speaks_of_x = text.contains("twitter") || name.words().any(|(_, word)| X.contains(word));
    let weak = WEAK
        .iter()
        .chain(WEAK_OF_X.iter().filter(|_| speaks_of_x))
        .flat_map(|(label, phrases)| phrases.split(' ').map(|phrase| (*label, phrase)))
        .filter(|(_, phrase)| text.ends_with(phrase) && name.starts_word(text.len() - phrase.len()))
        .max_by_key(|(_, phrase)| phrase.len());
    if let Some((label, phrase)) = weak {
        let whole = phrase.len() == text.len() || speaks_of_x || phrase.len() > 2;
        return whole.then_some((label, text.len() - phrase.len(), text.len()));
    }
    names_secret(text).then_some((Label::Unknown, text.len(), text.len()))
}

/// The other service that a name or a group speaks of.
pub(super) fn service(name: &str) -> Option<&'static str> {
    let squeezed = Squeezed::of(name);
    let known = |word: &str| SERVICES.get(word).copied();
    squeezed
        .words()
        .find_map(|(_, word)| known(word))
        .or_else(|| known(&squeezed.text))
}

pub(super) fn uses_oauth1(service: &str) -> bool {
    OAUTH1_SERVICES.contains(service)
}

/// Whether a group's name speaks of X.
pub(super) fn speaks_of_x(name: &str) -> bool {
    let squeezed = Squeezed::of(name);
    squeezed.text.contains("twitter") || squeezed.words().any(|(_, word)| X.contains(word))
}

/// Which pair `key` and `secret` are of in a group of that name.
pub(super) fn is_of_client(group: &str) -> Option<bool> {
    let squeezed = Squeezed::of(group);
    let has = |words: &[&str]| squeezed.words().any(|(_, word)| words.contains(&word));
    if has(&["access", "token", "user", "tokens"]) {
        Some(false)
    } else if has(&["consumer", "app", "client", "api", "application"]) {
        Some(true)
    } else {
        None
    }
}

/// The screen name that the key of a map, a section or a profile may be.
pub(super) fn screen_name(key: &str) -> Option<&str> {
    let bare = key.strip_prefix('@').unwrap_or(key);
    let squeezed = Squeezed::of(bare);
    let stem = squeezed.text.trim_end_matches(|c: char| c.is_ascii_digit());
    let is_place = |word: &str| {
        NOISE.contains(word)
            || PLACES.contains(word)
            || X.contains(word)
            || word.starts_with("twitter")
    };
    let tells_nothing = squeezed.words().all(|(_, word)| {
        is_place(word.trim_end_matches(|c: char| c.is_ascii_digit()))
            || word.bytes().all(|byte| byte.is_ascii_digit())
    });
    (is_screen_name(bare)
        && !stem.is_empty()
        && !tells_nothing
        && !is_place(stem)
        && service(bare).is_none())
    .then_some(bare)
}
