"""labtab, the command line client, against a server that is played: it checks what is asked and answers as told."""

import contextlib
import http.server
import json
import os
import re
import socket
import subprocess
import threading
import unicodedata

import pytest

from support.daemon import TOP, program

DONE, REFUSED, BAD_USAGE, TROUBLE, STRANGE = range(5)
RUN_TIMEOUT_S = 60
TOKEN = "lt_secret-token"
ID = "0193a0f0-0000-7000-8000-000000000001"
COMMON = {"--url", "--token", "--token-file", "--json", "--lang", "--timeout", "--help", "--version"}


class Answer:
    """One reply of the server. `body`: an object (sent as JSON), text or bytes."""

    def __init__(self, body=None, status=200, headers=None, content_type="application/json"):
        if not isinstance(body, (str, bytes)):
            body = json.dumps({} if body is None else body, ensure_ascii=False)
        self.body = body if isinstance(body, bytes) else body.encode()
        self.status = status
        self.headers = {"Content-Type": content_type, **(headers or {})}


def problem(status, *violations, title="No.", headers=None):
    rows = [dict(zip(("code", "pointer", "message"), row[:3]), **(row[3] if len(row) > 3 else {}))
            for row in violations]
    body = {"type": "urn:labtab:problem:x", "title": title, "status": status, "violations": rows}
    return Answer(body, status, headers, "application/problem+json")


class Request:
    def __init__(self, handler, body):
        self.method = handler.command
        self.path = handler.path
        self.headers = handler.headers
        self.body = body

    @property
    def line(self):
        return f"{self.method} {self.path}"

    @property
    def json(self):
        return json.loads(self.body)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.requests.append(Request(self, body))
        reply = self.server.answers.pop(0) if self.server.answers else Answer("unexpected", 500)
        if callable(reply):
            reply = reply(self)
        if reply is None:  # the connection ends without an answer
            self.close_connection = True
            return
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        with contextlib.suppress(OSError):  # it may have heard enough
            self.wfile.write(reply.body)

    do_GET = do_POST = do_PUT = do_PATCH = answer

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.requests = []
        self.answers = []
        self.released = threading.Event()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"

    @property
    def lines(self):
        return [request.line for request in self.requests]

    def handle_error(self, *_):
        pass  # a client that hangs up is not our failure


@pytest.fixture
def server():
    with Server() as one:
        thread = threading.Thread(target=one.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield one
        one.released.set()
        one.shutdown()
        thread.join()


def run(*arguments, env=None, stdin=""):
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith("LABTAB_") and not name.lower().endswith("_proxy")}
    return subprocess.run([program("clients/labtab/labtab"), *arguments], capture_output=True, text=True,
                          input=stdin, timeout=RUN_TIMEOUT_S, env={**kept, **(env or {})}, check=False)


@pytest.fixture
def labtab(server):
    """Runs labtab against the server, which gives these answers in turn."""

    def start(*arguments, answers=(), token=TOKEN, env=None, stdin=""):
        server.answers = list(answers)
        server.requests.clear()
        given = {"LABTAB_URL": server.url, **({"LABTAB_TOKEN": token} if token else {}), **(env or {})}
        done = run(*arguments, env=given, stdin=stdin)
        assert TOKEN not in done.stdout + done.stderr, "the token is printed"
        assert "Sanitizer" not in done.stderr and "runtime error" not in done.stderr, done.stderr
        return done

    return start


def booking(**more):
    return {"id": ID, "status": "confirmed", "resource": "cmm", "firm": "hanbit", "mode": "self",
            "start": "2026-11-24T01:00:00Z", "end": "2026-11-24T03:00:00Z", "purpose": "기어 측정",
            "price": 120000, "support": 84000, "own_share": 36000, "currency": "KRW", "override_reason": None,
            "created_at": "2026-11-23T00:00:00Z", "cancelled_at": None, "cancel_reason": None, "version": 1,
            **more}


BOOK = ("book", "cmm", "--start=2026-11-24T10:00:00+09:00", "--end=2026-11-24T12:00:00+09:00")


def width(text):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


# ---------------------------------------------------------------- what is sent


def test_common_headers(labtab, server):
    done = labtab("sites", "--lang=ko", answers=[Answer({"items": []})])
    assert done.returncode == DONE, done.stderr
    headers = server.requests[0].headers
    assert headers["Authorization"] == f"Bearer {TOKEN}"
    assert headers["Accept-Language"] == "ko"
    assert headers["Accept"] == "application/json"
    assert headers["User-Agent"].startswith("labtab/")
    assert headers["Host"] == server.url.removeprefix("http://")


def test_without_a_token_none_is_sent(labtab, server):
    assert labtab("sites", token=None, answers=[Answer({"items": []})]).returncode == DONE
    assert server.requests[0].headers["Authorization"] is None
    assert server.requests[0].headers["Accept-Language"] == "en"


@pytest.mark.parametrize("text", ["lt_from-file\n", "lt_from-file\r\nsecond line\n", "lt_from-file"])
def test_token_file(labtab, server, tmp_path, text):
    path = tmp_path / "token"
    path.write_text(text)
    done = labtab("sites", "--token-file", str(path), answers=[Answer({"items": []})])
    assert done.returncode == DONE, done.stderr
    assert server.requests[0].headers["Authorization"] == "Bearer lt_from-file"


def test_options_may_stand_before_the_command(labtab, server):
    done = labtab("--lang", "ko", "--json", "session", "--timeout", "9", "show", ID,
                  answers=[Answer({"id": ID})])
    assert done.returncode == DONE, done.stderr
    assert server.lines == [f"GET /v1/sessions/{ID}"]


def test_path_of_the_address_is_kept(labtab, server):
    done = labtab("sites", "--url", server.url + "/lab/", answers=[Answer({"items": []})])
    assert done.returncode == DONE, done.stderr
    assert server.lines == ["GET /lab/v1/sites?limit=100"]


PLAIN = [
    (["sites"], "GET /v1/sites?limit=100", None),
    (["resources", "--limit=5"], "GET /v1/resources?limit=5", None),
    (["firms"], "GET /v1/firms?limit=100", None),
    (["meters"], "GET /v1/meters?limit=100", None),
    (["budgets"], "GET /v1/budgets?limit=100", None),
    (["budget", ID], f"GET /v1/budgets/{ID}/entries?limit=100", None),
    (["booking", "a/b c"], "GET /v1/bookings/a%2Fb%20c", None),
    (["calendar", "cmm", "--from=2026-11-24T00:00:00+09:00", "--to=2026-11-25T00:00:00+09:00"],
     "GET /v1/resources/cmm/calendar?from=2026-11-24T00%3A00%3A00%2B09%3A00&to=2026-11-25T00%3A00%3A00%2B09%3A00",
     None),
    (["free", "cmm", "a/b", "--duration=1h30m", "--joint", "--with=room,oven", "--limit=3"],
     "GET /v1/availability?resource=cmm,a%2Fb&duration_s=5400&with=room%2Coven&joint=true&limit=3", None),
    (["free", "cmm", "--duration=5400", "--mode=assisted"],
     "GET /v1/availability?resource=cmm&duration_s=5400&mode=assisted", None),
    (["bookings", "--resource=cmm", "--status=cancelled", "--from=a", "--to=b", "--firm=hanbit"],
     "GET /v1/bookings?limit=100&resource=cmm&firm=hanbit&status=cancelled&from=a&to=b", None),
    (["session", "list", "--booking", ID], f"GET /v1/sessions?limit=100&booking={ID}", None),
    (["session", "show", ID], f"GET /v1/sessions/{ID}", None),
    (["runs", "--state=run", "--resource=cmm"], "GET /v1/runs?limit=100&resource=cmm&state=run", None),
    (["usage", "--session", ID, "--from-day=2026-11-01", "--to-day=2026-11-30"],
     f"GET /v1/usage?limit=100&session={ID}&from_day=2026-11-01&to_day=2026-11-30", None),
    (["disputes", "--firm=hanbit", "--status=open"], "GET /v1/disputes?limit=100&firm=hanbit&status=open", None),
    (["dispute", ID, "--reason=세 시간이 아닙니다"], f"POST /v1/usage/{ID}/dispute", {"reason": "세 시간이 아닙니다"}),
    (["decide", ID, "--version=2", "--uphold", "--seconds=0", "--reason=right"], f"POST /v1/usage/{ID}/dispute/decide",
     {"outcome": "upheld", "reason": "right", "billable_s": 0}),
    (["decide", ID, "--version=2", "--uphold", "--fee=5000", "--reason=right"], f"POST /v1/usage/{ID}/dispute/decide",
     {"outcome": "upheld", "reason": "right", "fee": 5000}),
    (["decide", ID, "--version=2", "--deny", "--reason=wrong"], f"POST /v1/usage/{ID}/dispute/decide",
     {"outcome": "denied", "reason": "wrong"}),
    (["invoices", "--month=2026-11", "--status=part_paid"],
     "GET /v1/invoices?limit=100&month=2026-11&status=part_paid", None),
    (["invoice", ID], f"GET /v1/invoices/{ID}", None),
    (["invoice", ID, "--evidence=2"], f"GET /v1/invoices/{ID}/lines/2/evidence", None),
    (["events", "--after=41"], "GET /v1/events?limit=100&after=41", None),
    (["get", "/v1/bookings?x=%20"], "GET /v1/bookings?x=%20", None),
    (["token", "kim", "--label=페이지", "--expires=2027-01-01T00:00:00Z"], "POST /v1/tokens",
     {"person": "kim", "label": "페이지", "expires_at": "2027-01-01T00:00:00Z"}),
    (["revoke", ID], f"POST /v1/tokens/{ID}/revoke", ""),
    (["dev", "clock", "--now=2026-11-24T00:00:00Z", "--rate=0"], "PUT /v1/dev/clock",
     {"now": "2026-11-24T00:00:00Z", "rate": 0}),
    (["dev", "tick"], "POST /v1/dev/tick", ""),
    (["session", "start", "--resource=cmm", "--firm=hanbit"], "POST /v1/sessions/start",
     {"resource": "cmm", "firm": "hanbit"}),
    (["bill", "--site=siheung", "--month=2026-11"], "POST /v1/billing_runs",
     {"site": "siheung", "month": "2026-11"}),
    ([*BOOK, "--with=probe,fixture", "--dry-run", "--configuration=fine", "--person=kim", "--quote", ID],
     "POST /v1/bookings?dry_run=true",
     {"resource": "cmm", "start": "2026-11-24T10:00:00+09:00", "end": "2026-11-24T12:00:00+09:00",
      "with": ["probe", "fixture"], "configuration": "fine", "person": "kim", "quote": ID}),
    (["quote", *BOOK[1:], "--with=probe"], "POST /v1/quotes",
     {"resource": "cmm", "start": "2026-11-24T10:00:00+09:00", "end": "2026-11-24T12:00:00+09:00", "with": ["probe"]}),
    (["change", ID, "--version=1", "--end=2026-11-24T11:00:00+09:00", "--with=", "--dry-run"],
     f"PATCH /v1/bookings/{ID}?dry_run=true", {"end": "2026-11-24T11:00:00+09:00", "with": []}),
    (["cancel", ID, "--version=1", "--waive-fee"], f"POST /v1/bookings/{ID}/cancel", {"waive_fee": True}),
    (["approve", ID, "--version=1", "--reason=fine"], f"POST /v1/bookings/{ID}/approve", {"reason": "fine"}),
    (["series", "book", "cmm", "--start=a", "--end=b", "--rule=FREQ=DAILY;COUNT=2", "--except=2026-11-25,2026-11-26",
      "--on-conflict=skip", "--dry-run"], "POST /v1/series?dry_run=true",
     {"resource": "cmm", "start": "a", "end": "b", "rrule": "FREQ=DAILY;COUNT=2", "exdates": ["2026-11-25", "2026-11-26"],
      "on_conflict": "skip"}),
    (["series", "list", "--firm=hanbit"], "GET /v1/series?limit=100&firm=hanbit", None),
    (["series", "show", ID], f"GET /v1/series/{ID}", None),
    (["series", "cancel", ID, "--version=2", "--from=a", "--reason=moved"], f"POST /v1/series/{ID}/cancel",
     {"from": "a", "reason": "moved"}),
    (["outage", "plan", "--resource=cmm", "--kind=fault", "--title=Smoke", "--start=a", "--end=b", "--force"], "POST /v1/outages",
     {"resource": "cmm", "kind": "fault", "title": "Smoke", "start": "a", "end": "b", "force": True}),
    (["outage", "list", "--kind=closure", "--series", ID], f"GET /v1/outages?limit=100&series={ID}&kind=closure", None),
    (["outage", "show", ID], f"GET /v1/outages/{ID}", None),
    (["outage", "end", ID, "--version=1", "--at=a", "--following"], f"POST /v1/outages/{ID}/end", {"at": "a", "following": True}),
    (["feed", "make", "--kind=resource", "--object=cmm", "--label=CMM"], "POST /v1/feeds",
     {"kind": "resource", "object": "cmm", "label": "CMM"}),
    (["feed", "list"], "GET /v1/feeds?limit=100", None),
    (["feed", "revoke", ID], f"POST /v1/feeds/{ID}/revoke", ""),
    (["waitlist", "join", "cmm", "--earliest=a", "--latest=b", "--duration=2h", "--with=probe"], "POST /v1/waitlist",
     {"resource": "cmm", "earliest": "a", "latest": "b", "duration_s": 7200, "with": ["probe"]}),
    (["waitlist", "list", "--status=offered"], "GET /v1/waitlist?limit=100&status=offered", None),
    (["waitlist", "leave", ID, "--version=2"], f"POST /v1/waitlist/{ID}/leave", {}),
    (["course", "list"], "GET /v1/courses?limit=100", None),
    (["course", "cohorts", "--course=step1", "--status=open"], "GET /v1/cohorts?limit=100&course=step1&status=open", None),
    (["course", "show", ID], f"GET /v1/cohorts/{ID}", None),
    (["course", "plan", "step1", "--meetings=a/b,c/d", "--seats=3"], "POST /v1/cohorts",
     {"course": "step1", "seats": 3, "meetings": [{"start": "a", "end": "b"}, {"start": "c", "end": "d"}]}),
    (["course", "enrol", ID, "--person=kim", "--seat-only"], f"POST /v1/cohorts/{ID}/enrolments", {"person": "kim", "seat_only": True}),
    (["course", "leave", ID], f"POST /v1/cohorts/{ID}/leave", {}),
    (["course", "attend", ID, "--version=2", "--meeting=2", "--present=kim,yoon", "--absent=oh"], f"POST /v1/cohorts/{ID}/attendance",
     {"n": 2, "present": ["kim", "yoon"], "absent": ["oh"]}),
    (["course", "cancel", ID, "--version=2", "--reason=ill"], f"POST /v1/cohorts/{ID}/cancel", {"reason": "ill"}),
    (["qualification", "list", "--person=kim"], "GET /v1/qualifications?limit=100&person=kim", None),
    (["qualification", "grant", "kim", "--resource=cmm", "--to=b"], "POST /v1/qualifications",
     {"person": "kim", "resource": "cmm", "valid_to": "b"}),
    (["qualification", "revoke", ID, "--reason=why"], f"POST /v1/qualifications/{ID}/revoke", {"reason": "why"}),
    (["history", ID], f"GET /v1/bookings/{ID}/history?limit=100", None),
    ([*BOOK, "--mode=assisted", "--purpose=\"측정\"\n", "--firm=hanbit", "--override-reason=시험"],
     "POST /v1/bookings",
     {"resource": "cmm", "start": "2026-11-24T10:00:00+09:00", "end": "2026-11-24T12:00:00+09:00",
      "mode": "assisted", "purpose": "\"측정\"\n", "firm": "hanbit", "override_reason": "시험"}),
]


@pytest.mark.parametrize("arguments, line, body", PLAIN, ids=lambda value: " ".join(value)[:40]
                         if isinstance(value, list) else "")
def test_request_of_each_command(labtab, server, arguments, line, body):
    done = labtab(*arguments, answers=[Answer({"items": []})])
    assert done.returncode == DONE, done.stderr
    assert server.lines == [line]
    sent = server.requests[0]
    if isinstance(body, dict):
        assert sent.json == body
        assert sent.headers["Content-Type"] == "application/json"
    else:
        assert sent.body == b""
        assert sent.headers["Content-Type"] is None


def test_apply_sends_the_file_as_it_is(labtab, server, tmp_path):
    path = tmp_path / "site.json"
    path.write_text('{"site":  {"name": "시흥시"}}\n', encoding="utf-8")
    counts = {"site_id": ID, "created": 1234, "changed": 0, "removed": 0, "unchanged": 5, "catalogue_version": 3}
    done = labtab("apply", str(path), answers=[Answer(counts)])
    assert done.returncode == DONE, done.stderr
    assert server.lines == ["PUT /v1/site_file"]
    assert server.requests[0].body == path.read_bytes()
    assert re.search(r"^Created +1,234$", done.stdout, re.MULTILINE), done.stdout


def test_apply_takes_standard_input(labtab, server):
    done = labtab("apply", "-", answers=[Answer({"created": 1})], stdin='{"site": 1}')
    assert done.returncode == DONE, done.stderr
    assert server.requests[0].body == b'{"site": 1}'


def test_apply_sends_a_large_file(labtab, server, tmp_path):
    path = tmp_path / "site.json"
    path.write_bytes(b'{"notes": "' + b"x" * (3 << 20) + b'"}')
    done = labtab("apply", str(path), answers=[Answer({"created": 1})])
    assert done.returncode == DONE, done.stderr
    assert server.requests[0].body == path.read_bytes()


# ---------------------------------------------------------------- exit codes


@pytest.mark.parametrize("status, code", [
    (400, REFUSED), (401, REFUSED), (404, REFUSED), (409, REFUSED), (422, REFUSED), (499, REFUSED),
    (500, TROUBLE), (503, TROUBLE), (599, TROUBLE), (304, STRANGE), (600, STRANGE),
])
def test_exit_code_of_a_status(labtab, status, code):
    done = labtab("booking", ID, answers=[problem(status, ("x", "", "m"))])
    assert done.returncode == code, done.stderr
    assert str(status) in done.stderr
    assert done.stdout == ""


def test_redirects_are_not_followed(labtab, server):
    moved = Answer("", 302, {"Location": server.url + "/v1/other"})
    done = labtab("booking", ID, answers=[moved])
    assert done.returncode == STRANGE
    assert len(server.requests) == 1


def test_proxies_are_not_used(labtab, server):
    done = labtab("sites", answers=[Answer({"items": []})], env={"http_proxy": "http://127.0.0.1:1", "all_proxy":
                                                                "http://127.0.0.1:1"})
    assert done.returncode == DONE, done.stderr


def test_no_connection():
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        done = run("sites", "--url", f"http://127.0.0.1:{closed.getsockname()[1]}")
    assert done.returncode == TROUBLE
    assert "connect" in done.stderr.lower()


def test_no_answer_in_time(labtab, server):
    def wait(_):
        server.released.wait(RUN_TIMEOUT_S)

    done = labtab(*BOOK, "--timeout=1", "--key=k-1", answers=[wait])
    assert done.returncode == TROUBLE, done.stderr
    assert "--key=k-1" in done.stderr


def test_connection_ends_without_an_answer(labtab):
    done = labtab("sites", answers=[lambda _: None])
    assert done.returncode == TROUBLE, done.stderr


@pytest.mark.parametrize("body", ["", "no json", "[1]", '{"items": 1}', '{"items": [', '{"a": 1, "a": 2}'])
def test_a_reply_that_makes_no_sense(labtab, body):
    done = labtab("sites", answers=[Answer(body)])
    assert done.returncode == STRANGE, done.stderr
    assert done.stderr.startswith("labtab: ")


def test_a_reply_that_is_too_long(labtab):
    done = labtab("get", "/v1/x", answers=[Answer(b"x" * ((16 << 20) + 1))])
    assert done.returncode == STRANGE
    assert "16777216" in done.stderr
    assert done.stdout == ""


def test_no_place_to_write_to(server):
    server.answers = [Answer({"items": []})]
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = subprocess.run([program("clients/labtab/labtab"), "sites", "--url", server.url], stdout=full,
                              stderr=subprocess.PIPE, text=True, timeout=RUN_TIMEOUT_S, check=False)
    assert done.returncode == STRANGE
    assert "cannot write" in done.stderr


# ---------------------------------------------------------------- refusals


def test_every_violation_is_printed(labtab):
    refusal = problem(
        422,
        ("closed", "/start", "운영 시간이 아닙니다."),
        ("duration_too_long", "/end", "예약 시간이 너무 깁니다.", {"limit": 14400, "actual": 18000}),
        ("beyond_horizon", "", "예약 가능 기간을 넘었습니다.", {"limit": "2026-12-24T00:00:00Z"}),
        title="운영 시간이 아닙니다.")
    done = labtab(*BOOK, "--lang=ko", answers=[refusal])
    assert done.returncode == REFUSED
    assert done.stdout == ""
    assert done.stderr.splitlines() == [
        "labtab: the server answered 422: 운영 시간이 아닙니다.",
        "  closed at /start: 운영 시간이 아닙니다.",
        "  duration_too_long at /end: 예약 시간이 너무 깁니다.; limit 14400; actual 18000",
        "  beyond_horizon: 예약 가능 기간을 넘었습니다.; limit 2026-12-24T00:00:00Z",
    ]


def test_a_refusal_names_the_next_times(labtab):
    slots = [{"start": "2026-11-24T02:00:00Z", "end": "2026-11-24T03:00:00Z"}]
    done = labtab(*BOOK, answers=[Answer({"title": "No.", "violations": [], "next": slots}, 409)])
    assert "  possible: 2026-11-24T02:00:00Z to 2026-11-24T03:00:00Z\n" in done.stderr


def test_violations_that_did_not_fit_are_counted(labtab):
    refusal = Answer({"title": "No.", "violations": [], "violations_dropped": 7}, 422)
    done = labtab("apply", "-", answers=[refusal], stdin="{}")
    assert done.returncode == REFUSED
    assert "and 7 more" in done.stderr


def test_retry_after_is_shown(labtab):
    done = labtab("sites", answers=[problem(503, ("overloaded", "", "Busy."), headers={"Retry-After": "4"})])
    assert done.returncode == TROUBLE
    assert "try again after 4 s" in done.stderr


def test_a_refusal_that_is_no_problem_document(labtab):
    done = labtab("sites", answers=[Answer("<html>\x1b[2J" + "나" * 500, 502, content_type="text/html")])
    assert done.returncode == TROUBLE
    assert "502: <html> [2J나" in done.stderr
    assert len(done.stderr) < 400


def test_a_refusal_with_json_is_printed_as_it_came(labtab):
    refusal = problem(409, ("taken", "/start", "The time is taken."))
    done = labtab(*BOOK, "--json", answers=[refusal])
    assert done.returncode == REFUSED
    assert done.stdout == refusal.body.decode() + "\n"
    assert "taken at /start" in done.stderr


def test_control_characters_do_not_reach_the_terminal(labtab):
    sites = [{"code": "a\x1b[31m", "name": "두\n줄", "zone": "\u202eUTC", "currency": "KRW"}]
    done = labtab("sites", answers=[Answer({"items": sites})])
    assert done.returncode == DONE
    assert "\x1b" not in done.stdout and "\u202e" not in done.stdout
    assert len(done.stdout.splitlines()) == 2


# ---------------------------------------------------------------- writes that can be repeated


def test_a_random_key_is_sent(labtab, server):
    keys = set()
    for _ in range(2):
        assert labtab(*BOOK, answers=[Answer(booking(), 201)]).returncode == DONE
        keys.add(server.requests[0].headers["Idempotency-Key"])
    assert len(keys) == 2
    assert all(re.fullmatch(r"[0-9a-f-]{36}", key) for key in keys)


@pytest.mark.parametrize("command", [
    BOOK, ("session", "start", "--booking", ID), ("bill", "--site=s", "--month=2026-11"),
    ("cancel", ID, "--version=1"), ("change", ID, "--version=1", "--end=x"), ("session", "finish", ID, "--version=1"),
])
def test_the_key_is_printed_on_trouble_and_can_be_given(labtab, server, command):
    done = labtab(*command, answers=[problem(503, ("outcome_unknown", "", "Lost."))])
    assert done.returncode == TROUBLE
    key = server.requests[0].headers["Idempotency-Key"]
    first = server.requests[0].body
    assert f"--key={key}" in done.stderr
    done = labtab(*command, f"--key={key}", answers=[Answer(booking(), 201)])
    assert done.returncode == DONE, done.stderr
    assert server.requests[0].headers["Idempotency-Key"] == key
    assert server.requests[0].body == first


def test_the_key_is_not_printed_when_refused(labtab):
    done = labtab(*BOOK, answers=[problem(409, ("taken", "", "Taken."))])
    assert "--key" not in done.stderr


VERSIONED = [("cancel", "bookings", "cancel"), ("session finish", "sessions", "finish"),
             ("approve", "bookings", "approve"), ("decline", "bookings", "decline"),
             ("accept", "bookings", "accept"), ("check-in", "bookings", "check_in"),
             ("course finish", "cohorts", "finish")]


@pytest.mark.parametrize("command, collection, action", VERSIONED)
def test_the_present_version_is_fetched(labtab, server, command, collection, action):
    answers = [Answer(booking(), headers={"ETag": '"v7"'}), Answer(booking(status="cancelled"))]
    done = labtab(*command.split(), ID, answers=answers)
    assert done.returncode == DONE, done.stderr
    assert server.lines == [f"GET /v1/{collection}/{ID}", f"POST /v1/{collection}/{ID}/{action}"]
    assert server.requests[1].headers["If-Match"] == '"v7"'
    assert server.requests[0].headers["If-Match"] is None
    assert server.requests[1].json == {}


@pytest.mark.parametrize("command, collection, action", VERSIONED)
def test_a_given_version_is_used(labtab, server, command, collection, action):
    done = labtab(*command.split(), ID, "--version=3", answers=[problem(412, ("stale_version", "If-Match", "Old."))])
    assert done.returncode == REFUSED
    assert server.lines == [f"POST /v1/{collection}/{ID}/{action}"]
    assert server.requests[0].headers["If-Match"] == '"v3"'
    assert "stale_version at If-Match" in done.stderr


def test_a_decision_is_of_the_usage_as_it_is(labtab, server):
    dispute = {"usage": ID, "version": 3, "status": "denied", "fee": None}
    done = labtab("decide", ID, "--deny", "--reason=seen", answers=[Answer({"id": ID}, headers={"ETag": '"v2"'}), Answer(dispute)])
    assert done.returncode == DONE, done.stderr
    assert server.lines == [f"GET /v1/usage/{ID}", f"POST /v1/usage/{ID}/dispute/decide"]
    assert server.requests[1].headers["If-Match"] == '"v2"'


def test_nothing_is_cancelled_when_the_version_cannot_be_had(labtab, server):
    assert labtab("cancel", ID, answers=[problem(404, ("not_found", "", "None."))]).returncode == REFUSED
    assert len(server.requests) == 1
    assert labtab("cancel", ID, answers=[Answer(booking())]).returncode == STRANGE
    assert len(server.requests) == 1


def test_bodies_of_cancel_and_finish(labtab, server):
    labtab("cancel", ID, "--version=1", "--reason=장비 고장", answers=[Answer(booking())])
    assert server.requests[0].json == {"reason": "장비 고장"}
    labtab("session", "finish", ID, "--version=1", "--samples=0", "--operator-time=5m", "--outcome=partly",
           "--notes=메모", answers=[Answer({"id": ID})])
    assert server.requests[0].json == {"sample_count": 0, "operator_s": 300, "outcome": "partly", "notes": "메모"}


# ---------------------------------------------------------------- lists


def page(first, count, following=None):
    items = [{"code": f"f{n}", "name": f"Firm {n}", "registration_number": None, "is_blocked": False}
             for n in range(first, first + count)]
    headers = {"Link": f"<{following}>; rel=\"next\""} if following else {}
    return Answer({"items": items}, headers=headers)


def codes(done):
    return [line.split()[0] for line in done.stdout.splitlines()[1:]]


def test_pages_are_followed(labtab, server):
    answers = [page(0, 500, "/v1/firms?limit=500&cursor=a%20b"), page(500, 500, "/v1/firms?limit=500&cursor=c"),
               page(1000, 3)]
    done = labtab("firms", "--all", answers=answers)
    assert done.returncode == DONE, done.stderr
    assert server.lines == ["GET /v1/firms?limit=500", "GET /v1/firms?limit=500&cursor=a%20b",
                            "GET /v1/firms?limit=500&cursor=c"]
    assert all(request.headers["Authorization"] for request in server.requests)
    assert codes(done) == [f"f{n}" for n in range(1003)]


def test_a_limit_is_kept(labtab, server):
    done = labtab("firms", "--limit=2", answers=[page(0, 2, "/v1/firms?limit=2&cursor=a")])
    assert done.returncode == DONE
    assert server.lines == ["GET /v1/firms?limit=2"]
    assert codes(done) == ["f0", "f1"]


def test_a_limit_above_a_page_is_kept(labtab, server):
    answers = [page(0, 350, "/v1/firms?limit=350&cursor=a"), page(350, 350, "/v1/firms?limit=350&cursor=b")]
    done = labtab("firms", "--limit=700", answers=answers)
    assert done.returncode == DONE, done.stderr
    assert server.lines == ["GET /v1/firms?limit=350", "GET /v1/firms?limit=350&cursor=a"]
    assert len(codes(done)) == 700


def test_a_server_that_gives_more_than_asked(labtab):
    done = labtab("firms", "--limit=2", answers=[page(0, 5)])
    assert codes(done) == ["f0", "f1"]


@pytest.mark.parametrize("target", ["http://other.example/v1/firms", "//other.example/v1", "v1/firms", "/a b"])
def test_a_next_page_elsewhere_is_not_followed(labtab, server, target):
    done = labtab("firms", "--all", answers=[page(0, 1, target)])
    assert done.returncode == STRANGE
    assert "not on this host" in done.stderr
    assert len(server.requests) == 1


def test_a_next_page_that_is_the_same_page(labtab, server):
    done = labtab("firms", "--all", answers=[page(0, 1, "/v1/firms?limit=500")])
    assert done.returncode == STRANGE
    assert len(server.requests) == 1


def test_pages_as_json(labtab):
    answers = [page(0, 500, "/v1/firms?cursor=a"), page(500, 1)]
    done = labtab("firms", "--all", "--json", answers=answers)
    assert done.stdout == "".join(answer.body.decode() + "\n" for answer in answers)


def test_trouble_on_a_later_page(labtab):
    answers = [page(0, 500, "/v1/firms?cursor=a"), problem(503, ("overloaded", "", "Busy."))]
    done = labtab("firms", "--all", answers=answers)
    assert done.returncode == TROUBLE
    assert len(codes(done)) == 500


def test_events(labtab, server):
    def events(first, count, following=None):
        headers = {"Link": f'<{following}>; rel="next"'} if following else {}
        return Answer({"items": [{"event": n, "at": "2026-11-24T00:00:00Z", "kind": "booking.created", "firm": "h",
                                  "object": ID, "data": {"n": [n]}} for n in range(first, first + count)]},
                      headers=headers)

    done = labtab("events", "--after=6", "--all",
                  answers=[events(7, 500, "/v1/events?limit=500&after=506"), events(507, 1)])
    assert done.returncode == DONE, done.stderr
    assert server.lines == ["GET /v1/events?limit=500&after=6", "GET /v1/events?limit=500&after=506"]
    assert len(done.stdout.splitlines()) == 502
    assert "{n: [507]}" in done.stdout


# ---------------------------------------------------------------- what people see


def test_json_is_printed_as_it_came(labtab):
    text = '{ "id":1,  "x": "한글\\u001b", "n": 1.50 }'
    done = labtab("booking", ID, "--json", answers=[Answer(text)])
    assert done.returncode == DONE
    assert done.stdout == text + "\n"


def test_get_prints_what_came(labtab):
    done = labtab("get", "/metrics", answers=[Answer("# HELP\nx 1\n", content_type="text/plain")])
    assert done.returncode == DONE
    assert done.stdout == "# HELP\nx 1\n"


def test_a_booking(labtab):
    done = labtab(*BOOK, answers=[Answer(booking(), 201)])
    assert done.returncode == DONE, done.stderr
    shown = dict(re.split(r"  +", line, maxsplit=1) for line in done.stdout.splitlines())
    assert shown["Booking"] == ID
    assert shown["Purpose"] == "기어 측정"
    assert shown["Start"] == "2026-11-24T01:00:00Z"
    assert shown["Expected price"] == "120,000 KRW"
    assert shown["Own share"] == "36,000 KRW"
    assert shown["Cancelled"] == "-"


def test_columns_are_aligned_in_korean(labtab):
    items = [{"code": "cmm", "kind": "instrument", "name": "3차원측정기", "name_en": None, "site": "s",
              "capacity": 1, "charge_basis": "used", "is_active": True},
             {"code": "hall", "kind": "room", "name": "강의실", "name_en": "Hall", "site": "s",
              "capacity": 1200, "charge_basis": "reserved", "is_active": False}]
    done = labtab("resources", answers=[Answer({"items": items})])
    head, first, second = done.stdout.splitlines()
    column = width(head[:head.index("Name in English")])
    assert width(first[:first.index("-  ")]) == column
    assert width(second[:second.index("Hall")]) == column
    assert "1,200" in second and "yes" in first and "no" in second


def test_usage_shows_durations_and_energy(labtab):
    item = {"id": ID, "status": "held", "held_reason": "tolerance", "metered_s": 3900, "unobserved_s": 45,
            "billable_s": 3600, "energy_wh": 12345, "quality": ["estimated", "gap"]}
    done = labtab("usage", answers=[Answer({"items": [item]})])
    for text in ("1 h 05 min", "45 s", "1 h 00 min", "12,345 Wh", "estimated, gap"):
        assert text in done.stdout


def test_a_calendar(labtab):
    reply = {"resource": "cmm", "open": [{"start": "2026-11-24T00:00:00Z", "end": "2026-11-24T09:00:00Z"}],
             "items": [{"unit": 1, "start": "2026-11-24T01:00:00Z", "end": "2026-11-24T02:00:00Z",
                        "reason": "booking"}]}
    done = labtab("calendar", "cmm", "--from=a", "--to=b", answers=[Answer(reply)])
    assert re.search(r"^2026-11-24T00:00:00Z +2026-11-24T09:00:00Z$", done.stdout, re.MULTILINE), done.stdout
    assert re.search(r"^2026-11-24T01:00:00Z +2026-11-24T02:00:00Z +1 +booking$", done.stdout, re.MULTILINE)


def test_a_series_shows_what_was_booked_and_what_was_not(labtab):
    reply = {"id": ID, "resource": "cmm", "firm": "hanbit", "rrule": "FREQ=DAILY;COUNT=2", "start": "s0", "duration_s": 3600,
             "made": 1, "price": 12000, "support": 0, "currency": "KRW", "created_at": "c", "version": 1,
             "bookings": [{"id": "b1", "status": "confirmed", "start": "s0", "end": "e0", "price": 12000, "support": 0}],
             "skipped": [{"instance": 1, "start": "s1", "violations": [{"code": "taken", "pointer": "/start"}]}]}
    done = labtab("series", "show", ID, answers=[Answer(reply)])
    assert done.returncode == DONE, done.stderr
    lines = [re.split(r"  +", line.strip()) for line in done.stdout.splitlines()]
    assert ["Expected price", "12,000 KRW"] in lines and ["Each", "1 h 00 min"] in lines
    assert ["b1", "confirmed", "s0", "e0", "12,000 KRW", "0 KRW"] in lines
    assert any(line[0] == "s1" and "taken" in line[1] for line in lines)


def test_the_rest_of_a_series_shows_what_was_kept(labtab):
    reply = {"id": ID, "version": 2, "cancelled": [{"id": "b2", "start": "s2", "fee": 0}],
             "kept": [{"id": "b1", "start": "s1", "violations": [{"code": "locked", "pointer": ""}]}]}
    done = labtab("series", "cancel", ID, "--version=1", answers=[Answer(reply)])
    assert done.returncode == DONE, done.stderr
    assert re.search(r"b2 +s2 +0\n", done.stdout) and re.search(r"b1 +s1 +.*locked", done.stdout)


def test_free_slots(labtab):
    slots = [{"start": "2026-11-24T00:00:00Z", "end": "2026-11-24T01:00:00Z"}]
    reply = {"items": [{"resources": ["cmm", "room"], "slots": slots}, {"resources": ["oven"], "slots": []}]}
    done = labtab("free", "cmm", "oven", "--with=room", answers=[Answer(reply)])
    assert done.stdout.splitlines() == [
        "cmm, room",
        "  Free from             Free until",
        "  2026-11-24T00:00:00Z  2026-11-24T01:00:00Z",
        "oven",
        "  nothing in this time",
    ]


@pytest.mark.parametrize("duration", ["2x", "h", "2h3", "-1", "0", "", "1.5h", "99999999999h"])
def test_a_duration_that_is_none(labtab, server, duration):
    done = labtab("free", "cmm", f"--duration={duration}")
    assert done.returncode == BAD_USAGE
    assert "duration" in done.stderr and server.requests == []


INVOICE = {
    "id": ID, "number": "S-000001", "status": "issued", "site": "siheung", "firm": "hanbit", "month": "2026-11",
    "dated": "2026-11-30", "issued_at": "2026-12-01T00:00:00Z", "currency": "KRW", "fee": 1234567,
    "support": 864197, "own_share": 370370, "tax": 123456, "truncation": -6, "total": 493820,
    "lines": [
        {"n": 1, "kind": "use", "text": "3차원측정기: use", "quantity": {"num": 5, "den": 4}, "unit": "hour",
         "price": {"num": 800000, "den": 1}, "fee": 1000000, "support": 700000, "own_share": 300000, "tax": 100000,
         "quality": ["estimated"], "funders": [{"programme": "smart", "funder": "city", "amount": 500000},
                                               {"programme": "smart", "funder": "state", "amount": 200000}]},
        {"n": 2, "kind": "setup", "text": "set-up", "quantity": {"num": 1, "den": 3}, "unit": "use",
         "price": {"num": 469134, "den": 2}, "fee": 234567, "support": 164197, "own_share": 70370, "tax": 23456,
         "quality": [], "funders": [{"programme": "smart", "funder": "city", "amount": 164197}]},
    ],
}


def test_an_invoice(labtab):
    done = labtab("invoice", ID, answers=[Answer(INVOICE)])
    assert done.returncode == DONE, done.stderr
    lines = [re.sub(r" {2,}", " | ", line).strip(" |") for line in done.stdout.splitlines()]
    for line in [
        "Number | S-000001",
        "1 | 3차원측정기: use | 1.25 | hour | 800,000 KRW | 1,000,000 KRW | 700,000 KRW | 300,000 KRW | 100,000 KRW | estimated",
        "2 | set-up | 1/3 | use | 234,567 KRW | 234,567 KRW | 164,197 KRW | 70,370 KRW | 23,456 KRW | -",
        "smart | city | 664,197 KRW",
        "smart | state | 200,000 KRW",
        "List price | 1,234,567 KRW",
        "Own share | 370,370 KRW",
        "Tax | 123,456 KRW",
        "Truncation | -6 KRW",
        "Total | 493,820 KRW",
    ]:
        assert line in lines, done.stdout


def test_evidence(labtab):
    item = {"span_start": "2026-11-24T01:00:00Z", "span_end": "2026-11-24T02:00:00Z", "state": "run",
            "energy_mwh": 1234567, "quality": [], "samples": [{"meter": "m1", "count": 3600, "first": {"seq": 1}}]}
    done = labtab("invoice", ID, "--evidence=1", answers=[Answer({"items": [item]})])
    assert done.returncode == DONE, done.stderr
    assert "1,234.567 Wh" in done.stdout
    assert "{meter: m1, count: 3600, first: {seq: 1}}" in done.stdout


def test_a_new_token_is_shown(labtab):
    done = labtab("token", "kim", "--label=x", answers=[Answer({"id": ID, "token": "lt_new"}, 201)])
    assert re.search(r"^Token +lt_new$", done.stdout, re.MULTILINE)


# ---------------------------------------------------------------- billing


def billing_run(status, **more):
    return {"id": ID, "status": status, "site": "siheung", "month": "2026-11", "firm": None,
            "requested_at": "2026-12-01T00:00:00Z", "finished_at": None, "invoice_count": 0, "problems": [], **more}


BILL = ("bill", "--site=siheung", "--month=2026-11", "--firm=hanbit")


def test_bill_does_not_wait_unless_told(labtab, server):
    done = labtab(*BILL, answers=[Answer(billing_run("waiting"), 202)])
    assert done.returncode == DONE, done.stderr
    assert server.lines == ["POST /v1/billing_runs"]
    assert server.requests[0].json == {"site": "siheung", "month": "2026-11", "firm": "hanbit"}


def test_bill_waits_for_the_end(labtab, server):
    answers = [Answer(billing_run("waiting"), 202), Answer(billing_run("running")),
               Answer(billing_run("done", invoice_count=1234, problems=[{"usage": "u", "code": "unpriced"}]))]
    done = labtab(*BILL, "--wait", answers=answers)
    assert done.returncode == DONE, done.stderr
    assert server.lines == ["POST /v1/billing_runs"] + [f"GET /v1/billing_runs/{ID}"] * 2
    assert re.search(r"^Invoices +1,234$", done.stdout, re.MULTILINE)
    assert "{usage: u, code: unpriced}" in done.stdout


def test_bill_that_failed(labtab):
    done = labtab(*BILL, "--wait", "--json", answers=[Answer(billing_run("waiting"), 202),
                                                      Answer(billing_run("failed"))])
    assert done.returncode == REFUSED
    assert json.loads(done.stdout)["status"] == "failed"


def test_bill_that_does_not_end_in_time(labtab):
    answers = [Answer(billing_run("waiting"), 202)] + [Answer(billing_run("running"))] * 50
    done = labtab(*BILL, "--wait", "--deadline=1", answers=answers)
    assert done.returncode == TROUBLE
    assert f"/v1/billing_runs/{ID}" in done.stderr


# ---------------------------------------------------------------- usage and help


def commands():
    """Names of all commands, from the overview."""
    shown = run("--help").stdout
    block = shown[shown.index("Commands:\n"):shown.index("\nOptions of all")]
    return re.findall(r"^  ([\w-]+(?: \w+)?)  ", block, re.MULTILINE)


def options(text):
    return set(re.findall(r"^ +(?:-\w, )?(--[\w-]+)", text, re.MULTILINE))


OPTIONS = {
    "accept": "version key", "approve": "reason version key",
    "apply": "", "bill": "site month firm wait deadline key", "booking": "",
    "book": "start end with firm person mode purpose configuration quote override-reason dry-run key", "bookings": "resource firm status from to limit all",
    "budget": "limit all", "budgets": "limit all", "calendar": "from to", "cancel": "reason waive-fee version key",
    "change": "start end with mode purpose configuration override-reason reason dry-run version key",
    "check-in": "version key", "decline": "reason version key", "history": "limit all",
    "quote": "start end with firm person mode configuration key",
    "course attend": "meeting present absent version key", "course cancel": "reason version key",
    "course cohorts": "course status from to limit all", "course enrol": "person seat-only key", "course finish": "version key",
    "course leave": "person key", "course list": "limit all", "course plan": "meetings seats key", "course show": "",
    "qualification grant": "resource from to key", "qualification list": "firm resource person limit all",
    "qualification revoke": "reason key",
    "dev clock": "now rate", "dev tick": "", "events": "after limit all", "firms": "limit all", "free": "duration with joint from to mode configuration limit", "get": "",
    "help": "", "invoice": "evidence", "invoices": "firm month status limit all", "meters": "limit all",
    "resources": "limit all", "revoke": "", "runs": "resource state from to limit all",
    "session finish": "samples operator-time outcome notes version key",
    "session list": "resource firm booking forgotten from to limit all", "session show": "",
    "session start": "booking resource firm key", "sites": "limit all", "token": "label expires",
    "usage": "resource firm session status from-day to-day limit all",
    "disputes": "firm status limit all", "dispute": "reason key", "decide": "uphold deny reason seconds fee version key",
    "series book": "start end rule except on-conflict with firm person mode purpose configuration override-reason dry-run key",
    "series list": "resource firm limit all", "series show": "", "series cancel": "from reason version key",
    "outage plan": "resource site kind title start end rule except force reason key",
    "outage list": "resource series kind from to limit all", "outage show": "", "outage end": "at following version key",
    "feed make": "kind object label", "feed list": "limit all", "feed revoke": "",
    "waitlist join": "earliest latest duration with firm person mode purpose configuration key",
    "waitlist leave": "version key", "waitlist list": "resource firm status limit all",
}


def test_overview_lists_every_command():
    assert set(commands()) == set(OPTIONS)
    assert options(run("--help").stdout) == COMMON
    assert run("help").stdout == run("--help").stdout


@pytest.mark.parametrize("command", OPTIONS)
def test_help_lists_the_options(command):
    shown = run(*command.split(), "--help")
    assert shown.returncode == DONE, shown.stderr
    assert shown.stdout.startswith(f"Usage: labtab {command}")
    assert options(shown.stdout) == {f"--{name}" for name in OPTIONS[command].split()} | COMMON
    assert shown.stdout.count(" --version") == 1
    assert run("help", *command.split()).stdout == shown.stdout


MANUAL = TOP / "docs" / "labtab.1"


def manual_options():
    """Options by command ("": of all) in the manual page: .It Fl -name within .Ss or .Sh of a command."""
    found, here = {}, None
    for line in MANUAL.read_text(encoding="utf-8").splitlines():
        if line.startswith(".Sh "):
            here = "" if line == ".Sh OPTIONS" else None
        elif line.startswith(".Ss "):
            here = line.removeprefix(".Ss ")
        if here is not None:
            found.setdefault(here, set())
            if match := re.match(r"\.It (?:Fl \w , )?Fl (-[\w-]+)", line):
                found[here].add(f"-{match[1]}")
    return found


def test_manual_lists_the_options():
    found = manual_options()
    assert found.pop("") == COMMON
    assert found == {command: {f"--{name}" for name in names.split()} for command, names in OPTIONS.items()}


def test_manual_and_help_give_the_exit_codes():
    shown = run("--help").stdout
    page_text = MANUAL.read_text(encoding="utf-8")
    codes_of_page = re.findall(r"^\.It (\d)$", page_text[page_text.index(".Sh EXIT STATUS"):], re.MULTILINE)
    assert codes_of_page == re.findall(r"^  (\d)  ", shown, re.MULTILINE) == list("01234")


BAD = [
    ([], ["a command is needed"]),
    (["frobnicate"], ["frobnicate: there is no such command"]),
    (["session"], ["session: which one?"]),
    (["session", "frobnicate"], ["session frobnicate: there is no such command"]),
    (["help", "frobnicate"], ["frobnicate: there is no such command"]),
    (["book", "--frob=1", "--mode=x", "--timeout=0", "--token=a", "--token-file=b"],
     ["--frob: there is no such option", "mode: \"x\" is none of self, assisted, commissioned", "timeout: 0 is below 1",
      "RESOURCE is needed", "start: this option is needed", "end: this option is needed",
      "token-file: not together with token"]),
    (["booking", ID, "more"], ["\"more\": not expected here"]),
    (["course", "plan", "step1", "--meetings=a/b,c"], ["meetings: \"c\" is not START/END"]),
    (["decide", ID, "--uphold", "--deny"], ["one of --uphold and --deny is needed", "reason: this option is needed"]),
    (["decide", ID, "--reason=seen"], ["one of --uphold and --deny is needed"]),
    (["booking", ""], ["ID: is empty"]),
    (["sites", "--limit=0"], ["limit: 0 is below 1"]),
    (["sites", "--lang=de"], ["lang: \"de\" is none of en, ko"]),
    (["events", "--after=-1"], ["after: -1 is below 0"]),
    (["session", "start", "--key=two words"], ["key: 1 to 128 printable characters"]),
    (["session", "start", "--key=" + "k" * 129], ["key: 1 to 128 printable characters"]),
    (["get", "v1/sites"], ["PATH: begins with one /"]),
    (["get", "//host/v1"], ["PATH: begins with one /"]),
    (["get", "/v1/a\r\nX: y"], ["PATH: begins with one /"]),
    (["sites", "--url=ftp://h"], ["url: ftp is neither http nor https"]),
    (["sites", "--url=http://u:p@h/?q#f"], ["url: no user and password here", "url: no query and no fragment"]),
    (["sites", "--url=http://"], ["url: not an address"]),
    (["sites", "--token=a\nX-Evil: b"], ["token: not a token"]),
    (["sites", "--token-file=/nonexistent"], ["/nonexistent: No such file"]),
    (["apply", "/nonexistent"], ["/nonexistent: No such file"]),
]


@pytest.mark.parametrize("arguments, faults", BAD, ids=lambda value: " ".join(value)[:40] or "nothing")
def test_bad_usage_tells_every_fault_and_sends_nothing(labtab, server, arguments, faults):
    done = labtab(*arguments)
    assert done.returncode == BAD_USAGE, done.stderr
    for fault in faults:
        assert fault in done.stderr
    assert done.stdout == ""
    assert server.requests == []


def test_a_file_that_is_too_long_is_not_sent(labtab, server, tmp_path):
    path = tmp_path / "site.json"
    with path.open("wb") as file:
        file.truncate((16 << 20) + 1)
    done = labtab("apply", str(path))
    assert done.returncode == BAD_USAGE
    assert "longer than 16777216 bytes" in done.stderr
    assert server.requests == []


def test_an_argument_that_is_no_utf8_is_not_sent(labtab, server):
    done = labtab("booking", b"\xff".decode(errors="surrogateescape"))
    assert done.returncode == BAD_USAGE
    assert "is not UTF-8" in done.stderr
    assert server.requests == []


def test_version():
    assert re.fullmatch(r"labtab \d+\.\d+\.\d+\n", run("--version").stdout)
