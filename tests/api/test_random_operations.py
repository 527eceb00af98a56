"""Many processes do whatever comes to their mind, and what must always hold still holds.

People of firms book, change, cancel, check in, repeat, wait and accept; staff approve, decline, open and close sessions, plan courses
and take machines out of use by force; time goes on, and the jobs run. How long is LABTAB_SOAK_S (scripts/soak asks for longer than the
tests do); the seed is LABTAB_SEED, and is printed.
"""

import multiprocessing
import os
import random
import re
import time
from collections import Counter
from datetime import datetime, timedelta, timezone

import pytest

from booking_support import site_time, wanted
from support.client import Client
from support.lab import NEVER_CLOSED, SITE, Lab

PEOPLE = 8
STAFF = 2
SECONDS = float(os.environ.get("LABTAB_SOAK_S", "15"))
SEED = int(os.environ.get("LABTAB_SEED", "7"))
DAYS = range(24, 28)
DAY_S = 86400
START = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)  # 21:00 at the site
LONG_AFTER = START + timedelta(days=30)
# The days that are booked pass while this runs.
RATE = int(max(1, 4 * DAY_S / SECONDS))
# What a well-formed request of somebody who may ask can be told. Anything else is a fault.
EXPECTED = {
    "taken", "quota_count", "quota_time", "gap_too_short", "stale_version", "stale_catalogue", "not_qualified", "duration_too_short",
    "duration_too_long", "in_the_past", "end_not_after_start", "overloaded", "conflict", "locked", "too_early", "awaits_approval",
    "already_cancelled", "already_started", "already_finished", "already_missed", "already_waiting", "not_waiting", "offer_expired",
    "firm_suspended", "not_found", "forbidden",
}


class World:
    """Resources that get into each other's way: a machine under two names, a room of seats, an operator in every
    bundle; firms that share a programme's money; quotas of each holder; every rule that time applies."""

    def __init__(self, daemon):
        lab = Lab(daemon)
        fees = {"cancel_free_s": 6 * 3600, "cancel_share_num": 50, "no_show_s": 1800, "no_show_share_num": 100, "check_in_s": 7200}
        self.operator = lab.resource(hours=NEVER_CLOSED, kind="operator", tariff=False)
        self.machine = lab.resource(hours=NEVER_CLOSED, rule={"pad_before_s": 300, "pad_after_s": 600, "no_show_s": 1800})
        self.other_name = lab.resource(hours=NEVER_CLOSED, capacity=0, parts=[self.machine])
        self.room = lab.resource(hours=NEVER_CLOSED, kind="room", capacity=3, charge_basis="reserved", rule=fees)
        self.printer = lab.resource(hours=NEVER_CLOSED, rule={"waives_pads": True, "pad_before_s": 600, "pad_after_s": 900, **fees})
        self.bundle = lab.resource(hours=NEVER_CLOSED, parts=[self.operator, self.room])
        self.asked = lab.resource(hours=NEVER_CLOSED, rule={"approvals": ["technician"], "approval_expiry_s": 4 * 3600, **fees})
        self.bookable = [self.machine, self.other_name, self.room, self.printer, self.bundle, self.asked]
        self.course = lab.course(self.room, grants=[self.machine], seats=2)
        lab.programme([(3, 400_000), (1, 90_000)], region="soak", firm_year_cap=150_000, hold_expiry_s=3 * 3600)
        facts = {"region": "soak", "industry": "C25", "head_count": 5}
        self.firms = [lab.firm(facts=facts) for _ in range(4)]
        self.people = [lab.person(firm) for firm in self.firms for _ in range(2)]
        self.quotas = [
            lab.quota(holder="person", period="day", most_count=6),
            lab.quota(holder="firm", period="day", resource=self.machine, most_s=3 * 3600),
            lab.quota(holder="firm", period="week", kind="room", most_count=20),
            lab.quota(holder="all", period="day", resource=self.printer, most_s=6 * 3600),
        ]
        lab.rows["site"] = {**SITE["site"], "strike_count": 6, "strike_window_s": 7 * DAY_S, "strike_ban_s": DAY_S // 4,
                            "offer_expiry_s": 4 * 3600}
        lab.apply()
        self.address = ("127.0.0.1", daemon.port)
        self.tokens = {person: daemon.tokens[person] for person in self.people + ["technician", "admin"]}

    def client(self, person):
        return Client(*self.address, self.tokens[person])


class Actor:
    """One process that does things at random until the end, and remembers what it was told."""

    repertoire = {}  # name of a method: how often

    def __init__(self, world, number):
        self.world = world
        self.chance = random.Random(SEED * 1000 + number)
        self.number = number
        self.made = set()  # bookings
        self.told = Counter()
        self.faults = []

    def span(self):
        minute = self.chance.randrange(0, 24 * 6) * 10
        start = self.chance.choice(DAYS) * 1440 + minute
        return start, start + self.chance.choice([30, 60, 90, 150, 24 * 60])

    @staticmethod
    def text(minute):
        return f"{minute // 1440} {minute // 60 % 24:02}:{minute % 60:02}"

    def times(self):
        start, end = self.span()
        return {"start": site_time(self.text(start)), "end": site_time(self.text(end))}

    def post(self, what, path, body=None, of=None, good=200):
        """The reply's JSON, or None when it was refused."""
        headers = {"If-Match": f'"v{of["version"]}"'} if of else {}
        return self.note(what, self.client.post(path, body or {}, headers=headers), good)

    def note(self, what, reply, good):
        self.told[f"{what} {reply.status}"] += 1
        if reply.status == good:
            return reply.json
        if not set(reply.codes) <= EXPECTED or not reply.codes:
            self.faults.append(f"{what}: {reply!r}")
        return None

    def items(self, path):
        reply = self.client.get(path)
        if reply.status != 200:
            self.faults.append(f"{path}: {reply!r}")
            return []
        return reply.json["items"]

    def run(self, deadline):
        names, weights = zip(*self.repertoire.items())
        while time.monotonic() < deadline and not self.faults:
            getattr(self, self.chance.choices(names, weights)[0])()
        return self.told, self.faults, self.made


class Member(Actor):
    """Somebody of a firm."""

    repertoire = {"book": 12, "change": 6, "cancel": 5, "check_in": 4, "repeat": 1, "stop": 1, "wait": 1, "answer": 3}

    def __init__(self, world, number):
        super().__init__(world, number)
        self.client = world.client(world.people[number])
        self.mine = []
        self.series = []

    def take(self):
        """One of its bookings as it was last seen; seldom one of what has become of those."""
        return self.mine.pop(self.chance.randrange(len(self.mine))) if self.mine else None

    def look(self, booking):
        reply = self.client.get(f"/v1/bookings/{booking['id']}")
        return reply.json if reply.status == 200 else booking

    def book(self):
        start, end = self.span()
        body = wanted(self.chance.choice(self.world.bookable), self.text(start), self.text(end))
        booking = self.note("book", self.client.post("/v1/bookings", body), 201)
        if booking:
            self.mine.append(booking)
            self.made.add(booking["id"])

    def change(self):
        booking = self.take()
        if booking is None:
            return
        body = self.times() if self.chance.random() < 0.7 else {"end": site_time(self.text(self.span()[1]))}
        reply = self.client.patch(f"/v1/bookings/{booking['id']}", body, headers={"If-Match": f'"v{booking["version"]}"'})
        self.mine.append(self.note("change", reply, 200) or self.look(booking))

    def cancel(self):
        booking = self.take()
        if booking:
            self.post("cancel", f"/v1/bookings/{booking['id']}/cancel", of=booking)

    def check_in(self):
        booking = self.take()
        if booking:
            self.mine.append(self.post("check_in", f"/v1/bookings/{booking['id']}/check_in", of=booking) or self.look(booking))

    def repeat(self):
        start, end = self.span()
        body = {**wanted(self.chance.choice(self.world.bookable), self.text(start), self.text(min(end, start + 150))),
                "rrule": f"FREQ=DAILY;COUNT={self.chance.randrange(2, 5)}",
                "on_conflict": self.chance.choice(["refuse", "skip"])}
        series = self.note("repeat", self.client.post("/v1/series", body), 201)
        if series:
            self.series.append(series)
            self.made |= {booking["id"] for booking in series["bookings"]}
            self.mine += [self.look(booking) for booking in series["bookings"]]

    def stop(self):
        if self.series:
            series = self.series.pop(0)
            self.post("stop", f"/v1/series/{series['id']}/cancel", {"reason": "enough"}, of=series)

    def wait(self):
        start, end = self.span()
        body = {"resource": self.chance.choice(self.world.bookable), "earliest": site_time(self.text(start)),
                "latest": site_time(self.text(end)), "duration_s": self.chance.choice([1800, 3600])}
        self.note("wait", self.client.post("/v1/waitlist", body), 201)

    def answer(self):
        """What it was offered: taken, declined, left, or let pass."""
        rows = self.items("/v1/waitlist?status=offered&limit=50")
        if not rows:
            return
        entry = self.chance.choice(rows)
        verb = self.chance.choice(["accept", "accept", "decline", "leave", "pass"])
        if verb == "leave":
            self.post("leave", f"/v1/waitlist/{entry['id']}/leave", of=entry)
        elif verb != "pass":
            booking = self.client.get(f"/v1/bookings/{entry['booking']}").json
            accepted = self.post(verb, f"/v1/bookings/{booking['id']}/{verb}", of=booking)
            if accepted and verb == "accept":
                self.mine.append(accepted)


class Staff(Actor):
    """A technician, who has force."""

    repertoire = {"decide": 4, "begin": 5, "finish": 4, "out_of_use": 1, "back_in_use": 2, "teach": 1, "stop_teaching": 1,
                  "overrule": 1}

    def __init__(self, world, number):
        super().__init__(world, number)
        self.client = world.client("technician")
        self.sessions = []
        self.outages = []
        self.cohorts = []

    def decide(self):
        rows = self.items("/v1/bookings?status=pending&limit=50")
        if rows:
            booking = self.chance.choice(rows)
            verb = self.chance.choice(["approve", "approve", "decline"])
            self.post(verb, f"/v1/bookings/{booking['id']}/{verb}", {"reason": "looked at"}, of=booking)

    def begin(self):
        rows = self.items("/v1/bookings?status=confirmed&limit=100")
        if rows:
            session = self.post("begin", "/v1/sessions/start", {"booking": self.chance.choice(rows[:10])["id"]}, good=201)
            self.sessions += [session] if session else []

    def finish(self):
        if self.sessions:
            session = self.sessions.pop(0)
            self.post("finish", f"/v1/sessions/{session['id']}/finish", of=session)

    def out_of_use(self):
        body = {"resource": self.chance.choice(self.world.bookable), "kind": "maintenance", "title": "broken", "force": True, **self.times()}
        if self.chance.random() < 0.3:
            body["rrule"] = "FREQ=DAILY;COUNT=2"
            body["end"] = site_time(body["start"][8:10] + " 23:59")
        outage = self.post("out_of_use", "/v1/outages", body, good=201)
        self.outages += [outage] if outage else []

    def back_in_use(self):
        if self.outages:
            outage = self.outages.pop(0)
            self.post("back_in_use", f"/v1/outages/{outage['id']}/end", {"following": True}, of=outage)

    def teach(self):
        cohort = self.post("teach", "/v1/cohorts", {"course": self.world.course, "meetings": [self.times()]}, good=201)
        self.cohorts += [cohort] if cohort else []

    def stop_teaching(self):
        if self.cohorts:
            cohort = self.cohorts.pop(0)
            self.post("stop_teaching", f"/v1/cohorts/{cohort['id']}/cancel", {"reason": "teacher is ill"}, of=cohort)

    def overrule(self):
        """Pads yield to staff with a reason; quotas would too, so it is for a firm without any."""
        body = {"resource": self.world.printer, "firm": self.world.firms[0], "mode": "commissioned", "override_reason": "urgent", **self.times()}
        booking = self.post("overrule", "/v1/bookings", body, good=201)
        if booking:
            self.made.add(booking["id"])
            self.post("give back", f"/v1/bookings/{booking['id']}/cancel", {"reason": "not urgent"}, of=booking)


class Jobs(Actor):
    """Runs the jobs again and again: besides those that run by themselves."""

    repertoire = {"tick": 1}

    def __init__(self, world, number):
        super().__init__(world, number)
        self.client = world.client("admin")
        self.client.timeout_s = 300  # a tick is answered when all is done

    def tick(self):
        self.post("tick", "/v1/dev/tick")
        time.sleep(self.chance.random() / 2)


def act_as(arguments):
    kind, world, number, deadline = arguments
    return kind(world, number).run(deadline)


# Each finds rows that must not be there.
INVARIANTS = {
    "two live claims on a unit overlap":
        "select a.id, b.id from claim a join claim b on a.unit_id = b.unit_id and a.id < b.id and a.during && b.during"
        " where a.live and b.live",
    "a live claim belongs to no live booking":
        "select c.id from claim c join booking b on b.id = c.booking_id where c.live and b.status = 'cancelled'",
    "a booking has no claim over all of its time":
        "select b.id from booking b where b.status in ('offered', 'pending', 'confirmed', 'started') and not exists"
        " (select from claim c where c.booking_id = b.id and c.live and c.during @> b.during)",
    "a claim overlaps its booking only in part":
        "select b.id from booking b join claim c on c.booking_id = b.id"
        " where b.status in ('offered', 'pending', 'confirmed', 'started') and c.live and not c.during @> b.during",
    "a pad was not claimed again although its place is free":
        "select c.id from claim c join booking b on b.id = c.booking_id"
        " where c.live and c.wants is not null and b.status in ('offered', 'pending', 'confirmed', 'started')"
        " and (upper(c.wants) > upper(c.during) and not exists"
        "       (select from claim o where o.unit_id = c.unit_id and o.live and lower(o.during) = upper(c.during))"
        "      or lower(c.wants) < lower(c.during) and not exists"
        "       (select from claim o where o.unit_id = c.unit_id and o.live and upper(o.during) = lower(c.during)))",
    "a cancelled cohort still has seats":
        "select c.id from claim c join cohort k on k.id = c.cohort_id where c.live and k.status = 'cancelled' and upper(c.during) > '{now}'",
    "a balance is not the sum of its entries":
        "select b.id from budget b left join budget_entry e on e.budget_id = b.id group by b.id, b.balance"
        " having b.balance <> coalesce(sum(e.amount), 0) or b.balance < 0",
    "what a firm has of a budget is not the sum of its entries":
        "select f.firm_id from budget_firm f left join budget_entry e on e.budget_id = f.budget_id and e.firm_id = f.firm_id"
        " group by f.budget_id, f.firm_id, f.held, f.drawn having f.held + f.drawn <> -coalesce(sum(e.amount), 0)",
    "a booking that is over without use still holds money":
        "select b.id from booking b join budget_entry e on e.booking_id = b.id where b.status in ('cancelled', 'missed')"
        " group by b.id having sum(e.amount) <> 0",
    "a booking's support is not what it holds":
        "select b.id from booking b left join budget_entry e on e.booking_id = b.id where b.status in ('offered', 'pending', 'confirmed')"
        " and not exists (select from event v where v.object_id = b.id and v.kind = 'booking.hold_expired')"
        " group by b.id, b.support having b.support <> -coalesce(sum(e.amount), 0)",
    "a firm holds more than its cap":
        "select f.firm_id from budget_firm f join budget b on b.id = f.budget_id join programme p on p.id = b.programme_id"
        " where p.firm_year_cap is not null group by f.firm_id, p.id, p.firm_year_cap, b.fiscal_year"
        " having sum(f.held + f.drawn) > p.firm_year_cap",
    "a change left no history":
        "select b.id from booking b where b.version - 1 <> (select count(*) from booking_history h where h.booking_id = b.id)"
        " + (select count(*) + count(s.finished_at) from session s where s.booking_id = b.id)",
    "time was not applied":
        "select b.id from booking b where b.due_at <= '{now}'",
    "an entry of the waiting list does not say what its offer says":
        "select w.id from waitlist_entry w join booking b on b.id = w.booking_id where (w.status = 'offered') <> (b.status = 'offered')",
    "an offer belongs to nobody":
        "select b.id from booking b where b.status = 'offered' and not exists (select from waitlist_entry w where w.booking_id = b.id)",
    "a fee was not settled":
        "select b.id from booking b where b.fee > 0 and b.ends_at < '{now}'::timestamptz - interval '2 days' and not exists"
        " (select from usage u where u.booking_id = b.id and u.kind = b.fee_kind and u.fee <= b.fee)",
    "a booking has two usages":
        "select u.booking_id from usage u where u.booking_id is not null group by 1 having count(*) > 1",
}

COMPLAINT = re.compile(r" (ERROR|FATAL|PANIC):  ")
# For every quota, holder and period: what is booked there, in seconds and in number, split at local borders.
QUOTAS = """
with part as (
  select q.code, q.most_count, q.most_s, d.period,
      case q.holder when 'person' then b.person_id when 'firm' then b.firm_id end as holder, b.id,
      extract(epoch from upper(b.during * d.span) - lower(b.during * d.span)) as booked_s
    from quota q
      join site s on s.id = q.site_id
      join booking b on b.status <> 'cancelled' and b.override_reason is null
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


def errors_of(cluster, database):
    """What the database complained of: expected refusals are no errors, and nobody waits in a circle."""
    lines = cluster.log().splitlines()
    return ["\n".join(lines[n:n + 12]) for n, line in enumerate(lines) if f"@{database} " in line and COMPLAINT.search(line)]


def check(cluster, daemon, world, now):
    daemon.set_clock(now.isoformat())
    daemon.tick()
    daemon.tick()  # usage of what the first one finished
    for what, statement in INVARIANTS.items():
        assert cluster.sql(statement.format(now=now.isoformat()), daemon.database) == "", what
    quotas = "array[" + ", ".join(f"'{code}'" for code in world.quotas) + "]"
    assert cluster.sql(QUOTAS % quotas, daemon.database) == "", "a quota was exceeded"
    errors = errors_of(cluster, daemon.database)
    assert not errors, "\n".join([f"{len(errors)} errors in the database:", *sorted(errors, key=lambda error: "55P03" in error or "may not wait" in error)[:20]])


@pytest.mark.soak
@pytest.mark.timeout(600 + SECONDS)
def test_whatever_they_do(labtabd, cluster):
    daemon = labtabd()
    daemon.set_clock(START.isoformat())
    world = World(daemon)
    print(f"seed {SEED}, {PEOPLE + STAFF + 1} processes, {SECONDS:.0f} s, clock {RATE} times as fast")
    cast = [Member] * PEOPLE + [Staff] * STAFF + [Jobs]
    with multiprocessing.get_context("spawn").Pool(len(cast)) as pool:
        began = time.monotonic()
        daemon.set_clock(START.isoformat(), RATE)
        deadline = began + SECONDS
        results = pool.map(act_as, [(kind, world, number, deadline) for number, kind in enumerate(cast)], 1)
        now = START + RATE * timedelta(seconds=time.monotonic() - began)
    told = sum((told for told, _, _ in results), Counter())
    print(", ".join(f"{what}: {count}" for what, count in sorted(told.items())))
    assert [fault for _, faults, _ in results for fault in faults] == []
    for what in ("book 201", "change 200", "cancel 200", "repeat 201", "wait 201", "begin 201", "out_of_use 201"):
        assert told[what] > 0, "they did something"
    check(cluster, daemon, world, now)
    made = set().union(*(made for _, _, made in results))
    stored = set(cluster.sql("select id from booking b where not exists (select from waitlist_entry w join event e on e.object_id = w.id"
                             " where e.data ->> 'booking' = b.id::text)", daemon.database).split())
    assert made == stored, "what they were told is what is stored"
    check(cluster, daemon, world, LONG_AFTER)
