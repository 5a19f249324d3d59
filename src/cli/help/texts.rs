//! Texts of help in whole sentences, by command and by topic. A line is a paragraph, or a row of two columns with a tab
//! between them; the layout breaks it.

/// The commands by purpose, in the order of a first day.
pub(super) const GROUPS: [(&str, &[&str]); 4] = [
    ("Log in", &["login", "verify", "doctor"]),
    (
        "Use",
        &["tweet", "delete", "request", "header", "bearer", "run"],
    ),
    (
        "Accounts and other tools",
        &["list", "logout", "import", "export"],
    ),
    ("Try and learn", &["sandbox", "help", "completions", "man"]),
];

/// The end of the short first page.
pub(super) const MORE: &str = "\
To begin: twauth login --sandbox (needs no keys)
Everything: twauth --help, twauth COMMAND --help";

/// The end of the first page, under its heading.
pub(super) const START: &str =
    "  twauth login --sandbox\tlog in without keys or network: nothing is real
  twauth login -a mybot\tlog in @mybot; the keys are at console.x.com
  twauth verify\tcheck the credentials
  twauth tweet \"Hello, world\"\tpost
  twauth doctor\tdiagnose problems

More: twauth help COMMAND, or one of these topics:
  twauth help exit-codes\tfor scripts: what each exit code means
  twauth help environment\tthe variables
  twauth help files\tthe credentials file
  twauth help agents\tfor agents and programs without a terminal
  twauth help secrets\tkeys in a password store instead of a file
";

/// Examples of each command.
pub(super) const EXAMPLES: [(&str, &str); 17] = [
    (
        "login",
        "
  twauth login -a mybot\tlog in @mybot, or log in again
  twauth login -a mybot --add\tkeep the file's other accounts
  twauth login --sandbox\ttry it, into ~/tw-sandbox.json
  twauth login -a mybot --no-browser\tover SSH: open the URL anywhere
  twauth login -a mybot --start\twithout a terminal: print the URL
  twauth login -a mybot --finish PIN\tthen, in any process: save the account
  twauth login --all\tall again, e.g. after new permissions
  twauth login --with-token\twith an access token from X's console
  twauth login -a mybot --browser \"firefox -P mybot\"
",
    ),
    (
        "verify",
        "
  twauth verify\tevery account in ~/tw.json
  twauth verify -a mybot --json\tone account, for a program
  twauth verify --update\twrite missing and changed names into the file
",
    ),
    (
        "tweet",
        "
  twauth tweet \"Hello, world\"
  twauth tweet --dry-run \"Hello\"\tcheck everything, send nothing
  date | twauth tweet -a clockbot\tthe text from a pipe
  printf 'one\\ntwo' | twauth tweet\ttwo lines
  twauth tweet -- \"-5 degrees\"\ta text that begins with a dash
  twauth tweet \"Look\" --media cat.jpg --alt \"A cat asleep on a keyboard\"
  twauth tweet \"Yes\" --reply-to https://x.com/friend/status/1234567890123456789
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
  twauth doctor\tthe file, the network, the app, every account
  twauth doctor -a mybot\tone account
  twauth doctor --json\ta list of {\"check\",\"state\",\"account\",...}
",
    ),
    (
        "sandbox",
        "
  twauth sandbox\trun it until Ctrl-C
  twauth sandbox -- ./mybot.sh\trun one command with a sandbox account
  twauth sandbox --fault rate-limit -- ./mybot.sh\ttest how it handles limits
  twauth login --sandbox\tlog in to a temporary sandbox
",
    ),
    (
        "list",
        "
  twauth list
  twauth list -c bots.json --json
",
    ),
    (
        "logout",
        "
  twauth logout -a mybot\trevoke the token at X and remove the account
  twauth logout -a mybot --local\tonly remove it here
",
    ),
    (
        "import",
        "
  twauth import ~/.twurlrc\tinto ~/tw.json
  twauth import .env -c bots.json --verify
  twauth import -\tpaste the four values, one a line
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
  url=https://api.x.com/2/users/me
  twauth header $url | curl -H @- $url
  twauth header --explain $url
",
    ),
    (
        "bearer",
        "
  twauth bearer
  twauth request --bearer \"/2/users/by?usernames=xdevelopers\"
",
    ),
    (
        "completions",
        "
  bash (needs the package bash-completion):
    twauth completions bash > ~/.local/share/bash-completion/completions/twauth
  zsh:
    mkdir -p ~/.zfunc && twauth completions zsh > ~/.zfunc/_twauth
    in ~/.zshrc: fpath=(~/.zfunc $fpath); autoload -U compinit; compinit
  fish:
    twauth completions fish > ~/.config/fish/completions/twauth.fish
  PowerShell, in $PROFILE:
    twauth completions powershell | Out-String | Invoke-Expression
  elvish:
    twauth completions elvish >> ~/.config/elvish/rc.elv
",
    ),
    (
        "man",
        "
  twauth man ~/.cargo/share/man/man1\tthen: man twauth-login
",
    ),
    (
        "help",
        "
  twauth help login
  twauth help exit-codes\tfor scripts: what each exit code means
  twauth help environment\tthe variables
  twauth help files\tthe credentials file
  twauth help agents\tfor agents and programs without a terminal
  twauth help secrets\tkeys in pass, age or systemd-creds instead of a file
",
    ),
];

/// Topics of `help` that are not commands.
pub(super) const TOPICS: [(&str, &str); 5] = [
    ("exit-codes", EXIT_CODES),
    ("environment", ENVIRONMENT),
    ("files", FILES),
    ("agents", include_str!("agents.md")),
    ("secrets", include_str!("secrets.txt")),
];

const EXIT_CODES: &str = "\
Exit codes, and what a script should do

  0\tdone: go on
  1\tlocal file, internal error, or different failures: stop
  2\twrong usage, nothing was sent: fix the command
  3\tserver unreachable or failing (name, TLS, timeout, 5xx), no post was sent: try later
  4\tno credentials, or rejected (401): twauth login
  5\twrong account: stop
  6\trejected (402, 403, 404, 413), e.g. read-only, duplicate, too long, suspended, no credits: read the message
  7\trate limited (429): wait until the time shown
  8\ta post was sent, but it is unknown whether it was published: look before repeating
  126\t`run` or `sandbox`: the command cannot be executed
  127\t`run` or `sandbox`: no such command
  130\tcancelled, also by Ctrl-C

  twauth tweet \"Hello\" || case $? in
    3|7) echo 'again later' ;;
    8)   echo 'look at the account first' ;;
    *)   exit 1 ;;
  esac

With --json, a failure is one document on standard output:

  {\"error\":{\"kind\",\"message\",\"hint\",\"exit_code\",\"status\",\"code\",
  \"reset_at\",\"retry\",\"command\"}}

  kind\ta stable word for each cause, such as bad-pin, clock-skew, duplicate
  retry\tno, later, or look (look first, never repeat blindly)
  command\tthe next step as one command, or null

Stable within a major version: commands, options, variables, exit codes, the words of kind, state and retry, JSON fields, what a pipe gets on standard output, and the labels of the file. Fields, kinds and options may be added. Not stable: the words of messages, hints and help, what a terminal shows, and what -v prints.
";

const ENVIRONMENT: &str = "\
Variables

An option wins over its variable. An empty variable counts as unset.

  TWAUTH_CREDS\tthe credentials file (-c, --creds)
  TWAUTH_ACCOUNT\tthe account (-a, --account)
  TWAUTH_SERVER\tanother server with X's paths (--server)
  TWAUTH_TIMEOUT\ttimeout per request in seconds (--timeout)

  TWAUTH_CONSUMER_KEY\tthe app's API Key; `login` then does not ask for it
  TWAUTH_CONSUMER_SECRET\tits API Key Secret
  TWAUTH_ACCESS_TOKEN\tan account's token; needs all four
  TWAUTH_ACCESS_TOKEN_SECRET\tits secret
  TWAUTH_SCREEN_NAME\tthe account's name, which -a then accepts (set by `run` and `sandbox`)
  TWAUTH_SECRETS=never\t`export` without -o and `bearer` refuse: for programs whose output others can read

twauth looks for credentials in this order: --creds, TWAUTH_CREDS, the four variables together, ~/tw.json.

  HTTPS_PROXY, ALL_PROXY\tthe proxy (http, https or socks5h); not used on this machine
  NO_PROXY\thosts to reach without it
  SSL_CERT_FILE, SSL_CERT_DIR\ttrust only these certificate authorities
  BROWSER\tthe browser that login opens
  NO_COLOR, CLICOLOR=0\tno colours; the same with TERM=dumb
  CLICOLOR_FORCE\tcolours even without a terminal

A secret is never an option's value, because other users of the machine could see it. `twauth doctor` shows which variables override the file.
";

const FILES: &str = "\
Files

  ~/tw.json\tthe credentials (or -c FILE, TWAUTH_CREDS; `-c -` reads standard input)
  ~/tw-sandbox.json\tthose of --sandbox
  FILE.pending\tlogins that were started with --start, for a day

One account is one JSON object; several accounts are a list of objects:

  {
    \"screen_name\": \"mybot\",
    \"user_id\": \"931657239872432861\",
    \"consumer_key\": \"...\",
    \"consumer_secret\": \"...\",
    \"access_token\": \"...\",
    \"access_token_secret\": \"...\"
  }

consumer_key and consumer_secret are the app's API Key and API Key Secret; a login makes the other two. A file with only the first two is enough for `twauth login`. `server` is present only for accounts that are not at https://api.x.com; their secrets are sent to no other server. Unknown keys are preserved exactly.

Keys are stored unencrypted, in a file that only its owner can read (mode 0600). Keep it out of git, and out of backups that others can read. The file is replaced as a whole, under a lock: after a crash it is the old one or the new one. A file that is not valid JSON is never overwritten.

On Windows the file has the permissions of its folder: keep it in your profile, or in a folder that only you can read; permissions of the file itself are lost when it is saved. On macOS, `tmutil addexclusion -p ~/tw.json` keeps it out of Time Machine (without -p only until it is saved again).
";
