"""A small HTTP client: one connection a request, JSON in and out, every wait with a deadline."""

import http.client
import json as json_module

TIMEOUT_S = 30


class Reply:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers  # http.client.HTTPMessage: names in any case
        self.body = body

    @property
    def json(self):
        return json_module.loads(self.body)

    @property
    def codes(self):
        """The codes of a problem document's violations, in their order."""
        return [violation["code"] for violation in self.json.get("violations", [])]

    def __repr__(self):
        return f"<{self.status} {self.body[:500]!r}>"


class Client:
    """Requests to one address as one person (or nobody)."""

    timeout_s = TIMEOUT_S  # of every wait for the socket

    def __init__(self, host, port, token=None):
        self.host = host
        self.port = port
        self.token = token

    def as_token(self, token):
        return Client(self.host, self.port, token)

    def request(self, method, path, json=None, headers=None, body=None):
        sent = dict(headers or {})
        if self.token is not None:
            sent.setdefault("Authorization", f"Bearer {self.token}")
        if json is not None:
            body = json_module.dumps(json, ensure_ascii=False).encode()
            sent.setdefault("Content-Type", "application/json")
        connection = http.client.HTTPConnection(self.host, self.port, timeout=self.timeout_s)
        try:
            connection.request(method, path, body=body, headers=sent)
            reply = connection.getresponse()
            return Reply(reply.status, reply.headers, reply.read())
        finally:
            connection.close()

    def get(self, path, **options):
        return self.request("GET", path, **options)

    def post(self, path, json=None, **options):
        return self.request("POST", path, json={} if json is None else json, **options)

    def put(self, path, json, **options):
        return self.request("PUT", path, json=json, **options)

    def patch(self, path, json, **options):
        return self.request("PATCH", path, json=json, **options)
