"""Fixtures of all tests that run the daemon.

    def test_something(labtabd):
        daemon = labtabd()                      # a labtabd on a database of its own
        reply = daemon.client("kim").get("/v1/bookings")
"""

import contextlib
import itertools
import os
import time

import pytest

from support.cluster import Cluster
from support.daemon import TOP, Daemon, run, site_document

TEMPLATE = "labtab_template"
PEOPLE = ("technician", "finance", "approver", "auditor", "kim", "yoon", "oh", "shin")


@pytest.fixture(scope="session")
def cluster():
    """A private PostgreSQL cluster with labtab's roles; fsync is off."""
    with Cluster(fast=True) as server:
        server.sql((TOP / "schema" / "roles.sql").read_text(encoding="utf-8"))
        yield server


def database_argument(cluster, name):
    return f"--database=host={cluster.directory} port=5432 dbname={name}"


def create_database(cluster, name, template=None):
    cluster.create_database(name, template)
    cluster.sql(f'alter database "{name}" owner to labtab_owner')


def make_token(daemon, person):
    """A new person can act once the api has read them, a moment after the site file was applied."""
    deadline = time.monotonic() + 30
    wanted = {"person": person, "label": "test"}
    reply = daemon.client("admin").post("/v1/tokens", wanted)
    while reply.codes == ["unknown_reference"] and time.monotonic() < deadline:
        time.sleep(0.05)
        reply = daemon.client("admin").post("/v1/tokens", wanted)
    assert reply.status == 201, reply
    return reply.json["token"]


@pytest.fixture(scope="session")
def template(cluster):
    """A database with schema, reference site and a token for everybody; the tokens by person."""
    create_database(cluster, TEMPLATE)
    argument = database_argument(cluster, TEMPLATE)
    made = run("--dev", argument, "--admin-token=admin")
    assert made.returncode == 0, made.stderr
    daemon = Daemon("--dev", argument)
    try:
        daemon.tokens["admin"] = made.stdout.strip()
        daemon.start()
        reply = daemon.client("admin").put("/v1/site_file", site_document())
        assert reply.status == 200, reply
        daemon.tokens.update({person: make_token(daemon, person) for person in PEOPLE})
    finally:
        daemon.close()
    return daemon.tokens


@contextlib.contextmanager
def daemon_factory(cluster, template):
    """A function that starts daemons, each on a database of its own that is a copy of the template, or on
    the one named by `database`; arguments are added to the command line. Everything is gone afterwards."""
    daemons = []
    numbers = itertools.count(1)

    def start(*arguments, database=None):
        name = database or f"labtab_{os.getpid()}_{id(daemons)}_{next(numbers)}"
        if database is None:
            create_database(cluster, name, TEMPLATE)
        daemon = Daemon("--dev", database_argument(cluster, name), *arguments)
        daemon.tokens = dict(template)
        daemon.database = name
        daemons.append(daemon)
        return daemon.start()

    try:
        yield start
    finally:
        faults = []
        for daemon in reversed(daemons):
            print(daemon.log()[-8000:])  # shown when the test failed
            try:
                daemon.close()
            except RuntimeError as fault:  # it stopped badly: said once the others are gone too
                faults.append(str(fault))
        for name in {daemon.database for daemon in daemons}:
            cluster.drop_database(name)
        assert not faults, "\n".join(faults)


@pytest.fixture
def labtabd(cluster, template):
    """The factory of daemons for one test."""
    with daemon_factory(cluster, template) as start:
        yield start


@pytest.fixture(scope="module")
def labtabd_of_module(cluster, template):
    """The same for all tests of a file: what they share must not depend on their order."""
    with daemon_factory(cluster, template) as start:
        yield start
