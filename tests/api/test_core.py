"""What the api process owes every route: whose data a request sees, how much it may send, and how it lives with a
database that does not do what it should."""

import json
import random
import socket
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from booking_support import must_book, wanted
from support.lab import NEVER_CLOSED, Lab

NOW = "2026-11-23T00:00:00Z"
FIRMS = 6
AT_ONCE = 16
DEADLINE_S = 60


@pytest.fixture(scope="module")
def daemon(labtabd_of_module):
    """One connection to the database, so that all requests share it."""
    return labtabd_of_module("--role=api", "--db-connections=1", "--db-read-connections=1", f"--db-depth={AT_ONCE}")


def wait_until(look, what):
    deadline = time.monotonic() + DEADLINE_S
    while not look():
        assert time.monotonic() < deadline, f"never came: {what}"
        time.sleep(0.05)


# ---------------------------------------------------------------- whose data


def test_scope_of_requests_that_share_a_connection(lab):
    """Requests of many firms, of the lab and of nobody, mixed up in one pipeline: each sees what is its own."""
    people = [lab.person(lab.firm()) for _ in range(FIRMS)]
    resources = [lab.resource(hours=NEVER_CLOSED) for _ in people]
    lab.apply()
    clients = [lab.client(person) for person in people]
    own = [{must_book(client, resource, f"24 1{hour}:00", f"24 1{hour}:30")["id"] for hour in range(3)}
           for client, resource in zip(clients, resources)]
    everybody, technician = set().union(*own), lab.client("technician")

    def look(number):
        chance = random.Random(number)
        mine, other = chance.sample(range(FIRMS), 2)
        kind = number % 5
        if kind == 0:
            seen = {row["id"] for row in clients[mine].get("/v1/bookings?limit=500").json["items"]}
            return seen == own[mine] or ("list", seen)
        if kind == 1:
            reply = clients[mine].get(f"/v1/bookings/{chance.choice(sorted(own[other]))}")
            return (reply.status, reply.codes) == (404, ["not_found"]) or ("another's", reply)
        if kind == 2:
            reply = clients[mine].get(f"/v1/bookings/{chance.choice(sorted(own[mine]))}")
            return reply.status == 200 or ("own", reply)
        if kind == 3:
            seen = {row["id"] for row in technician.get("/v1/bookings?limit=500").json["items"]}
            return everybody <= seen or ("all", seen)
        reply = lab.daemon.client().get(f"/v1/resources/{resources[mine]}/calendar?from=2026-11-24T00:00:00Z&to=2026-11-25T00:00:00Z")
        names = set().union(*reply.json["items"])
        return (len(reply.json["items"]), names) == (3, {"unit", "start", "end", "reason"}) or ("public", reply)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        results = list(pool.map(look, range(600)))
    assert [result for result in results if result is not True] == []


def test_nobodys_transaction_sees_no_firm(lab, cluster):
    """Also after one that had a scope on the same connection."""
    resource = lab.resource(hours=NEVER_CLOSED)
    person = lab.person(lab.firm())
    lab.apply()
    must_book(lab.client(person), resource, "24 10:00", "24 11:00")
    counts = cluster.sql("select count(*) from booking; begin; select set_config('labtab.firm', '*', true);"
                         " select count(*) > 0 from booking; commit; select count(*) from booking",
                         lab.daemon.database, user="labtab_api")
    assert counts.split() == ["0", "*", "t", "0"]


# ---------------------------------------------------------------- who is it


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Bearer x", "Basic YTpi", "Bearer " + "A" * 43, "Bearer " + "x" * 4000])
def test_unknown_tokens_are_told_the_same(daemon, header):
    reply = daemon.client().get("/v1/bookings", headers={} if header is None else {"Authorization": header})
    assert (reply.status, reply.codes, reply.headers["WWW-Authenticate"]) == (401, ["unauthenticated"], "Bearer")
    (violation,) = reply.json["violations"]
    assert not {"limit", "actual"} & set(violation)


def test_revoked_token_is_told_no_more_than_an_unknown_one(lab):
    admin = lab.client("admin")
    made = admin.post("/v1/tokens", {"person": "kim", "label": "short"}).json
    kim = lab.daemon.client().as_token(made["token"])
    assert kim.get("/v1/bookings").status == 200
    assert admin.post(f"/v1/tokens/{made['id']}/revoke").status == 200
    assert kim.get("/v1/bookings").json == lab.daemon.client().as_token("unknown").get("/v1/bookings").json


# ---------------------------------------------------------------- how much


def announce(daemon, person, length):
    """The status line for a body that is announced and not sent."""
    token = f"Authorization: Bearer {daemon.tokens[person]}\r\n" if person else ""
    with socket.create_connection(("127.0.0.1", daemon.port), timeout=DEADLINE_S) as link:
        link.sendall(f"PUT /v1/site_file HTTP/1.1\r\nHost: x\r\n{token}Content-Type: application/json\r\n"
                     f"Expect: 100-continue\r\nContent-Length: {length}\r\n\r\n".encode())
        return link.recv(4096).split(b"\r\n")[0].split()[1]


@pytest.mark.parametrize("person, length, status", [
    (None, 64 * 1024, b"100"), (None, 64 * 1024 + 1, b"413"), ("kim", 64 * 1024 + 1, b"413"), ("technician", 1 << 20, b"413"),
    ("admin", 4 << 20, b"100"), ("admin", (4 << 20) + 1, b"413")])
def test_large_bodies_are_read_from_who_may_send_them(daemon, person, length, status):
    assert announce(daemon, person, length) == status


def test_large_body_of_an_administrator(daemon):
    body = json.dumps({"site": {"code": "x" * 100_000}}).encode()
    reply = daemon.client("admin").request("PUT", "/v1/site_file", body=body, headers={"Content-Type": "application/json"})
    assert reply.status == 422 and "bad_format" in reply.codes


# ---------------------------------------------------------------- what is done stays done


def test_repeat_by_key_when_the_rules_forbid_it_by_now(lab):
    """The first reply was lost, and by now it is too late to book: the key still gives the booking, and only it."""
    resource = lab.resource(hours=NEVER_CLOSED, rule={"notice_s": 3600})
    person = lab.person(lab.firm())
    lab.apply()
    body, client = wanted(resource, "23 11:00", "23 12:00"), lab.client(person)
    first = client.post("/v1/bookings", body, headers={"Idempotency-Key": "one"})
    assert first.status == 201, first
    lab.daemon.set_clock("2026-11-23T01:30:00Z")
    again = client.post("/v1/bookings", body, headers={"Idempotency-Key": "one"})
    assert (again.status, again.json, again.headers["ETag"]) == (201, first.json, first.headers["ETag"]), again
    late = client.post("/v1/bookings", body, headers={"Idempotency-Key": "two"})
    assert (late.status, late.codes) == (422, ["notice_too_short", "taken"])
    other = client.post("/v1/bookings", {**body, "purpose": "else"}, headers={"Idempotency-Key": "one"})
    assert (other.status, other.codes) == (422, ["key_reused"])
    assert len(client.get("/v1/bookings").json["items"]) == 1


# ---------------------------------------------------------------- without --dev


@pytest.mark.parametrize("method", ["GET", "PUT", "POST"])
@pytest.mark.parametrize("path", ["/v1/dev/clock", "/v1/dev/tick"])
def test_development_routes_are_not_there(labtabd, method, path):
    daemon = labtabd("--dev=no", "--role=api")
    reply = daemon.client("admin").request(method, path)
    assert (reply.status, reply.codes) == (404, ["not_found"])


# ---------------------------------------------------------------- a database that misbehaves


def test_unreadable_catalogue_is_told_once(labtabd, cluster):
    daemon = labtabd("--role=api")
    cluster.sql("revoke select on token from labtab_api; notify catalogue", daemon.database)
    wait_until(lambda: daemon.events("not_loaded"), "the trouble")
    assert daemon.client("kim").get("/v1/bookings").status == 200, "the catalogue in memory still holds"
    time.sleep(2.5)  # tried again twice
    assert len(daemon.events("not_loaded")) == 1 and "permission denied for table token" in daemon.log()
    cluster.sql("grant select on token to labtab_api", daemon.database)
    wait_until(lambda: daemon.events("loaded_again"), "its end")


def test_stopping_while_the_catalogue_cannot_be_read(labtabd, cluster):
    """The reading hangs behind a lock; the process ends in order all the same, before it is killed."""
    daemon = labtabd("--drain-timeout=5")
    with subprocess.Popen([cluster.psql, "-XAtq", "-d", cluster.conninfo(daemon.database)], stdin=subprocess.PIPE, text=True) as holder:
        holder.stdin.write("begin; lock table qualification in access exclusive mode; notify catalogue; commit; begin;"
                           " lock table qualification in access exclusive mode;\n")
        holder.stdin.flush()
        wait_until(lambda: cluster.sql("select count(*) from pg_stat_activity where usename = 'labtab_api' and"
                                       f" wait_event_type = 'Lock' and datname = '{daemon.database}'") != "0", "the reading")
        daemon.stop()
        holder.stdin.close()
