"""The jobs process may be down for as long as it likes: bookings, claims, fees, usages, the ledger and every effective time come
out the same as if it had run all along.

A week of random operations is played on copies of one database: with all jobs run after every step; with a jobs process that
is started now and then, and killed; and with jobs at the end alone. The seed is LABTAB_SEED.

Offers to the waiting list are left out: nobody can be asked in the past, so they are made when the jobs run. So are budgets that
run dry: what expired holds give back is promised to nobody before the jobs have run.
"""

import json
import os
import random
import re
from datetime import datetime, timedelta, timezone

import pytest
from billing_support import bill
from booking_support import act
from support.lab import NEVER_CLOSED, SITE, Lab

SEED = int(os.environ.get("LABTAB_SEED", "11"))
STEPS = 100
START = datetime(2026, 11, 22, 15, 0, tzinfo=timezone.utc)  # Monday, midnight at the site
HOUR_S = 3600
DAY_S = 86400
IDS = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def text_of(instant):
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")


class World:
    """Resources with every rule that time applies, and firms that get into each other's way."""

    def __init__(self, daemon):
        lab = Lab(daemon)
        fees = {"cancel_free_s": DAY_S, "cancel_share_num": 50, "cancel_fee": 100, "no_show_s": 1200, "no_show_share_num": 100,
                "check_in_s": 1800}
        self.mill = lab.resource(hours=NEVER_CLOSED, rule={**fees, "pad_after_s": 600})
        self.probe = lab.resource(hours=NEVER_CLOSED, rule={"approvals": ["technician"], "approval_expiry_s": 6 * HOUR_S})
        self.room = lab.resource(hours=NEVER_CLOSED, kind="room", capacity=2, charge_basis="reserved", rule=fees)
        self.bench = lab.resource(hours=NEVER_CLOSED, rule={"no_show_s": 900, "cancel_free_s": 2 * HOUR_S, "cancel_fee": 333})
        self.full = lab.resource(hours=NEVER_CLOSED)
        self.bookable = [self.mill, self.mill, self.probe, self.room, self.room, self.bench]
        lab.programme([(2, 500_000_000), (1, 400_000_000)], region="independent")
        facts = {"region": "independent", "industry": "C25", "head_count": 5}
        firms = [lab.firm(facts=facts if n < 2 else None) for n in range(4)]
        self.people = [lab.person(firm) for firm in firms for _ in range(2)]
        self.firm = firms[0]
        lab.quota("person", "day", resource=self.mill, most_count=3)
        lab.quota("firm", "week", resource=self.bench, most_s=12 * HOUR_S)
        lab.rows["site"] = {**SITE["site"], "strike_count": 8, "strike_window_s": 7 * DAY_S, "strike_ban_s": DAY_S // 2}
        lab.apply()
        self.tokens = dict(daemon.tokens)
        daemon.set_clock(text_of(START))
        client = daemon.client("technician")
        made = client.post("/v1/bookings", {"resource": self.full, "firm": self.firm, "mode": "commissioned", "purpose": "full", "start": text_of(START),
                                            "end": text_of(START + timedelta(days=14))})
        assert made.status == 201, made


class Play:
    """One run of the week. What is done depends on the seed alone, and on replies that have to be the same in every run."""

    def __init__(self, world, daemon, seed):
        self.world = world
        self.daemon = daemon
        self.random = random.Random(seed)
        self.now = START
        self.count = 0
        self.bookings = []  # as they were last seen, and by whom they are theirs
        self.sessions = []
        self.entries = []
        self.replies = []

    def client(self, person):
        return self.daemon.client(person)

    def step(self):
        self.now += timedelta(minutes=self.random.choice((0, 1, 5, 5, 10, 10, 15, 20, 31, 60)))
        self.daemon.set_clock(text_of(self.now))
        self.count += 1
        what = self.random.choices((self.book, self.change, self.cancel, self.decide, self.check_in, self.start, self.finish, self.wait),
                                   (9, 4, 4, 3, 7, 9, 4, 1))[0]
        reply = what()
        if reply is not None:
            self.replies.append((self.count, what.__name__, reply.status, sorted(set(reply.codes)) if reply.status >= 400 else None))

    def prelude(self):
        """What has to be in it whatever the seed: a fee, and somebody else who uses half of the time."""
        first, other = self.world.people[0], self.world.people[-1]
        start = self.now + timedelta(hours=1)
        body = {"resource": self.world.mill, "start": text_of(start), "end": text_of(start + timedelta(hours=2)), "purpose": "given back"}
        booking = self.client(first).post("/v1/bookings", body).json
        assert act(self.client(first), f"/v1/bookings/{booking['id']}/cancel", booking).json["fee"] > 0
        body.update(end=text_of(start + timedelta(hours=1)), purpose="taken over")
        booking = self.client(other).post("/v1/bookings", body).json
        self.now = start
        self.daemon.set_clock(text_of(self.now))
        assert act(self.client(other), f"/v1/bookings/{booking['id']}/check_in", booking).status == 200

    def label(self):
        return f"op {self.count}"

    def pick(self, is_meant=lambda row: True):
        """One of the last bookings, mostly one that is not over yet; or none."""
        rows = [row for row in self.bookings[-20:] if is_meant(row)]
        ahead = [row for row in rows if row["end"] > self.now]
        if ahead and self.random.random() < 0.9:
            rows = ahead
        return self.random.choice(rows) if rows else None

    def fresh(self, row):
        """The booking as it is shown now. What time has done to it need not be applied yet: nothing here depends on that."""
        reply = self.client("technician").get(f"/v1/bookings/{row['id']}")
        assert reply.status == 200, reply
        return reply.json

    def time_ahead(self):
        minutes = self.random.choice((0, 5, 10, 20, 30, 60, 120, 240, 1500))
        start = self.now + timedelta(minutes=minutes)
        return start, start + timedelta(minutes=self.random.choice((30, 60, 90, 180)))

    def book(self):
        person, resource = self.random.choice(self.world.people), self.random.choice(self.world.bookable)
        start, end = self.time_ahead()
        old = self.pick(lambda row: row["is_given_back"] and row["end"] > self.now and row["person"] != person)
        if old and self.random.random() < 0.7:
            resource, start, end = old["resource"], max(old["start"], self.now), old["end"]
        reply = self.client(person).post("/v1/bookings", {"resource": resource, "start": text_of(start), "end": text_of(end),
                                                          "purpose": self.label()})
        if reply.status == 201:
            self.bookings.append({"id": reply.json["id"], "person": person, "resource": resource, "start": start, "end": end,
                                  "is_given_back": False})
        return reply

    def change(self):
        row, (start, end) = self.pick(lambda row: row["start"] > self.now), self.time_ahead()
        if row is None:
            return None
        if self.random.random() < 0.5:  # shorter or longer, where it is
            start, end = row["start"], row["end"] + self.random.choice((-15, 30)) * timedelta(minutes=1)
        reply = self.client(row["person"]).patch(f"/v1/bookings/{row['id']}", {"start": text_of(start), "end": text_of(end)},
                                                 headers={"If-Match": f'"v{self.fresh(row)["version"]}"'})
        if reply.status == 200:
            row.update(start=start, end=end)
        return reply

    def on_booking(self, verb, person=None, is_meant=lambda row: True, **body):
        row = self.pick(is_meant)
        if row is None:
            return None
        reply = act(self.client(person or row["person"]), f"/v1/bookings/{row['id']}/{verb}", self.fresh(row), **body)
        if (verb == "cancel" and reply.status == 200) or {"already_cancelled", "already_missed"} & set(reply.codes):
            row["is_given_back"] = True
        return reply

    def cancel(self):
        return self.on_booking("cancel")

    def decide(self):
        verb = self.random.choice(("approve", "approve", "decline"))
        return self.on_booking(verb, "technician", lambda row: row["resource"] == self.world.probe, reason="decided")

    def check_in(self):
        return self.on_booking("check_in", is_meant=lambda row: row["start"] - timedelta(minutes=40) <= self.now < row["end"])

    def start(self):
        row = self.pick(lambda row: row["start"] - timedelta(minutes=40) <= self.now < row["end"])
        if row is None:
            return None
        reply = self.client("technician").post("/v1/sessions/start", {"booking": row["id"]})
        if reply.status == 201:
            self.sessions.append(reply.json)
        return reply

    def finish(self):
        if self.sessions:
            session = self.sessions.pop(self.random.randrange(len(self.sessions)))
            return act(self.client("technician"), f"/v1/sessions/{session['id']}/finish", session)

    def wait(self):
        """For what never becomes free; some leave."""
        if self.entries and self.random.random() < 0.4:
            person, entry = self.random.choice(self.entries)
            now = self.client(person).get(f"/v1/waitlist/{entry}").json
            return act(self.client(person), f"/v1/waitlist/{entry}/leave", now)
        person, (start, end) = self.random.choice(self.world.people), self.time_ahead()
        reply = self.client(person).post("/v1/waitlist", {"resource": self.world.full, "earliest": text_of(start), "latest": text_of(end),
                                                          "duration_s": 1800, "purpose": self.label()})
        if reply.status == 201:
            self.entries.append((person, reply.json["id"]))
        return reply

    def end(self):
        """Everything is over; what was used is billed."""
        for session in self.sessions:
            assert act(self.client("technician"), f"/v1/sessions/{session['id']}/finish", session).status == 200
        self.daemon.set_clock("2026-12-09T00:00:00Z")
        self.daemon.tick()
        self.daemon.tick()  # usage of what the first one finished
        bill(self.daemon, "2026-11")


# ---------------------------------------------------------------- what came out

DUMPS = {
    "bookings": "select b.purpose, r.code as resource, f.code as firm, b.during, b.status, b.price, b.support, b.fee, b.fee_kind, b.missed_at,"
                " b.checked_in_at, b.cancelled_at, b.cancel_reason, b.expires_at, b.approved, b.version, b.is_settled, b.explain -> 'overrides' as overrides"
                " from booking b join resource r on r.id = b.resource_id join firm f on f.id = b.firm_id",
    "history": "select b.purpose, h.version, h.kind, h.at, h.person_id, h.reason, h.was from booking_history h join booking b on b.id = h.booking_id",
    "claims": "select b.purpose, r.code as resource, c.during from claim c join booking b on b.id = c.booking_id join unit u on u.id = c.unit_id"
              " join resource r on r.id = u.resource_id where c.live",
    "usages": "select b.purpose, u.kind, u.fee, u.resold_s, u.reserved, u.logged, u.billable_s, u.charge_basis, u.status, u.service_day"
              " from usage u left join booking b on b.id = u.booking_id",
    "ledger": "select p.code as programme, fu.code as funder, e.kind, e.amount, f.code as firm, b.purpose, e.note, e.at from budget_entry e"
              " join budget g on g.id = e.budget_id join programme p on p.id = g.programme_id join funder fu on fu.id = g.funder_id"
              " left join firm f on f.id = e.firm_id left join booking b on b.id = e.booking_id",
    "waitlist": "select w.purpose, w.status, w.version, w.offer_count from waitlist_entry w",
    "invoices": "select f.code as firm, i.fee, i.support, i.tax, i.total, l.kind, l.fee as line_fee, l.text, l.explain -> 'line' -> 'rule' as rule, b.purpose"
                " from invoice i join firm f on f.id = i.firm_id join invoice_line l on l.invoice_id = i.id"
                " left join usage u on u.id = l.usage_id left join booking b on b.id = u.booking_id",
    "events": "select e.kind, e.at, f.code as firm, e.object_id, e.data - 'number' as data from event e left join firm f on f.id = e.firm_id",
}
NAMES = ("select id, 'booking of ' || purpose from booking union all select id, 'entry of ' || purpose from waitlist_entry"
         " union all select s.id, 'session of ' || b.purpose from session s join booking b on b.id = s.booking_id"
         " union all select u.id, 'usage of ' || b.purpose from usage u join booking b on b.id = u.booking_id"
         " union all select r.id, 'billing run' from billing_run r"
         " union all select i.id, 'invoice of ' || f.code from invoice i join firm f on f.id = i.firm_id")


def dump(cluster, database):
    """Every table as sorted lines, with words for what the run made up: ids, and the order of things that happened at once."""
    names = dict(line.split("|", 1) for line in cluster.sql(NAMES, database).splitlines())

    def named(line):
        return IDS.sub(lambda found: names.get(found.group(), found.group()), line)

    return {table: sorted(named(line) for line in cluster.sql(f"select to_jsonb(x) from ({query}) x", database).splitlines())
            for table, query in DUMPS.items()}


class Jobs:
    """How the jobs process is there during the week."""

    def __init__(self, start, how, seed):
        self.start = start
        self.how = how
        self.random = random.Random(seed + 1)
        self.daemon = start() if how == "always" else None

    def after_step(self, api):
        if self.how == "always":
            api.tick()
        elif self.how == "now_and_then" and self.random.random() < 0.06:
            self.daemon = self.start()
            if self.random.random() < 0.5:
                api.tick()
            self.daemon.kill()
            self.daemon = None

    def at_the_end(self):
        if self.daemon is None:
            self.daemon = self.start()


@pytest.fixture(scope="module")
def world(labtabd_of_module):
    daemon = labtabd_of_module("--role=api")
    made = World(daemon)
    made.database = daemon.database
    daemon.stop()
    return made


def play(world, cluster, start, how, seed):
    database = f"{world.database}_{how}"
    cluster.create_database(database, world.database)
    cluster.sql(f'alter database "{database}" owner to labtab_owner')
    api = start("--role=api", database=database)
    api.tokens = dict(world.tokens)
    jobs = Jobs(lambda: start("--role=jobs", database=database), how, seed)
    week = Play(world, api, seed)
    week.prelude()
    for _ in range(STEPS):
        week.step()
        jobs.after_step(api)
    jobs.at_the_end()
    week.end()
    return week.replies, dump(cluster, database)


@pytest.mark.timeout(900)
def test_the_week_comes_out_the_same(world, cluster, labtabd):
    print("seed", SEED)
    always, tables = play(world, cluster, labtabd, "always", SEED)
    assert {"book", "change", "cancel", "check_in", "start", "finish", "wait"} <= {what for _, what, status, _ in always if status < 300}
    for how in ("now_and_then", "at_the_end"):
        replies, others = play(world, cluster, labtabd, how, SEED)
        assert replies == always, how
        for table, lines in tables.items():
            missing, more = set(lines) - set(others[table]), set(others[table]) - set(lines)
            assert others[table] == lines, "\n".join([f"{table}, jobs {how}:", *("- " + line for line in sorted(missing)),
                                                      *("+ " + line for line in sorted(more))])
    happened = {json.loads(line)["kind"] for line in tables["history"]}
    assert {"missed", "cancelled", "checked_in", "changed"} <= happened, "a week without what this is about"
    usages = [json.loads(line) for line in tables["usages"]]
    assert {row["kind"] for row in usages} == {"use", "late_cancellation", "no_show"}
    assert any(row["resold_s"] for row in usages), "nobody used what others gave back"
