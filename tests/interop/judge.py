"""A loopback server whose every signature check is oauthlib's: what it accepts, other servers accept."""

import json
import random
import string
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from oauthlib.oauth1 import (
    AccessTokenEndpoint,
    RequestTokenEndpoint,
    RequestValidator,
    ResourceEndpoint,
)

# What may be in a key or secret, and has to be encoded to be signed or sent.
ODD = string.ascii_letters + string.digits + "-._~!*'()%&+=/:@$,;"


class Book(RequestValidator):
    """The server's memory: clients, tokens, nonces, posts; and what it has judged."""

    enforce_ssl = False
    # oauthlib is stricter about shapes than the protocol; they are not what is judged here.
    check_client_key = check_request_token = check_access_token = check_nonce = check_verifier = (
        lambda self, value: bool(value)
    )
    dummy_client = dummy_request_token = dummy_access_token = "nobody"

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.lock = threading.Lock()
        self.client_key = self.made_up(25, string.ascii_letters + string.digits)
        self.client_secret = self.made_up(50)
        self.temporary, self.tokens = {}, {}
        self.nonces, self.posts, self.verdicts = set(), [], []

    def made_up(self, length, letters=ODD):
        return "".join(self.random.choices(letters, k=length))

    # What oauthlib asks of a server, in the order of the dance.
    def validate_client_key(self, client_key, request):
        return client_key == self.client_key

    def get_client_secret(self, client_key, request):
        return self.client_secret

    def validate_timestamp_and_nonce(self, client_key, timestamp, nonce, request, **tokens):
        with self.lock:
            known = (timestamp, nonce) in self.nonces
            self.nonces.add((timestamp, nonce))
        return not known

    def get_default_realms(self, client_key, request):
        return []

    def get_realms(self, token, request):
        return []

    def validate_requested_realms(self, client_key, realms, request):
        return True

    def validate_realms(self, client_key, token, request, uri=None, realms=None):
        return True

    def validate_redirect_uri(self, client_key, redirect_uri, request):
        return redirect_uri == "oob"

    def save_request_token(self, token, request):
        pin = self.made_up(7, string.digits)
        self.temporary[token["oauth_token"]] = (token["oauth_token_secret"], pin)

    def validate_request_token(self, client_key, token, request):
        return token in self.temporary

    def get_request_token_secret(self, client_key, token, request):
        return self.temporary.get(token, ("nothing", ""))[0]

    def validate_verifier(self, client_key, token, verifier, request):
        return token in self.temporary and self.temporary[token][1] == verifier

    def invalidate_request_token(self, client_key, request_token, request):
        self.temporary.pop(request_token, None)

    def save_access_token(self, token, request):
        user_id = token["oauth_token"].split("-")[0]
        self.tokens[token["oauth_token"]] = (token["oauth_token_secret"], user_id)

    def validate_access_token(self, client_key, token, request):
        return token in self.tokens

    def get_access_token_secret(self, client_key, token, request):
        return self.tokens.get(token, ("nothing", ""))[0]


class Judge:
    """Starts the server; `with Judge(seed) as judge` ends it too."""

    def __init__(self, seed):
        self.book = Book(seed)
        made_up = lambda: self.book.made_up(40)
        self.request_token = RequestTokenEndpoint(self.book, token_generator=made_up)
        self.access_token = AccessTokenEndpoint(self.book, token_generator=self.next_token)
        self.resource = ResourceEndpoint(self.book)
        self.next_user, self.halves = 931657239872432861, 0
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler(self))
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def next_token(self):
        # Called once for the token, once for its secret.
        self.halves += 1
        secret = self.book.made_up(40)
        return secret if self.halves % 2 == 0 else f"{self.next_user}-{secret}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *error):
        self.server.shutdown()
        self.server.server_close()

    def pin(self, token):
        return self.book.temporary[token][1]

    def answer(self, method, target, headers, body):
        """Status, content type and body for one request; judged and written down."""
        route = f"{method} {target.split('?')[0]}"
        arguments = (f"http://{headers['Host']}{target}", method, body, headers)
        html = "text/html; charset=utf-8"
        if route == "POST /oauth/request_token":
            _, text, status = self.request_token.create_request_token_response(*arguments)
            reply = status, html, text or "refused"
        elif route == "POST /oauth/access_token":
            self.next_user += 1
            owner = {"user_id": self.next_user, "screen_name": name_of(self.next_user)}
            _, text, status = self.access_token.create_access_token_response(
                *arguments, credentials=owner
            )
            reply = status, html, text or "refused"
        else:
            valid, request = self.resource.validate_protected_resource_request(*arguments)
            if valid:
                owner = self.book.tokens[request.resource_owner_key][1]
                reply = self.resource_answer(route, target, body, owner)
            else:
                reply = 401, html, "refused"
        self.book.verdicts.append((route, reply[0], body, headers.get("Authorization")))
        return reply

    def resource_answer(self, route, target, body, owner):
        status = 200
        if route == "GET /2/users/me":
            value = {"data": {"id": owner, "name": owner, "username": name_of(owner)}}
        elif route == "GET /1.1/account/verify_credentials.json":
            value = {"id_str": owner, "name": owner, "screen_name": name_of(owner)}
        elif route == "POST /2/tweets":
            self.book.posts.append(json.loads(body)["text"])
            status = 201
            value = {"data": {"id": str(len(self.book.posts)), "text": self.book.posts[-1]}}
        elif route.endswith(" /echo"):
            query = urllib.parse.urlsplit(target).query
            value = {"query": urllib.parse.parse_qsl(query, keep_blank_values=True), "body": body}
        else:
            status, value = 404, {"title": "Not Found", "status": 404}
        return status, "application/json; charset=utf-8", json.dumps(value)


def name_of(user_id):
    return f"bot{int(user_id) % 100000}"


def handler(judge):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 30

        def answer(self):
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length).decode()
            headers = dict(self.headers.items())
            headers = {name.title(): value for name, value in headers.items()}
            status, kind, text = judge.answer(self.command, self.path, headers, body)
            data = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            self.send_header("x-access-level", "read-write")
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PUT = do_DELETE = answer

        def log_message(self, *words):
            pass

    return Handler
