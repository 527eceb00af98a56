"""GET a resource's calendar: one week with 40 bookings."""

import datetime
import urllib.request

from bench import sides
from bench.measure import Figure, alternate, note
from bench.stack import Stack, bench_id, query

PATH = "/v1/resources/cmm/calendar"

PGBENCH = """\\set i :i + 1
\\set n :first + :i * :clients + :client_id
{statement};
"""


def path_of(since, until):
    return f"{PATH}?from={since}&to={until}"


def fetch(port, path):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as reply:
        return reply.read()


def fastify_settings(stack, connections):
    return {"people": [], "resources": [["cmm", {"id": bench_id(3, 0)}]], "connections": connections}


def unchanged(settings):
    """The same week again and again: answered from memory."""
    with Stack(firms=2, resources=2) as stack, stack.serving() as port:
        path = path_of(*stack.book_week())
        page = fetch(port, path)
        note(f"{len(page)} bytes of JSON")

        def evhttp():
            with sides.bare_evhttp(page) as bare:
                return sides.http_load(bare, duration_s=settings.seconds, path=path)["rate"]

        def fastify():
            with sides.fastify(stack, fastify_settings(stack, 8)) as other:
                return sides.http_load(other, duration_s=settings.seconds, path=path)["rate"]

        taken = alternate(
            settings.rounds,
            api=lambda: sides.http_load(port, duration_s=settings.seconds, path=path), evhttp=evhttp,
            fastify=fastify if sides.prepare_fastify() else None)
        ours = [report["rate"] for report in taken["api"]]
        note(f"p99 {', '.join(str(r['p99_ms']) for r in taken['api'])} ms")
        yield Figure("calendar", "1/s", ours, taken["evhttp"], "bare evhttp, the same bytes", ">= 0.85")
        if "fastify" in taken:
            yield Figure("calendar_fastify", "1/s", ours, taken["fastify"], "Fastify + postgres.js, no cache", ">= 2")


class Windows:
    """Weeks that all differ, by their beginning, and all hold the same 40 bookings."""

    def __init__(self, since, until):
        self.since, self.until = since, until
        self.next = 0

    def rows(self, count):
        first, self.next = self.next, self.next + count
        since = datetime.datetime.fromisoformat(self.since.replace("Z", "+00:00"))
        for n in range(first, first + count):
            yield ((since - datetime.timedelta(seconds=n % 1000000)).strftime("%Y-%m-%dT%H:%M:%SZ"),)


def changed(settings):
    """A different week each time: nothing can be kept."""
    with Stack(firms=2, resources=2) as stack, stack.serving() as port:
        since, until = stack.book_week()
        windows = Windows(since, until)
        stack.sql("vacuum analyze")
        script = PGBENCH.format(statement=query("calendar_read").replace("$1", "bench.id(3, 0)").replace(
            "$2::timestamptz", "(:since::timestamptz - :n::integer * interval '1 second')").replace("$3", ":until"))

        def pgbench(clients):
            return sides.pgbench(stack, script, clients, settings.seconds,
                                 {"since": since, "until": until, "first": 0}, firm="")[0]

        def load(at):
            rows = windows.rows(int(20000 * settings.seconds))
            costs = sides.Costs(stack)
            report = sides.http_load(at, duration_s=settings.seconds, path=path_of("$1", until), cycle=True, rows=rows)
            report["costs"] = costs.a_request(sum(report["status"].values()))
            return report

        def fastify():
            with sides.fastify(stack, fastify_settings(stack, 8)) as other:
                return load(other)["rate"]
        clients = sides.best_clients(pgbench)
        taken = alternate(settings.rounds, api=lambda: load(port), pgbench=lambda: pgbench(clients),
                          fastify=fastify if sides.prepare_fastify() else None)
        ours = [report["rate"] for report in taken["api"]]
        note(f"p99 {', '.join(str(r['p99_ms']) for r in taken['api'])} ms; CPU a request: {taken['api'][-1]['costs']}")
        yield Figure("calendar_changed", "1/s", ours, taken["pgbench"], f"pgbench, the same rows, {clients} clients",
                     ">= 0.8")
        if "fastify" in taken:
            yield Figure("calendar_changed_fastify", "1/s", ours, taken["fastify"], "Fastify + postgres.js", ">= 2")
