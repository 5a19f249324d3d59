//! `import` stores only values that are certain.

use serde_json::{Value, json};

use crate::support::{Home, Output};

const KEY: &str = "SampleKey0SampleKey0Ab931";
const SECRET: &str = "SampleSecret0SampleSecret0SampleSecret0SampleSe931";
const TOKEN: &str = "931657239872432861-SampleToken0SampleToken0SampleToken0Samp";
const TOKEN_SECRET: &str = "SampleTokenSecret0SampleTokenSecret0Sample931";
const OTHER_KEY: &str = "OtherSampleKey0Sample0932";
const OTHER_SECRET: &str = "OtherSampleSecret0SampleSecret0SampleSecret0Sam932";
const OTHER_TOKEN: &str = "932657239872432862-OtherSampleToken0SampleToken0Sampl932";
const OTHER_TOKEN_SECRET: &str = "OtherSampleTokenSecret0SampleTokenSecret0S932";

/// The four lines of a `.env` file, each name with a prefix.
fn dotenv(prefix: &str) -> String {
    format!(
        "{prefix}CONSUMER_KEY={KEY}\n{prefix}CONSUMER_SECRET={SECRET}\n{prefix}ACCESS_TOKEN={TOKEN}\n\
         {prefix}ACCESS_TOKEN_SECRET={TOKEN_SECRET}\n"
    )
}

fn account() -> Value {
    json!({
        "user_id": "931657239872432861",
        "consumer_key": KEY, "consumer_secret": SECRET,
        "access_token": TOKEN, "access_token_secret": TOKEN_SECRET,
    })
}

/// Another account of another app.
fn other() -> Value {
    json!({
        "screen_name": "older", "user_id": "932657239872432862",
        "consumer_key": OTHER_KEY, "consumer_secret": OTHER_SECRET,
        "access_token": OTHER_TOKEN, "access_token_secret": OTHER_TOKEN_SECRET,
    })
}

fn home() -> Home {
    let home = Home::new();
    for secret in [SECRET, TOKEN_SECRET, OTHER_SECRET, OTHER_TOKEN_SECRET] {
        home.also_secret(secret);
    }
    home
}

/// Imports a text that has to be refused, and leaves everything as it is.
#[track_caller]
fn refused(text: &str, line: &str, reason: &str) -> Output {
    let home = home();
    home.write("theirs", text);
    let output = home.twauth(["import", "theirs"]).exits(1);
    assert!(!home.exists("tw.json"), "{output:?}");
    output
        .assert_says(&format!("theirs{line}"))
        .assert_says(reason)
        .assert_says("hint: paste the four values, one a line: twauth import -")
}

/// Imports a text that has to give this.
#[track_caller]
fn stored(text: &str, expected: &Value) -> Output {
    let home = home();
    let output = home.twauth(["import"]).stdin(text).exits(0);
    assert_eq!(home.json("tw.json"), *expected, "{output:?}");
    output
}

#[test]
fn a_token_is_never_joined_with_the_pair_of_another_app() {
    let token =
        format!("TWITTER_ACCESS_TOKEN={TOKEN}\nTWITTER_ACCESS_TOKEN_SECRET={TOKEN_SECRET}\n");
    for (pair, said) in [
        (format!("CONSUMR_KEE={KEY}\n"), ""),
        (format!("TWITTER_APPLICATION_SECRET_KEY_X={KEY}\n"), ""),
        // Nor where the file says nothing of a pair, but could.
        (String::new(), "are missing"),
    ] {
        let home = home();
        home.write("tw.json", other().to_string());
        let run = home
            .twauth(["import", "--add"])
            .stdin(format!("{pair}{token}"));
        run.exits(1).assert_says(said);
        assert_eq!(home.json("tw.json"), other());
    }
}

#[test]
fn whose_pair_a_token_gets_is_said() {
    let reply = format!("oauth_token={TOKEN}&oauth_token_secret={TOKEN_SECRET}&screen_name=newbot");
    let bare = format!("{TOKEN}\n{TOKEN_SECRET}\n");
    for text in [reply, bare] {
        let home = home();
        home.write("tw.json", other().to_string());
        home.twauth(["import", "--add"])
            .stdin(text)
            .exits(0)
            .assert_says("using the API Key ...0932 from ");
        assert_eq!(home.json("tw.json")[1]["consumer_key"], OTHER_KEY);
    }
}

#[test]
fn a_token_of_another_server_never_gets_the_pair_of_x() {
    let home = home();
    home.write("tw.json", other().to_string());
    let before = home.read("tw.json");
    let yaml = format!(
        "access_token: {TOKEN}\naccess_token_secret: {TOKEN_SECRET}\nscreen_name: newbot\nserver: https://x.example\n"
    );
    home.twauth(["import", "--add"]).stdin(yaml).exits(1);
    let reply = format!("oauth_token={TOKEN}&oauth_token_secret={TOKEN_SECRET}");
    home.twauth(["import", "--add", "--server", "https://x.example"])
        .stdin(reply)
        .exits(4)
        .assert_says("without its API Key");
    assert_eq!(home.read("tw.json"), before);
}

#[test]
fn a_server_is_taken_from_twauths_own_names_alone_and_said() {
    for name in ["SERVER", "TW_SERVER", "TWITTER_SERVER", "MAIL_SERVER"] {
        for value in ["https://mastodon.example", "mysql://root@db"] {
            stored(&format!("{name}={value}\n{}", dotenv("")), &account());
        }
    }
    let yaml = format!(
        "server: https://mastodon.example\nconsumer_key: {KEY}\nconsumer_secret: {SECRET}\n"
    );
    let rest = format!("access_token: {TOKEN}\naccess_token_secret: {TOKEN_SECRET}\n");
    let left_out = "left out: a server that is another program's";
    for foreign in ["visibility: public", "apps: {}", "api_key_two: x"] {
        stored(&format!("{yaml}{rest}{foreign}\n"), &account()).assert_says(left_out);
    }
    for text in [
        format!("[twitter]\n{yaml}{rest}").replace(": ", " = "),
        format!("[bot]\ntimeout = 9\n{yaml}{rest}").replace(": ", " = "),
        format!("timeout = 9\n{yaml}{rest}").replace(": ", " = "),
        format!("client(timeout = 9, {yaml}{rest})")
            .replace(": ", " = \"")
            .replace('\n', "\",\n"),
        json!({
            "timeout": 9, "server": "https://x.example", "consumer_key": KEY, "consumer_secret": SECRET,
            "access_token": TOKEN, "access_token_secret": TOKEN_SECRET,
        })
        .to_string(),
    ] {
        stored(&text, &account()).assert_says(left_out);
    }
    let mut there = account();
    there.as_object_mut().unwrap().remove("user_id");
    there["server"] = "https://x.example".into();
    // Nothing but the labels of the credentials file is one, without a name too.
    stored(&there.to_string(), &there).assert_says("belongs to https://x.example, not to X");
    let text = format!("TWAUTH_SERVER=https://x.example\n{}", dotenv(""));
    stored(&text, &there).assert_says("belongs to https://x.example, not to X");
    there["screen_name"] = "mybot".into();
    stored(&there.to_string(), &there).assert_says("@mybot belongs to https://x.example, not to X");
    // A pair of another server never completes a token of X.
    let outer = json!({
        "server": "https://x.example", "consumer_key": KEY, "consumer_secret": SECRET,
        "accounts": [{"access_token": TOKEN, "access_token_secret": TOKEN_SECRET}]
    });
    refused(
        &outer.to_string(),
        ":1",
        "consumer_key and consumer_secret of the token here are missing",
    );
}

#[test]
fn a_server_around_an_account_is_its_server_or_told() {
    let mut there = account();
    there["server"] = "https://x.example".into();
    let mut named = there.clone();
    named["screen_name"] = "mybot".into();
    there.as_object_mut().unwrap().remove("user_id");
    let inner = json!({
        "CONSUMER_KEY": KEY, "CONSUMER_SECRET": SECRET,
        "ACCESS_TOKEN": TOKEN, "ACCESS_TOKEN_SECRET": TOKEN_SECRET,
    });
    let variable = "TWAUTH_SERVER=https://x.example\n";
    let lines = dotenv("TWAUTH_");
    let yaml = |indent: &str| {
        let lines = lines.replace('=', ": ");
        let lines = lines.trim_end().replace('\n', &format!("\n{indent}"));
        format!("{indent}{lines}\n")
    };
    let listed = lines.trim_end().replace('\n', "\n  - ");
    for text in [
        format!(
            "env:\n  TWAUTH_SERVER: https://x.example\njobs:\n  post:\n    env:\n{}",
            yaml("      ")
        ),
        format!(
            "one:\n  TWAUTH_SERVER: https://x.example\ntwo:\n{}",
            yaml("  ")
        ),
        format!(
            "env:\n{}---\nTWAUTH_SERVER: https://x.example/\n",
            yaml("  ")
        ),
        format!("environment:\n  - TWAUTH_SERVER=https://x.example\n  - {listed}\n"),
        json!({"TWAUTH_SERVER": "https://x.example", "env": inner}).to_string(),
        format!("{variable}[bot]\n{lines}"),
        format!("[DEFAULT]\n{variable}[bot]\n{lines}"),
        format!("{variable}{}", dotenv("BOT1_")),
        format!("SERVER=mail.example\n{variable}{lines}"),
    ] {
        stored(&text, &there).assert_says("belongs to https://x.example, not to X");
    }
    let mut nameless = named.clone();
    nameless.as_object_mut().unwrap().remove("server");
    let text = json!({"server": "https://x.example", "accounts": [nameless]});
    stored(&text.to_string(), &named);
    let ini = |heading: &str| {
        format!(
            "{heading}[bot]\nscreen_name = mybot\nuser_id = 931657239872432861\n\
             consumer_key = {KEY}\nconsumer_secret = {SECRET}\n\
             access_token = {TOKEN}\naccess_token_secret = {TOKEN_SECRET}\n"
        )
    };
    stored(&ini("[DEFAULT]\nserver = https://x.example\n"), &named);
    stored(&ini("server = https://x.example\n"), &named);
    // Whose server it is stays open where the layout is not twauth's own, and that is said.
    let left_out = "left out: a server that is another program's (line 1)";
    let x = json!({"server": "https://x.example", "env": inner});
    stored(&x.to_string(), &account()).assert_says(left_out);
    let twitter = json!({"server": "https://x.example", "twitter": nameless});
    stored(&twitter.to_string(), &nameless).assert_says(left_out);
    stored(
        &format!("server=https://x.example\n{}", dotenv("BOT1_")),
        &account(),
    )
    .assert_says(left_out);
}

#[test]
fn several_servers_are_nobodys() {
    for (text, line) in [
        (
            format!(
                "TWAUTH_SERVER=https://x.example\n{}TWAUTH_SERVER=sandbox\n",
                dotenv("")
            ),
            ":6",
        ),
        (
            format!(
                "[a]\nTWAUTH_SERVER=https://x.example\n[b]\nTWAUTH_SERVER=sandbox\n[c]\n{}",
                dotenv("")
            ),
            ":4",
        ),
        (
            format!(
                "server=https://x.example\nscreen_name=a\n{0}\nserver=sandbox\nscreen_name=b\n{0}",
                dotenv("")
            ),
            ":8",
        ),
    ] {
        refused(&text, line, "it names several servers");
    }
}

#[test]
fn values_in_each_others_place_are_refused() {
    let bearer = format!("{}%3Dsample", "A".repeat(22));
    let value = |letter: char| match letter {
        'K' => KEY,
        'S' => SECRET,
        'T' => TOKEN,
        'U' => TOKEN_SECRET,
        'B' => &bearer,
        'C' => "c2FtcGxlc2FtcGxlc2FtcGxlOjE6Y2k",
        'D' => "sample123",
        'W' => "Other Half0",
        'Q' => "'Other Half0'",
        'N' => "Sample\u{202e}Key0",
        _ => unreachable!("{letter}"),
    };
    let text = |letters: &str| {
        let mut values = letters.chars().map(value);
        let labels = [
            "CONSUMER_KEY",
            "CONSUMER_SECRET",
            "ACCESS_TOKEN",
            "ACCESS_TOKEN_SECRET",
        ];
        labels
            .map(|label| format!("{label}={}\n", values.next().unwrap()))
            .concat()
    };
    // Which value is in whose place, the line that is named, and the reason.
    for case in [
        "TUKS :1 consumer_key is an access token",
        "SKTU :1 and its secret are swapped",
        "KKTU :2 is the same as the API Key",
        "KSTT :4 is an access token",
        "KSKU :3 is the same as the API Key",
        "KSBU :3 is a Bearer Token",
        "CSTU :1 is a Client ID",
        "KSDU :3 does not begin with a user id",
        "WSTU :1 consumer_key is followed by more text",
        "NSTU :1 not ASCII",
        "QSTU :1 contains white space",
    ] {
        let output = refused(&text(&case[..4]), &case[5..7], &case[8..]);
        assert!(!output.stderr.contains("Other Half0"));
    }
    let home = home();
    let run = home.twauth(["import", "--json"]).stdin(text("SKTU"));
    assert_eq!(run.exits(1).json()["error"]["kind"], "bad-value");
}

#[test]
fn four_lines_are_an_account_only_by_their_shapes() {
    for text in [
        "a\nb\nc\nd\n",
        "Dear diary,\ntoday I went\nto the market\nand came back\n",
        "node_modules\n.env\n*.log\ndist\n",
        &format!("{KEY}\n{SECRET}\n{TOKEN}\nsave these!\n"),
        &format!("API Key\n{KEY}\nAPI Key Secret\n{SECRET}\n").replace(SECRET, "short"),
    ] {
        refused(text, "", "");
    }
    let text = format!("{KEY}\n{SECRET}\n{TOKEN}\n{TOKEN_SECRET}\n");
    stored(&text, &account());
    stored(
        &format!("{TOKEN}\n{TOKEN_SECRET}\n{KEY}\n{SECRET}\n"),
        &account(),
    );
    let home = home();
    home.twauth(["import", "--from", "lines"])
        .stdin(dotenv(""))
        .exits(1)
        .assert_says("four lines were expected");
}

#[test]
fn a_list_of_four_texts_is_an_account_only_by_their_shapes() {
    for text in [
        r#"{"keywords":["a","b","c","d"]}"#,
        r#"{"scopes":["tweet.read","tweet.write","users.read","offline.access"]}"#,
        "WORDS = ['alpha', 'beta', 'gamma', 'delta']\n",
        "command: [\"python\", \"-u\", \"bot.py\", \"--loop\"]\n",
    ] {
        refused(text, "", "no credentials were found");
    }
    let mut with_tags = account();
    with_tags["tags"] = json!(["a", "b", "c", "d"]);
    stored(&with_tags.to_string(), &account());
}

#[test]
fn what_surrounds_a_value_is_no_part_of_it() {
    for line in [
        format!("consumer_key => \"{KEY}\","),
        format!("consumer_key = \"{KEY}\" # the key"),
        format!("consumer_key = {KEY} ; the key"),
        format!("consumer_key={KEY},"),
        format!("consumer_key={KEY} \\"),
        format!("consumer_key: '{KEY}', // the key"),
        format!("const consumerKey: string = `{KEY}`;"),
        format!("consumer_key = \u{201c}{KEY}\u{201d}"),
    ] {
        let rest = format!(
            "consumer_secret = '{SECRET}'\naccess_token = '{TOKEN}'\naccess_token_secret = '{TOKEN_SECRET}'\n"
        );
        stored(&format!("[twitter]\n{line}\n{rest}"), &account());
    }
    refused(
        &dotenv("").replace(KEY, "\"Sample"),
        ":1",
        "quotation mark without its counterpart",
    );
    refused(
        &dotenv("").replace(KEY, "\u{a0}SampleKey0"),
        ":1",
        "white space",
    );
}

#[test]
fn references_and_placeholders_are_no_values() {
    for value in [
        "${KEY}",
        "$KEY",
        "${{ secrets.KEY }}",
        "%KEY%",
        "op://bots/x/key",
        "<%= ENV['KEY'] %>",
        "ENC[AES256_GCM,data:x]",
    ] {
        refused(&dotenv("").replace(KEY, value), ":1", "consumer_key");
        let yaml = dotenv("")
            .replace('=', ": ")
            .replace(KEY, &format!("\"{value}\""));
        refused(&yaml, ":1", "consumer_key refers to another value");
    }
    for value in [
        "your_twitter_api_key",
        "xxx",
        "****",
        "<your key>",
        "YOUR-KEY-HERE",
    ] {
        refused(&dotenv("").replace(KEY, value), ":1", "consumer_key");
    }
    for (value, reason) in [
        ("YOUR_KEY", "is a placeholder"),
        (
            "MAIN_KEY",
            "refers to another value, which twauth does not look up",
        ),
        (
            "${KEY}",
            "refers to another value, which twauth does not look up",
        ),
    ] {
        for quotes in ["", "\""] {
            let text = dotenv("").replace(SECRET, &format!("{quotes}{SECRET}{quotes}"));
            refused(
                &text.replace(KEY, value),
                ":1",
                &format!("consumer_key {reason}"),
            );
        }
    }
    let tagged = format!(
        "consumer_key: !secret key\nconsumer_secret: {SECRET}\naccess_token: {TOKEN}\naccess_token_secret: {TOKEN_SECRET}\n"
    );
    refused(&tagged, ":1", "consumer_key has a tag");
    let code = "consumer_key = os.getenv('CONSUMER_KEY')\nconsumer_secret = os.getenv('CONSUMER_SECRET')\n";
    refused(code, ":1", "consumer_key refers to another value");
}

#[test]
fn a_reference_in_a_program_is_no_value_at_any_server() {
    for (value, reason) in [
        ("${OTHER}", "refers to another value"),
        ("$OTHER", "refers to another value"),
        ("{{ other }}", "refers to another value"),
        ("<your key>", "is a placeholder"),
    ] {
        let home = home();
        let text = dotenv("").replacen(KEY, value, 1);
        let output = home
            .twauth(["import", "--server", "https://x.example"])
            .stdin(text)
            .run();
        output
            .assert_code(1)
            .assert_says("standard input:1: consumer_key")
            .assert_says(reason);
        assert!(!home.exists("tw.json"));
    }
}

#[test]
fn secrets_of_other_services_never_become_an_account() {
    let pair = format!("TWITTER_API_KEY={KEY}\nTWITTER_API_SECRET={SECRET}\n");
    let mut alone = account();
    for label in ["user_id", "access_token", "access_token_secret"] {
        alone.as_object_mut().unwrap().remove(label);
    }
    stored(
        &format!("TOKEN={OTHER_KEY}\nSECRET={OTHER_SECRET}\n{pair}"),
        &alone,
    );
    let bare = format!("TOKEN={TOKEN}\nSECRET={TOKEN_SECRET}\n");
    stored(&format!("{pair}{bare}"), &alone)
        .assert_says("left out: a token or secret of an unclear name (line 3)");
    let slack = bare
        .replace("TOKEN=", "SLACK_TOKEN=")
        .replace("SECRET=", "SLACK_SECRET=");
    stored(
        &format!("{}{slack}", pair.replace("TWITTER_API", "CONSUMER")),
        &alone,
    )
    .assert_says("left out: values of slack (line 3)");
    stored(
        &format!("{}MASTODON_ACCESS_TOKEN=sample\n", dotenv("TWITTER_")),
        &account(),
    )
    .assert_says("left out: values of mastodon (line 5)");
    stored(
        &format!("ACCESS_KEY=SAMPLE0ACCESS0KEY\nACCESS_SECRET=sample0secret\n{pair}"),
        &alone,
    );
    let tumblr = format!(
        "[tumblr]\nconsumer_key={OTHER_KEY}\nconsumer_secret={OTHER_SECRET}\noauth_token={OTHER_TOKEN}\noauth_token_secret={OTHER_TOKEN_SECRET}\n"
    );
    refused(&tumblr, "", "no credentials were found");
    stored(&format!("{tumblr}[twitter]\n{}", dotenv("")), &account())
        .assert_says("left out: values of tumblr (line 2)");
    let yelp = format!(
        "{{\"consumer_key\":\"{KEY}\",\"consumer_secret\":\"{SECRET}\",\"token\":\"SampleYelpToken\",\"token_secret\":\"{TOKEN_SECRET}\"}}"
    );
    refused(&yelp, ":1", "access_token is missing here");
    stored(
        &format!(
            "API_KEY=0123456789abcdef0123456789abcdef\nMASTODON_ACCESS_TOKEN=sample\n{}",
            dotenv("TWITTER_")
        ),
        &account(),
    );
}

#[test]
fn a_screen_name_is_stored_only_where_it_is_said() {
    for section in ["twitter_keys", "notify", "mybot", "exports", "Variables"] {
        stored(&format!("[{section}]\n{}", dotenv("")), &account());
        let values = json!({
            "CONSUMER_KEY": KEY, "CONSUMER_SECRET": SECRET,
            "ACCESS_TOKEN": TOKEN, "ACCESS_TOKEN_SECRET": TOKEN_SECRET,
        });
        stored(&json!({section: values}).to_string(), &account());
    }
    for name in [
        "USERNAME=postgres",
        "USER=alice",
        "REDDIT_USERNAME=somebody",
        "HUBOT_NAME=hubot",
    ] {
        stored(&format!("{name}\n{}", dotenv("")), &account());
    }
    let mut named = account();
    named["screen_name"] = "mybot".into();
    for name in [
        "TWITTER_USERNAME=mybot",
        "SCREEN_NAME=@mybot",
        "X_SCREEN_NAME=mybot",
    ] {
        stored(&format!("{name}\n{}", dotenv("TWITTER_")), &named);
    }
}

#[test]
fn the_user_id_comes_from_the_token() {
    stored(&format!("USER_ID=987654321\n{}", dotenv("")), &account());
    let mut wrong = account();
    wrong["screen_name"] = "mybot".into();
    wrong["user_id"] = "987654321".into();
    refused(
        &wrong.to_string(),
        ":1",
        "user_id is not the one that the access token begins with",
    );
}

#[test]
fn half_an_account_is_never_left_out_in_silence() {
    let pair = format!("CONSUMER_KEY={KEY}\nCONSUMER_SECRET={SECRET}\n");
    let one = format!("ACCESS_TOKEN_BOTONE={TOKEN}\nACCESS_TOKEN_SECRET_BOTONE={TOKEN_SECRET}\n");
    let half = format!(
        "ACCESS_TOKEN_BOTTWO={OTHER_TOKEN}\nACCESS_TOKN_SECRT_BOTTWO={OTHER_TOKEN_SECRET}\n"
    );
    refused(
        &format!("{pair}{one}{half}"),
        ":5",
        "access_token_secret is missing here",
    );
    refused(
        &dotenv("").replace(SECRET, ""),
        ":2",
        "consumer_secret is empty",
    );
    refused(
        &dotenv("").replace("CONSUMER_SECRET", "CONSUMR_SECRT"),
        ":1",
        "consumer_secret is missing here",
    );
}

#[test]
fn a_pair_is_never_written_over_by_another_with_the_same_key() {
    let pair = json!({"consumer_key": KEY, "consumer_secret": SECRET});
    let text = dotenv("").replace(SECRET, OTHER_SECRET);
    for words in [
        &["import"][..],
        &["import", "--replace"],
        &["import", "--add"],
    ] {
        let home = home();
        home.write("tw.json", pair.to_string());
        home.twauth(words)
            .stdin(text.as_str())
            .exits(2)
            .assert_says(", with another secret");
        home.twauth(words.iter().chain(&["--server", "https://x.example"]))
            .stdin(dotenv(""))
            .exits(2)
            .assert_says("with another server");
        assert_eq!(home.json("tw.json"), pair);
    }
    let home = home();
    home.write("tw.json", pair.to_string());
    home.twauth(["import"]).stdin(dotenv("")).exits(0);
    assert_eq!(home.json("tw.json")["access_token"], TOKEN);
}

#[test]
fn two_ids_with_one_name_are_two_accounts() {
    let home = home();
    let mut one = account();
    one["screen_name"] = "older".into();
    let both = json!([one, other()]);
    home.twauth(["import"]).stdin(both.to_string()).exits(0);
    assert_eq!(home.json("tw.json").as_array().unwrap().len(), 2);
    // One account with two sets of values is none that could be chosen.
    let old = TOKEN.replace("SampleToken0", "FormerToken0");
    let text = format!(
        "[one]\n{}[two]\n{}",
        dotenv(""),
        dotenv("").replace(TOKEN, &old)
    );
    home.twauth(["import", "-c", "twins.json"])
        .stdin(text)
        .exits(1)
        .assert_says("twice, with different values");
    assert!(!home.exists("twins.json"));
}

#[test]
fn utf_16_is_read_and_other_encodings_are_named() {
    let home = home();
    for big in [false, true] {
        let units = format!("\u{feff}{}", dotenv("").replace('\n', "\r\n"));
        let bytes: Vec<u8> = units
            .encode_utf16()
            .flat_map(|unit| {
                if big {
                    unit.to_be_bytes()
                } else {
                    unit.to_le_bytes()
                }
            })
            .collect();
        let file = format!("{big}.json");
        home.twauth(["import", "-c", &file]).stdin(bytes).exits(0);
        assert_eq!(home.json(&file), account());
    }
    let latin: Vec<u8> = [b"# caf\xe9\n".as_slice(), dotenv("").as_bytes()].concat();
    let output = home.twauth(["import"]).stdin(latin).exits(1);
    assert!(!output.stderr.contains("--creds"), "{output:?}");
    output.assert_says("standard input:1: it is not UTF-8 text");
}

#[test]
fn aliases_and_brackets_that_multiply_take_no_memory() {
    let long = "x".repeat(200_000);
    let many = vec!["*a"; 3000].join(",");
    let merged = format!("a: &a {{b: \"{long}\"}}\nb: {{<<: [{many}]}}\n");
    for text in [
        format!("a: &a \"{long}\"\nb: [{many}]\n"),
        merged,
        "[".repeat(2_000_000),
        "{\"a\":".repeat(500_000),
        "{\"consumer_key\":\"a\"}\n".repeat(155_000),
        "\"".repeat(2_000_000),
    ] {
        let home = home();
        let output = home.twauth(["import"]).stdin(text).exits(1);
        assert!(
            output.peak_memory < 200 * 1024,
            "{} KiB",
            output.peak_memory
        );
        assert!(!home.exists("tw.json"));
    }
}

#[test]
fn a_value_that_the_program_changes_is_refused() {
    for value in [
        format!("\"{KEY}xx\"[:-2]"),
        format!("\"{KEY}\"[::-1]"),
        format!("\"{KEY}\".replace(\"9\", \"8\")"),
        format!("\"{KEY}\".strip()[::-1]"),
        format!("\"{KEY}\".strip(\"{}\")", &KEY[..4]),
        format!("\"{KEY}\".encode().strip(b\"{}\")", &KEY[..4]),
        format!("str(\"{KEY}\")[::-1]"),
        format!("decrypt(\"{KEY}\")"),
        format!("\"{KEY}\" |> String.reverse()"),
        format!("\"{KEY}\" && \"{OTHER_KEY}\""),
        format!("\"{KEY}\", \"{OTHER_KEY}\""),
        format!("\"{KEY}\"\n  .reverse()"),
        format!("get(\"A\") + \"{KEY}\""),
        format!("base64.b64decode(\"{KEY}\")"),
        format!("\"{OTHER_KEY}\" if DEBUG else \"{KEY}\""),
        format!("\"{}\" \\\n  \"{}\"", &KEY[..15], &KEY[15..]),
        format!("(\"{}\"\n  \"{}\")", &KEY[..15], &KEY[15..]),
    ] {
        let rest = dotenv("").replacen(&format!("CONSUMER_KEY={KEY}\n"), "", 1);
        let rest = rest.replace('=', " = \"").replace('\n', "\"\n");
        refused(
            &format!("CONSUMER_KEY = {value}\n{rest}"),
            ":1",
            "consumer_key is put together or changed by the program",
        );
    }
    for end in ["\".strip()\n", "\".strip().encode('utf-8')\n"] {
        let text = dotenv("").replace('=', " = \"").replace('\n', end);
        stored(&text, &account());
    }
}

#[test]
fn a_token_beside_a_key_of_an_unknown_name_gets_no_pair_from_elsewhere() {
    let text = format!(
        "MAIN_KEYS={KEY}\nACCESS_TOKEN={TOKEN}\nACCESS_TOKEN_SECRET={TOKEN_SECRET}\n\
         [b]\nconsumer_key={OTHER_KEY}\nconsumer_secret={OTHER_SECRET}\n"
    );
    refused(&text, ":2", "a key or secret whose name is not known");
}

#[test]
fn layouts_of_settings_and_of_the_console_are_read() {
    let four = [KEY, SECRET, TOKEN, TOKEN_SECRET];
    let labels = [
        "consumer_key",
        "consumer_secret",
        "access_token",
        "access_token_secret",
    ];
    let each = |line: &dyn Fn(&str, &str) -> String| -> String {
        let pairs = labels.iter().zip(four);
        pairs.map(|(label, value)| line(label, value)).collect()
    };
    let [key, secret, token, token_secret] = four;
    for text in [
        format!(
            "Consumer Key (API Key)\t{key}\nConsumer Secret (API Secret)\t{secret}\nAccess Token\t{token}\nAccess Token Secret\t{token_secret}\n"
        ),
        format!(
            "| {} |\n|---|---|---|---|\n| {} |\n",
            labels.join(" | "),
            four.join(" | ")
        ),
        each(&|label, value| format!("#define {} \"{value}\"\n", label.to_uppercase())),
        each(&|label, value| format!("<add key=\"{label}\" type=\"x\" value=\"{value}\"/>\n")),
        format!(
            "<# API key = other #>\n{}",
            each(&|label, value| format!("${label} = \"{value}\"\n"))
        ),
        format!(
            "{}\n[example]\n{}",
            dotenv(""),
            each(&|label, _| format!("{label} = your_{label}\n"))
        ),
    ] {
        stored(&text, &account());
    }
}

#[test]
fn a_token_never_gets_the_pair_of_a_group_named_after_another_service() {
    let text = format!(
        "[discord]\nkey={OTHER_KEY}\nsecret={OTHER_SECRET}\n[twitter]\naccess_token={TOKEN}\naccess_token_secret={TOKEN_SECRET}\n"
    );
    refused(&text, ":5", "are missing");
}

#[test]
fn an_account_that_a_file_has_twice_is_one() {
    let home = home();
    let text = format!("[twitter]\n{0}[twitter2]\n{0}", dotenv(""));
    home.twauth(["import"]).stdin(text).exits(0);
    assert_eq!(home.json("tw.json"), account());
}

#[test]
fn a_token_gets_the_pair_without_a_name_beside_that_of_another() {
    let home = home();
    let text = format!(
        "CONSUMER_KEY={KEY}\nCONSUMER_SECRET={SECRET}\n\
         BACKUP_CONSUMER_KEY={OTHER_KEY}\nBACKUP_CONSUMER_SECRET={OTHER_SECRET}\n\
         MYBOT_ACCESS_TOKEN={TOKEN}\nMYBOT_ACCESS_TOKEN_SECRET={TOKEN_SECRET}\n"
    );
    home.twauth(["import"]).stdin(text).exits(0);
    assert_eq!(home.json("tw.json"), account());
}
