"""Local time by look-up says what PostgreSQL says, around every change of the clock."""

import subprocess
from pathlib import Path

import pytest

from support.daemon import environment, program

FUNCTIONS = Path(__file__).resolve().parents[2] / "schema" / "functions"
FROM, UNTIL = "2026-01-05T06:30:00Z", "2027-02-09T06:30:00Z"
# Zone, and when its clock changes within that time.
ZONES = {
    "Asia/Seoul": [],
    "Europe/Berlin": ["2026-03-29T01:00:00Z", "2026-10-25T01:00:00Z"],
    "America/New_York": ["2026-03-08T07:00:00Z", "2026-11-01T06:00:00Z"],
    "Australia/Lord_Howe": ["2026-04-04T15:00:00Z", "2026-10-03T15:30:00Z"],  # half an hour
}


@pytest.fixture(scope="module")
def database(cluster):
    name = "zones"
    cluster.create_database(name)
    cluster.sql("create schema fn;\n" + next(FUNCTIONS.rglob("zone_offsets.sql")).read_text(encoding="utf-8"), name)
    yield name
    cluster.drop_database(name)


def offsets(cluster, database, zone):
    """Rows of (instant, its us, offset in seconds)."""
    rows = cluster.sql(f"set timezone = 'UTC'; select to_char(at, 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'),"
                       " (extract(epoch from at) * 1000000)::bigint, offset_s"
                       f" from fn.zone_offsets('{zone}', '{FROM}', '{UNTIL}')", database)
    return [row.split("|") for row in rows.splitlines()]


def probe(cluster, database, zone, questions):
    until = cluster.sql(f"select (extract(epoch from '{UNTIL}'::timestamptz) * 1000000)::bigint", database)
    arguments = [text for row in offsets(cluster, database, zone) for text in row[1:]]
    done = subprocess.run([program("tests/unit/calendar/local_probe"), until, *arguments], input="\n".join(questions),
                          capture_output=True, text=True, timeout=60, env=environment(), check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def pairs(cluster, database, sql):
    """The columns question and answer."""
    rows = [row.split("|") for row in cluster.sql(sql, database).splitlines()]
    assert len(rows) > 3000
    return [row[0] for row in rows], [row[1] for row in rows]


@pytest.mark.parametrize("zone", ZONES)
def test_changes_are_found(cluster, database, zone):
    assert [row[0] for row in offsets(cluster, database, zone)] == [FROM, *ZONES[zone]]


# Every quarter of an hour of the year, and every 20 seconds within two hours of a change.
TIMES = """
  select t from generate_series(timestamp '2026-01-06', '2027-02-08', interval '15 minutes') t
  union
  select t from unnest(array[{changes}]::timestamptz[]) c
    cross join generate_series((c at time zone '{zone}') - interval '2 hours', (c at time zone '{zone}') + interval '2 hours',
                               interval '20 seconds') t
"""


@pytest.mark.parametrize("zone", ZONES)
def test_local_times_become_the_instants_of_postgresql(cluster, database, zone):
    times = TIMES.format(zone=zone, changes=",".join(f"'{at}'" for at in ZONES[zone]))
    questions, answers = pairs(cluster, database, f"""
        select format('local %s %s', t::date - date '1970-01-01', extract(epoch from t::time)::integer),
            (extract(epoch from t at time zone '{zone}') * 1000000)::bigint
          from ({times}) x (t) order by t""")
    assert probe(cluster, database, zone, questions) == answers


@pytest.mark.parametrize("zone", ZONES)
def test_instants_become_the_local_times_of_postgresql(cluster, database, zone):
    times = TIMES.format(zone="UTC", changes=",".join(f"'{at}'" for at in ZONES[zone]))
    questions, answers = pairs(cluster, database, f"""
        select format('instant %s', (extract(epoch from t at time zone 'UTC') * 1000000)::bigint),
            format('%s %s', l::date - date '1970-01-01', extract(epoch from l::time)::integer)
          from ({times}) x (t) cross join lateral (select t at time zone 'UTC' at time zone '{zone}') y (l) order by t""")
    assert probe(cluster, database, zone, questions) == answers


def test_nothing_is_said_beyond_what_was_loaded(cluster, database):
    assert probe(cluster, database, "Europe/Berlin", ["local 20000 0", "local 30000 0", "instant 0"]) == ["outside"] * 3
