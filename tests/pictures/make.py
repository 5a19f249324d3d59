"""Remakes the README's pictures in .github/images from the program itself, with tmux and Chromium.

    cargo build && target/debug/twauth sandbox -- python3 tests/pictures/make.py target/debug/twauth
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
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "interop"))

from person import authorize, pages  # noqa: E402 (its folder has to be named first)

PROGRAM = os.path.abspath(sys.argv[1])
SERVER = os.environ["TWAUTH_SERVER"].rstrip("/")
IMAGES = ROOT / ".github" / "images"
ADDRESS = re.compile(r"http://\S+/oauth/authorize\?\S+")
PATIENCE = 20


class Terminal:
    """A shell in tmux, typed into as a person would."""

    def __init__(self, home, width, height=60):
        self.tmux = ["tmux", "-L", f"twauth-{os.getpid()}", "-f", os.devnull]
        clean = f"env -i HOME={shlex.quote(str(home))} PATH={shlex.quote(f'{home.parent}/bin:/usr/bin:/bin')} LANG=C.UTF-8 "
        shell = clean + "NO_PROXY='*' HISTFILE= TERM=xterm-256color PS1='$ ' bash --norc --noprofile"
        self.typed = 0
        self.do("new-session", "-d", "-x", str(width), "-y", str(height), "-c", str(home), shell)
        self.prompt()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.do("kill-server")

    def do(self, *words):
        done = subprocess.run([*self.tmux, *words], check=True, capture_output=True, text=True)
        return done.stdout

    def run(self, command):
        """Types a command, and waits for its end."""
        self.type(command)
        self.prompt()

    def prompt(self):
        """Waits for the prompt that follows as many commands as were typed."""
        self.expect(rf"\A(\$ .*\n([^$].*\n|\n)*){{{self.typed}}}\$ \Z")

    def type(self, text):
        self.typed += 1
        self.answer(text)

    def answer(self, text):
        self.do("send-keys", "-l", text)
        self.do("send-keys", "Enter")

    def expect(self, pattern):
        """Waits until the screen's text, long lines joined, ends with the pattern; gives the text back."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            text = self.do("capture-pane", "-p", "-J").rstrip()
            if re.search(pattern, text + " "):
                return text
            time.sleep(0.05)
        raise SystemExit(f"{pattern!r} does not appear on the screen:\n{text}")

    def picture(self, name, title):
        lines = self.do("capture-pane", "-p", "-e").rstrip().split("\n")
        # The last line is the prompt that waits.
        write(name, drawn(lines[:-1], title))


STYLES = {"1": "b", "2": "d", "31": "r", "32": "g", "33": "y", "36": "c"}
CELL, LINE, EDGE = 8.4, 20, 20
SHEET = """
text { font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', 'Liberation Mono', monospace;
  fill: #d7dce0; white-space: pre; }
.b { font-weight: 700 } .d { fill: #8b949c } .r { fill: #ff8f86 } .g { fill: #8fd694 } .y { fill: #efc56b }
.c { fill: #7cc7e8 } .typed { fill: #fff; font-weight: 700 }
"""


def runs(line):
    """The stretches of a captured line that look alike, each with its column and classes."""
    column, classes = 0, []
    for code, text in re.findall(r"\x1b\[([\d;]*)m|([^\x1b]+)", line):
        if text:
            yield column, classes, text
            column += len(text)
            continue
        for number in code.split(";"):
            if number in ("", "0", "39"):
                classes = []
            elif number in STYLES:
                classes = [*classes, STYLES[number]]


def drawn(lines, title):
    """An SVG of a terminal's lines. Every stretch has its length, so that any fixed-width font fits."""
    width = EDGE * 2 + CELL * max(len(re.sub(r"\x1b\[[\d;]*m", "", line)) for line in lines)
    height = EDGE * 2 + LINE * len(lines)
    texts = []
    for number, line in enumerate(lines):
        stretches = list(runs(line))
        if line.startswith("$ "):
            stretches = [(0, ["d"], "$ "), (2, ["typed"], line[2:])]
        for column, classes, text in stretches:
            if not text.strip():
                continue
            place = f'x="{EDGE + CELL * column:g}" y="{EDGE + LINE * number + 14}" textLength="{CELL * len(text):g}"'
            kind = f' class="{" ".join(classes)}"' if classes else ""
            texts.append(f"<text {place}{kind}>{html.escape(text, quote=False)}</text>")
    body = "\n".join(texts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height}" viewBox="0 0 {width:g} {height}"'
        f' role="img">\n<title>{html.escape(title)}</title>\n<style>{SHEET}</style>\n'
        f'<rect width="100%" height="100%" rx="10" fill="#171b1f"/>\n{body}\n</svg>\n'
    )


def write(name, text):
    (IMAGES / name).write_text(text, encoding="utf-8")
    print(f".github/images/{name}: {len(text.encode())} bytes")


def login(home):
    with Terminal(home, 106) as terminal:
        terminal.type("twauth login --sandbox")
        url = ADDRESS.search(terminal.expect(r"PIN.*: $"))[0]
        terminal.answer(authorize(url, "weatherbot"))
        terminal.prompt()
        terminal.run("twauth verify --sandbox")
        terminal.run('twauth tweet --sandbox "good morning, it rains"')
        terminal.picture("login.svg", "A login, a check and a post in a terminal")


def add(home, name, *options):
    """A login through pipes."""
    words = [PROGRAM, "login", "-a", name, "--server", SERVER, *options]
    pipe = subprocess.PIPE
    environment = {**os.environ, "HOME": str(home), "NO_PROXY": "*"}
    with subprocess.Popen(words, stdin=pipe, stdout=pipe, stderr=pipe, env=environment, text=True) as process:
        said = ""
        for line in process.stderr:
            said += line
            found = ADDRESS.search(line)
            if found:
                process.stdin.write(authorize(found[0], name) + "\n")
                process.stdin.close()
        if process.wait(PATIENCE) != 0:
            raise SystemExit(f"the login of {name} failed:\n{said}")


def verify(home):
    add(home, "weatherbot")
    add(home, "newsbot", "--add")
    add(home, "readerbot", "--add", "--read-only")
    add(home, "sandbot", "--add")
    file = home / "tw.json"
    accounts = json.loads(file.read_text())
    # As after a revocation.
    accounts[-1]["access_token_secret"] += "0"
    file.write_text(json.dumps(accounts))
    with Terminal(home, 110) as terminal:
        terminal.run("twauth verify")
        terminal.picture("verify.svg", "verify of four accounts in a terminal")


def sandbox(home):
    """The page that asks and the page with the PIN, side by side as two telephones would show them."""
    words = [PROGRAM, "login", "--server", SERVER, "-a", "weatherbot", "--no-browser"]
    pipe = subprocess.PIPE
    with subprocess.Popen(words, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as process:
        url = next(ADDRESS.search(line)[0] for line in process.stderr if "/oauth/authorize?" in line)
        # Their stylesheet is the server's.
        both = [page.replace('href="/', f'href="{SERVER}/') for page in pages(url, "weatherbot")]
        process.stdin.close()
        process.stderr.read()
    frames = "".join(f'<iframe srcdoc="{html.escape(page)}"></iframe>' for page in both)
    style = (
        "body { margin: 0; padding: 24px; display: flex; gap: 24px; background: #e3e0d8 } "
        "iframe { width: 390px; height: 860px; border: 1px solid #c9c5ba; border-radius: 18px; background: #fff }"
    )
    file = home / "pages.html"
    file.write_text(f"<!DOCTYPE html><meta charset=utf-8><style>{style}</style>{frames}", encoding="utf-8")
    subprocess.run(
        ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--hide-scrollbars", "--window-size=856,910",
         f"--user-data-dir={home / 'chromium'}", f"--screenshot={IMAGES / 'sandbox.png'}", file.as_uri()],
        check=True, capture_output=True, timeout=PATIENCE * 6,
    )
    print(f".github/images/sandbox.png: {(IMAGES / 'sandbox.png').stat().st_size} bytes")


def main():
    IMAGES.mkdir(parents=True, exist_ok=True)
    for picture in (login, verify, sandbox):
        with tempfile.TemporaryDirectory() as folder:
            home, programs = pathlib.Path(folder, "home"), pathlib.Path(folder, "bin")
            home.mkdir()
            programs.mkdir()
            (programs / "twauth").symlink_to(PROGRAM)
            picture(home)


main()
