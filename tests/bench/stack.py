"""What is measured: a cluster with default durability, a seeded database, one `api` process."""

import contextlib
import datetime
import hashlib
import pathlib
import re

from support.cluster import Cluster
from support.daemon import TOP, Daemon, run

HERE = pathlib.Path(__file__).resolve().parent
DATABASE = "bench"
# The tests' clusters are small; these are PostgreSQL's own defaults, or what any installation sets.
SETTINGS = {"shared_buffers": "512MB", "max_wal_size": "4GB", "max_connections": 300}
SLOT_S = 3600
PAD_S = 600  # as seed.sql has it
FILL_TIMEOUT_S = 3600
FEW = 10 ** 4  # bookings of a lab that is in use


def query(name):
    """A named statement's text, without its comments and the last semicolon."""
    text = next((TOP / "schema" / "queries").rglob(f"{name}.sql")).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("--")]
    return "\n".join(lines).strip().rstrip(";")


def bench_id(kind, n):
    """The same as bench.id() in seed.sql."""
    return f"00000000-{kind:04x}-7000-8000-{n:012x}"


def instant(at):
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


class Slots:
    """Free slots, an hour with the pads: number n is on instrument r(n % resources + 1) in hour n // resources."""

    def __init__(self, resources):
        self.resources = resources
        self.next = 0
        tomorrow = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=1)
        self.base = tomorrow.replace(hour=0, minute=0, second=0, microsecond=0)
        self.end = resources * 24 * 390

    def take(self, count):
        """The first of `count` slots that nobody has taken yet. Begins with a fresh hour."""
        first = -(-self.next // self.resources) * self.resources
        self.next = first + count
        if self.next > self.end:
            raise RuntimeError("the slots have run out: seed more resources")
        return first

    def span(self, n):
        hour = self.base + datetime.timedelta(seconds=n // self.resources * SLOT_S)
        return hour + datetime.timedelta(seconds=PAD_S), hour + datetime.timedelta(seconds=SLOT_S - PAD_S)


class Stack:
    """A seeded database and, between start() and stop(), an api process on it."""

    # So many firms that a person's bookings keep the rules' gap, in the order in which slots are taken.
    def __init__(self, firms=1024, resources=200, qualified=None):
        self.firms = firms
        self.resources = resources
        self.qualified = resources if qualified is None else qualified
        self.slots = Slots(resources)
        self.cluster = Cluster(settings=SETTINGS)
        self.api = None

    def __enter__(self):
        self.cluster.start()
        try:
            self._make_database()
        except BaseException:
            self.cluster.close()
            raise
        return self

    def __exit__(self, *_):
        self.stop()
        self.cluster.close()

    @property
    def database(self):
        return f"host={self.cluster.directory} port=5432 dbname={DATABASE}"

    def sql(self, text, **options):
        return self.cluster.sql(text, dbname=DATABASE, **options)

    def _make_database(self):
        self.cluster.sql((TOP / "schema" / "roles.sql").read_text(encoding="utf-8"))
        self.cluster.create_database(DATABASE)
        self.cluster.sql(f'alter database "{DATABASE}" owner to labtab_owner')
        made = run("--migrate", f"--database={self.database}")
        if made.returncode != 0:
            raise RuntimeError(made.stderr)
        values = f"\\set firms {self.firms}\n\\set resources {self.resources}\n\\set qualified {self.qualified}\n"
        self.sql(values + (HERE / "seed.sql").read_text(encoding="utf-8"))
        hashes = ", ".join(
            f"({n}, '\\x{hashlib.blake2b(self.token(n).encode(), digest_size=32).hexdigest()}'::bytea)"
            for n in range(1, self.firms + 1))
        self.sql("set session_replication_role = replica; insert into token (id, person_id, firm_id, hash, label, created_at)"
                 " select bench.id(20, n), bench.id(9, n), bench.id(7, n), hash, 'bench', '2020-01-01'"
                 f" from (values {hashes}) t (n, hash)")

    def token(self, n):
        return f"bench-token-of-person-{n}"

    def start(self, *arguments):
        """Starts the api; returns its port."""
        self.api = Daemon("--role=api", f"--database={self.database}", *arguments).start()
        return self.api.port

    def stop(self):
        if self.api:
            self.api.close()
        self.api = None

    @contextlib.contextmanager
    def serving(self, *arguments):
        try:
            yield self.start(*arguments)
        finally:
            self.stop()

    def version(self):
        return int(self.sql("select version from catalogue"))

    def checkpoint(self):
        """So that no checkpoint falls into one side's turn only."""
        self.sql("checkpoint")

    @contextlib.contextmanager
    def statements_logged(self):
        """The api's statements and their parameters, in the server's log. A connection that is open hears of it too."""
        self._log_statements("0")
        try:
            yield
        finally:
            self._log_statements("-1")

    def _log_statements(self, least_ms):
        self.sql(f"alter system set log_min_duration_statement = {least_ms}")
        self.sql("select pg_reload_conf(), pg_sleep(0.2)")

    def logged_parameters(self, statement):
        """Of the last such statement in the log: texts, or None for a null."""
        shown = re.findall(rf"execute {statement}: .*?DETAIL:  parameters: ([^\n]*)", self.cluster.log(), re.DOTALL)
        return [None if text == "NULL" else text[1:-1].replace("''", "'")
                for text in re.findall(r"\$\d+ = (NULL|'(?:[^']|'')*')", shown[-1])]

    def bookings(self):
        return int(self.sql("select count(*) from booking"))

    def fill(self, count=FEW):
        """Past bookings, an hour each, with all that goes with one. Without any, PostgreSQL would plan for empty
        tables, and keep those plans. Indexes are made anew behind them, which is faster for millions; the constraint of
        claims checks each as it comes, a unit's together."""
        base = instant(self.slots.base)
        self.sql(f"""
            create temporary table old as
              select n, bench.id(40, n) as id, bench.id(3, n % {self.resources} + 1) as resource,
                  bench.unit(bench.id(3, n % {self.resources} + 1)) as unit, n % {self.firms} + 1 as firm,
                  tstzrange('{base}'::timestamptz - (n / {self.resources} + 49) * interval '1 hour',
                            '{base}'::timestamptz - (n / {self.resources} + 48) * interval '1 hour') as during
                from generate_series(0, {count} - 1) n;
            create temporary table dropped as
              select format('drop index %I', i.indexname) as do_it, i.indexdef as undo_it from pg_indexes i
                where i.schemaname = 'public' and i.tablename in ('booking', 'claim', 'event')
                  and not exists (select from pg_constraint c where c.conname = i.indexname);
            select do_it from dropped \\gexec
            set session_replication_role = replica; -- no foreign keys to check: the rows are right
            insert into booking (id, firm_id, resource_id, person_id, created_by, mode, during, status, price, support,
                explain, created_at)
              select id, bench.id(7, firm), resource, bench.id(9, firm), bench.id(9, firm), 'self', during, 'finished',
                  25000, 0, '{{}}', '2020-01-01' from old;
            insert into claim (unit_id, during, booking_id) select unit, during, id from old order by unit, n;
            insert into event (at, kind, firm_id, object_id)
              select '2020-01-01', 'booking.created', bench.id(7, firm), id from old;
            insert into idempotency (person_id, key, firm_id, request_hash, reply, at)
              select bench.id(9, firm), 'old-' || n, bench.id(7, firm), '', '{{}}', '2020-01-01' from old;
            select undo_it from dropped \\gexec
            drop table old;""", timeout=FILL_TIMEOUT_S)
        self.sql("vacuum analyze", timeout=FILL_TIMEOUT_S)

    def book_ahead(self, resources, days, a_day):
        """`a_day` bookings on each of the first `resources` instruments, from slots.base on, on as many days."""
        base = instant(self.slots.base)
        self.sql(f"""
            create temporary table ahead as
              select n, r, bench.id(41, n) as id, n % {self.firms} + 1 as firm,
                  '{base}'::timestamptz + d * interval '1 day' + k * interval '1 day' / {a_day} as hour
                from (select row_number() over () as n, r, d, k from generate_series(1, {resources}) r,
                        generate_series(0, {days} - 1) d, generate_series(0, {a_day} - 1) k) x;
            set session_replication_role = replica;
            insert into booking (id, firm_id, resource_id, person_id, created_by, mode, during, status, price, support,
                explain, created_at)
              select id, bench.id(7, firm), bench.id(3, r), bench.id(9, firm), bench.id(9, firm), 'self',
                  tstzrange(hour + interval '{PAD_S} s', hour + interval '{SLOT_S - PAD_S} s'), 'confirmed', 25000, 0, '{{}}',
                  '2020-01-01' from ahead;
            insert into claim (unit_id, during, booking_id)
              select bench.unit(bench.id(kind, r)), tstzrange(hour, hour + interval '{SLOT_S} s'), id
                from ahead cross join (values (3), (14)) of_part (kind);
            drop table ahead;""")
        self.sql("vacuum analyze")

    def book_week(self, count=40):
        """`count` bookings of cmm in the week from slots.base; returns the week's first and last instant."""
        base = instant(self.slots.base)
        self.sql(
            "with made as ("
            "  insert into booking (id, firm_id, resource_id, person_id, created_by, mode, during, status, price, support,"
            "      explain, created_at)"
            "  select bench.id(30, n), bench.id(7, 1), bench.id(3, 0), bench.id(9, 1), bench.id(9, 1), 'self',"
            f"      tstzrange('{base}'::timestamptz + n * interval '4 hours',"
            f"                '{base}'::timestamptz + n * interval '4 hours' + interval '90 minutes'),"
            "      'confirmed', 45000, 0, '{}', '2020-01-01'"
            f"    from generate_series(0, {count - 1}) n returning id, during)"
            " insert into claim (unit_id, during, booking_id) select bench.unit(bench.id(3, 0)), during, id from made")
        return base, instant(self.slots.base + datetime.timedelta(days=7))
