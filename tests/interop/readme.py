"""Follows README.md as a reader would: every command and program in it is run, with the sandbox in X's place.

    twauth sandbox -- python3 tests/interop/readme.py target/debug/twauth

In a new home folder, from the top of the page to its end: a shell block is run, a block under `<!-- file: NAME -->` becomes
that file, a workflow's steps are run with its secrets, and `# exits with N` after a command is compared with its exit code.
Only PowerShell is not run; the commands and options in it are looked up, as all others are. With more arguments it is the
`twauth` of that home: the program, and the person who answers it.
"""

import html
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile
import textwrap

import yaml

from person import OPENER, authorize

PROGRAM = os.path.abspath(sys.argv[1])
README = pathlib.Path(__file__).resolve().parents[2] / "README.md"
PATIENCE = 120
TAG = "v1.2.3"
# What runs in one block.
SHELLS = {"sh": ["sh", "-eu"], "zsh": ["zsh", "-f", "-eu"]}
KNOWN = {*SHELLS, "json", "yaml", "powershell"}

BLOCK = re.compile(r"^(?:<!-- file: ([\w.-]+) -->\n)?( *)```(\w+)\n(.*?)^\2```$", re.MULTILINE | re.DOTALL)
EXPECTED = re.compile(r"^(.*\S) +# exits with (\d+)$", re.MULTILINE)
# Posts of twauth at the server of this run, and those of programs, in a constant.
POSTED = re.compile(r'^twauth tweet (?!.*--sandbox)[^"\n]*"([^"$]+)"|text[:=] ?"([^"$]+)"', re.MULTILINE)
NAMED = re.compile(r"\btwauth ([a-z]+)(?: ([a-z-]+)\b)?")
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]+")
# What git, cargo, curl, gh and others are given is theirs.
FOREIGN = re.compile(r"\b(?:cargo (?!run)|curl |gh secret |mkdir |chmod )[^`\n|]*")
# What belongs to cargo run.
CARGO = {"--release"}

# Cargo and gh, as far as the page uses them. The gate itself runs the tests, and builds.
STANDINS = {
    "cargo": """
case "$*" in
    "run --release -- "*) shift 3; exec twauth "$@" ;;
    test | "install --locked --path .") ;;
    *) echo "not tried: cargo $*" >&2; exit 1 ;;
esac
""",
    "gh": '[ "$*" = "secret set -f -" ] && cat > "$HOME/secrets"\n',
}

# tweepy has X's host in its code: its requests are readdressed before they are signed.
READDRESSED = """
import requests

whole = requests.Session.request

def request(self, method, url, *rest, **named):
    return whole(self, method, url.replace("https://api.twitter.com", {server!r}, 1), *rest, **named)

requests.Session.request = request
"""


def fail(what):
    raise SystemExit(f"wrong: {what}")


def blocks():
    """File name, language, line and text of each block."""
    text = README.read_text(encoding="utf-8")
    found = [
        (each[1], each[3], text.count("\n", 0, each.start(3)) + 1, textwrap.dedent(each[4]))
        for each in BLOCK.finditer(text)
    ]
    # A block that is not recognised would be a block that nobody runs.
    fences = len(re.findall(r"^ *```", text, re.MULTILINE))
    if fences != 2 * len(found) or text.count("<!-- file:") != sum(bool(name) for name, *_ in found):
        fail(f"{fences} fences, but the blocks are {[(line, language) for _, language, line, _ in found]}")
    return found


def check_names(environment):
    """Every command, topic and option that the page names exists."""
    code = "\n".join(re.findall(r"^ *```.*?^ *```|`[^`\n]+`", README.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL))
    code = FOREIGN.sub("", code)
    helped = ""
    subjects = {topic if name == "help" and topic else name for name, topic in NAMED.findall(code)} | {"--help"}
    for subject in sorted(subjects):
        words = ["twauth", subject] if subject == "--help" else ["twauth", "help", subject]
        done = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False)
        if done.returncode != 0:
            fail(f"there is no `{' '.join(words)}`")
        helped += done.stdout
    unknown = set(OPTION.findall(code)) - set(OPTION.findall(helped)) - CARGO
    if unknown:
        fail(f"these options do not exist: {sorted(unknown)}")
    print(f"{len(subjects)} commands and topics of the page exist, and all its options")


def person(words):
    """twauth and its user, who has the app's keys, opens the URL, types the PIN and confirms."""
    home = pathlib.Path.home()
    if words[0] == "logout":
        words = [*words, "--yes"]
    if words[0] != "login":
        os.execv(PROGRAM, ["twauth", *words])
    name = words[words.index("-a") + 1] if "-a" in words else "sandbot"
    started = home / "started"
    if "--start" in words:
        url = subprocess.run([PROGRAM, *words], stdout=subprocess.PIPE, text=True, check=True).stdout
        started.write_text(f"{url.strip()} {name}")
        print(url, end="")
        return
    if "--finish" in words:
        # The page shows an example in the PIN's place.
        words[words.index("--finish") + 1] = authorize(*started.read_text().split())
        os.execv(PROGRAM, ["twauth", *words])
    with subprocess.Popen([PROGRAM, *words], stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        if "--sandbox" not in words and not (home / "tw.json").exists():
            process.stdin.write("sandbox-consumer-key\nsandbox-consumer-secret\n")
            process.stdin.flush()
        for line in process.stderr:
            sys.stderr.write(line)
            if "/oauth/authorize?" in line:
                process.stdin.write(authorize(line.split()[-1], name) + "\n")
                process.stdin.close()
    raise SystemExit(process.returncode)


def run(command, text, line, home, environment):
    """Runs a block; only a command with an expected exit code may fail, and with no other."""
    text = EXPECTED.sub(r"{ \1; } && rc=0 || rc=$?; [ $rc = \2 ] || { echo it exits with $rc >&2; exit 99; }", text)
    done = subprocess.run(
        [*command, "-c", text], env=environment, cwd=home, stdin=subprocess.DEVNULL, capture_output=True,
        text=True, timeout=PATIENCE, check=False,
    )
    if done.returncode != 0:
        fail(f"line {line} ends with {done.returncode}:\n{text}{done.stdout}{done.stderr}")
    print(f"line {line}: ran, printed {done.stdout.split()[:8]}")


def workflow(text, line, home, environment):
    """The steps of a workflow, with the secrets that the page has stored before."""
    secrets = dict(each.split("=", 1) for each in (home / "secrets").read_text().splitlines())
    for step in yaml.safe_load(text):
        values = {name: re.sub(r"\$\{\{ secrets\.(\w+) \}\}", lambda it: secrets[it[1]], value)
                  for name, value in step["env"].items()}
        # A runner has no home of ours.
        with tempfile.TemporaryDirectory() as runner:
            run(SHELLS["sh"], step["run"], line, home,
                {**environment, **values, "HOME": runner, "GITHUB_REF_NAME": TAG})


def follow(found, home, environment, server):
    written, ran = {}, 0
    for name, language, line, text in found:
        if name:
            (home / name).write_text(text.replace("https://api.x.com", server), encoding="utf-8")
            written[name] = text
            continue
        if language not in KNOWN:
            fail(f"line {line}: there is no way to run {language}")
        if language == "json":
            account = subprocess.run(
                [PROGRAM, "export", "-a", "mybot", "--format", "json"],
                env=environment, capture_output=True, text=True, timeout=PATIENCE, check=True,
            )
            if list(json.loads(text)) != [label for label in json.loads(account.stdout) if label != "server"]:
                fail(f"line {line}: the labels are those of {account.stdout}")
        elif language == "yaml":
            workflow(text, line, home, environment)
            text, ran = f'twauth tweet "released {TAG}"\n', ran + 1
        elif language in SHELLS:
            # The lines for ~/.zshrc have worked where twauth has completions.
            afterwards = "(( $+_comps[twauth] ))\n" if language == "zsh" else ""
            run(SHELLS[language], text.replace("https://api.x.com", server) + afterwards, line, home, environment)
            ran += 1
            for word in shlex.split(text, comments=True):
                text += written.pop(word.removeprefix("./"), "")
        page = html.unescape(OPENER.open(server, timeout=20).read().decode())
        for expected in filter(None, sum(POSTED.findall(text), ())):
            if expected not in page:
                fail(f"line {line}: {expected!r} is not posted")
            print(f"line {line}: {expected!r} is posted")
    if written:
        fail(f"these files are never run: {sorted(written)}")
    return ran


def main():
    server = os.environ["TWAUTH_SERVER"].rstrip("/")
    with tempfile.TemporaryDirectory() as folder:
        home, programs, patches = (pathlib.Path(folder, name) for name in ("home", "bin", "patches"))
        for each in (home, programs, patches):
            each.mkdir()
        itself = shlex.join([sys.executable, __file__, PROGRAM])
        shims = {"twauth": f'exec {itself} "$@"\n', "python": f'exec {shlex.quote(sys.executable)} "$@"\n'}
        for name, text in {**STANDINS, **shims}.items():
            (programs / name).write_text(f"#!/bin/sh\n{text}")
            (programs / name).chmod(0o755)
        (patches / "sitecustomize.py").write_text(READDRESSED.format(server=server))
        environment = {
            "PATH": f"{programs}{os.pathsep}{os.path.dirname(sys.executable)}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(home),
            "LANG": "C.UTF-8",
            "NO_PROXY": "*",
            "PYTHONPATH": str(patches),
            "TWAUTH_SERVER": server,
        }
        check_names(environment)
        found = blocks()
        ran = follow(found, home, environment, server)
    print(f"{ran} blocks of the page run, of {len(found)}")


if len(sys.argv) > 2:
    person(sys.argv[2:])
else:
    main()
