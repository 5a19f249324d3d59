//! Lists of words: what labels, services and places are called. A list is a text with a space between words.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use super::labels::Label;
use crate::account::Part;

type Words = LazyLock<HashSet<&'static str>>;

fn set(list: &'static str) -> HashSet<&'static str> {
    list.split(' ').collect()
}

/// Whether the word is in a short list, in any case.
pub(super) fn has(list: &str, word: &str) -> bool {
    // Bytes, because it is asked for each word of a text: dividing a text costs five times as much.
    let mut list = list.as_bytes().split(|byte| *byte == b' ');
    list.any(|known| known.eq_ignore_ascii_case(word.as_bytes()))
}

/// Names without their separators: the longest that ends a name decides.
const LABELS: [(Label, &str); 9] = [
    (
        Label::Value(Part::ConsumerKey),
        "consumerkey consumerapikey apikey apikeyid appkey applicationkey clientkey \
         consumertoken clienttoken consumerapi consumerkeyid",
    ),
    (
        Label::Value(Part::ConsumerSecret),
        "consumersecret consumersecretkey consumerapisecret consumerapisecretkey \
         consumerapikeysecret consumerkeysecret consumersec consumertokensecret apisecret \
         apikeysecret apisecretkey apikeysecretkey appsecret appsecretkey appkeysecret \
         applicationsecret secretapikey consumersecretapi secretconsumerkey apisec",
    ),
    (
        Label::Value(Part::AccessToken),
        "accesstoken accesskey accesstokenkey oauthtoken tokenkey usertoken resourceownerkey \
         accesskeytoken accesstok oauthkey",
    ),
    (
        Label::Value(Part::AccessTokenSecret),
        "accesstokensecret accesssecret accesssecrettoken accesssecretkey accesskeysecret \
         accesstokensecretkey accesstokenkeysecret accesstokensec secretaccesstoken \
         tokensecret tokensecretkey oauthtokensecret oauthsecret usersecret \
         resourceownersecret secrettoken accesstoksecret accesssec tokensec secretaccesskey",
    ),
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

/// What each of these names stands for.
pub(super) static PHRASES: LazyLock<HashMap<&str, Label>> = LazyLock::new(|| {
    let phrases = LABELS.iter().flat_map(|(label, phrases)| {
        let phrases = phrases.split(' ');
        phrases.map(|phrase| (phrase, *label))
    });
    phrases.collect()
});

/// The length of the longest of them.
pub(super) const LONGEST_PHRASE: usize = 24;

/// Whole words that mean something only where the rest of the name or the group speaks of it.
pub(super) const WEAK: &[(Label, &str)] = &[
    (Label::Key, "key"),
    (Label::Secret, "secret secretkey sec"),
    (Label::Weak(Part::AccessToken), "token at"),
    (Label::Weak(Part::AccessTokenSecret), "ats"),
    (Label::Weak(Part::ConsumerKey), "ck"),
    (Label::Weak(Part::ConsumerSecret), "cs"),
];

/// `TwitterAPI` and `TwitterAccess`, beside `TwitterAPISecret` and `TwitterAccessSecret`.
pub(super) const WEAK_OF_X: &[(Label, &str)] = &[
    (Label::Weak(Part::ConsumerKey), "api consumer app"),
    (Label::Weak(Part::AccessToken), "access"),
];

/// What a name can end with that stands for something: most words of a long text do not.
pub(super) const ENDS: [&str; 17] = [
    "ey", "et", "en", "ec", "ok", "ck", "cs", "at", "ts", "pi", "ss", "me", "le", "id", "er", "nd",
    "pp",
];

/// Words that labels of several words are made of, as X's console and people write them.
pub(super) static IN_LABELS: Words = LazyLock::new(|| {
    set(
        "access api app application authentication bearer client consumer id key name oauth oauth1 \
        refresh screen secret token twitter user x",
    )
});

/// Words that tell nothing of whose account it is.
pub(super) static NOISE: Words = LazyLock::new(|| {
    set(
        "1 1a a account api app application auth authentication bot client conf config \
        configuration consumer cred credential credentials creds env environ \
        environment export get global key keys k my next nuxt o oauth oauth1 oauth10 \
        oauth10a oauth1a opts options os param params process public react s secret secrets \
        self set setting settings sources str tauri the this token tokens user v1 v11 v1a v2 var \
        vars vite vue with",
    )
});

/// What X's own names begin with.
pub(super) static X: Words = LazyLock::new(|| set("x tw twauth twit tweet tweepy xapi xcom"));

/// Behind a label these make it another thing.
pub(super) static BEHIND: Words = LazyLock::new(|| {
    set(
        "at age algorithm count date endpoint expiration expire expires expiry field file filename \
        format hash header hint id in length lifetime name path placeholder prefix regex required \
        scope scopes size source ttl type uri url valid version",
    )
});

/// Other services that give out keys, secrets and tokens.
pub(super) static SERVICES: Words = LazyLock::new(|| {
    let mut all = set(
        "adafruit airtable alpaca amazon anthropic aws azure binance bing bitbucket bitly bluesky \
        bsky bybit claude cloudflare cloudinary coinbase deepl deepseek digitalocean discord \
        django dropbox facebook fb flask foursquare gcp gemini gh giphy github gitlab google \
        heroku hubspot huggingface imgur insta instagram jwt kraken kucoin lastfm line linkedin \
        mailchimp mailgun mapbox mastodon matrix medium meta microsoft minio misskey newsapi \
        notion npm nytimes openai openweather openweathermap patreon paypal pinterest pocket \
        rapidapi recaptcha reddit s3 salesforce sendgrid sentry shopify slack soundcloud spotify \
        steam strava stripe supabase telegram threads tiktok twilio twitch unsplash vk wechat \
        weibo wordpress xing youtube zendesk zoom",
    );
    all.extend(OAUTH1_SERVICES.iter());
    all
});

/// Those whose values are named as X's are, because they use OAuth 1.0a.
pub(super) static OAUTH1_SERVICES: Words = LazyLock::new(|| {
    set(
        "discogs etsy evernote fitbit flickr goodreads magento plurk quickbooks smugmug trello \
        tumblr vimeo woo woocommerce xero xing yahoo yelp",
    )
});

/// Names of groups that describe a place and are nobody's screen name.
pub(super) static PLACES: Words = LazyLock::new(|| {
    set(
        "default dev local main prod access accesstoken accounts apps authorization base bots \
        common configs data defaults development general info input item items live login notify \
        output personal primary production profile profiles project root sandbox section server \
        service shared social staging stringdata t test testing tests tool twarc twurl userinfo \
        users values variables work xurl",
    )
});

/// Names under which lists of settings keep a name, and its value.
pub(super) const ITEM_NAMES: &str = "name key label id title field parameter variable var k";
pub(super) const ITEM_VALUES: &str =
    "value val content secret password plaintext v secretvalue default";

/// What may stand between a name and its value: `name="KEY" value="..."`, `gh secret set KEY --body ...`.
pub(super) const BETWEEN: &str = "value default val content body b v is string to";

/// Methods that leave a text as it is.
pub(super) const KEEPING: &str =
    "strip trim freeze into to_string to_owned tostring to_s dup clone as_str c_str to_sym encode";

/// What makes another text of the one before it, or takes it on a condition.
pub(super) const CHANGING: &str = "+ . .. ~ % <> * ^ if unless for and -join -replace -split";

/// Functions that give their argument, or the one for want of another value.
pub(super) const GIVING: &str =
    "getenv get env from string str fetch getordefault getproperty config default secret q";
