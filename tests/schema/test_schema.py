"""The schema on a private PostgreSQL: pgTAP, least privilege, and what happens when many want the same.

The tests need no daemon: migrations, functions and grants are applied with psql in the order in which
the embedded runner applies them.
"""

import concurrent.futures
import contextlib
import json
import random
import re
import subprocess
import uuid
from pathlib import Path

import pytest

from support.cluster import clean_environment, find_program

HERE = Path(__file__).resolve().parent
SCHEMA = HERE.parent.parent / "schema"
QUERIES = sorted((SCHEMA / "queries").rglob("*.sql"))
PGTAP = sorted(HERE.glob("*.sql"))
TEMPLATE = "schema_template"
NOW = "2026-11-24T00:00:00Z"
CALL = re.compile(r"\bfn\.([a-z_]+)\s*\(")


def migrate(cluster, name):
    files = sorted((SCHEMA / "migrations").glob("*.sql"))
    functions = sorted((SCHEMA / "functions").rglob("*.sql"), key=lambda path: path.stem.encode())
    for path in files:
        cluster.sql(f"begin;\n{path.read_text()}\ncommit;", name, "labtab_owner")
    text = "\n".join(path.read_text() for path in functions)
    profiles = "\n".join(
        f"insert into profile (code, doc) values ('{path.stem}', $doc${path.read_text()}$doc$::jsonb);"
        for path in sorted((SCHEMA / "profiles").glob("*.json")))
    grants = (SCHEMA / "grants.sql").read_text()
    cluster.sql(f"begin; set local check_function_bodies = off;\n{text}\n{profiles}\n{grants}\ncommit;",
                name, "labtab_owner")


def apply_site(cluster, name, document):
    text = json.dumps(document, ensure_ascii=False)
    return cluster.sql(f"set labtab.firm = '*'; select * from fn.site_apply($doc${text}$doc$, '{NOW}');",
                       name, "labtab_api")


@pytest.fixture(scope="module")
def template(cluster):
    """A database with schema and reference site, copied by the other fixtures."""
    bootstrap = subprocess.run(
        [cluster.psql, "-Xq", "-v", "ON_ERROR_STOP=1", "-v", f"database={TEMPLATE}", "-f",
         str(SCHEMA / "bootstrap.sql"), "-d", cluster.conninfo()],
        capture_output=True, text=True, timeout=60, env=clean_environment(), check=False)
    assert bootstrap.returncode == 0, bootstrap.stderr
    migrate(cluster, TEMPLATE)
    document = json.loads((SCHEMA / "sites" / "siheung.json").read_text(encoding="utf-8"))
    assert apply_site(cluster, TEMPLATE, document).startswith("ok|")
    cluster.sql("create schema tap; create extension pgtap schema tap;"
                " create table tap.document (doc jsonb);"
                f" insert into tap.document values ($doc${json.dumps(document)}$doc$)", TEMPLATE)
    yield TEMPLATE
    cluster.drop_database(TEMPLATE)


@pytest.fixture
def database(cluster, template):
    """A database of the test's own."""
    name = f"schema_{uuid.uuid4().hex[:12]}"
    cluster.sql(f'create database "{name}" template {template} owner labtab_owner')
    yield name
    cluster.drop_database(name)


# ---------------------------------------------------------------- pgTAP


@pytest.mark.parametrize("path", PGTAP, ids=lambda path: path.stem)
def test_pgtap(cluster, template, path):
    done = subprocess.run(
        ["pg_prove", "--verbose", "-h", cluster.directory, "-p", "5432", "-U", "postgres", "-d", template, path.name],
        cwd=HERE, capture_output=True, text=True, timeout=300, env=clean_environment(), check=False)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-6000:]


# ---------------------------------------------------------------- least privilege


def roles_of(path):
    line = re.search(r"^-- role: *(.+)$", path.read_text(), re.MULTILINE)
    assert line, f"{path.name} names no role"
    return [f"labtab_{role.strip()}" for role in line.group(1).split(",")]


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_prepares_as_its_roles(cluster, template, path):
    """What a role prepares it may prepare: names, types and the schema's usage fit."""
    for role in roles_of(path):
        cluster.sql(f"prepare q as\n{path.read_text()}", template, role)


@pytest.fixture(scope="module")
def functions(cluster, template):
    """name -> (is definer, body, roles that may call it)."""
    rows = cluster.sql(
        "select json_build_object('name', p.proname, 'definer', p.prosecdef, 'body', pg_get_functiondef(p.oid), 'roles',"
        " (select json_agg(r) from unnest(array['labtab_api', 'labtab_meter', 'labtab_jobs']) r"
        "  where has_function_privilege(r, p.oid, 'execute')))"
        " from pg_proc p where p.pronamespace = 'fn'::regnamespace", template)
    objects = [json.loads(row) for row in re.findall(r"^\{.*\}$", rows, re.MULTILINE)]
    return {row["name"]: row for row in objects}


def reached(functions, name, seen):
    """Functions that run with the caller's rights when `name` is called, itself included."""
    if name in seen or name not in functions:
        return
    seen.add(name)
    if not functions[name]["definer"]:
        for callee in CALL.findall(functions[name]["body"].split("AS ", 1)[-1]):
            reached(functions, callee, seen)


def test_calls_only_what_it_may(functions):
    """PREPARE doesn't look at the right to execute; a query's functions and theirs are looked at here."""
    faults, used = [], {}
    for path in QUERIES:
        for name in CALL.findall(re.sub(r"--[^\n]*", "", path.read_text())):
            seen = set()
            reached(functions, name, seen)
            for role in roles_of(path):
                used.setdefault(role, set()).update(seen)
                faults += [f"{path.stem}: {role} may not call {callee}" for callee in seen
                           if role not in (functions[callee]["roles"] or [])]
    assert not faults


def test_definers_have_a_fixed_search_path(functions):
    loose = [name for name, row in functions.items()
             if row["definer"] and "SET search_path TO 'pg_catalog', 'public', 'pg_temp'" not in row["body"]]
    assert not loose


def test_roles_own_nothing(cluster, template):
    owned = cluster.sql(
        "select c.relname from pg_class c where c.relowner::regrole::text in ('labtab_api', 'labtab_meter', 'labtab_jobs')"
        " union all select proname from pg_proc where proowner::regrole::text in ('labtab_api', 'labtab_meter', 'labtab_jobs')",
        template)
    assert owned == ""


def test_public_may_nothing(cluster, template):
    """Whoever else may connect to the cluster has no right in this database."""
    cluster.sql("do $$ begin if not exists (select from pg_roles where rolname = 'stranger') then"
                " create role stranger; end if; end $$")
    rights = cluster.sql(
        "select 'connect' where has_database_privilege('stranger', current_database(), 'connect')"
        " union all select 'use ' || n from unnest(array['fn']) n where has_schema_privilege('stranger', n, 'usage')"
        " union all select relname from pg_class where relnamespace = 'public'::regnamespace"
        " and relkind in ('r', 'p', 'S') and has_table_privilege('stranger', oid, 'select')", template)
    assert rights == ""


# ---------------------------------------------------------------- many at once


def names(cluster, database):
    rows = cluster.sql(
        "select json_build_object('version', (select version from catalogue), 'firm', f.id, 'person', p.id,"
        " 'cmm', (select id from resource where code = 'cmm'), 'vision', (select id from resource where code = 'vision'),"
        " 'budgets', (select array_agg(id order by id) from budget where fiscal_year = 2026))"
        " from firm f join person p on p.firm_id = f.id where p.code = 'kim'", database)
    return json.loads(rows)


def array(values, kind):
    return "array[" + ",".join(f"'{value}'" for value in values) + f"]::{kind}[]"


def create_sql(ids, number, resource, also=(), key=None, wanted=0, hours=(1, 2), quotas=()):
    """booking_create for a plain wish, as C would make it."""
    quoted = f"'{key}'" if key else "null"
    budgets = ids["budgets"] if wanted else ()
    claims = (resource, *also)
    start, end = (f"2026-11-{25 + hour // 24:02d}T{hour % 24:02d}:00Z" for hour in hours)
    return (
        f"fn.booking_create('{ids['person']}', {quoted}, 'x', '{NOW}', {ids['version']}, false,"
        f" row('01900000-0000-7000-8000-{number:012d}', '{ids['firm']}', '{resource}', '{ids['person']}', 'self', 'confirmed', '{start}',"
        f" '{end}', {array(also, 'uuid')}, {array(claims, 'uuid')}, {array([start] * len(claims), 'timestamptz')},"
        f" {array([end] * len(claims), 'timestamptz')}, {array(['/start', *['/mode'] * len(also)], 'text')}, false, 'test', null, null,"
        f" false, 90000, '{{}}', {array(budgets, 'uuid')}, {array([wanted] * len(budgets), 'bigint')}, {array(quotas, 'uuid')}, null,"
        " null, null, null, null, 0, true, null, null, 0, false, '{}', null, null, null)::fn.wish)")


def booking_sql(ids, number, resource, **wish):
    return f"set labtab.firm = '{ids['firm']}'; select to_jsonb(b) from {create_sql(ids, number, resource, **wish)} b;"


def all_at_once(cluster, database, statements):
    """Each statement on a connection of its own, all let loose by one lock; their replies."""
    gate = "select pg_advisory_lock_shared(42); select pg_advisory_unlock_shared(42);"
    psql = [find_program("psql"), "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", cluster.conninfo(database, "labtab_api")]
    holder = subprocess.Popen([*psql[:-1], cluster.conninfo(database)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              text=True, env=clean_environment())
    holder.stdin.write("select pg_advisory_lock(42);\n\\echo held\n")
    holder.stdin.flush()
    while holder.stdout.readline().strip() != "held":
        assert holder.poll() is None, "the gate did not close"

    def ask(statement):
        done = subprocess.run([*psql, "-c", gate, "-c", statement], capture_output=True, text=True, timeout=120,
                              env=clean_environment(), check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.strip().splitlines()[-1])

    with concurrent.futures.ThreadPoolExecutor(len(statements)) as pool:
        replies = [pool.submit(ask, statement) for statement in statements]
        waiting = "select count(*) from pg_locks where locktype = 'advisory' and objid = 42 and not granted"
        while int(cluster.sql(waiting, database)) < len(statements):
            broken = [reply for reply in replies if reply.done()]
            assert not broken, broken[0].exception()
        holder.communicate("\\q\n", timeout=60)
        return [reply.result() for reply in replies]


def outcomes(replies):
    found = [reply["outcome"] for reply in replies]
    return {outcome: found.count(outcome) for outcome in set(found)}


def no_deadlock(cluster):
    return "deadlock detected" not in cluster.log()


def test_fifty_want_one_slot(cluster, database):
    ids = names(cluster, database)
    replies = all_at_once(cluster, database, [booking_sql(ids, n, ids["cmm"], wanted=100) for n in range(1, 51)])
    assert outcomes(replies) == {"ok": 1, "taken": 49}
    assert cluster.sql("select count(*) from booking", database) == "1"
    assert cluster.sql("select count(*) from claim", database) == "1"
    assert cluster.sql("select count(*) from budget_entry where kind = 'hold'", database) == "3"
    assert no_deadlock(cluster)


def test_twenty_with_one_key(cluster, database):
    ids = names(cluster, database)
    replies = all_at_once(cluster, database,
                          [booking_sql(ids, n, ids["cmm"], key="k", wanted=100) for n in range(1, 21)])
    assert outcomes(replies) == {"ok": 20}
    assert all(reply == replies[0] for reply in replies)
    assert cluster.sql("select count(*) from booking", database) == "1"


def test_two_slots_crossed(cluster, database):
    """Bookings of A with B and of B with A: some win, nobody waits in a circle."""
    ids = names(cluster, database)
    statements = []
    for n in range(1, 21):
        first, second = (ids["cmm"], ids["vision"]) if n % 2 else (ids["vision"], ids["cmm"])
        statements.append(booking_sql(ids, n, first, also=(second,)))
    replies = all_at_once(cluster, database, statements)
    assert outcomes(replies) == {"ok": 1, "taken": 19}
    assert cluster.sql("select count(*) from claim", database) == "2"
    assert no_deadlock(cluster)


def test_a_budget_runs_dry(cluster, database):
    """Ten at once want more than there is: it is given out to the last won, and no further."""
    ids = names(cluster, database)
    cluster.sql(f"insert into budget_entry (budget_id, kind, amount, at) select id, 'draw', 25000 - balance, '{NOW}' from budget",
                database, "labtab_owner")
    statements = [booking_sql(ids, n, ids["cmm"], wanted=10000, hours=(n, n + 1)) for n in range(1, 11)]
    replies = all_at_once(cluster, database, statements)
    assert outcomes(replies) == {"ok": 10}
    assert sorted(reply["support"] for reply in replies) == [0] * 7 + [15000, 30000, 30000]
    assert cluster.sql("select distinct balance from budget where fiscal_year = 2026", database) == "0"
    assert no_deadlock(cluster)


@contextlib.contextmanager
def held(cluster, database, key):
    """Somebody else has an advisory lock meanwhile: `key` as SQL."""
    psql = [find_program("psql"), "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", cluster.conninfo(database)]
    holder = subprocess.Popen(psql, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=clean_environment())
    holder.stdin.write(f"select pg_advisory_lock({key});\n\\echo held\n")
    holder.stdin.flush()
    while holder.stdout.readline().strip() != "held":
        assert holder.poll() is None, "it was not to be had"
    yield
    holder.communicate("\\q\n", timeout=60)


def reply_after(cluster, database, key, statement):
    """The statement's reply: it waits for the key, and has it once whoever held it is gone."""
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        with held(cluster, database, key):
            reply = pool.submit(cluster.sql, statement, database, "labtab_api")
            while cluster.sql("select count(*) from pg_locks where locktype = 'advisory' and not granted", database) == "0":
                assert not reply.done(), reply.result()
        return reply.result(60)


def test_a_session_waits_for_the_budgets_of_an_expired_hold(cluster, database):
    ids = names(cluster, database)
    cluster.sql(booking_sql(ids, 1, ids["cmm"], wanted=100), database, "labtab_api")
    cluster.sql("set labtab.firm = '*'; select fn.budget_release(id, '2026-11-25T03:00Z', 'expired') from booking", database, "labtab_owner")
    start = ("set labtab.firm = '*'; select outcome from fn.session_start((select id from person where code = 'technician'), null, null,"
             f" '2026-11-25T05:00Z', '{uuid.uuid4()}', '01900000-0000-7000-8000-000000000001', null, null);")
    assert reply_after(cluster, database, f"fn.lock_key(4, '{ids['budgets'][1]}', 0)", start) == "ok"
    assert cluster.sql("select -sum(amount) from budget_entry where booking_id is not null", database) == "300"


def test_whoever_gives_units_back_waits_for_their_days(cluster, database):
    """Outages that end and cohorts that are cancelled write claims: somebody may be taking others of the same day."""
    ids = names(cluster, database)
    staff = "(select id from person where code = 'technician')"
    span = "'2026-11-25T01:00Z', '2026-11-25T02:00Z'"
    room = "(select id from resource where code = 'multimedia_room')"
    cluster.sql("set labtab.firm = '*';"
                f" insert into outage (id, site_id, resource_id, kind, title, during, created_by, created_at) select '{uuid.uuid4()}', r.site_id, r.id,"
                f" 'fault', 'broken', tstzrange({span}), {staff}, '{NOW}' from resource r where r.code = 'cmm';"
                f" select fn.outage_claims_take(o, '{NOW}') from outage o;"
                f" insert into course (id, site_id, code, name, room_id, seats) select '{uuid.uuid4()}', site_id, 'step1', 'STEP1', id, 4 from resource where id = {room};"
                f" select outcome from fn.cohort_create({staff}, null, null, '{NOW}', '{uuid.uuid4()}', 'step1', 4,"
                " '{2026-11-25T01:00Z}', '{2026-11-25T02:00Z}');", database, "labtab_owner")
    day = "date '2026-11-25' - date '2000-01-01'"
    end = f"set labtab.firm = '*'; select (fn.outage_end({staff}, null, null, '{NOW}', o.id, 1, null, false)).outcome from outage o;"
    assert reply_after(cluster, database, f"fn.lock_key(3, '{ids['cmm']}', {day})", end) == "ok"
    cancel = f"set labtab.firm = '*'; select (fn.cohort_cancel({staff}, null, null, '{NOW}', c.id, 1, 'ill')).outcome from cohort c;"
    assert reply_after(cluster, database, f"fn.lock_key(3, {room}, {day})", cancel) == "ok"
    assert cluster.sql("select count(*) from claim where live", database) == "0"


def outage_sql(number, dice):
    """An outage by force over whatever is there, and its end."""
    start = dice.randrange(0, 30)
    span = f"array['2026-11-25T00:00Z'::timestamptz + {start} * interval '1 hour'], array['2026-11-25T00:00Z'::timestamptz + {start + 2} * interval '1 hour']"
    staff = "(select id from person where code = 'technician')"
    return ("begin; set local labtab.firm = '*'; select string_agg(distinct outcome, '+') from fn.outage_create(" + staff + f", null, null, '{NOW}',"
            f" array['{uuid.UUID(int=number)}']::uuid[], (select id from site), (select id from resource where code = '{dice.choice(['cmm', 'vision', 'multimedia_room'])}'),"
            f" 'fault', 'broken', {span}, true, null, 100); commit;\n"
            "begin; set local labtab.firm = '*'; select coalesce((select (fn.outage_end(" + staff + f", null, null, '{NOW}', o.id, o.version, null, false)).outcome"
            " from outage o where o.ended_at is null order by o.id limit 1), 'none'); commit;\n")


def test_outages_by_force_among_bookings(cluster, database):
    """Bundles in every order, and outages that throw them out: nobody waits in a circle."""
    ids = names(cluster, database)
    ids.update(room=cluster.sql("select id from resource where code = 'multimedia_room'", database), quotas=[])
    scripts = []
    for worker in range(8):
        dice = random.Random(worker)
        scripts.append("".join(
            outage_sql(worker * 1000 + n, dice) if worker < 3
            else f"begin; set local labtab.firm = '{ids['firm']}';\n{ask_sql(ids, worker * 1000 + n, dice)}commit;\n" for n in range(40)))
    seen = {answer for lines in run_scripts(cluster, database, scripts) for answer in lines}
    assert {"ok", "taken"} <= seen <= {"ok", "taken", "none", "stale_version", "already_cancelled", "already_finished", "busy"}, seen
    assert no_deadlock(cluster)
    assert cluster.sql("select count(*) from booking b where b.status = 'confirmed' and (select count(*) from claim c"
                       " where c.booking_id = b.id and c.live) <> 1 + cardinality(b.also)", database) == "0"


def run_scripts(cluster, database, scripts):
    """Each script on a connection of its own, all at the same time; the lines of each."""
    psql = [find_program("psql"), "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", cluster.conninfo(database, "labtab_api")]

    def play(script):
        done = subprocess.run(psql, input=script, capture_output=True, text=True, timeout=240, env=clean_environment(),
                              check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.split()

    with concurrent.futures.ThreadPoolExecutor(len(scripts)) as pool:
        return list(pool.map(play, scripts))


def ask_sql(ids, number, dice):
    """A booking or, now and then, the end of one: of few resources and hours, so that many want the same."""
    if dice.random() < 0.2:
        return ("select coalesce((select (fn.booking_cancel(b.person_id, null, null, '%s', b.id, b.version, false, null, false)).outcome"
                " from booking b where b.status = 'confirmed' order by b.starts_at limit 1), 'none');\n" % NOW)
    start = dice.randrange(0, 30)
    resource, *also = dice.choice([("cmm",), ("vision",), ("room",), ("room",), ("cmm", "vision"), ("vision", "cmm"), ("room", "cmm")])
    call = create_sql(ids, number, ids[resource], also=[ids[name] for name in also], key=f"k{number}", wanted=dice.choice([0, 100]),
                      hours=(start, start + dice.choice([1, 2])), quotas=ids["quotas"])
    return f"select string_agg(distinct outcome, '+') from {call};\n"


def test_shared_commits_under_contention(cluster, database):
    """Eight connections book and cancel, several to a transaction: nothing is exceeded, nobody waits in a circle, and whoever
    was refused for others' sake gets an answer alone."""
    cluster.sql("delete from quota; insert into quota (id, site_id, code, holder, resource_id, period, most_count, most_s)"
                " select gen_random_uuid(), s.id, c.code, c.holder, r.id, 'day', c.most_count, c.most_s"
                " from site s, resource r, (values ('firm_count', 'firm', 9, null), ('all_time', 'all', null, 21600::bigint)) c"
                " (code, holder, most_count, most_s) where r.code = 'multimedia_room'", database)
    ids = names(cluster, database)
    ids["room"] = cluster.sql("select id from resource where code = 'multimedia_room'", database)
    ids["quotas"] = cluster.sql("select id from quota order by code", database).splitlines()
    people = [line.split("|") for line in cluster.sql(
        "select p.id, p.firm_id from person p where p.firm_id is not null order by p.code", database).splitlines()]
    asks = {}
    for worker in range(8):
        dice = random.Random(worker)
        person, firm = people[worker % len(people)]
        asks[worker] = [(f"set local labtab.firm = '{firm}';\n" +
                         ask_sql({**ids, "person": person, "firm": firm}, worker * 1000 + n, dice)) for n in range(45)]
    shared = ["".join("begin;\n" + "".join(mine[n:n + 3]) + "commit;\n" for n in range(0, len(mine), 3)) for mine in asks.values()]
    answers = run_scripts(cluster, database, shared)
    assert all(len(lines) == 45 for lines in answers)
    again = ["".join(f"begin;\n{ask}commit;\n" for ask, answer in zip(mine, lines, strict=True) if answer == "busy")
             for mine, lines in zip(asks.values(), answers, strict=True)]
    alone = [answer for lines in run_scripts(cluster, database, again) for answer in lines]
    seen = {answer for lines in answers for answer in lines} | set(alone)
    assert "busy" not in alone
    assert {"ok", "taken"} <= seen, seen
    assert no_deadlock(cluster)
    assert cluster.sql("select count(*) from booking b where b.status = 'confirmed' and (select count(*) from claim c"
                       " where c.booking_id = b.id and c.live) <> 1 + cardinality(b.also)", database) == "0"
    assert cluster.sql("select count(*) from claim c where c.live and not exists (select from booking b where b.id = c.booking_id"
                       " and b.status = 'confirmed')", database) == "0"
    used = ("select coalesce(max({what}), 0) from (select sum(extract(epoch from least(b.ends_at, d + interval '1 day')"
            " - greatest(b.starts_at, d))) as s, count(*) as n from booking b join generate_series('2026-11-24T15:00Z'::timestamptz,"
            " '2026-11-27T15:00Z', '1 day') d on b.starts_at < d + interval '1 day' and b.ends_at > d"
            " join resource r on r.id = b.resource_id and r.code = 'multimedia_room' where b.status = 'confirmed' group by {by}) used")
    assert int(cluster.sql(used.format(what="n", by="b.firm_id, d"), database)) <= 9
    assert float(cluster.sql(used.format(what="s", by="d"), database)) <= 21600
    assert cluster.sql("select count(*) from budget b where balance <> (select sum(amount) from budget_entry e"
                       " where e.budget_id = b.id)", database) == "0"


def test_feed_skips_nothing(cluster, database):
    """An event whose transaction commits late comes after those that were read before, not among them."""
    psql = [find_program("psql"), "-XAtq", "-d", cluster.conninfo(database)]
    late = subprocess.Popen(psql, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=clean_environment())
    put = "insert into event (at, kind) values ('2026-11-24T00:00Z', '{}');"
    late.stdin.write("begin; " + put.format("late") + "\n\\echo begun\n")
    late.stdin.flush()
    assert late.stdout.readline().strip() == "begun"
    cluster.sql(put.format("early"), database)
    read = "set labtab.firm = '*'; select position || ' ' || kind from fn.events_after({}, 100);"
    before = cluster.sql(read.format(0), database, "labtab_api")
    assert before == "", "what a transaction under way may still precede is not given out"
    late.communicate("commit;\n\\q\n", timeout=60)
    rows = cluster.sql(read.format(0), database, "labtab_api").splitlines()
    assert sorted(row.split()[1] for row in rows) == ["early", "late"]
    assert cluster.sql(read.format(rows[-1].split()[0]), database, "labtab_api") == ""


def test_a_hold_does_not_expire_under_a_session(cluster, database):
    """A session begins at the moment when the hold is due: it is not released, before the commit or after."""
    ids = names(cluster, database)
    cluster.sql(booking_sql(ids, 1, ids["cmm"], wanted=100), database, "labtab_api")
    held = "select -sum(amount) from budget_entry where kind in ('hold', 'release')"
    assert cluster.sql(held, database) == "300"
    psql = [find_program("psql"), "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", cluster.conninfo(database, "labtab_api")]
    late = subprocess.Popen(psql, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=clean_environment())
    late.stdin.write("set labtab.firm = '*'; begin; select outcome from fn.session_start((select id from person where code = 'technician'),"
                     f" null, null, '2026-11-25T05:00Z', '{uuid.uuid4()}', '01900000-0000-7000-8000-000000000001', null, null);\n")
    late.stdin.flush()
    assert late.stdout.readline().strip() == "ok"
    release = "set labtab.firm = '*'; select fn.expired_holds_release('2026-11-25T05:00Z', 10);"
    assert cluster.sql(release, database, "labtab_jobs") == "0"
    late.communicate("commit;\n\\q\n", timeout=60)
    assert cluster.sql(release, database, "labtab_jobs") == "0"
    assert cluster.sql(held, database) == "300"


# ---------------------------------------------------------------- lists


def make_bookings(cluster, database, count):
    cluster.sql(
        "set session_replication_role = replica; insert into booking (id, firm_id, resource_id, person_id, created_by, mode, during,"
        " status, price, support, explain, created_at) select fn.id_new('2026-01-01T00:00Z'), p.firm_id, r.id, p.id, p.id, 'self',"
        " tstzrange(s, s + interval '1 hour'), 'finished', 0, 0, '{}', '2026-01-01T00:00Z'"
        f" from generate_series(1, {count}) n, person p, resource r, lateral (select '2026-01-01T00:00Z'::timestamptz"
        " + n / 3 * interval '1 hour' as s) x where p.code = (array['kim', 'oh', 'shin'])[n % 3 + 1] and r.code = (array['cmm', 'vision', 'roughness'])[n % 3 + 1];"
        " analyze booking", database)


def listing(name, arguments, scope):
    text = next(path for path in QUERIES if path.stem == name).read_text()
    return (f"set labtab.firm = '{scope}'; set plan_cache_mode = force_generic_plan; prepare q as\n{text}\n"
            f"{arguments}")


@pytest.mark.parametrize("scope", ["*", "firm"])
def test_pages_show_everything_once(cluster, database, scope):
    """Three bookings start at the same moment: the id breaks the tie."""
    make_bookings(cluster, database, 75)
    firm = names(cluster, database)["firm"]
    own = f"where firm_id = '{firm}'" if scope == "firm" else ""
    wanted = cluster.sql(f"select id from booking {own} order by starts_at, id", database).splitlines()
    seen, cursor = [], "null"
    while True:
        who, filter_by = (firm, f"'{firm}'") if scope == "firm" else ("*", "null")
        execute = f"execute q(10, {cursor}, {filter_by}, null, null, null, null, null);"
        rows = [row.split("|") for row in
                cluster.sql(listing("booking_list", execute, who), database, "labtab_api").splitlines()]
        if not rows:
            break
        seen += [row[0] for row in rows]
        cursor = f"'{rows[-1][-1]}'"
    assert seen == wanted


@pytest.mark.parametrize("cursor", ["", "x", "0", "99999999999999999999-1", "1-1", "1--", "-1-00000000-0000-0000-0000-000000000000"])
@pytest.mark.parametrize("path", [path for path in QUERIES if "cursor_" in path.read_text()], ids=lambda path: path.stem)
def test_any_cursor_is_harmless(cluster, template, path, cursor):
    """What a client makes up instead of a cursor reads some page, and fails nothing."""
    count = max(int(n) for n in re.findall(r"\$([0-9]+)", path.read_text()))
    arguments = ", ".join(["10", f"'{cursor}'"] + ["null"] * (count - 2))
    cluster.sql(listing(path.stem, f"execute q({arguments});", "*"), template, "labtab_api")


def test_row_security_leaves_the_index_to_paging(cluster, database):
    """The key of a page is looked up, not filtered: a firm's list is as fast at its end as at its start."""
    make_bookings(cluster, database, 3000)
    firm = names(cluster, database)["firm"]
    execute = f"explain (costs off) execute q(10, null, '{firm}', null, null, null, '2026-01-20T00:00Z', null);"
    plan = cluster.sql(listing("booking_list", execute, firm), database, "labtab_api")
    conditions = re.findall(r"Index Cond: (.*)", plan)
    assert any("firm_id" in line and "ROW(starts_at, id) >" in line and "starts_at >= CASE" in line for line in conditions), plan
