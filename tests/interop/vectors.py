"""Compares `twauth header --explain` with oauthlib on random requests, and with the published vectors.

    python3 tests/interop/vectors.py target/debug/twauth [NUMBER [SEED]]
"""

import json
import os
import random
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote, urlsplit

from oauthlib.oauth1.rfc5849 import signature

PROGRAM = os.path.abspath(sys.argv[1])
NUMBER = int(sys.argv[2]) if len(sys.argv) > 2 else 5000
SEED = int(sys.argv[3]) if len(sys.argv) > 3 else random.randrange(1 << 32)
VECTORS = Path(__file__).parent.parent / "data" / "oauth1-vectors.json"


def parse_explained(text):
    """The base string and the signature out of what `--explain` prints, however they are labelled."""
    base = re.search(r"\S+&https?%3A%2F%2F\S*", text)
    found = [match for match in re.finditer(r"(?<![\w+/%&=])[A-Za-z0-9+/]{27}=(?=\s|$)", text)]
    return (base and base[0], found and found[-1][0] or None)


def explain(method, url, fields, values):
    """Runs the program; gives back base string, signature, and what it said where it refused."""
    words = [PROGRAM, "header", "-X", method, url, "--nonce", values["nonce"]]
    words += ["--timestamp", values["timestamp"], "--explain"]
    for name, value in fields:
        words += ["-F", f"{name}={value}"]
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": "/nonexistent",
        "TWAUTH_CONSUMER_KEY": values["key"],
        "TWAUTH_CONSUMER_SECRET": values["secret"],
        "TWAUTH_ACCESS_TOKEN": values["token"],
        "TWAUTH_ACCESS_TOKEN_SECRET": values["token_secret"],
    }
    done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, env=environment, timeout=60)
    if done.returncode != 0:
        return None, None, f"exit {done.returncode}: {done.stderr.decode()}"
    return *parse_explained(done.stdout.decode()), ""


def expected(method, url, fields, values):
    """The same from oauthlib."""
    oauth = {
        "oauth_consumer_key": values["key"],
        "oauth_token": values["token"],
        "oauth_signature_method": "HMAC-SHA1",
        "oauth_timestamp": values["timestamp"],
        "oauth_nonce": values["nonce"],
        "oauth_version": "1.0",
    }
    parameters = signature.collect_parameters(uri_query=urlsplit(url).query, body=fields)
    normalised = signature.normalize_parameters(parameters + list(oauth.items()))
    base = signature.signature_base_string(method, signature.base_string_uri(url), normalised)
    return base, signature.sign_hmac_sha1_with_client(base, Secrets(values))


class Secrets:
    """What oauthlib wants of a client when it signs."""

    def __init__(self, values):
        self.client_secret = values["secret"]
        self.resource_owner_secret = values["token_secret"]


def random_text(chance, most, letters=""):
    planes = [(0x21, 0x7E), (0x20, 0x2F), (0xA0, 0x24F), (0x400, 0x4FF), (0x3041, 0x30FF),
              (0x1F600, 0x1F64F), (0x10000, 0x10FFFF)]
    count = chance.randint(0, most)
    if letters:
        return "".join(chance.choices(letters, k=count))
    return "".join(chr(chance.randint(*chance.choice(planes))) for _ in range(count))


def random_request(chance):
    scheme = chance.choice(["https", "http", "HTTPS"])
    host = chance.choice(["api.x.com", "API.Example.COM", "127.0.0.1", "[::1]", "localhost"])
    port = chance.choice(["", "", ":443", ":80", ":8080"])
    path = "".join(
        "/" + "a" + quote(random_text(chance, 5), safe="-._~!$'()*+,=:@") for _ in range(chance.randint(0, 3))
    )
    pairs = [(random_text(chance, 6), random_text(chance, 10)) for _ in range(chance.randint(0, 4))]
    if pairs and chance.random() < 0.3:
        pairs.append((pairs[0][0], random_text(chance, 3)))
    query = "&".join(spell(chance, name) + "=" + spell(chance, value) for name, value in pairs)
    method = chance.choice(["GET", "POST", "PUT", "DELETE", "PATCH"])
    fields = []
    if method in ("POST", "PUT", "PATCH"):
        for _ in range(chance.randint(0, 3)):
            # `-F name=value` is divided at the first equals sign.
            name = "n" + random_text(chance, 5).replace("=", "")
            fields.append((name, random_text(chance, 12)))
    plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    odd = plain + "-._~!*'()%&+=/:@$,;"
    values = {
        "key": "k" + random_text(chance, 24, plain),
        "secret": "s" + random_text(chance, 50, odd),
        "token": f"{chance.randrange(1 << 62)}-t" + random_text(chance, 40, odd),
        "token_secret": "u" + random_text(chance, 45, odd),
        "nonce": "n" + random_text(chance, 31, plain),
        "timestamp": str(chance.randrange(10**9, 2 * 10**9)),
    }
    return method, f"{scheme}://{host}{port}{path}{'?' if query else ''}{query}", fields, values


def spell(chance, text):
    """One of the ways in which the same text can stand in a query."""
    spelled = quote(text, safe="-._~")
    way = chance.randrange(4)
    if way == 1:
        return spelled.replace("%20", "+")
    if way == 2:
        return re.sub(r"%[0-9A-F]{2}", lambda found: found[0].lower(), spelled)
    return quote(text, safe="-._~!*()") if way == 3 else spelled


def compare(case):
    name, method, url, fields, values, base, signed = case
    own_base, own_signature, refusal = explain(method, url, fields, values)
    if (own_base, own_signature) == (base, signed):
        return None
    return f"{name}: {method} {url} {fields}\n  want {base} {signed}\n  have {own_base} {own_signature} {refusal}"


def random_cases():
    chance = random.Random(SEED)
    for number in range(NUMBER):
        request = random_request(chance)
        yield (f"random {number}", *request, *expected(*request))


def published_cases(skipped):
    for vector in json.loads(VECTORS.read_text(encoding="utf-8")):
        oauth = vector["oauth_params"]
        reason = not_expressible(vector, oauth)
        if reason:
            skipped.append((vector["name"], reason))
            continue
        values = {
            "key": oauth["oauth_consumer_key"],
            "secret": vector["consumer_secret"],
            "token": oauth["oauth_token"],
            "token_secret": vector["token_secret"],
            "nonce": oauth["oauth_nonce"],
            "timestamp": oauth["oauth_timestamp"],
        }
        yield (
            vector["name"],
            vector["method"],
            vector["url"],
            [tuple(pair) for pair in vector["params"]["form"]],
            values,
            vector["expected_base_string"],
            vector["expected_signature"],
        )


def not_expressible(vector, oauth):
    """Why `header` cannot be asked for this vector, if it cannot."""
    if not all((vector.get("consumer_secret"), vector.get("token_secret"), oauth.get("oauth_token"))):
        return "not all four values are there"
    if "oauth_callback" in oauth or "oauth_verifier" in oauth:
        return "a step of the login"
    if oauth.get("oauth_version") != "1.0":
        return "no version"
    if any("=" in name or not name for name, _ in vector["params"]["form"]):
        return "a form field's name that -F cannot carry"
    if urlsplit(vector["url"]).hostname.endswith("."):
        return "a host that is refused"
    return ""


def main():
    print(f"seed {SEED}", flush=True)
    skipped = []
    cases = [*published_cases(skipped), *random_cases()]
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        wrong = [said for said in pool.map(compare, cases) if said]
    if wrong:
        raise SystemExit("\n".join(wrong[:10]) + f"\n{len(wrong)} of {len(cases)} signatures differ")
    for name, reason in skipped:
        print(f"not asked: {name} ({reason})")
    print(f"{len(cases)} signatures, {len(cases) - NUMBER} of them published, all as oauthlib has them")


if __name__ == "__main__":
    main()
