"""Logs in, verifies, tweets and asks many times with the built program before a judge that is not ours.

    python3 tests/interop/accepted.py target/debug/twauth [ROUNDS [SEED]]
"""

import json
import os
import random
import subprocess
import sys
import tempfile
import urllib.parse

from requests_oauthlib import OAuth1Session

from judge import Judge
from vectors import random_text, spell

PROGRAM = os.path.abspath(sys.argv[1])
ROUNDS = int(sys.argv[2]) if len(sys.argv) > 2 else 100
SEED = int(sys.argv[3]) if len(sys.argv) > 3 else random.randrange(1 << 32)
LABELS = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")


def text(chance):
    """A text from all over Unicode that twauth posts: within X's length, and no control characters but two."""
    planes = [(0x09, 0x0A), (0x20, 0x7E), (0xA0, 0x530), (0x900, 0x1100), (0x2000, 0x2C00), (0x3040, 0xD7FF),
              (0xE000, 0xFE00), (0x1F300, 0x1FAFF), (0x10000, 0x10FFFF)]
    letters = []
    while len(letters) < chance.randint(1, 100):
        low, high = chance.choice(planes)
        letters.append(chr(chance.randint(low, high)))
    # The letter keeps it from being blank, or from reading as an option.
    return "t" + "".join(letters)


def twauth(home, *words, stdin=None, code=0):
    environment = {"PATH": os.environ["PATH"], "HOME": home}
    done = subprocess.run(
        [PROGRAM, *words], input=stdin, capture_output=True, env=environment, cwd=home, timeout=60
    )
    if done.returncode != code:
        raise SystemExit(f"{words} ended with {done.returncode}, not {code}: {done.stderr.decode()}")
    return done.stdout.decode()


def login(home, judge, file):
    """Reads the URL, writes the PIN."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": home,
        "TWAUTH_CONSUMER_KEY": judge.book.client_key,
        "TWAUTH_CONSUMER_SECRET": judge.book.client_secret,
    }
    words = [PROGRAM, "login", "--server", judge.url, "--creds", file]
    pipe = subprocess.PIPE
    with subprocess.Popen(words, stdin=pipe, stdout=pipe, stderr=pipe, env=environment, text=True) as process:
        said = ""
        for line in process.stderr:
            said += line
            if "/oauth/authorize?" in line:
                url = urllib.parse.urlsplit(line.split()[-1])
                token = urllib.parse.parse_qs(url.query)["oauth_token"][0]
                break
        else:
            raise SystemExit(f"no authorisation URL: {said}")
        out, rest = process.communicate(judge.pin(token) + "\n", timeout=60)
    if process.returncode != 0:
        raise SystemExit(f"login ended with {process.returncode}: {said}{rest}")
    return out.strip()


def one_round(chance, judge, home, number):
    file = os.path.join(home, f"tw-{number}.json")
    name = login(home, judge, file)
    if twauth(home, "verify", "--creds", file) != name + "\n":
        raise SystemExit(f"verify does not say {name}")
    for post in (text(chance), text(chance)):
        if chance.random() < 0.5:
            twauth(home, "tweet", "--creds", file, "--", post)
        else:
            twauth(home, "tweet", "--creds", file, "-", stdin=(post + "\n").encode())
        if judge.book.posts[-1] != post:
            raise SystemExit(f"sent {post!r}, but {judge.book.posts[-1]!r} came")
    for _ in range(5):
        ask(chance, home, file)
    with open(file, encoding="utf-8") as content:
        account = json.load(content)
    if account["screen_name"] != name:
        raise SystemExit(f"the file is not labelled {name}")
    reply = OAuth1Session(*(account[label] for label in LABELS)).post(
        f"{judge.url}/2/tweets", json={"text": "from another program"}
    )
    if reply.status_code != 201:
        raise SystemExit(f"the file's four labels do not serve another program: {reply.status_code}")


def ask(chance, home, file):
    """A request with any query and any form: the judge checks the signature, this the text that arrived."""
    pairs = [(random_text(chance, 6), random_text(chance, 10)) for _ in range(chance.randint(0, 4))]
    query = "&".join(spell(chance, name) + "=" + spell(chance, value) for name, value in pairs)
    fields = [("n" + random_text(chance, 5).replace("=", ""), random_text(chance, 12)) for _ in range(chance.randint(0, 3))]
    words = ["request", "--creds", file, f"/echo?{query}"]
    if fields and chance.random() < 0.5:
        spelled = "&".join(spell(chance, name) + "=" + spell(chance, value) for name, value in fields)
        words += ["-H", "content-type: application/x-www-form-urlencoded", "-d", spelled]
    else:
        for name, value in fields:
            words += ["-F", f"{name}={value}"]
    echo = json.loads(twauth(home, *words))
    body = urllib.parse.parse_qsl(echo["body"], keep_blank_values=True)
    arrived = [tuple(pair) for pair in echo["query"]], body
    if arrived != (pairs, fields):
        raise SystemExit(f"asked with {pairs} and {fields}, but {arrived} came")


def main():
    print(f"seed {SEED}", flush=True)
    os.environ["NO_PROXY"] = "*"
    chance = random.Random(SEED)
    with Judge(SEED) as judge, tempfile.TemporaryDirectory() as home:
        for number in range(ROUNDS):
            one_round(chance, judge, home, number)
        refused = [verdict for verdict in judge.book.verdicts if verdict[1] >= 400]
        if refused:
            raise SystemExit(f"{len(refused)} requests were refused, the first: {refused[0]}")
        print(f"{len(judge.book.verdicts)} signed requests of {ROUNDS} rounds, all accepted")


main()
