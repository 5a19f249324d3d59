"""Sends what is meant for X to the server in TWAUTH_SERVER: libraries have X's hosts in their code.

Requests are readdressed before they are signed. Python loads this by itself where the folder is in PYTHONPATH.
"""

import os

import requests

whole = requests.Session.request


def request(self, method, url, *rest, **named):
    for host in ("https://api.twitter.com", "https://api.x.com"):
        url = url.replace(host, os.environ["TWAUTH_SERVER"].rstrip("/"), 1)
    return whole(self, method, url, *rest, **named)


requests.Session.request = request
