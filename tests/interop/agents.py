"""Runs what `help agents` and `help secrets` print, an agent's session, and programs that read an account's variables.

Nobody is at a terminal; the sandbox takes X's place. Run by it:

    twauth sandbox -- python3 tests/interop/agents.py target/debug/twauth
"""

import html
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from person import OPENER, authorize

PROGRAM = os.path.abspath(sys.argv[1])
PATIENCE = 120
BOT = "mybot"
HERE = pathlib.Path(__file__).resolve().parent

# Key, its secret, token, its secret: as tools that post to X read them; what is not among the usual names, with --env.
SETS = [
    "X_API_KEY X_API_SECRET X_ACCESS_TOKEN X_ACCESS_TOKEN_SECRET",
    "X_CONSUMER_KEY X_CONSUMER_SECRET X_ACCESS_TOKEN X_ACCESS_TOKEN_SECRET",
    "X_API_KEY X_API_SECRET X_ACCESS_TOKEN X_ACCESS_SECRET",
    "X_CONSUMER_KEY X_CONSUMER_SECRET X_ACCESS_TOKEN X_ACCESS_SECRET",
    "TWITTER_API_KEY TWITTER_API_SECRET TWITTER_ACCESS_TOKEN TWITTER_ACCESS_TOKEN_SECRET",
    "TWITTER_API_KEY TWITTER_API_SECRET TWITTER_ACCESS_TOKEN TWITTER_ACCESS_SECRET",
    "TWITTER_API_KEY TWITTER_API_SECRET_KEY TWITTER_ACCESS_TOKEN TWITTER_ACCESS_TOKEN_SECRET",
    "TWITTER_CONSUMER_KEY TWITTER_CONSUMER_SECRET TWITTER_ACCESS_TOKEN TWITTER_ACCESS_TOKEN_SECRET",
    "TWITTER_CONSUMER_KEY TWITTER_CONSUMER_SECRET TWITTER_ACCESS_TOKEN TWITTER_ACCESS_SECRET",
    "CONSUMER_KEY CONSUMER_SECRET ACCESS_TOKEN ACCESS_TOKEN_SECRET",
    "CONSUMER_KEY CONSUMER_SECRET ACCESS_KEY ACCESS_SECRET",
    "=API_KEY =API_SECRET_KEY ACCESS_TOKEN ACCESS_TOKEN_SECRET",
    "=TWITTER_API_CONSUMER_KEY =TWITTER_API_CONSUMER_SECRET =TWITTER_ACCESS_TOKEN_KEY TWITTER_ACCESS_TOKEN_SECRET",
    "=CONSUMER_API_KEY =CONSUMER_API_SECRET_KEY ACCESS_TOKEN ACCESS_TOKEN_SECRET",
    "=XMASTER_KEYS__API_KEY =XMASTER_KEYS__API_SECRET =XMASTER_KEYS__ACCESS_TOKEN =XMASTER_KEYS__ACCESS_TOKEN_SECRET",
]
LABELS = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")

POSTING = {
    "requests-oauthlib": """
import os, sys
from requests_oauthlib import OAuth1Session
four = [os.environ[name] for name in sys.argv[2:]]
reply = OAuth1Session(*four).post("https://api.x.com/2/tweets", json={"text": sys.argv[1]})
sys.exit(reply.status_code != 201 and reply.text)
""",
    "xdk": """
import os, sys
from xdk import Client
from xdk.oauth1_auth import OAuth1
from xdk.posts.models import CreateRequest
key, secret, token, token_secret = (os.environ[name] for name in sys.argv[2:])
auth = OAuth1(key, secret, "oob", token, token_secret)
Client(os.environ["TWAUTH_SERVER"], auth=auth).posts.create(body=CreateRequest(text=sys.argv[1]))
""",
    "tweepy": """
import os, sys, tweepy
tweepy.Client(None, *(os.environ[name] for name in sys.argv[2:])).create_tweet(text=sys.argv[1])
""",
    "twython": """
import os, sys, twython
client = twython.Twython(*(os.environ[name] for name in sys.argv[2:]))
client.request("https://api.x.com/2/tweets", "POST", {"text": sys.argv[1]}, json_encoded=True)
""",
}


def fail(what):
    raise SystemExit(f"wrong: {what}")


class Bench:
    """A home folder, and what runs in it."""

    def __init__(self, folder):
        self.home = pathlib.Path(folder, "home")
        programs = pathlib.Path(folder, "bin")
        self.home.mkdir(mode=0o700)
        programs.mkdir()
        (programs / "twauth").symlink_to(PROGRAM)
        self.server = os.environ["TWAUTH_SERVER"].rstrip("/")
        self.environment = {
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            "NO_PROXY": "*",
            "PYTHONPATH": str(HERE / "patches"),
            "TWAUTH_SERVER": self.server,
            "TWAUTH_CONSUMER_KEY": os.environ["TWAUTH_CONSUMER_KEY"],
            "TWAUTH_CONSUMER_SECRET": os.environ["TWAUTH_CONSUMER_SECRET"],
        }

    def run(self, words, code=0, stdin="", **more):
        """Runs a list of words, or a text in a shell; gives back standard output."""
        words = ["sh", "-eu", "-c", words] if isinstance(words, str) else words
        done = subprocess.run(
            words, env=self.environment | more, cwd=self.home, input=stdin, capture_output=True, text=True,
            timeout=PATIENCE, check=False,
        )
        if done.returncode != code:
            fail(f"{words} ended with {done.returncode}, not {code}:\n{done.stdout}{done.stderr}")
        return done.stdout

    def json(self, words, code=0):
        return json.loads(self.run(words, code))

    def error(self, words, code, kind, retry):
        """A refusal as a program sees it: what it decides by."""
        error = self.json(words, code)["error"]
        if (error["exit_code"], error["kind"], error["retry"]) != (code, kind, retry):
            fail(f"{words} says {error}")
        return error

    def posts(self):
        return html.unescape(OPENER.open(self.server, timeout=20).read().decode())

    def finish(self, pending, words="--json"):
        """The person's part, and the second step as the first one gave it."""
        return self.run(f"{pending['finish']} {authorize(pending['authorize_url'], BOT)} {words}")


def page_for_agents(bench):
    """The page's blocks, those that log in first; its JSON is that of each step before."""
    text = bench.run(["twauth", "help", "agents"])
    if not re.match(r"---\nname: twauth\ndescription: [^\n]+\n(?:  [^\n]+\n)*---\n", text) or text.count("\n") >= 200:
        fail("the page is no skill's")
    blocks = re.findall(r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    blocks.sort(key=lambda block: not block.startswith("twauth login"))
    said = ""
    for block in blocks:
        if "1234567" in block:
            block = block.replace("1234567", authorize(json.loads(said)["authorize_url"], BOT))
        said = bench.run(block)
    for post in ("Hello from an agent", "Two lines,\nfrom a pipe"):
        if post not in bench.posts():
            fail(f"{post!r} was not posted")
    print(f"{len(blocks)} blocks of `help agents` run")


def session(bench):
    """An agent's day: each step is decided by the exit code, `retry` and `command` alone."""
    (bench.home / "tw.json").unlink()
    login = bench.error("twauth tweet -a mybot --json hi", 4, "no-credentials", "no")["command"]
    pending = bench.json(f"{login} --start --json")
    refused = bench.error(f"{pending['finish']} 0000000 --json", 4, "bad-pin", "no")
    bench.finish(bench.json(f"{refused['command']} --json"))
    bench.run("twauth verify -a mybot --can-post --json")
    bench.run("twauth tweet -a mybot --json 'only once'")
    bench.error("twauth tweet -a mybot --json 'only once'", 6, "duplicate", "no")
    bench.error("twauth tweet -a other --json hi", 4, "no-such-account", "no")
    for fault, code, kind, retry in (
        ("rate-limit", 7, "rate-limited", "later"),
        ("reset", 8, "unknown-fate", "look"),
        ("read-only", 6, "read-only", "no"),
    ):
        inside = "twauth tweet -a mybot --json hi"
        bench.error(f"twauth sandbox -a mybot --fault {fault} -- {inside}", code, kind, retry)
    print("an agent's session: two logins, a post, six refusals, each told by `retry`")


def secrets(bench):
    """The page's recipes, each store's where it is there. The person's part of the login is done by us."""
    text = bench.run(["twauth", "help", "secrets"]).replace("\\\n", "")
    lines = re.findall(r"^  (.*)$", text, re.MULTILINE)
    (bench.home / "tw.json").unlink()
    # The login of the recipe asks a person; here in two steps.
    start = next(line for line in lines if line.startswith("twauth login"))
    lines = [line for line in lines if line != start]
    folder = bench.run(f"{lines.pop(0)}; echo $folder").strip()
    pending = bench.json(f'folder={folder}; {start} --start --json')
    bench.finish(pending)
    ran = set()
    for line in lines:
        tool = next((tool for tool in ("pass", "age", "systemd-creds") if line.startswith(f"{tool} ")), None)
        if tool and not is_ready(bench, tool):
            continue
        bench.run(f"folder={folder}; {line}", TWAUTH_CONSUMER_KEY="", TWAUTH_CONSUMER_SECRET="")
        ran.add(tool)
    page = bench.posts()
    stores = sorted(ran - {None})
    if pathlib.Path(folder).exists() or (bench.home / "tw.json").exists():
        fail("a login left its file")
    for tool in stores:
        if f"Hello from {tool}" not in page:
            fail(f"with {tool} nothing was posted")
    print(f"`help secrets` runs with {', '.join(stores)}")


def is_ready(bench, tool):
    """Whether the store is there; with keys made for it."""
    if not shutil.which(tool):
        return False
    if tool == "age" and not (bench.home / "age.txt").exists():
        bench.run("age-keygen -o age.txt 2>&1")
    if tool == "pass" and not (bench.home / ".password-store").exists():
        bench.run("gpg --batch --quiet --passphrase '' --quick-generate-key mybot default default never")
        bench.run("pass init mybot")
    if tool == "systemd-creds":
        return subprocess.run(
            ["sh", "-c", "echo x | systemd-creds encrypt --name=x - - | systemd-creds decrypt --name=x - - | grep -qx x"],
            capture_output=True, check=False,
        ).returncode == 0
    return True


def variables(bench):
    """Each set of names, read by a program that posts, beside the variables of another account."""
    bench.finish(bench.json("twauth login --start -a mybot --json"))
    stale = {name: "another-accounts" for names in SETS for name in names.replace("=", "").split()}
    count = 0
    for program, text in POSTING.items():
        file = bench.home / f"posting-{program}.py"
        file.write_text(text)
        for number, names in enumerate(SETS if program == "requests-oauthlib" else SETS[:1]):
            words = ["twauth", "run", "-a", BOT]
            for name, label in zip(names.split(), LABELS):
                words += ["--env", f"{name[1:]}={label}"] if name.startswith("=") else []
            post = f"set {number} with {program}"
            bench.run([*words, "--", sys.executable, file, post, *names.replace("=", "").split()], **stale)
            if post not in bench.posts():
                fail(f"{program} with {names} posted nothing")
            count += 1
    print(f"{count} programs post with the variables that `run` sets")


def main():
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(folder)
        page_for_agents(bench)
        session(bench)
        secrets(bench)
        variables(bench)


main()
