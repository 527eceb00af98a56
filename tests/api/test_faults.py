"""The database goes away under load: no request hangs, none is answered wrongly, what was answered is stored."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from booking_support import must_book, wanted
from support.cluster import Cluster
from support.daemon import TOP, Daemon, run
from support.lab import NEVER_CLOSED, Lab

CLIENT_TIMEOUT_S = 15
DEADLINE_S = 60
BOOKERS = 6


class Booker(threading.Thread):
    """Books its own resource minute after minute, each minute once, and reads in between. A timeout is a hang."""

    def __init__(self, client, resource, stop):
        super().__init__()
        self.client, self.resource, self.stop = client, resource, stop
        self.client.timeout_s = CLIENT_TIMEOUT_S
        self.made, self.unknown, self.faults, self.outages = {}, set(), [], []

    def run(self):
        number = 0
        while not self.stop.is_set():
            number += 1
            start = f"2026-11-{24 + number // 1440:02}T{number // 60 % 24:02}:{number % 60:02}:00Z"
            end = f"2026-11-{24 + (number + 1) // 1440:02}T{(number + 1) // 60 % 24:02}:{(number + 1) % 60:02}:00Z"
            body = {"resource": self.resource, "start": start, "end": end, "purpose": f"{self.resource} {number}"}
            try:
                reply = self.client.post("/v1/bookings", body)
                self.look_at(reply, body)
                if number % 3 == 0 and reply.status == 201:
                    seen = self.client.get(reply.headers["Location"])
                    assert seen.status == 503 or (seen.status == 200 and seen.json == reply.json), seen
            except Exception as fault:  # a timeout, a cut connection, a wrong answer: the test asserts that there is none
                self.faults.append(f"{body['purpose']}: {fault!r}")

    def look_at(self, reply, body):
        if reply.status == 201:
            assert (reply.json["resource"], reply.json["start"], reply.json["purpose"]) == (
                body["resource"], body["start"], body["purpose"]), "somebody else's answer"
            self.made[body["purpose"]] = reply.json["id"]
            return
        assert reply.status == 503 and reply.codes in (["overloaded"], ["outcome_unknown"]), reply
        assert int(reply.headers["Retry-After"]) >= 1
        self.outages.append(time.monotonic())
        if reply.codes == ["outcome_unknown"]:
            self.unknown.add(body["purpose"])
        self.stop.wait(0.02)


class Load:
    """Bookers around a fault; afterwards everything is compared with what is stored."""

    def __init__(self, daemon):
        lab = Lab(daemon)
        daemon.set_clock("2026-11-23T00:00:00Z")
        people = [lab.person(lab.firm()) for _ in range(BOOKERS)]
        resources = [lab.resource(hours=NEVER_CLOSED) for _ in people]
        lab.apply()
        self.stop = threading.Event()
        self.bookers = [Booker(lab.client(person), resource, self.stop) for person, resource in zip(people, resources)]

    def __enter__(self):
        for booker in self.bookers:
            booker.start()
        self.wait_for_progress()
        return self

    def __exit__(self, *_):
        self.stop.set()
        for booker in self.bookers:
            booker.join(DEADLINE_S)

    def wait_for_progress(self):
        """Until every booker has booked again; how long it took."""
        began, before = time.monotonic(), [len(booker.made) for booker in self.bookers]
        while any(len(booker.made) <= count for booker, count in zip(self.bookers, before)):
            assert time.monotonic() - began < DEADLINE_S, "it did not come back"
            time.sleep(0.01)
        return time.monotonic() - began

    def compare(self, cluster, database):
        assert not any(booker.is_alive() for booker in self.bookers), "a request hangs"
        assert [fault for booker in self.bookers for fault in booker.faults] == []
        made = {purpose: booking for booker in self.bookers for purpose, booking in booker.made.items()}
        unknown = set().union(*(booker.unknown for booker in self.bookers))
        rows = cluster.sql("select purpose, id from booking", database).splitlines()
        stored = dict(row.split("|") for row in rows)
        assert len(rows) == len(stored), "nothing twice"
        assert {purpose: stored.get(purpose) for purpose in made} == made, "every 201 is there"
        assert set(stored) - set(made) <= unknown, "and nothing else but what was said to be unknown"
        assert cluster.sql("select count(*) from claim where live", database) == str(len(stored))
        return len(made), len(unknown)


def test_backends_killed_under_load(labtabd, cluster):
    daemon = labtabd()
    with Load(daemon) as load:
        recoveries = []
        for _ in range(5):
            daemon_backends_killed = int(cluster.sql(
                "select count(pg_terminate_backend(pid)) from pg_stat_activity where backend_type = 'client backend'"
                f" and datname = '{daemon.database}' and pid <> pg_backend_pid()"))
            assert daemon_backends_killed > 0
            recoveries.append(load.wait_for_progress())
            time.sleep(0.3)
    made, unknown = load.compare(cluster, daemon.database)
    print(f"killed 5 times: {made} bookings, {unknown} unknown, recovery at most {max(recoveries):.2f} s")


@pytest.fixture
def frail():
    """A cluster of this test's own that keeps what it has promised, and a daemon on it."""
    with Cluster() as server:
        server.sql((TOP / "schema" / "roles.sql").read_text(encoding="utf-8"))
        server.create_database("labtab")
        server.sql("alter database labtab owner to labtab_owner")
        argument = f"--database=host={server.directory} port=5432 dbname=labtab"
        made = run_labtabd("--dev", argument, "--admin-token=admin")
        daemon = Daemon("--dev", argument)
        try:
            daemon.tokens["admin"] = made
            daemon.start()
            yield server, daemon
        finally:
            daemon.close()


def run_labtabd(*arguments):
    done = run(*arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_postgres_crashes_under_load(frail):
    server, daemon = frail
    with Load(daemon) as load:
        recoveries = []
        for _ in range(2):
            server.restart("immediate")
            recoveries.append(load.wait_for_progress())
            time.sleep(0.3)
    made, unknown = load.compare(server, "labtab")
    print(f"crashed 2 times: {made} bookings, {unknown} unknown, recovery at most {max(recoveries):.2f} s")


def test_without_a_database(frail):
    """Nothing hangs while it is away, readiness says so, and health does not depend on it."""
    server, daemon = frail
    client = daemon.client("admin")
    client.timeout_s = CLIENT_TIMEOUT_S
    assert client.get("/readyz").status == 200
    server.stop("immediate")
    replies = [client.get("/v1/bookings"), client.post("/v1/tokens", {"person": "admin", "label": "x"})]
    assert {reply.status for reply in replies} == {503}
    assert all(reply.headers["Retry-After"] for reply in replies)
    assert client.get("/healthz").status == 200
    wait_until(lambda: client.get("/readyz").status == 503)
    server.start()
    wait_until(lambda: client.get("/readyz").status == 200)
    wait_until(lambda: client.get("/v1/bookings").status == 200)


def test_full_queue_refuses_at_once(labtabd, cluster):
    """One connection, one transaction under way (of up to eight bookings that share it), four waiting: while it is held up,
    the others are told to come back."""
    daemon = labtabd("--db-connections=1", "--db-read-connections=1", "--db-depth=1", "--db-queue=4", "--db-timeout=4000")
    lab = Lab(daemon)
    daemon.set_clock("2026-11-23T00:00:00Z")
    resource = lab.resource(hours=NEVER_CLOSED, capacity=40)
    person = lab.person(lab.firm())
    lab.apply()
    client = lab.client(person)
    must_book(client, resource, "24 10:00", "24 11:00")
    holder = threading.Thread(target=cluster.sql, args=("begin; lock table booking in exclusive mode; select pg_sleep(2)", daemon.database))
    holder.start()
    wait_until(lambda: cluster.sql("select count(*) from pg_locks l join pg_class c on c.oid = l.relation where c.relname = 'booking'"
                                   " and l.mode = 'ExclusiveLock' and l.granted", daemon.database) == "1")
    with ThreadPoolExecutor(30) as pool:
        timed = list(pool.map(lambda _: timed_post(client, wanted(resource, "24 10:00", "24 11:00")), range(30)))
    holder.join()
    statuses = [reply.status for reply, _ in timed]
    assert set(statuses) == {201, 503} and statuses.count(201) <= 8 + 4, statuses
    for reply, seconds in timed:
        if reply.status == 503:
            assert reply.codes == ["overloaded"] and int(reply.headers["Retry-After"]) >= 1
    assert len(client.get("/v1/bookings").json["items"]) == 1 + statuses.count(201)
    print(f"refused within {max(seconds for reply, seconds in timed if reply.status == 503):.2f} s")


def timed_post(client, body):
    began = time.monotonic()
    reply = client.post("/v1/bookings", body)
    return reply, time.monotonic() - began


def wait_until(is_so):
    deadline = time.monotonic() + DEADLINE_S
    while not is_so():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.05)
