"""Runs the guide's programs as a reader would, with the sandbox in X's place, and looks up the commands it names.

A fenced block of README.md is run where the line above it is `<!-- run: LANGUAGE [PACKAGE] -->`, in a home folder whose
~/tw.json a login has made. Run by the sandbox:

    twauth sandbox -- python3 tests/interop/readme.py target/debug/twauth
"""

import html
import os
import pathlib
import re
import subprocess
import sys
import tempfile

from person import OPENER, authorize

PROGRAM = os.path.abspath(sys.argv[1])
README = pathlib.Path(__file__).resolve().parents[2] / "README.md"
PATIENCE = 120
BOT = "weatherbot"

BLOCK = re.compile(r"^<!-- run: ([^\n]*?) -->\n```\w*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# What a program of the guide posts.
POSTED = re.compile(r"hello from [\w ]+|good morning, it is")
NAMED = re.compile(r"\btwauth ([a-z]+)")
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]+")
# Options of cargo and of browsers.
FOREIGN = {"--private-window", "--profile-directory"}
RUNNERS = {
    "python tweepy": ([sys.executable], ".py"),
    "python twython": ([sys.executable], ".py"),
    "ruby": (["ruby"], ".rb"),
    "node": (["node"], ".mjs"),
    "sh": (["sh", "-eu"], ".sh"),
}

# Both libraries have X's hosts in their code: their requests are readdressed before they are signed.
READDRESSED = """
import requests

whole = requests.Session.request

def request(self, method, url, *rest, **named):
    for host in ("https://api.twitter.com", "https://api.x.com"):
        url = url.replace(host, {server!r}, 1)
    return whole(self, method, url, *rest, **named)

requests.Session.request = request
"""


def fail(what):
    raise SystemExit(f"wrong: {what}")


def blocks():
    """Language, line and text of each block that is to be run."""
    text = README.read_text(encoding="utf-8")
    found = [(each[1], text.count("\n", 0, each.start()) + 1, each[2]) for each in BLOCK.finditer(text)]
    # A marker that is not followed by a block would be a block that nobody runs.
    if len(found) != text.count("<!-- run:") or {language for language, _, _ in found} != set(RUNNERS):
        fail(f"the marked blocks are {[(language, line) for language, line, _ in found]}")
    return found


def check_names(environment):
    """Every command and option that the guide names exists."""
    code = "\n".join(re.findall(r"^```.*?^```|`[^`\n]+`", README.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL))
    # What cargo and other programs are given is theirs.
    code = re.sub(r"\b(?:cargo|curl) [^`\n]*", "", code)
    commands = set(NAMED.findall(code))
    helped = ""
    for command in sorted(commands):
        done = subprocess.run(
            ["twauth", "help", command], env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        if done.returncode != 0:
            fail(f"there is no `twauth {command}`")
        helped += done.stdout
    helped += subprocess.run(
        ["twauth", "--help"], env=environment, capture_output=True, text=True, timeout=PATIENCE, check=True
    ).stdout
    unknown = set(OPTION.findall(code)) - set(OPTION.findall(helped)) - FOREIGN
    if unknown:
        fail(f"these options do not exist: {sorted(unknown)}")
    print(f"{len(commands)} commands of the guide exist, and all its options")


def log_in(home, environment, server):
    """What step 2 of the guide says: the keys, the page, the PIN."""
    words = ["twauth", "login", "-a", BOT, "--server", server]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        words, stdin=pipe, stdout=pipe, stderr=pipe, env=environment, cwd=home, text=True
    ) as process:
        process.stdin.write("{TWAUTH_CONSUMER_KEY}\n{TWAUTH_CONSUMER_SECRET}\n".format_map(os.environ))
        process.stdin.flush()
        said = ""
        for line in process.stderr:
            said += line
            if "/oauth/authorize?" in line:
                url = next(word for word in line.split() if "/oauth/authorize?" in word)
                process.stdin.write(f"{authorize(url, BOT)}\n")
                process.stdin.close()
        if process.wait(PATIENCE) != 0 or process.stdout.read() != f"{BOT}\n":
            fail(f"the login says {said}")


def run(language, line, text, home, environment, server):
    command, ending = RUNNERS[language]
    file = home / f"line{line}{ending}"
    file.write_text(text.replace("https://api.x.com", server), encoding="utf-8")
    done = subprocess.run(
        [*command, file], env=environment, cwd=home, stdin=subprocess.DEVNULL, capture_output=True,
        text=True, timeout=PATIENCE, check=False,
    )
    if done.returncode != 0:
        fail(f"line {line} ({language}) ends with {done.returncode}:\n{done.stdout}{done.stderr}")
    page = html.unescape(OPENER.open(server, timeout=20).read().decode())
    for expected in POSTED.findall(text):
        if expected not in page:
            fail(f"line {line} ({language}) ends well, but {expected!r} is not posted:\n{done.stdout}{done.stderr}")
    print(f"line {line} ({language}): ran, said {done.stdout.split()}")


def main():
    server = os.environ["TWAUTH_SERVER"].rstrip("/")
    with tempfile.TemporaryDirectory() as folder:
        home, programs, patches = (pathlib.Path(folder, name) for name in ("home", "bin", "patches"))
        for each in (home, programs, patches):
            each.mkdir()
        (programs / "twauth").symlink_to(PROGRAM)
        (patches / "sitecustomize.py").write_text(READDRESSED.format(server=server))
        environment = {
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(home),
            "LANG": "C.UTF-8",
            "NO_PROXY": "*",
            "PYTHONPATH": str(patches),
        }
        check_names(environment)
        log_in(home, environment, server)
        found = blocks()
        for block in found:
            run(*block, home, environment, server)
    print(f"{len(found)} blocks of the guide run")


main()
