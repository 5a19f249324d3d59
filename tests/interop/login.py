"""Three OAuth 1.0a libraries log in, ask who they are and post, as their own manuals say.

Run by the sandbox, which tells where it is:  twauth sandbox -- python3 tests/interop/login.py
"""

import os

import requests
import tweepy
import twython
from requests_oauthlib import OAuth1Session

from person import authorize

SERVER = os.environ["TWAUTH_SERVER"].rstrip("/")
KEY = os.environ["TWAUTH_CONSUMER_KEY"]
SECRET = os.environ["TWAUTH_CONSUMER_SECRET"]
os.environ["NO_PROXY"] = "*"

TEXT = "%s: a post with + and %% and & and = and ~ and ☃ and \U0001f916 and\na second line"


def check(condition, what):
    if not condition:
        raise SystemExit(f"wrong: {what}")


def with_requests_oauthlib():
    session = OAuth1Session(KEY, client_secret=SECRET, callback_uri="oob")
    reply = session.fetch_request_token(f"{SERVER}/oauth/request_token")
    check(reply["oauth_callback_confirmed"] == "true", "the callback is not confirmed")
    pin = authorize(session.authorization_url(f"{SERVER}/oauth/authorize"))
    session = OAuth1Session(
        KEY,
        client_secret=SECRET,
        resource_owner_key=reply["oauth_token"],
        resource_owner_secret=reply["oauth_token_secret"],
        verifier=pin,
    )
    token = session.fetch_access_token(f"{SERVER}/oauth/access_token")
    session = OAuth1Session(KEY, SECRET, token["oauth_token"], token["oauth_token_secret"])
    me = session.get(f"{SERVER}/2/users/me", params={"user.fields": "id,name,username"}).json()["data"]
    check((me["username"], me["id"]) == (token["screen_name"], token["user_id"]), me)
    text = TEXT % "requests-oauthlib"
    reply = session.post(f"{SERVER}/2/tweets", json={"text": text})
    check(reply.status_code == 201 and reply.json()["data"]["text"] == text, reply.text)
    reply = session.delete(f"{SERVER}/2/tweets/{reply.json()['data']['id']}")
    check(reply.json() == {"data": {"deleted": True}}, reply.text)
    return token["screen_name"]


class Elsewhere(requests.Session):
    """tweepy names its host in the code: here its requests are readdressed before they are signed."""

    def request(self, method, url, **rest):
        return super().request(method, url.replace("https://api.twitter.com", SERVER, 1), **rest)


class TweepyHandler(tweepy.OAuth1UserHandler):
    def _get_oauth_url(self, endpoint):
        return f"{SERVER}/oauth/{endpoint}"


def with_tweepy():
    handler = TweepyHandler(KEY, SECRET, callback="oob")
    token, secret = handler.get_access_token(authorize(handler.get_authorization_url()))
    api = tweepy.API(TweepyHandler(KEY, SECRET, token, secret))
    api.session = Elsewhere()
    old = api.verify_credentials()
    client = tweepy.Client(
        consumer_key=KEY, consumer_secret=SECRET, access_token=token, access_token_secret=secret
    )
    client.session = Elsewhere()
    me = client.get_me(user_auth=True, user_fields=["id", "name", "username"]).data
    check((me.username, str(me.id)) == (old.screen_name, old.id_str), (me.data, old._json))
    text = TEXT % "tweepy"
    made = client.create_tweet(text=text).data
    check(made["text"] == text, made)
    check(client.delete_tweet(made["id"]).data == {"deleted": True}, "the post is not deleted")
    return me.username


class Twython(twython.Twython):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.api_url = f"{SERVER}/%s"
        self.request_token_url = f"{SERVER}/oauth/request_token"
        self.access_token_url = f"{SERVER}/oauth/access_token"
        self.authenticate_url = f"{SERVER}/oauth/authorize"


def with_twython():
    reply = Twython(KEY, SECRET).get_authentication_tokens(callback_url="oob")
    half = Twython(KEY, SECRET, reply["oauth_token"], reply["oauth_token_secret"])
    token = half.get_authorized_tokens(authorize(reply["auth_url"]))
    twitter = Twython(KEY, SECRET, token["oauth_token"], token["oauth_token_secret"])
    me = twitter.verify_credentials()
    check((me["screen_name"], me["id_str"]) == (token["screen_name"], token["user_id"]), me)
    # Twython's own method posts where X lets almost nobody post any more: either answer is X's.
    text = TEXT % "twython"
    try:
        made = twitter.update_status(status=text)
        check(text in (made.get("text"), made.get("full_text")), made)
    except twython.TwythonError as error:
        check(error.error_code == 403, error)
    made = twitter._request(f"{SERVER}/2/tweets", "POST", {"text": text + "!"}, json_encoded=True)
    check(made["data"]["text"] == text + "!", made)
    return me["screen_name"]


for login in (with_requests_oauthlib, with_tweepy, with_twython):
    print(f"{login.__name__[5:]}: logged in, verified and posted as {login()}")
