//! Files as other programs leave them, and the accounts they hold.

use super::super::{Format, read};
use super::{account, assert_found, client, second, token};
use crate::account::{Account, Server};

#[track_caller]
fn reads(text: &str, format: Format, accounts: &[Account]) {
    let found = read(text, None).unwrap();
    assert_eq!(found.format, format);
    assert_found(&found, accounts);
    let named = read(text, Some(format)).unwrap();
    assert_found(&named, accounts);
    for note in &found.notes {
        assert!(!note.contains("sample-"), "{note}");
    }
}

const FOUR: &str = "sample-consumer-key-0001\nsample-consumer-secret-0001\n\
                    931-sample-access-token-0001\nsample-access-secret-0001\n";

#[test]
fn the_classic_object_is_read() {
    let text = r#"{
  "screen_name": "mybot",
  "user_id": "931",
  "consumer_key": "sample-consumer-key-0001",
  "consumer_secret": "sample-consumer-secret-0001",
  "access_token": "931-sample-access-token-0001",
  "access_token_secret": "sample-access-secret-0001"
}
"#;
    reads(text, Format::Json, &[account(Some("mybot"), Some("931"))]);
    let windows = format!("\u{feff}{}", text.replace('\n', "\r\n"));
    reads(
        &windows,
        Format::Json,
        &[account(Some("mybot"), Some("931"))],
    );
}

#[test]
fn a_number_is_taken_for_an_id() {
    let text = r#"{"user_id": 9007199254740993, "consumer_key": "sample-consumer-key-0001", "consumer_secret":
        "sample-consumer-secret-0001", "access_token": "931-sample-access-token-0001",
        "access_token_secret": "sample-access-secret-0001"}"#;
    reads(
        text,
        Format::Json,
        &[account(None, Some("9007199254740993"))],
    );
}

#[test]
fn a_list_is_read_in_order_and_a_server_kept() {
    let text = r#"[
  {"screen_name": "zbot", "consumer_key": "sample-consumer-key-0001", "consumer_secret": "sample-consumer-secret-0001",
   "access_token": "931-sample-access-token-0001", "access_token_secret": "sample-access-secret-0001",
   "server": "sandbox"},
  {"screen_name": "abot", "consumer_key": "sample-consumer-key-0001", "consumer_secret": "sample-consumer-secret-0001",
   "access_token": "932-sample-access-token-0002", "access_token_secret": "sample-access-secret-0002"}
]"#;
    let first = Account {
        server: Server::Sandbox,
        ..account(Some("zbot"), None)
    };
    reads(text, Format::Json, &[first, second(Some("abot"))]);
}

#[test]
fn escapes_in_json_are_resolved() {
    let text = r#"{"consumer_key": "\u0073ample-consumer-key-0001", "consumer_secret": "a\/b\ud83d\ude00\\n",
        "access_token": "931-sample-access-token-0001", "access_token_secret": "sample-access-secret-0001"}"#;
    let found = read(text, None).unwrap();
    assert_eq!(
        found.accounts[0].client.identifier,
        "sample-consumer-key-0001"
    );
    assert_eq!(found.accounts[0].client.secret.expose(), "a/b\u{1f600}\\n");
}

#[test]
fn a_sloppy_list_without_commas_is_read() {
    let text = "[
  {
    'screen_name': 'mybot'
    'consumer_key': 'sample-consumer-key-0001'
    'consumer_secret': 'sample-consumer-secret-0001'
    'access_token': '931-sample-access-token-0001'
    'access_token_secret': 'sample-access-secret-0001',
  }
  {
    # the other one
    \"screen_name\": \"other\",
    \"consumer_key\": \"sample-consumer-key-0001\",
    \"consumer_secret\": \"sample-consumer-secret-0001\",
    \"access_token\": \"932-sample-access-token-0002\",
    \"access_token_secret\": \"sample-access-secret-0002\",
  },
]
";
    reads(
        text,
        Format::Python,
        &[account(Some("mybot"), None), second(Some("other"))],
    );
}

const DICT: &str = "{'consumer_key': 'sample-consumer-key-0001', 'consumer_secret': 'sample-consumer-secret-0001', \
                    'access_token': '931-sample-access-token-0001', 'access_token_secret': \
                    'sample-access-secret-0001', 'user_id': None, 'protected': False}";

#[test]
fn python_dicts_are_read_as_a_shell_prints_them() {
    let one = account(None, None);
    reads(DICT, Format::Python, std::slice::from_ref(&one));
    reads(
        &format!("[{DICT}]"),
        Format::Python,
        std::slice::from_ref(&one),
    );
    reads(
        &format!("creds = {DICT}\n"),
        Format::Python,
        std::slice::from_ref(&one),
    );
    reads(
        &DICT.replace(" '", " u'").replace("{'", "{u'"),
        Format::Python,
        std::slice::from_ref(&one),
    );
    let two = DICT
        .replace("931", "932")
        .replace("token-0001", "token-0002")
        .replace("access-secret-0001", "access-secret-0002");
    reads(
        &format!("{DICT}\n{two}\n"),
        Format::Python,
        &[one.clone(), second(None)],
    );
    let module = format!(
        "import tweepy\n\ncreds = {}\n\nprint(creds)\n",
        DICT.replace(", ", ",\n    ")
    );
    reads(&module, Format::Python, std::slice::from_ref(&one));
    let by_name = format!("{{'mybot': {DICT}, 'other': {two}}}");
    reads(
        &by_name,
        Format::Python,
        &[account(Some("mybot"), None), second(Some("other"))],
    );
}

#[test]
fn a_list_of_four_strings_is_read_as_four_lines() {
    let text = "['sample-consumer-key-0001' 'sample-consumer-secret-0001' '931-sample-access-token-0001', \
                'sample-access-secret-0001']";
    reads(text, Format::Python, &[account(None, None)]);
}

#[test]
fn a_python_module_is_read() {
    let text = "\"\"\"Settings.\"\"\"\nimport os\n\nDEBUG = os.environ.get('DEBUG')\n\
                CONSUMER_KEY = 'sample-consumer-key-0001'  # the app\n\
                CONSUMER_SECRET: str = \"sample-consumer-secret-0001\"\n\
                ACCESS_KEY = u'931-sample-access-token-0001'\n\
                ACCESS_SECRET = r'sample-access-secret-0001'\n";
    reads(text, Format::Python, &[account(None, None)]);
}

#[test]
fn four_bare_lines_are_read() {
    reads(FOUR, Format::Lines, &[account(None, None)]);
    reads(
        &format!("\n  {}\n\n", FOUR.replace('\n', "  \r\n\r\n")),
        Format::Lines,
        &[account(None, None)],
    );
}

#[test]
fn lines_that_start_with_name_and_id_are_read() {
    reads(
        &format!("mybot\n931\n{FOUR}"),
        Format::Lines,
        &[account(Some("mybot"), Some("931"))],
    );
    let found = read(
        "mybot\n931\n931-sample-access-token-0001\nsample-access-secret-0001\n",
        None,
    )
    .unwrap();
    assert_eq!(found.format, Format::Lines);
    assert!(found.accounts.is_empty());
    let completed = found.tokens[0].clone().owned_by(client());
    assert_eq!(completed, account(Some("mybot"), Some("931")));
}

#[test]
fn a_dotenv_file_is_read() {
    let text = "# bot\nDATABASE_URL=postgres://localhost/x\nPRIVATE_KEY=\"-----BEGIN\nnot one\n-----END\"\n\
                TWITTER_CONSUMER_KEY=sample-consumer-key-0001 # the app\n\
                TWITTER_CONSUMER_SECRET=\"sample-consumer-secret-0001\"\n\
                TWITTER_ACCESS_TOKEN='931-sample-access-token-0001'\n\
                TWITTER_ACCESS_TOKEN_SECRET = sample-access-secret-0001\nSECRET_KEY=unrelated\nTOKEN=unrelated\n\
                USERNAME=admin\n";
    let named = account(Some("admin"), None);
    reads(text, Format::Dotenv, &[named]);
}

#[test]
fn a_shell_file_is_read() {
    let text = "#!/bin/sh\nset -e\nexport X_API_KEY='sample-consumer-key-0001' X_API_SECRET=sample-consumer-'secret'\"-0001\"\n\
                export X_ACCESS_TOKEN=\"931-sample-access-token-0001\"; X_ACCESS_TOKEN_SECRET=sample-access-secret-0001 # x\n\
                declare -x SCREEN_NAME=\"mybot\"\nexport PATH=\"$HOME/bin:$PATH\"\n";
    reads(text, Format::Env, &[account(Some("mybot"), None)]);
}

#[test]
fn suffixes_make_accounts_of_one_app() {
    let text = "CONSUMER_KEY=sample-consumer-key-0001\nCONSUMER_SECRET=sample-consumer-secret-0001\n\
                ACCESS_TOKEN_mybot=931-sample-access-token-0001\nACCESS_TOKEN_SECRET_mybot=sample-access-secret-0001\n\
                TWITTER_2_ACCESS_TOKEN=932-sample-access-token-0002\n\
                TWITTER_2_ACCESS_TOKEN_SECRET=sample-access-secret-0002\nGITHUB_ACCESS_TOKEN=unrelated\n";
    reads(
        text,
        Format::Dotenv,
        &[account(Some("mybot"), None), second(None)],
    );
}

#[test]
fn ini_sections_name_their_accounts() {
    let text = "; accounts\n[DEFAULT]\nconsumer_key = sample-consumer-key-0001\nconsumer_secret: sample-consumer-secret-0001\n\n\
                [mybot]\naccess_token = 931-sample-access-token-0001\naccess_token_secret = sample-access-secret-0001\n\n\
                [other]\nAccess_Token=932-sample-access-token-0002\nACCESS_TOKEN_SECRET=sample-access-secret-0002\n\
                [smtp]\nserver = mail.example\ntoken = unrelated\n";
    reads(
        text,
        Format::Ini,
        &[account(Some("mybot"), None), second(Some("other"))],
    );
}

#[test]
fn generic_section_names_are_no_screen_names() {
    for section in [
        "twitter",
        "DEFAULT",
        "Credentials",
        "api",
        "auth",
        "account1",
    ] {
        let text = format!(
            "[{section}]\napp_key = \"sample-consumer-key-0001\"\napp_secret = \"sample-consumer-secret-0001\"\n\
             oauth_token = \"931-sample-access-token-0001\"\noauth_token_secret = \"sample-access-secret-0001\"\n"
        );
        reads(&text, Format::Ini, &[account(None, None)]);
    }
}

#[test]
fn an_interpolated_percent_sign_is_one() {
    let text = "[mybot]\nconsumer_key = sample-consumer-key-0001\nconsumer_secret = a%%b%c\n\
                access_token = 931-sample-access-token-0001\naccess_token_secret = sample-access-secret-0001\n";
    let found = read(text, None).unwrap();
    assert_eq!(found.accounts[0].client.secret.expose(), "a%b%c");
}

#[test]
fn yaml_is_read_at_any_depth() {
    let text = "---\napp: &app\n  consumer_key: sample-consumer-key-0001\n  consumer_secret: 'sample-consumer-secret-0001'\n\
                twitter:\n  accounts:\n    mybot:\n      <<: *app\n      access_token: \"931-sample-access-token-0001\"\n\
                \x20     access_token_secret: sample-access-secret-0001 # comment\n    other:\n      keys:\n\
                \x20       screen_name: '@Other'\n        token: 932-sample-access-token-0002\n        secret: >-\n\
                \x20         sample-access-secret-0002\n";
    reads(
        text,
        Format::Yaml,
        &[account(Some("mybot"), None), second(Some("Other"))],
    );
}

#[test]
fn labels_as_the_portal_shows_them_are_read() {
    let text = "API Key: sample-consumer-key-0001\nAPI Key Secret: sample-consumer-secret-0001\n\
                Bearer Token: sample-bearer\nAccess Token: 931-sample-access-token-0001\n\
                Access Token Secret: sample-access-secret-0001\n";
    reads(text, Format::Yaml, &[account(None, None)]);
    assert_eq!(
        read(text, None).unwrap().notes,
        ["left out: OAuth 2 values"]
    );
}

const TWURL: &str = "---
profiles:
  mybot:
    sample-consumer-key-0001:
      username: mybot
      consumer_key: sample-consumer-key-0001
      consumer_secret: sample-consumer-secret-0001
      token: 931-sample-access-token-0001
      secret: sample-access-secret-0001
  other:
    sample-consumer-key-0001:
      consumer_secret: sample-consumer-secret-0001
      token: 932-sample-access-token-0002
      secret: sample-access-secret-0002
configuration:
  default_profile:
  - other
  - sample-consumer-key-0001
bearer_tokens:
  sample-consumer-key-0001: sample-bearer
";

#[test]
fn twurl_profiles_are_read() {
    let both = [account(Some("mybot"), None), second(Some("other"))];
    reads(TWURL, Format::Twurl, &both);
    let found = read(TWURL, Some(Format::T)).unwrap();
    assert_eq!(found.format, Format::T);
    assert_found(&found, &both);
    assert!(
        found
            .notes
            .iter()
            .any(|note| note.contains("default profile there is @other"))
    );
}

#[test]
fn xurl_apps_are_read_without_a_name() {
    let text = "apps:
    my-app:
        client_id: sample-client-id
        client_secret: sample-client-secret
        default_user: someone
        oauth2_tokens:
            someone:
                type: oauth2
                oauth2:
                    access_token: sample-oauth2-token
                    refresh_token: sample-refresh-token
                    expiration_time: 1700000000
        oauth1_token:
            type: oauth1
            oauth1:
                access_token: 931-sample-access-token-0001
                token_secret: sample-access-secret-0001
                consumer_key: sample-consumer-key-0001
                consumer_secret: sample-consumer-secret-0001
        bearer_token:
            type: bearer
            bearer: sample-bearer
default_app: my-app
";
    reads(text, Format::Xurl, &[account(None, None)]);
}

#[test]
fn the_old_json_of_xurl_is_read() {
    let text = r#"{
  "oauth2_tokens": {
    "someone": {
      "type": "oauth2",
      "oauth2": {"access_token": "sample-oauth2", "refresh_token": "sample-refresh", "expiration_time": 1700000000}
    }
  },
  "oauth1_tokens": {
    "type": "oauth1",
    "oauth1": {
      "access_token": "931-sample-access-token-0001",
      "token_secret": "sample-access-secret-0001",
      "consumer_key": "sample-consumer-key-0001",
      "consumer_secret": "sample-consumer-secret-0001"
    }
  },
  "bearer_token": {"type": "bearer", "bearer": "sample-bearer"}
}"#;
    reads(text, Format::Xurl, &[account(None, None)]);
}

#[test]
fn both_files_of_twarc_are_read() {
    let first = "[main]\nconsumer_key = sample-consumer-key-0001\nconsumer_secret = sample-consumer-secret-0001\n\
                 access_token = 931-sample-access-token-0001\naccess_token_secret = sample-access-secret-0001\n\n";
    reads(first, Format::Twarc, &[account(None, None)]);
    let second = "bearer_token = 'sample-bearer'\nconsumer_key = 'sample-consumer-key-0001'\n\
                  consumer_secret = 'sample-consumer-secret-0001'\naccess_token = '931-sample-access-token-0001'\n\
                  access_token_secret = 'sample-access-secret-0001'\n";
    reads(second, Format::Twarc, &[account(None, None)]);
    reads(
        second.split_once('\n').unwrap().1,
        Format::Python,
        &[account(None, None)],
    );
}

#[test]
fn one_line_of_pairs_is_read_as_it_stands() {
    let text = "ck=sample-consumer-key-0001&cs=sample-consumer-secret-0001&at=931-sample-access-token-0001\
                &ats=sample-access-secret-0001\n";
    reads(text, Format::OneLine, &[account(None, None)]);
}

#[test]
fn a_token_reply_waits_for_its_consumer_pair() {
    let text = "oauth_token=931-sample%2Daccess-token-0001&oauth_token_secret=sample-access-secret-0001&user_id=931\
                &screen_name=mybot";
    let found = read(text, None).unwrap();
    assert_eq!(found.format, Format::TokenReply);
    assert!(found.accounts.is_empty());
    assert_eq!(found.tokens[0].token, token());
    assert_eq!(
        found.tokens[0].clone().owned_by(client()),
        account(Some("mybot"), Some("931"))
    );
}

#[test]
fn a_consumer_pair_alone_is_an_account_without_token() {
    let found = read(
        "CONSUMER_KEY=sample-consumer-key-0001\nCONSUMER_SECRET=sample-consumer-secret-0001\n",
        None,
    )
    .unwrap();
    let expected = Account {
        token: None,
        ..account(None, None)
    };
    assert_found(&found, &[expected]);
}

#[test]
fn every_alias_is_known_in_any_case_and_with_prefixes() {
    let columns = [
        [
            "consumer_key",
            "api_key",
            "app_key",
            "x_api_key",
            "twitter_consumer_key",
            "client_key",
            "ck",
        ]
        .as_slice(),
        &[
            "consumer_secret",
            "api_secret",
            "api_key_secret",
            "app_secret",
            "x_api_secret",
            "cs",
        ],
        &[
            "access_token",
            "access_key",
            "access_token_key",
            "oauth_token",
            "token",
            "x_access_token",
            "at",
        ],
        &[
            "access_token_secret",
            "access_secret",
            "token_secret",
            "oauth_token_secret",
            "secret",
            "ats",
        ],
    ];
    let values = FOUR.lines().collect::<Vec<_>>();
    for (column, aliases) in columns.iter().enumerate() {
        for alias in *aliases {
            for name in [
                (*alias).to_owned(),
                alias.to_uppercase(),
                format!(
                    "TWAUTH_{}",
                    alias
                        .trim_start_matches("x_")
                        .trim_start_matches("twitter_")
                ),
                alias.replace('_', ""),
            ] {
                let mut names = [
                    "consumer_key",
                    "consumer_secret",
                    "access_token",
                    "access_token_secret",
                ]
                .map(str::to_owned);
                names[column].clone_from(&name);
                let pairs: Vec<String> = names
                    .iter()
                    .zip(&values)
                    .map(|(name, value)| format!("\"{name}\": \"{value}\""))
                    .collect();
                let found = read(&format!("{{{}}}", pairs.join(",")), None);
                assert_found(
                    &found.unwrap_or_else(|broken| panic!("{name}: {broken:?}")),
                    &[account(None, None)],
                );
            }
        }
    }
}
