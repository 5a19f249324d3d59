"""Has other programs' own readers read what the built program exports.

    python3 tests/interop/foreign_readers.py target/debug/twauth [ROUNDS [SEED]]
"""

import ast
import configparser
import json
import os
import random
import subprocess
import sys
import tempfile

import dotenv
import yaml

PROGRAM = os.path.abspath(sys.argv[1])
ROUNDS = int(sys.argv[2]) if len(sys.argv) > 2 else 40
SEED = int(sys.argv[3]) if len(sys.argv) > 3 else random.randrange(1 << 32)
FOUR = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")
PIECES = ["a", "Z", "0", "-", " ", "'", '"', "%", "%%", "%(a)s", "#", " #", ";", "=", ":", ": ", "$", "$HOME", "`id`",
          "$(id)", "\\", "\\n", "\\'", "{", "}", "[", "]", ",", "&", "*", "!", "|", ">", "@", "~", "?", "- ",
          "\u00e9", "\u0436", "\u5bc6", "\U0001f600", "e\u0301"]


def value(chance):
    """A made-up secret of the characters that quoting goes wrong over, without white space at its ends."""
    return "s" + "".join(chance.choices(PIECES, k=chance.randint(0, 12))) + "e"


def accounts(chance, count):
    numbers = range(1, count + 1)
    return [
        {"screen_name": f"sample_{number}", "user_id": str(900 + number),
         # One token of its own for each, because a file lists an account once.
         **{label: value(chance) + str(number) for label in FOUR}}
        for number in numbers
    ]


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


def lower(pairs):
    return {name.lower(): text for name, text in pairs.items()}


def sections(text, parser):
    parser.read_string(text)
    return [dict(parser[name]) for name in parser.sections()]


def shell(text, home):
    """The environment of a child of a shell that has read `text`, by `set -a; .`."""
    path = os.path.join(home, "exported.sh")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    script = 'set -a; . "$1"; exec env -0'
    done = subprocess.run(["sh", "-c", script, "sh", path], capture_output=True, check=True,
                          env={"PATH": os.environ["PATH"]})
    return dict(pair.split("=", 1) for pair in done.stdout.decode().split("\0") if pair)


def dotenv_values(text, home):
    path = os.path.join(home, "exported.env")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return dotenv.dotenv_values(path)


def one(home, meant):
    name = meant["screen_name"]
    read = {
        "json.load": json.loads(exported(home, "json", "-a", name)),
        "ast.literal_eval": ast.literal_eval(exported(home, "python", "-a", name)),
        "PyYAML": yaml.safe_load(exported(home, "yaml", "-a", name)),
        "configparser": sections(exported(home, "ini", "-a", name), configparser.ConfigParser())[0],
        "python-dotenv": lower(dotenv_values(exported(home, "dotenv", "-a", name), home)),
        "sh": lower(shell(exported(home, "env", "-a", name), home)),
    }
    for reader, account in read.items():
        same(reader, account, meant)
    # Without interpolation a percent sign stays doubled, as the documentation says.
    raw = sections(exported(home, "ini", "-a", name), configparser.RawConfigParser())[0]
    same("RawConfigParser", raw, {label: meant[label].replace("%", "%%") for label in FOUR})
    if exported(home, "lines", "-a", name).split("\n") != [*(meant[label] for label in FOUR), ""]:
        raise SystemExit(f"lines are not the four values (seed {SEED})")
    twurl = yaml.safe_load(exported(home, "twurl", "-a", name))["profiles"][name][meant["consumer_key"]]
    same("twurl", twurl, {"username": name, "consumer_key": meant["consumer_key"], "token": meant["access_token"],
                          "consumer_secret": meant["consumer_secret"], "secret": meant["access_token_secret"]})
    xurl = yaml.safe_load(exported(home, "xurl", "-a", name))
    same("xurl", xurl["apps"][xurl["default_app"]]["oauth1_token"]["oauth1"],
         {"consumer_key": meant["consumer_key"], "consumer_secret": meant["consumer_secret"],
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
            with open(os.path.join(home, "tw.json"), "w", encoding="utf-8") as file:
                json.dump(meant, file)
            one(home, meant[0])
            several(home, meant)
    print(f"{ROUNDS} rounds, all exports read as they were meant")


main()
