"""What a person sees and types at the console of Windows, played through a pseudo-terminal under wine.

    python3 tests/windows/console.py WINE TWAUTH.EXE PATIENT.EXE

PATIENT.EXE is tests/windows/patient.c. Prints a line for each scenario; the exit code is 1 where one failed.
"""

import json
import os
import pathlib
import pty
import re
import select
import signal
import sys
import tempfile
import termios
import time

WINE, TWAUTH, PATIENT = map(os.path.abspath, sys.argv[1:])
LIMIT = 30
NOWHERE = "http://127.0.0.1:9"
# Of the shapes that X gives out.
KEY = "madeUpKey".ljust(25, "k")
SECRET = "madeUpSecret0".ljust(50, "s")
TOKEN = "931657239872432861-" + "madeUpToken0".ljust(40, "t")
TOKEN_SECRET = "madeUpTokenSecret0".ljust(45, "u")
BACKSPACE, ENTER, ESCAPE, CTRL_C, CTRL_U, CTRL_Z, DOWN = "\x7f", "\r", "\x1b", "\x03", "\x15", "\x1a", "\x1b[B"
CONTROL = re.compile(r"\x1b\][^\x07]*\x07|\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]")


class Console:
    """A program of Windows on a terminal of its own."""

    def __init__(self, home, *words, **variables):
        self.screen, self.seen, self.text = b"", 0, ""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("TWAUTH_")}
        # wine gives its own profile to what is started from outside, whatever USERPROFILE says.
        environment |= {"TWAUTH_CREDS": "tw.json", "TERM": "xterm", **variables}
        self.process, self.terminal = pty.fork()
        if self.process == 0:
            # Ctrl-Z is a key on Windows, and stops nothing.
            modes = termios.tcgetattr(0)
            modes[6][termios.VSUSP] = b"\0"
            termios.tcsetattr(0, termios.TCSANOW, modes)
            os.chdir(home)
            os.execvpe(WINE, [WINE, *words], environment)

    def read(self, seconds):
        """Whether something came."""
        ready, _, _ = select.select([self.terminal], [], [], seconds)
        if not ready:
            return False
        try:
            piece = os.read(self.terminal, 65536)
        except OSError:
            piece = b""
        self.screen += piece
        self.text = CONTROL.sub("", self.screen.decode("utf-8", "replace"))
        return bool(piece)

    def expect(self, text):
        deadline = time.monotonic() + LIMIT
        while (at := self.text.find(text, self.seen)) < 0:
            if time.monotonic() > deadline or not self.read(1) and self.has_ended():
                raise AssertionError(f"{text!r} did not come, but:\n{self.text}")
        self.seen = at + len(text)

    def type(self, *keys):
        """As a person does, who reads first: wine loses keys that come while a question is being written."""
        for key in keys:
            while self.read(0.3):
                pass
            os.write(self.terminal, key.encode())

    def has_ended(self):
        return os.waitid(os.P_PID, self.process, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def end(self):
        """The exit code."""
        deadline = time.monotonic() + LIMIT
        while not self.has_ended():
            self.read(0.1)
            if time.monotonic() > deadline:
                os.kill(self.process, signal.SIGKILL)
                os.waitpid(self.process, 0)
                raise AssertionError(f"it hangs:\n{self.text}")
        while self.read(0.2):
            pass
        os.close(self.terminal)
        return os.waitstatus_to_exitcode(os.waitpid(self.process, 0)[1])

    def check(self, exit_code):
        code = self.end()
        if code != exit_code:
            raise AssertionError(f"exit code {code}, not {exit_code}:\n{self.text}")


def account(home):
    found = json.loads((home / "tw.json").read_text())
    return found[-1] if isinstance(found, list) else found


def log_in(home, *options):
    """Up to the question for the secret, which is hidden."""
    console = Console(home, TWAUTH, "login", "--with-token", "--no-verify", "--server", NOWHERE, *options)
    return console


def answer(console, *, secret=(SECRET,), token=(TOKEN,), token_secret=(TOKEN_SECRET,)):
    console.expect("API Key")
    console.type(KEY, ENTER)
    console.expect("API Key Secret")
    console.type(*secret, ENTER)
    console.expect("Access Token")
    console.type(*token, ENTER)
    console.expect("Access Token Secret")
    console.type(*token_secret, ENTER)


def hidden_answers_can_be_corrected(home):
    console = log_in(home)
    answer(
        console,
        secret=(SECRET, "X", BACKSPACE),
        token=("all wrong", CTRL_U, TOKEN),
        token_secret=(TOKEN_SECRET, "XYZ", BACKSPACE, BACKSPACE, BACKSPACE),
    )
    console.check(0)
    saved = account(home)
    kept = [saved[label] for label in ("consumer_key", "consumer_secret", "access_token", "access_token_secret")]
    assert kept == [KEY, SECRET, TOKEN, TOKEN_SECRET], kept
    for secret in (SECRET, TOKEN_SECRET):
        assert secret not in console.text, "a hidden answer was shown"


def ctrl_z_leaves_a_hidden_question(home):
    console = log_in(home)
    console.expect("API Key")
    console.type(KEY, ENTER)
    console.expect("API Key Secret")
    console.type(SECRET[:5], CTRL_Z)
    console.check(130)
    assert not list(home.iterdir())


def ctrl_c_leaves_a_hidden_question(home):
    console = log_in(home)
    console.expect("API Key")
    console.type(KEY, ENTER)
    console.expect("API Key Secret")
    console.type(SECRET[:5], CTRL_C)
    console.check(130)
    assert not list(home.iterdir())


def the_place_of_a_second_account_is_chosen_by_the_arrow_keys(home):
    first = log_in(home)
    answer(first)
    first.check(0)
    second = log_in(home)
    second.expect("replace")
    second.type(ENTER)
    second.expect("Access Token")
    second.type("8" + TOKEN[1:], ENTER)
    second.expect("Access Token Secret")
    second.type(TOKEN_SECRET, ENTER)
    second.check(0)
    assert len(json.loads((home / "tw.json").read_text())) == 2


def a_logout_asks_first(home):
    first = log_in(home)
    answer(first)
    first.check(0)
    before = (home / "tw.json").read_text()
    for key, code in (("n", 130), ("y", 0)):
        console = Console(home, TWAUTH, "logout", "--local")
        console.expect("[y/N]")
        console.type(key)
        console.check(code)
        assert (before == (home / "tw.json").read_text()) == (key == "n")


def a_pasted_text_ends_with_ctrl_z_and_enter(home):
    console = Console(home, TWAUTH, "import", "-", "-c", "other.json")
    for line in (KEY, SECRET, TOKEN, TOKEN_SECRET):
        console.type(line, ENTER)
    console.type(CTRL_Z, ENTER)
    console.check(0)
    assert json.loads((home / "other.json").read_text())["consumer_secret"] == SECRET


def a_command_that_is_run_decides_what_ctrl_c_means(home):
    first = log_in(home)
    answer(first)
    first.check(0)
    console = Console(home, TWAUTH, "run", "--", PATIENT)
    console.expect("waiting")
    console.type(CTRL_C)
    console.expect("cleaned")
    console.check(5)


def the_browser_is_the_one_that_the_variable_names(home):
    folder = home / "a folder"
    folder.mkdir()
    (folder / "browser.cmd").write_text("@echo %1> opened\n")
    named = "Z:" + str(folder / "browser.cmd").replace("/", "\\")
    console = Console(home, TWAUTH, "login", "--sandbox", BROWSER=named)
    console.expect("/oauth/authorize?")
    opened = home / "opened"
    deadline = time.monotonic() + LIMIT
    while not (opened.exists() and opened.read_text()):
        if time.monotonic() > deadline:
            raise AssertionError(f"no browser was opened:\n{console.text}")
        console.read(0.1)
    address = opened.read_text().strip().strip('"')
    assert address.startswith("http://127.0.0.1:") and "oauth_token=" in address, address
    console.type(ENTER)
    console.check(130)


SCENARIOS = (
    hidden_answers_can_be_corrected,
    ctrl_z_leaves_a_hidden_question,
    ctrl_c_leaves_a_hidden_question,
    the_place_of_a_second_account_is_chosen_by_the_arrow_keys,
    a_logout_asks_first,
    a_pasted_text_ends_with_ctrl_z_and_enter,
    a_command_that_is_run_decides_what_ctrl_c_means,
    the_browser_is_the_one_that_the_variable_names,
)


def main():
    failed = 0
    for scenario in SCENARIOS:
        with tempfile.TemporaryDirectory() as home:
            name = scenario.__name__.replace("_", " ")
            try:
                scenario(pathlib.Path(home))
                print(f"test console: {name} ... ok", flush=True)
            except (AssertionError, OSError) as error:
                failed += 1
                print(f"test console: {name} ... FAILED\n{error}", flush=True)
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
