"""Many at once, the same thing again, and death in between: one booking, one answer."""

import json
import os
import random
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException

from booking_support import cancel, must_book, wanted
from support.lab import Lab, NEVER_CLOSED

FIRMS = 50
DEADLINE_S = 60


def at_once(calls):
    """Runs the calls at the same moment; their results in order, and how long each took."""
    barrier = threading.Barrier(len(calls))

    def timed(call):
        barrier.wait(DEADLINE_S)
        began = time.monotonic()
        return call(), time.monotonic() - began

    with ThreadPoolExecutor(len(calls)) as pool:
        pairs = list(pool.map(timed, calls))
    return [pair[0] for pair in pairs], sorted(pair[1] for pair in pairs)


def test_one_slot_fifty_firms(lab, cluster):
    resource = lab.resource(hours=NEVER_CLOSED, rule={"pad_before_s": 600, "pad_after_s": 600})
    people = [lab.person(lab.firm()) for _ in range(FIRMS)]
    lab.apply()
    body = wanted(resource, "24 10:00", "24 11:00")
    clients = [lab.client(person) for person in people]
    replies, times = at_once([lambda client=client: client.post("/v1/bookings", body) for client in clients])
    print(f"p50 {times[FIRMS // 2] * 1000:.0f} ms, p99 {times[-1] * 1000:.0f} ms")
    statuses = [reply.status for reply in replies]
    assert statuses.count(201) == 1 and statuses.count(409) == FIRMS - 1, statuses
    for reply in replies:
        if reply.status == 409:
            assert reply.headers["Content-Type"] == "application/problem+json"
            assert reply.json["type"] == "urn:labtab:problem:taken" and reply.codes == ["taken"], reply
    live = cluster.sql("select count(*) from claim c join unit u on u.id = c.unit_id join resource r on r.id = u.resource_id"
                       f" where c.live and r.code = '{resource}'", lab.daemon.database)
    assert live == "1"
    assert len(lab.client("admin").get(f"/v1/bookings?resource={resource}").json["items"]) == 1


def test_overlapping_slots_of_a_room(lab, cluster):
    """Capacity 3, slots that overlap in chains: never more than three at any instant."""
    room = lab.resource(hours=NEVER_CLOSED, kind="room", capacity=3)
    people = [lab.person(lab.firm()) for _ in range(20)]
    lab.apply()
    clients = [lab.client(person) for person in people]
    bodies = [wanted(room, f"24 {10 + n % 4}:{30 * (n % 2):02}", f"24 {11 + n % 4}:{30 * (n % 2):02}") for n in range(20)]
    replies, _ = at_once([lambda client=client, body=body: client.post("/v1/bookings", body)
                          for client, body in zip(clients, bodies)])
    assert {reply.status for reply in replies} == {201, 409}
    most = cluster.sql(
        "with live as (select c.during from claim c join unit u on u.id = c.unit_id join resource r on r.id = u.resource_id"
        f" where c.live and r.code = '{room}') select max((select count(*) from live o where o.during @> lower(l.during)))"
        " from live l", lab.daemon.database)
    assert int(most) <= 3


def test_assisted_bookings_share_one_operator(lab):
    """Each has an instrument of its own and wants the one operator; nobody waits for anybody for ever."""
    people = [lab.person(lab.firm()) for _ in range(10)]
    resources = [lab.resource(hours=NEVER_CLOSED) for _ in people]
    lab.apply()
    replies, _ = at_once([
        lambda client=lab.client(person), resource=resource: client.post(
            "/v1/bookings", wanted(resource, "12-03 10:00", "12-03 11:00", mode="assisted"))
        for person, resource in zip(people, resources)])
    statuses = [reply.status for reply in replies]
    assert statuses.count(201) == 1 and statuses.count(409) == 9, statuses
    for resource, reply in zip(resources, replies):
        if reply.status == 409:  # what was refused has left the instrument free
            must_book(lab.client(people[0]), resource, "12-03 10:00", "12-03 11:00")


def test_same_key_twenty_times(lab):
    resource = lab.resource(hours=NEVER_CLOSED)
    person = lab.person(lab.firm())
    lab.apply()
    client, headers = lab.client(person), {"Idempotency-Key": "slot-1"}
    body = wanted(resource, "24 10:00", "24 11:00")
    replies, _ = at_once([lambda: client.post("/v1/bookings", body, headers=headers)] * 20)
    assert {reply.status for reply in replies} == {201}
    assert len({(reply.body, reply.headers["ETag"], reply.headers["Location"]) for reply in replies}) == 1
    assert len(client.get("/v1/bookings").json["items"]) == 1
    other = client.post("/v1/bookings", wanted(resource, "24 12:00", "24 13:00"), headers=headers)
    assert (other.status, other.codes) == (422, ["key_reused"])
    assert len(client.get("/v1/bookings").json["items"]) == 1


def test_key_belongs_to_its_person(lab):
    resource = lab.resource(hours=NEVER_CLOSED, capacity=2)
    people = [lab.person(lab.firm()) for _ in range(2)]
    lab.apply()
    body = wanted(resource, "24 10:00", "24 11:00")
    replies = [lab.client(person).post("/v1/bookings", body, headers={"Idempotency-Key": "mine"}) for person in people]
    assert [reply.status for reply in replies] == [201, 201]
    assert replies[0].json["id"] != replies[1].json["id"]


def test_refusal_is_not_kept_with_the_key(lab):
    resource = lab.resource(hours=NEVER_CLOSED)
    person = lab.person(lab.firm())
    lab.apply()
    client, headers = lab.client(person), {"Idempotency-Key": "again"}
    first = must_book(client, resource, "24 10:00", "24 11:00")
    body = wanted(resource, "24 10:30", "24 11:30")
    assert client.post("/v1/bookings", body, headers=headers).status == 409
    assert cancel(client, first).status == 200
    assert client.post("/v1/bookings", body, headers=headers).status == 201


def test_two_change_what_both_have_read(lab):
    resource = lab.resource(hours=NEVER_CLOSED)
    person = lab.person(lab.firm())
    lab.apply()
    for hour in range(10, 15):
        booking = must_book(lab.client(person), resource, f"24 {hour}:00", f"24 {hour + 1}:00")
        replies, _ = at_once([lambda name=name: cancel(lab.client(name), booking, reason="of both")
                              for name in ("technician", "admin")])
        statuses = sorted(reply.status for reply in replies)
        assert statuses[0] == 200 and statuses[1] in (409, 412), replies


def test_budget_is_never_overdrawn(lab):
    """Twenty want 7,000 each of 50,000: the sum of what is held is what was given, to the won."""
    region = "race"
    programme = lab.programme([(1, 50_000)], region)
    resources = [lab.resource(hours=NEVER_CLOSED) for _ in range(20)]
    person = lab.person(lab.firm(facts={"region": region, "industry": "C25", "head_count": 5}))
    lab.apply()
    client = lab.client(person)
    replies, _ = at_once([lambda resource=resource: client.post("/v1/bookings", wanted(resource, "24 10:00", "24 11:00"))
                          for resource in resources])
    assert {reply.status for reply in replies} == {201}
    assert sorted(reply.json["support"] for reply in replies) == [0] * 12 + [1_000] + [7_000] * 7
    budget = [row for row in lab.client("finance").get("/v1/budgets?limit=500").json["items"]
              if row["programme"] == programme and row["fiscal_year"] == 2026]
    assert [(row["held"], row["balance"]) for row in budget] == [(50_000, 0)]


# ---------------------------------------------------------------- killed between commit and reply


class Booker(threading.Thread):
    """Books slot after slot, each with a key of its own; whatever goes wrong, the same again until there is an answer."""

    def __init__(self, client, resource, stop):
        super().__init__()
        self.client, self.resource, self.stop = client, resource, stop
        self.answers = {}
        self.faults = []
        self.retries = 0

    def run(self):
        number = 0
        while not self.stop.is_set():
            number += 1
            key = f"{self.resource}-{number}"
            body = {"resource": self.resource, "start": slot(number), "end": slot(number + 1)}
            try:
                self.answers[key] = self.until_answered(key, body)
            except Exception as fault:  # the test asserts that there is none
                self.faults.append(repr(fault))
                return

    def until_answered(self, key, body):
        deadline = time.monotonic() + DEADLINE_S
        while True:
            try:
                reply = self.client.post("/v1/bookings", body, headers={"Idempotency-Key": key})
                if reply.status != 503:
                    assert reply.status == 201, reply
                    return reply.json["id"]
            except (OSError, json.JSONDecodeError, HTTPException):
                pass
            self.retries += 1
            assert time.monotonic() < deadline, "no answer in time"
            time.sleep(0.05)


def slot(number):
    return f"2026-11-{24 + number // 1440:02}T{number // 60 % 24:02}:{number % 60:02}:00+09:00"


def test_api_killed_under_load(labtabd, cluster):
    daemon = labtabd()
    lab = Lab(daemon)
    daemon.set_clock("2026-11-23T00:00:00Z")
    people = [lab.person(lab.firm()) for _ in range(8)]
    resources = [lab.resource(hours=NEVER_CLOSED) for _ in people]
    lab.apply()
    stop, chance = threading.Event(), random.Random(4)
    bookers = [Booker(lab.client(person), resource, stop) for person, resource in zip(people, resources)]
    for booker in bookers:
        booker.start()
    kills = 0
    try:
        for _ in range(6):
            time.sleep(chance.uniform(0.3, 0.9))
            os.kill(daemon.role_pid("api"), signal.SIGKILL)
            kills += 1
            wait_for_health(daemon)
    finally:
        stop.set()
        for booker in bookers:
            booker.join(DEADLINE_S * 2)
    assert not any(booker.is_alive() for booker in bookers)
    assert [fault for booker in bookers for fault in booker.faults] == []
    answered = {key: booking for booker in bookers for key, booking in booker.answers.items()}
    print(f"{kills} kills, {len(answered)} bookings, {sum(booker.retries for booker in bookers)} retries")
    stored = dict(line.split("|") for line in cluster.sql(
        "select i.key, i.reply ->> 'id' from idempotency i", daemon.database).splitlines())
    assert stored == answered, "each key has one booking, and it is the one that was answered"
    bookings = cluster.sql("select id from booking order by id", daemon.database).splitlines()
    assert bookings == sorted(answered.values()), "no booking without its answer, none twice"
    assert cluster.sql("select count(*) from claim where live", daemon.database) == str(len(answered))


def wait_for_health(daemon):
    deadline = time.monotonic() + DEADLINE_S
    while time.monotonic() < deadline:
        try:
            if daemon.client().get("/readyz").status == 200:
                return
        except OSError:
            pass
        time.sleep(0.02)
    raise AssertionError("the api did not come back")
