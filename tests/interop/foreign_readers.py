"""Has other programs' own readers read what the built program exports.

    python3 tests/interop/foreign_readers.py target/debug/twauth [ROUNDS [SEED]]
"""

import ast
import configparser
import json
import os
import random
import re
import subprocess
import sys
import tempfile

import dotenv
import yaml

PROGRAM = os.path.abspath(sys.argv[1])
ROUNDS = int(sys.argv[2]) if len(sys.argv) > 2 else 10
SEED = int(sys.argv[3]) if len(sys.argv) > 3 else random.randrange(1 << 32)
FOUR = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")
PIECES = ["a", "Z", "0", "-", " ", "'", '"', "%", "%%", "%(a)s", "#", " #", ";", "=", ":", ": ", "$", "$HOME", "`id`",
          "$(id)", "\\", "\\n", "\\'", "{", "}", "[", "]", ",", "&", "*", "!", "|", ">", "@", "~", "?", "- ",
          "\u00e9", "\u0436", "\u5bc6", "\U0001f600", "e\u0301"]


LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
SERVER = "https://x.example"
# The variables of each choice of names, in the order of FOUR.
NAMES = {
    "plain": ("CONSUMER_KEY", "CONSUMER_SECRET", "ACCESS_TOKEN", "ACCESS_TOKEN_SECRET"),
    "x": ("X_API_KEY", "X_API_SECRET", "X_ACCESS_TOKEN", "X_ACCESS_TOKEN_SECRET"),
    "twitter": ("TWITTER_API_KEY", "TWITTER_API_SECRET", "TWITTER_ACCESS_TOKEN", "TWITTER_ACCESS_TOKEN_SECRET"),
}


def value(chance):
    """A made-up secret of the characters that quoting goes wrong over, without white space at its ends."""
    return "s" + "".join(chance.choices(PIECES, k=chance.randint(0, 12))) + "e"


def accounts(chance, count):
    """Accounts of a server that may give out any value."""
    numbers = range(1, count + 1)
    return [
        {"screen_name": f"sample_{number}", "user_id": str(900 + number),
         # One token of its own for each, because a file lists an account once.
         **{label: value(chance) + str(number) for label in FOUR}, "server": SERVER}
        for number in numbers
    ]


def accounts_of_x(chance):
    """An account with values of the kind that X gives out."""
    def text(length):
        return "".join(chance.choices(LETTERS, k=length))
    values = (text(25), text(50), "901-" + text(40), text(45))
    return [{"screen_name": "sample_1", "user_id": "901", **dict(zip(FOUR, values))}]


def twauth(home, *words):
    environment = {"PATH": os.environ["PATH"], "HOME": home}
    done = subprocess.run([PROGRAM, *words], capture_output=True, env=environment, cwd=home, timeout=60, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{words} ended with {done.returncode}: {done.stderr.decode()}")
    return done.stdout.decode()


def exported(home, form, *words):
    return twauth(home, "export", "--format", form, *words)


def same(reader, read, meant):
    for label in meant:
        if read.get(label) != meant[label]:
            raise SystemExit(f"{reader} reads {read.get(label)!r} as {label}, not {meant[label]!r} (seed {SEED})")


def named(pairs, names="plain"):
    """The values by the credentials file's labels."""
    variables = dict(zip(NAMES[names], FOUR)) | {"TWAUTH_SERVER": "server"}
    return {variables.get(name, name.lower()): text for name, text in pairs.items()}


def sections(text, parser):
    parser.read_string(text)
    return [dict(parser[name]) for name in parser.sections()]


def written(home, name, text):
    path = os.path.join(home, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def environment_of(words):
    """The environment that a command prints, each variable ended by NUL."""
    done = subprocess.run(words, capture_output=True, check=True, env={"PATH": os.environ["PATH"], "HOME": "/nonexistent"})
    return dict(pair.split("=", 1) for pair in done.stdout.decode().split("\0") if pair)


def shell(program, text, home):
    path = written(home, "exported.sh", text)
    return environment_of([program, "-c", '. "$1"; exec env -0', "sh", path])


def fish(text, home):
    return environment_of(["fish", "--no-config", "-c", "source $argv[1]; exec env -0", written(home, "exported.fish", text)])


def powershell(text):
    """`$env:NAME = 'text'`, where two quotes of any kind in a row stand for one."""
    pairs = {}
    for line in text.splitlines():
        name, quoted = re.fullmatch(r"\$env:(\w+) = '((?:[^'\u2018\u2019\u201a\u201b]|['\u2018\u2019\u201a\u201b]{2})*)'", line).groups()
        pairs[name] = re.sub("['\u2018\u2019\u201a\u201b]{2}", lambda two: two.group()[1], quoted)
    return pairs


def docker(text):
    """`--env-file`: everything behind the first equals sign, quotation marks too."""
    lines = (line for line in text.splitlines() if line and not line.startswith("#"))
    return dict(line.split("=", 1) for line in lines)


def node(text, home):
    path = written(home, "node.env", text)
    script = "process.stdout.write(JSON.stringify(process.env))"
    done = subprocess.run(["node", f"--env-file={path}", "-e", script], capture_output=True, check=True,
                          env={"PATH": os.environ["PATH"]})
    return json.loads(done.stdout)


def ruby_yaml(text):
    script = "require 'yaml'; require 'json'; puts JSON.generate(YAML.safe_load(STDIN.read))"
    done = subprocess.run(["ruby", "-Eutf-8:utf-8", "-e", script], input=text.encode(), capture_output=True, check=True)
    return json.loads(done.stdout)


def one(home, meant):
    """Any value, in the formats that keep the server."""
    name = meant["screen_name"]
    env = exported(home, "env", "-a", name)
    values = exported(home, "yaml", "-a", name)
    read = {
        "json.load": json.loads(exported(home, "json", "-a", name)),
        "ast.literal_eval": ast.literal_eval(exported(home, "python", "-a", name)),
        "PyYAML": yaml.safe_load(values),
        "Ruby's YAML": ruby_yaml(values),
        "configparser": sections(exported(home, "ini", "-a", name), configparser.ConfigParser())[0],
        "python-dotenv": named(dotenv.dotenv_values(written(home, "exported.env", exported(home, "dotenv", "-a", name)))),
        **{program: named(shell(program, env, home)) for program in ("bash", "dash", "zsh")},
        "fish": named(fish(exported(home, "fish", "-a", name), home)),
        "PowerShell": named(powershell(exported(home, "powershell", "-a", name))),
    }
    for reader, account in read.items():
        same(reader, account, meant)
    # Without interpolation a percent sign stays doubled, as the documentation says.
    raw = sections(exported(home, "ini", "-a", name), configparser.RawConfigParser())[0]
    same("RawConfigParser", raw, {label: meant[label].replace("%", "%%") for label in FOUR})


def of_x(home, meant):
    """X's values, which every format has room for."""
    for names in NAMES:
        four = {label: meant[label] for label in FOUR}
        text = exported(home, "dotenv", "--names", names)
        same("docker", named(docker(text), names), four)
        same("node", named(node(text, home), names), four)
        same("python-dotenv", named(dotenv.dotenv_values(written(home, "exported.env", text)), names), four)
        same("bash", named(shell("bash", exported(home, "env", "--names", names), home), names), four)
        same("fish", named(fish(exported(home, "fish", "--names", names), home), names), four)
        same("PowerShell", named(powershell(exported(home, "powershell", "--names", names)), names), four)
    name, key = meant["screen_name"], meant["consumer_key"]
    if exported(home, "lines").split("\n") != [*(meant[label] for label in FOUR), ""]:
        raise SystemExit(f"lines are not the four values (seed {SEED})")
    for reader, load in {"PyYAML": yaml.safe_load, "Ruby's YAML": ruby_yaml}.items():
        twurl = load(exported(home, "twurl"))["profiles"][name][key]
        same(f"twurl by {reader}", twurl, {
            "username": name, "consumer_key": key, "token": meant["access_token"],
            "consumer_secret": meant["consumer_secret"], "secret": meant["access_token_secret"]})
        xurl = load(exported(home, "xurl"))
        app = xurl["apps"][xurl["default_app"]]
        # Its strict readers refuse an app without these.
        same(f"xurl by {reader}", app, {"client_id": "", "client_secret": ""})
        same(f"xurl by {reader}", app["oauth1_token"]["oauth1"], {
            "consumer_key": key, "consumer_secret": meant["consumer_secret"],
            "access_token": meant["access_token"], "token_secret": meant["access_token_secret"]})


def several(home, meant):
    for reader, read in {
        "json.load": json.loads(exported(home, "json")),
        "ast.literal_eval": ast.literal_eval(exported(home, "python")),
        "PyYAML": yaml.safe_load(exported(home, "yaml")),
        "configparser": sections(exported(home, "ini"), configparser.ConfigParser()),
    }.items():
        if len(read) != len(meant):
            raise SystemExit(f"{reader} reads {len(read)} accounts of {len(meant)}")
        for account, expected in zip(read, meant):
            same(reader, account, expected)


def main():
    print(f"seed {SEED}", flush=True)
    chance = random.Random(SEED)
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as home:
            meant = accounts(chance, 3)
            for account in meant:
                # What readers of .env files look up whatever the quotes; twauth refuses to write it.
                account.update({label: account[label].replace("${", "$-{") for label in FOUR})
            written(home, "tw.json", json.dumps(meant))
            one(home, meant[0])
            several(home, meant)
            meant = accounts_of_x(chance)
            written(home, "tw.json", json.dumps(meant))
            of_x(home, meant[0])
    print(f"{ROUNDS} rounds, all exports read as they were meant")


main()
