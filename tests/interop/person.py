"""The part of the person at the authorisation page: sign in, authorise, read the PIN."""

import re
import urllib.error
import urllib.parse
import urllib.request
from html.parser import HTMLParser

# No proxy stands between this machine and itself.
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Fields(HTMLParser):
    """Collects the hidden fields of a page, and the values it offers for each named choice."""

    def __init__(self):
        super().__init__()
        self.hidden = {}
        self.choices = {}
        self.select = None

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        name, value = attrs.get("name"), attrs.get("value") or ""
        if tag == "select":
            self.select = name
        elif tag == "option":
            self.choices.setdefault(self.select, []).append(value)
        elif tag == "input" and attrs.get("type") == "hidden":
            self.hidden[name] = value
        elif tag in ("input", "button") and name and value:
            self.choices.setdefault(name, []).append(value)


def authorize(url, screen_name=None):
    """Authorises as `screen_name`, or as the first account the page offers; gives back the PIN."""
    _, page = pages(url, screen_name)
    found = re.search(r'<code id="pin">([^<]+)</code>', page)
    if not found:
        raise SystemExit(f"no PIN on the page:\n{page}")
    return found[1]


def pages(url, screen_name=None):
    """The page that asks, and the page that answers the authorisation."""
    question = OPENER.open(url, timeout=20).read().decode()
    fields = Fields()
    fields.feed(question)
    names = [fields.hidden.get("screen_name"), *fields.choices.get("screen_name", [])]
    form = {
        "oauth_token": fields.hidden["oauth_token"],
        "authenticity_token": fields.hidden["authenticity_token"],
        "screen_name": screen_name or next(filter(None, names)),
        "action": "authorize",
    }
    bare = urllib.parse.urlsplit(url)
    request = urllib.request.Request(
        urllib.parse.urlunsplit((bare.scheme, bare.netloc, bare.path, "", "")),
        data=urllib.parse.urlencode(form).encode(),
        headers={"Origin": f"{bare.scheme}://{bare.netloc}"},
    )
    try:
        return question, OPENER.open(request, timeout=20).read().decode()
    except urllib.error.HTTPError as error:
        raise SystemExit(f"the page refused {form['screen_name']}: {error} {error.read().decode()}")
