//! What help says in whole sentences, by command and by topic.

/// The commands by what a person wants, in the order of a first day.
pub(super) const GROUPS: [(&str, &[&str]); 4] = [
    ("Log in", &["login", "verify", "doctor"]),
    (
        "Use",
        &["tweet", "delete", "request", "header", "bearer", "run"],
    ),
    (
        "Accounts and other programs",
        &["list", "logout", "import", "export"],
    ),
    ("Try and learn", &["sandbox", "help", "completions", "man"]),
];

/// The end of the first page, under its heading.
pub(super) const START: &str =
    "  twauth login --sandbox               rehearse: no keys, no network, nothing is real
  twauth login                         log a bot account in; the keys come from console.x.com
  twauth verify                        whose credentials are these, do they work?
  twauth tweet \"Hello, world\"          post
  twauth doctor                        something is wrong: what, and what mends it?

More: twauth help COMMAND, and on exit codes, variables and the file:
      twauth help exit-codes, twauth help environment, twauth help files;
      for agents and programs: twauth help agents; for password stores: twauth help secrets";

/// Examples of each command.
pub(super) const EXAMPLES: [(&str, &str); 17] = [
    (
        "login",
        "
  twauth login                         the first account, into ~/tw.json
  twauth login -a mybot --add          one more; the page asks to sign in as mybot
  twauth login -a mybot                mybot again, say after new permissions
  twauth login --no-browser            over SSH: open the URL anywhere, enter the PIN here
  twauth login -a mybot --start        in two steps, without a terminal: print the URL, exit;
  twauth login -a mybot --finish PIN   later, in any process: save the account
  twauth login --all                   every account again, after new keys or permissions
  twauth login --browser \"firefox -P mybot\"   in the browser profile where mybot is signed in
  twauth login --with-token            with an access token and secret made in X's console
  twauth login --sandbox               rehearse it, into ~/tw-sandbox.json
",
    ),
    (
        "verify",
        "
  twauth verify                        every account in ~/tw.json
  twauth verify -a mybot --json        one of them, for a program
  twauth verify --update               write missing and changed names into the file
",
    ),
    (
        "tweet",
        "
  twauth tweet \"Hello, world\"
  date | twauth tweet -a clockbot      the text from a pipe
  printf 'one\\ntwo' | twauth tweet     two lines
  twauth tweet -- \"-5 degrees\"         a text that begins with a dash
  twauth tweet \"Look\" --media cat.jpg --alt \"A cat asleep on a keyboard\"
  twauth tweet \"Yes\" --reply-to https://x.com/friend/status/1234567890123456789
  twauth tweet --dry-run \"Hello\"       check everything, send nothing
",
    ),
    (
        "delete",
        "
  twauth delete 1234567890123456789
  twauth delete https://x.com/mybot/status/1234567890123456789
",
    ),
    (
        "doctor",
        "
  twauth doctor                        the file, the network, the app, every account
  twauth doctor -a mybot               one account
  twauth doctor --json                 a list of {\"check\",\"state\",\"account\",...}
",
    ),
    (
        "sandbox",
        "
  twauth sandbox                       run it until Ctrl-C
  twauth sandbox -- ./mybot.sh         run one command with an account of it
  twauth sandbox --fault rate-limit -- ./mybot.sh   test how it handles limits
  twauth login --sandbox               start a temporary sandbox to log in
",
    ),
    (
        "list",
        "
  twauth list                          names, ids, servers, masked keys; no network
  twauth list -c bots.json --json
",
    ),
    (
        "logout",
        "
  twauth logout -a mybot               revoke the token at X and forget the account
  twauth logout -a mybot --local       only forget it here
",
    ),
    (
        "import",
        "
  twauth import ~/.twurlrc             into ~/tw.json; the format is recognised
  twauth import .env -c bots.json --verify
",
    ),
    (
        "export",
        "
  twauth export -a mybot --format dotenv -o .env
  twauth export --format python --show
",
    ),
    (
        "run",
        "
  twauth run -a mybot -- python bot.py
  twauth run -a mybot --env BOT_TOKEN=access_token -- ./bot
",
    ),
    (
        "request",
        "
  twauth request /2/users/me
  twauth request /2/tweets -d '{\"text\":\"Hi\"}'
",
    ),
    (
        "header",
        "
  twauth header https://api.x.com/2/users/me | curl -H @- https://api.x.com/2/users/me
  twauth header --explain https://api.x.com/2/users/me
",
    ),
    (
        "bearer",
        "
  printf 'Authorization: Bearer %s' \"$(twauth bearer)\" | curl -H @- https://api.x.com/2/...
  twauth request --bearer \"/2/users/by?usernames=xdevelopers\"   the same without the detour
",
    ),
    (
        "completions",
        "
  bash:        twauth completions bash > ~/.local/share/bash-completion/completions/twauth
  zsh:         twauth completions zsh > \"${fpath[1]}/_twauth\"
  fish:        twauth completions fish > ~/.config/fish/completions/twauth.fish
  PowerShell:  put this line into $PROFILE:
               twauth completions powershell | Out-String | Invoke-Expression
  elvish:      twauth completions elvish >> ~/.config/elvish/rc.elv
",
    ),
    (
        "man",
        "
  twauth man ~/.local/share/man/man1   then: man twauth-login
",
    ),
    (
        "help",
        "
  twauth help login
  twauth help exit-codes               for scripts: what each exit code means and what to do then
  twauth help environment              the variables
  twauth help files                    the credentials file: where it is and how it looks
  twauth help agents                   for agents and programs without a terminal
  twauth help secrets                  keys in pass, age or systemd-creds instead of a file
",
    ),
];

/// Topics of `help` that are no commands.
pub(super) const TOPICS: [(&str, &str); 5] = [
    ("exit-codes", EXIT_CODES),
    ("environment", ENVIRONMENT),
    ("files", FILES),
    ("agents", include_str!("agents.md")),
    ("secrets", include_str!("secrets.txt")),
];

const EXIT_CODES: &str = "\
Exit codes: each exists because a script does something different then.

  code  meaning                                                     a script should
  0     done                                                        go on
  1     failed: local file, internal, mixed failures                stop
  2     wrong usage; nothing was sent                               fix the call
  3     not reached, or trouble at the server (name, TLS,           try later
        time-out, 5xx, a gateway's page, an unreadable reply);
        for a post only where nothing was sent
  4     no credentials, or refused (401)                            twauth login
  5     another account than the one meant                          stop: wrong account
  6     understood and refused (402, 403, 404, 413): read-only,     look
        duplicate, too long, locked, suspended, no credits
  7     rate limited (429)                                          wait until the time that is named
  8     a post was sent and its fate is unknown                     look before repeating
  130   the user left (Ctrl-C too)

With --json a failure is {\"error\":{\"kind\",\"message\",\"hint\",\"exit_code\",\"status\",\"code\",\"reset_at\",\"retry\",\"command\"}}
on standard output. `kind` is a stable word for each cause, such as bad-pin, clock-skew, read-only, duplicate;
`retry` is no, later or look (look first, never repeat blindly); `command` is the next step as one command, or null.

Stable within a major version: commands, options, variables, exit codes, the words of `kind`, `state` and `retry`,
JSON fields, what a pipe gets on standard output, and the labels of the file. Fields, kinds and options may be added.
Not stable: the words of messages, hints and help, whatever a terminal shows, and what -v prints.

  twauth tweet \"Hello\" || case $? in
    3|7) echo 'again later' ;;
    8)   echo 'look at the account first' ;;
    *)   exit 1 ;;
  esac
";

const ENVIRONMENT: &str = "\
Variables. An option wins over its variable; an empty variable counts as unset.

  TWAUTH_CREDS                 the credentials file (-c, --creds)
  TWAUTH_ACCOUNT               the account (-a, --account)
  TWAUTH_SERVER                another server with X's paths (--server)
  TWAUTH_TIMEOUT               seconds for each request (--timeout)

  TWAUTH_CONSUMER_KEY          the app's API Key, and
  TWAUTH_CONSUMER_SECRET       its API Key Secret: `login` takes them instead of asking
  TWAUTH_ACCESS_TOKEN          with both of these as well, all four
  TWAUTH_ACCESS_TOKEN_SECRET   together are an account
  TWAUTH_SCREEN_NAME           that account's screen name, so that -a accepts it (set by `run` and `sandbox`)

  TWAUTH_SECRETS=never         `export` without -o and `bearer` refuse, for programs whose output is read by others

  The credentials come from --creds, else TWAUTH_CREDS, else the four variables, else ~/tw.json.

  HTTPS_PROXY, ALL_PROXY       the proxy: http://, https:// or socks5h://; never used for loopback addresses
  NO_PROXY                     hosts that are reached without it
  SSL_CERT_FILE, SSL_CERT_DIR  trust exactly these authorities
  BROWSER                      the browser that login opens
  NO_COLOR, CLICOLOR=0         no colours; nor with TERM=dumb
  CLICOLOR_FORCE               colours even where there is no terminal

A secret is never an option's value: other users of the machine could see it. `twauth doctor` says which variables are
in the way.
";

const FILES: &str = "\
Files.

  ~/tw.json           the credentials; another with -c FILE or TWAUTH_CREDS, standard input with -c -
  ~/tw-sandbox.json   those of --sandbox

One account is one JSON object, several are a list of them:

  {
    \"screen_name\": \"mybot\",
    \"user_id\": \"931657239872432861\",
    \"consumer_key\": \"...\",            the app's API Key
    \"consumer_secret\": \"...\",         its API Key Secret
    \"access_token\": \"...\",            made by the login
    \"access_token_secret\": \"...\"
  }

`server` is there only where the account does not live at https://api.x.com; its secrets are sent to no other. A file
with the consumer pair alone is enough for `twauth login`, which completes it. Keys that twauth does not know are kept.

The keys rest in this file unencrypted, readable by its owner alone (mode 0600). Keep it out of git and backups that
others can read. It is replaced whole, under a lock: after a crash it is the old one or the new one. What is not valid
JSON is never overwritten.

On Windows the rights are those of the folder: keep the file in your profile, or give a folder of its own to yourself
alone; rights that are set on the file itself are gone after the next save. On macOS `tmutil addexclusion -p ~/tw.json`
keeps it out of Time Machine; without -p that is gone after the next save.
";
