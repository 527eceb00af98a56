"""POST /v1/bookings with all rules on: see seed.sql for the lab and its rules."""

import datetime
import itertools

from bench import sides
from bench.measure import Figure, alternate, note
from bench.stack import Stack, bench_id, instant, query
from bench.wish import Wish

CONNECTIONS = 64
PER_S_MOST = 12000  # more bookings a second than that nobody makes: bounds the slots a turn takes
BODY = '{"resource": "$2", "start": "$3", "end": "$4", "configuration": "standard"}'
HEADERS = ("Authorization: Bearer $1", "Idempotency-Key: $5")

# booking_create.sql with parameters of the same kinds as the api's; clients interleave.
PGBENCH = """\\set i :i + 1
\\set n :first + :i * :clients + :client_id
\\set r :n % :resources + 1
\\set h :n / :resources
\\set f (:n % (:firms / 2)) * 2 + :odd
{statement};
"""


class Booker:
    """The same bookings by way of the api, pgbench and Fastify. `is_supported`: of firms whose bookings hold money in
    three budgets, which all of them share; otherwise of firms without support."""

    keys = itertools.count(1)
    kinds = itertools.count(1000)  # of ids: each pgbench run has its own

    def __init__(self, stack, seconds, is_supported):
        self.stack = stack
        self.seconds = seconds
        self.is_supported = is_supported
        self.wish = None
        self.pgbench_costs = ""

    def person(self, n):
        """Even ones have support."""
        return n % (self.stack.firms // 2) * 2 + (2 if self.is_supported else 1)

    def rival(self, resource, client):
        """One of those who may book the instrument: see qualifications in seed.sql."""
        return self.person(client * 8 + (int(resource[1:]) - 1) % 8)

    def rows(self, count):
        """Lines for http_load: token, resource, start, end, key."""
        slots = self.stack.slots
        first = slots.take(count)
        for n in range(first, first + count):
            start, end = slots.span(n)
            yield (self.stack.token(self.person(n)), f"r{n % slots.resources + 1}", instant(start), instant(end),
                   f"key-{next(self.keys)}")

    def load(self, port, seconds=None, connections=CONNECTIONS):
        seconds = seconds or self.seconds
        rows = self.rows(int(PER_S_MOST * (seconds + 0.5)))
        self.stack.checkpoint()
        costs = sides.Costs(self.stack)
        report = sides.http_load(port, connections, seconds, method="POST", path="/v1/bookings", headers=HEADERS,
                                 body=BODY, rows=rows, statuses=("201",))
        report["costs"] = costs.a_request(sum(report["status"].values()))
        return report

    def learn(self, port):
        """Makes one booking and keeps what the api sent to the database for it: the others send the same."""
        with self.stack.statements_logged():
            rows = list(self.rows(1))
            sides.http_load(port, 1, 1, 0, method="POST", path="/v1/bookings", headers=HEADERS, body=BODY, rows=rows,
                            statuses=("201",))
            self.wish = Wish(self.stack.logged_parameters("booking_create"))
        if self.wish.holds_money != self.is_supported:
            raise sides.SideError(f"the sample booking asks for {self.wish['wanted']}")

    def pgbench(self, clients, seconds=None):
        seconds = seconds or self.seconds
        kind = next(self.kinds)
        first = self.stack.slots.take(int(PER_S_MOST * (seconds + 1)))
        variables = {
            "first": first, "resources": self.stack.resources, "firms": self.stack.firms,
            "odd": 2 if self.is_supported else 1, "prefix": f"pgbench-{kind}-", "kind": kind,
            "now": instant(datetime.datetime.now(datetime.timezone.utc)), "base": instant(self.stack.slots.base),
            **self.wish.variables,
        }
        script = PGBENCH.format(statement=self.wish.statement(query("booking_create")))
        before = self.stack.bookings()
        self.stack.checkpoint()
        costs = sides.Costs(self.stack)
        rate, count = sides.pgbench(self.stack, script, clients, seconds, variables)
        made = self.stack.bookings() - before
        self.pgbench_costs = costs.a_request(made)
        if made != count:
            raise sides.SideError(f"pgbench made {made} bookings in {count} transactions: the rest was refused")
        return rate

    def fastify_settings(self, connections):
        people = [[f"Bearer {self.stack.token(n)}", {"person": bench_id(9, n), "firm": bench_id(7, n)}]
                  for n in range(1, self.stack.firms + 1)]
        resources = [[f"r{n}", {"id": bench_id(3, n), "part": bench_id(14, n)}]
                     for n in range(1, self.stack.resources + 1)]
        return {"people": people, "resources": resources, "connections": connections, "wish": self.wish.named()}


def fastify_rate(stack, booker, connections):
    with sides.fastify(stack, booker.fastify_settings(connections)) as port:
        return booker.load(port)["rate"]


def compare(stack, booker, rounds, name):
    """The api against pgbench at its best client count and Fastify at its best pool size."""
    with stack.serving() as port:
        booker.learn(port)
    clients = sides.best_clients(lambda count: booker.pgbench(count, max(2, booker.seconds / 2)))
    pool = 0
    if sides.prepare_fastify():
        pools = {count: fastify_rate(stack, booker, count) for count in (8, 16, 32)}
        pool = max(pools, key=pools.get)
        note("Fastify by connections: " + ", ".join(f"{c}: {r:,.0f}/s" for c, r in pools.items()))

    def api():
        with stack.serving() as port:
            return booker.load(port)

    taken = alternate(rounds, api=api, pgbench=lambda: booker.pgbench(clients),
                      fastify=(lambda: fastify_rate(stack, booker, pool)) if pool else None)
    ours = [report["rate"] for report in taken["api"]]
    note(f"{name}: p99 of the api {', '.join(str(r['p99_ms']) for r in taken['api'])} ms; http_load's own CPU "
         f"{taken['api'][0]['cpu_s']} s")
    note(f"CPU a booking: {taken['api'][-1]['costs']}; by pgbench {booker.pgbench_costs}")
    yield Figure(name, "1/s", ours, taken["pgbench"], f"pgbench, {clients} clients", ">= 1.0")
    if pool:
        yield Figure(f"{name}_fastify", "1/s", ours, taken["fastify"], f"Fastify + postgres.js, {pool} connections", ">= 2")
    yield Figure(f"{name}_p99", "ms", [r["p99_ms"] for r in taken["api"]], [r["p50_ms"] for r in taken["api"]],
                 "its own median")


def booking(settings):
    """Different slots and firms, nothing shared but the machine."""
    with Stack() as stack:
        stack.fill()
        yield from compare(stack, Booker(stack, settings.seconds, False), settings.rounds, "booking")


def booking_support(settings):
    """The same by firms whose every booking holds money in the same three budgets, row locks and all."""
    with Stack() as stack:
        stack.fill()
        yield from compare(stack, Booker(stack, settings.seconds, True), settings.rounds, "booking_support")


def contended(settings):
    """Each slot is wanted by 64 clients at the same time."""
    slot_count = 40 * settings.rounds

    with Stack() as stack, stack.serving() as port:
        stack.fill()
        booker = Booker(stack, settings.seconds, False)

        def fought():
            rows = [(stack.token(booker.rival(row[1], client)), *row[1:4], f"{row[4]}-{client}")
                    for row in booker.rows(slot_count) for client in range(CONNECTIONS)]
            before = stack.bookings()
            report = sides.http_load(port, CONNECTIONS, 60, 0, method="POST", path="/v1/bookings", headers=HEADERS,
                                     body=BODY, rows=rows, statuses=("201", "409"))
            winners = stack.bookings() - before
            if winners != slot_count or report["status"]["201"] != slot_count:
                raise sides.SideError(f"{winners} bookings in {slot_count} slots: {report['status']}")
            return report

        taken = alternate(settings.rounds, fought=fought, free=lambda: booker.load(port))
        note(f"one winner in each of {slot_count} slots, every round")
        yield Figure("booking_contended_p99", "ms", [r["p99_ms"] for r in taken["fought"]],
                     [r["p99_ms"] for r in taken["free"]], "uncontended p99")
        yield Figure("booking_contended", "1/s", [r["rate"] for r in taken["fought"]], [r["rate"] for r in taken["free"]],
                     "uncontended rate; 63 of 64 are refused")
