"""labtabd --migrate: what is missing is applied, once, and a database that doesn't fit is left alone."""

import concurrent.futures
import uuid

import pytest

from support.daemon import TOP, run

SCHEMA = TOP / "schema"


@pytest.fixture
def database(cluster):
    """An empty database of labtab_owner."""
    name = f"migrate_{uuid.uuid4().hex[:12]}"
    cluster.sql(f'create database "{name}" owner labtab_owner template template0')
    yield name
    cluster.drop_database(name)


def migrate(cluster, database):
    return run("--migrate", f"--database=host={cluster.directory} port=5432 dbname={database}")


def migrated(cluster, database):
    done = migrate(cluster, database)
    assert done.returncode == 0, done.stderr


def state(cluster, database):
    """Everything by which a second application would show."""
    return cluster.sql("select version, name, checksum, applied_at from schema_migration order by version;"
                       " select checksum, applied_at from schema_object; select 'fn'::regnamespace::oid", database)


def test_makes_everything_once(cluster, database):
    migrated(cluster, database)
    first = state(cluster, database)
    assert first.startswith("1|0001_foundation|")
    assert cluster.sql("select count(*) > 0 from profile", database) == "t"
    owners = "select distinct relowner::regrole from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'"
    assert cluster.sql(owners, database) == "labtab_owner"
    migrated(cluster, database)
    assert state(cluster, database) == first


def test_renews_functions_and_grants_when_they_change(cluster, database):
    migrated(cluster, database)
    before = state(cluster, database).splitlines()
    cluster.sql("update schema_object set checksum = 'old'; drop function fn.booking_create;"
                " grant delete on booking to labtab_api", database)
    migrated(cluster, database)
    after = state(cluster, database).splitlines()
    assert after[0] == before[0], "migrations are not applied again"
    assert after[-1] != before[-1], "the functions are"
    assert cluster.sql("select count(*) from pg_proc where proname = 'booking_create'", database) == "1"
    assert cluster.sql("select has_table_privilege('labtab_api', 'booking', 'delete')", database) == "f"


def test_refuses_what_was_changed_after_it_had_been_applied(cluster, database):
    migrated(cluster, database)
    cluster.sql("update schema_migration set checksum = 'other' where version = 1; update schema_object set checksum = 'old'",
                database)
    before = state(cluster, database)
    done = migrate(cluster, database)
    assert done.returncode != 0
    assert "0001_foundation" in done.stderr and "changed after it had been applied" in done.stderr
    assert state(cluster, database) == before


def test_refuses_a_newer_database(cluster, database):
    migrated(cluster, database)
    cluster.sql("insert into schema_migration values (9999, '9999_future', 'x', '2026-11-24T00:00Z')", database)
    before = state(cluster, database)
    done = migrate(cluster, database)
    assert done.returncode != 0
    assert "newer than this program" in done.stderr and "9999_future" in done.stderr
    assert state(cluster, database) == before


def test_a_failing_migration_leaves_nothing(cluster, database):
    """Something stands in the way of the first migration's last table."""
    cluster.sql("set role labtab_owner; create table dev_tick (x integer)", database)
    done = migrate(cluster, database)
    assert done.returncode != 0
    assert "0001_foundation" in done.stderr and "dev_tick" in done.stderr
    assert cluster.sql("select count(*) from schema_migration", database) == "0"
    assert cluster.sql("select to_regclass('booking') is null", database) == "t"
    cluster.sql("drop table dev_tick", database)
    migrated(cluster, database)


def test_listed_closed_days_become_special_days(cluster, database):
    first, second = sorted((SCHEMA / "migrations").glob("*.sql"))[:2]
    cluster.sql(f"begin; {first.read_text(encoding='utf-8')} commit;", database, "labtab_owner")
    cluster.sql("insert into site (id, code, name, zone) select gen_random_uuid(), c, c, 'Asia/Seoul' from unnest(array['a', 'b']) c;"
                " insert into closed_day select id, '2026-12-25', code || ' is closed' from site", database, "labtab_owner")
    cluster.sql(f"begin; {second.read_text(encoding='utf-8')} commit;", database, "labtab_owner")
    days = "select s.code, d.on_day, d.reason from special_day d join site s on s.id = d.site_id"
    assert cluster.sql(f"{days} where d.resource_id is null and d.opens_min is null and s.holiday_calendar is null order by s.code",
                       database).splitlines() == ["a|2026-12-25|a is closed", "b|2026-12-25|b is closed"]
    assert cluster.sql("select to_regclass('closed_day') is null", database) == "t"


def test_several_at_once(cluster, database):
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda _: migrate(cluster, database), range(4)))
    assert [result.returncode for result in results] == [0] * 4, [result.stderr for result in results]
    assert state(cluster, database).startswith("1|0001_foundation|")
