"""Many processes do whatever comes to their mind, and what must always hold still holds.

How long is LABTAB_SOAK_S (scripts/soak asks for longer than the tests do); the seed is LABTAB_SEED, and is printed.
"""

import multiprocessing
import os
import random
import time
from collections import Counter

import pytest

from booking_support import act, site_time, wanted
from support.client import Client
from support.lab import NEVER_CLOSED, Lab

PROCESSES = 8
SECONDS = float(os.environ.get("LABTAB_SOAK_S", "15"))
SEED = int(os.environ.get("LABTAB_SEED", "7"))
DAYS = range(24, 28)
DAY_S = 86400
# What a well-formed request of somebody who may ask can be told. Anything else is a fault.
EXPECTED = {
    "taken", "quota_count", "quota_time", "gap_too_short", "stale_version", "already_cancelled", "not_qualified",
    "duration_too_short", "duration_too_long", "in_the_past", "end_not_after_start", "overloaded", "conflict",
}


class World:
    """Resources that get into each other's way: a machine under two names, a room of seats, an operator in every
    bundle; firms that share a programme's money; quotas of each holder."""

    def __init__(self, daemon):
        lab = Lab(daemon)
        self.operator = lab.resource(hours=NEVER_CLOSED, kind="operator", tariff=False)
        self.machine = lab.resource(hours=NEVER_CLOSED, rule={"pad_before_s": 300, "pad_after_s": 600})
        self.other_name = lab.resource(hours=NEVER_CLOSED, capacity=0, parts=[self.machine])
        self.room = lab.resource(hours=NEVER_CLOSED, kind="room", capacity=3)
        self.printer = lab.resource(hours=NEVER_CLOSED, rule={"waives_pads": True, "pad_after_s": 900})
        self.bundle = lab.resource(hours=NEVER_CLOSED, parts=[self.operator, self.room])
        self.bookable = [self.machine, self.other_name, self.room, self.printer, self.bundle]
        lab.programme([(3, 400_000), (1, 90_000)], region="soak", firm_year_cap=150_000)
        facts = {"region": "soak", "industry": "C25", "head_count": 5}
        self.firms = [lab.firm(facts=facts) for _ in range(4)]
        self.people = [lab.person(firm) for firm in self.firms for _ in range(2)]
        self.quotas = [
            lab.quota(holder="person", period="day", most_count=6),
            lab.quota(holder="firm", period="day", resource=self.machine, most_s=3 * 3600),
            lab.quota(holder="firm", period="week", kind="room", most_count=20),
            lab.quota(holder="all", period="day", resource=self.printer, most_s=6 * 3600),
        ]
        lab.apply()
        self.address = ("127.0.0.1", daemon.port)
        self.tokens = {person: daemon.tokens[person] for person in self.people + ["technician"]}

    def client(self, person):
        return Client(*self.address, self.tokens[person])


class Actor:
    """One process: books, changes and cancels at random, and remembers what it was told."""

    def __init__(self, world, number):
        self.world = world
        self.chance = random.Random(SEED * 1000 + number)
        self.person = world.people[number % len(world.people)]
        self.client = world.client(self.person)
        self.mine = []
        self.told = Counter()
        self.faults = []

    def span(self):
        minute = self.chance.randrange(0, 24 * 6) * 10
        start = self.chance.choice(DAYS) * 1440 + minute
        return start, start + self.chance.choice([30, 60, 90, 150, 24 * 60])

    def text(self, minute):
        return f"{minute // 1440} {minute // 60 % 24:02}:{minute % 60:02}"

    def book(self):
        start, end = self.span()
        reply = self.client.post("/v1/bookings", wanted(self.chance.choice(self.world.bookable), self.text(start),
                                                        self.text(end)))
        if self.note("book", reply, 201):
            self.mine.append(reply.json)

    def change(self):
        if not self.mine:
            return
        index = self.chance.randrange(len(self.mine))
        booking = self.mine[index]
        start, end = self.span()
        reply = self.client.request("PATCH", f"/v1/bookings/{booking['id']}",
                                    json={"start": site_time(self.text(start)), "end": site_time(self.text(end))},
                                    headers={"If-Match": f'"v{booking["version"]}"'})
        if self.note("change", reply, 200):
            self.mine[index] = reply.json

    def cancel(self):
        if not self.mine:
            return
        booking = self.mine.pop(self.chance.randrange(len(self.mine)))
        self.note("cancel", act(self.client, f"/v1/bookings/{booking['id']}/cancel", booking), 200)

    def note(self, what, reply, good):
        self.told[f"{what} {reply.status}"] += 1
        if reply.status == good:
            return True
        if not set(reply.codes) <= EXPECTED or not reply.codes:
            self.faults.append(f"{what}: {reply!r}")
        return False

    def run(self, deadline):
        while time.monotonic() < deadline and not self.faults:
            self.chance.choices([self.book, self.change, self.cancel], [5, 3, 3])[0]()
        return self.told, self.faults, [booking["id"] for booking in self.mine]


def act_as(arguments):
    world, number, deadline = arguments
    return Actor(world, number).run(deadline)


# Each finds rows that must not be there.
INVARIANTS = {
    "two live claims on a unit overlap":
        "select a.id, b.id from claim a join claim b on a.unit_id = b.unit_id and a.id < b.id and a.during && b.during"
        " where a.live and b.live",
    "a live claim belongs to no live booking":
        "select c.id from claim c join booking b on b.id = c.booking_id where c.live and b.status = 'cancelled'",
    "a booking has no claim over all of its time":
        "select b.id from booking b where b.status = 'confirmed' and not exists"
        " (select from claim c where c.booking_id = b.id and c.live and c.during @> b.during)",
    "a claim overlaps its booking only in part":
        "select b.id from booking b join claim c on c.booking_id = b.id"
        " where b.status = 'confirmed' and c.live and not c.during @> b.during",
    "a balance is not the sum of its entries":
        "select b.id from budget b left join budget_entry e on e.budget_id = b.id group by b.id, b.balance"
        " having b.balance <> coalesce(sum(e.amount), 0) or b.balance < 0",
    "a cancelled booking still holds money":
        "select b.id from booking b join budget_entry e on e.booking_id = b.id where b.status = 'cancelled'"
        " group by b.id having sum(e.amount) <> 0",
    "a booking's support is not what it holds":
        "select b.id from booking b left join budget_entry e on e.booking_id = b.id where b.status = 'confirmed'"
        " group by b.id, b.support having b.support <> -coalesce(sum(e.amount), 0)",
    "a firm holds more than its cap":
        "select f.firm_id from budget_firm f join budget b on b.id = f.budget_id join programme p on p.id = b.programme_id"
        " where p.firm_year_cap is not null group by f.firm_id, p.id, p.firm_year_cap, b.fiscal_year"
        " having sum(f.held + f.drawn) > p.firm_year_cap",
    "a change left no history":
        "select b.id from booking b where b.version - 1 <> (select count(*) from booking_history h where h.booking_id = b.id)",
}

# For every quota, holder and period: what is booked there, in seconds and in number, split at local borders.
QUOTAS = """
with part as (
  select q.code, q.most_count, q.most_s, d.period,
      case q.holder when 'person' then b.person_id when 'firm' then b.firm_id end as holder, b.id,
      extract(epoch from upper(b.during * d.span) - lower(b.during * d.span)) as booked_s
    from quota q
      join site s on s.id = q.site_id
      join booking b on b.status <> 'cancelled'
      join resource r on r.id = b.resource_id
      cross join lateral (
        select date_trunc(q.period, n)::date as period, tstzrange(n at time zone s.zone, (n + ('1 ' || q.period)::interval) at time zone s.zone) as span
          from generate_series(date_trunc(q.period, lower(b.during) at time zone s.zone),
                               date_trunc(q.period, upper(b.during) at time zone s.zone), ('1 ' || q.period)::interval) n) d
    where q.code = any (%s) and (q.resource_id is null or q.resource_id = b.resource_id)
      and (q.kind is null or q.kind = r.kind) and not isempty(b.during * d.span))
select code, period, holder, count(*), sum(booked_s) from part
  group by code, period, holder, most_count, most_s
  having count(*) > most_count or sum(booked_s) > most_s
"""


@pytest.mark.soak
@pytest.mark.timeout(600 + SECONDS)
def test_whatever_they_do(labtabd, cluster):
    daemon = labtabd()
    daemon.set_clock("2026-11-23T00:00:00Z")
    world = World(daemon)
    print(f"seed {SEED}, {PROCESSES} processes, {SECONDS:.0f} s")
    deadline = time.monotonic() + SECONDS
    with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
        results = pool.map(act_as, [(world, number, deadline) for number in range(PROCESSES)])
    told = sum((result[0] for result in results), Counter())
    print(", ".join(f"{what}: {count}" for what, count in sorted(told.items())))
    assert [fault for result in results for fault in result[1]] == []
    assert told["book 201"] > 0 and told["change 200"] > 0 and told["cancel 200"] > 0, "they did something"
    for what, statement in INVARIANTS.items():
        assert cluster.sql(statement, daemon.database) == "", what
    quotas = "array[" + ", ".join(f"'{code}'" for code in world.quotas) + "]"
    assert cluster.sql(QUOTAS % quotas, daemon.database) == "", "a quota was exceeded"
    live = set(cluster.sql("select id from booking where status = 'confirmed'", daemon.database).split())
    assert live == {booking for result in results for booking in result[2]}, "what they were told is what is stored"
