"""Who may do what: every route of the description, every role, own and other people's objects. What is right is read
from the description's `x-reach`: none 403, own the firm's objects, all everybody's."""

import re

import pytest

from api_world import World
from booking_support import site_time
from support.daemon import Daemon

ROLES = ("firm_member", "firm_manager", "technician", "finance", "approver", "admin", "auditor")
FIRM_ROLES = ("firm_member", "firm_manager")
SHARED = ("/v1/cohorts", "/v1/outages")  # everybody sees them
PERSONAL = "/v1/feeds"  # whoever made them, and those who manage the firm or the lab


@pytest.fixture(scope="module")
def world(labtabd_of_module, cluster):
    """Two firms with one of everything each, and a token for every role."""
    daemon = labtabd_of_module("--role=api")
    labtabd_of_module("--role=jobs", database=daemon.database)
    return World(daemon, cluster)


def operations(document):
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


@pytest.fixture(scope="module")
def routes(world):
    document = world.daemon.client().get("/v1/openapi.json").json
    found = list(operations(document))
    assert len(found) > 30
    return found


def is_public(operation):
    return operation["security"] == []


def fill(path, ids):
    """The path of one firm's object. A path that names no firm's object is the same for all."""
    for prefix, kind in (("/v1/bookings/", "booking"), ("/v1/sessions/", "session"), ("/v1/usage/", "usage"),
                         ("/v1/invoices/", "invoice"), ("/v1/billing_runs/", "billing_run"), ("/v1/tokens/", "token"),
                         ("/v1/budgets/", "budget"), ("/v1/resources/", "resource"), ("/v1/cohorts/", "cohort"),
                         ("/v1/qualifications/", "qualification"), ("/v1/outages/", "outage"), ("/v1/quotes/", "quote"),
                         ("/v1/waitlist/", "waitlist"), ("/v1/feeds/", "feed"), ("/v1/series/", "series")):
        if path.startswith(prefix):
            path = path.replace("{id}", ids[kind])
    path = path.replace("{n}", "1").replace("{secret}", ids["secret"])
    assert "{" not in path, f"{path}: a new kind of object needs a line here"
    return path


def query_of(operation):
    needed = [parameter["name"] for parameter in operation["parameters"] if parameter["in"] == "query" and parameter["required"]]
    values = {"from": "2026-11-01T00:00:00Z", "to": "2026-11-02T00:00:00Z", "resource": "cmm"}
    return "&".join(f"{name}={values[name]}" for name in needed)


def ask(client, method, path, operation):
    """A request that gets past the rights but, if it would change something, not past its body or version."""
    headers, body = {}, None
    if any(parameter["name"] == "If-Match" for parameter in operation["parameters"]):
        headers["If-Match"] = '"v2147483647"'
    if "requestBody" in operation:
        headers["Content-Type"] = "application/json"
        fitting = {"cancel": b'{"reason": "because"}', "decline": b'{"reason": "because"}', "finish": b"{}",
                   "dispute": b'{"reason": "because"}'}
        body = b"{}" if method == "PATCH" else fitting.get(path.rsplit("/", 1)[1], b'{"no_such_field": 1}')
    query = query_of(operation)
    return client.request(method, f"{path}?{query}" if query else path, headers=headers, body=body)


def changes_at_once(operation):
    """Without a body or version that could be wrong on purpose."""
    return operation["operationId"] in ("revokeToken", "revokeFeed", "tick")


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("whose", ["own", "other"])
def test_every_route_for_every_role(world, routes, role, whose):
    client = world.client_of(role)
    ids = world.ids[0 if whose == "own" else 1]
    faults = []
    for method, path, operation in routes:
        reach = operation["x-reach"][role]
        if changes_at_once(operation) and reach != "none":
            continue
        reply = ask(client, method, fill(path, ids), operation)
        if not is_right(reply, method, path, operation, reach, role, whose):
            faults.append(f"{method} {path}: {reach} for {role}, {whose} object, but {reply}")
    assert faults == []


def is_right(reply, method, path, operation, reach, role, whose):
    if reply.status >= 500:
        return False
    if is_public(operation):
        return reply.status == 200
    if reach == "none":
        return (reply.status, reply.codes) == (403, ["forbidden"])
    if role in FIRM_ROLES and whose == "other" and "{id}" in path and not path.startswith(SHARED):
        return reply.status == 404 or (path.endswith("evidence") and reply.json.get("items") == [])
    if method == "GET":
        return reply.status == 200
    if "cancel" in path or "finish" in path:
        return reply.status in (409, 412)  # the object is seen, and not changed
    return reply.status not in (401, 403, 404)


@pytest.mark.parametrize("token", [None, "", "no-such-token", "x" * 5000, "한글"], ids=["none", "empty", "unknown", "long", "korean"])
def test_every_route_without_a_valid_token(world, routes, token):
    for method, path, operation in routes:
        headers = {} if token is None else {"Authorization": f"Bearer {token}".encode()}
        client = world.daemon.client()
        reply = client.request(method, fill(path, world.ids[0]) + "?" + query_of(operation), headers=headers)
        if is_public(operation):
            assert reply.status == 200, (method, path, reply)
        else:
            assert (reply.status, reply.codes) == (401, ["unauthenticated"]), (method, path, reply)
            assert reply.headers["WWW-Authenticate"].startswith("Bearer"), "RFC 9110, 15.5.2"


@pytest.mark.parametrize("header", ["Basic YTpi", "Bearer", "Bearer  ", "Token {token}", "{token}", "Bearer {token} x", "Bearer {token}x"])
def test_other_ways_to_say_who_one_is(world, header):
    token = world.daemon.tokens["admin"]
    reply = world.daemon.client().get("/v1/bookings", headers={"Authorization": header.format(token=token)})
    assert reply.status == 401


def test_lists_show_ones_own_only(world, routes):
    """Every list, as a firm's manager and as the auditor: the manager's is the firm's part of the auditor's."""
    lists = [(path, operation) for method, path, operation in routes
             if method == "GET" and "{" not in path and operation["x-reach"]["firm_manager"] == "own"
             and path not in (*SHARED, PERSONAL)]
    assert {path for path, _ in lists} >= {"/v1/bookings", "/v1/sessions", "/v1/usage", "/v1/invoices", "/v1/events", "/v1/firms",
                                        "/v1/disputes"}
    for path, _ in lists:
        everything = world.client_of("auditor").get(f"{path}?limit=500").json["items"]
        for n, firm in enumerate(world.firms):
            mine = world.client_of("firm_manager", n).get(f"{path}?limit=500").json["items"]
            member = "code" if path == "/v1/firms" else "firm"
            assert mine and {row[member] for row in mine} == {firm}, path
            hidden = {"technician": None} if path == "/v1/sessions" else {}
            assert mine == [{**row, **hidden} for row in everything if row[member] == firm], path


@pytest.mark.parametrize("path", ["/v1/bookings", "/v1/sessions", "/v1/usage", "/v1/invoices", "/v1/disputes"])
def test_filter_by_another_firm(world, path):
    reply = world.client_of("firm_manager").get(f"{path}?firm={world.firms[1]}")
    assert (reply.status, reply.codes) == (403, ["forbidden"])


def test_public_calendar_names_nobody(world):
    path = f"/v1/resources/{world.ids[0]['resource']}/calendar?from=2026-11-24T00:00:00Z&to=2026-11-26T00:00:00Z"
    reply = world.daemon.client().get(path)
    assert {tuple(sorted(row)) for row in reply.json["items"]} == {("end", "reason", "start", "unit")}
    for secret in (*world.firms, world.ids[0]["booking"], "secret purpose"):
        assert secret not in reply.body.decode()


def test_revoked_and_expired_tokens(world):
    daemon = world.daemon
    admin = daemon.client("admin")
    made = admin.post("/v1/tokens", {"person": "auditor", "label": "short", "expires_at": site_time("12-31 10:00")}).json
    client = daemon.client().as_token(made["token"])
    daemon.set_clock(site_time("12-31 09:59:59"))
    assert client.get("/v1/bookings").status == 200
    daemon.set_clock(site_time("12-31 10:00"))
    assert client.get("/v1/bookings").status == 401
    daemon.set_clock(site_time("12-31 09:00"))
    assert client.get("/v1/bookings").status == 200
    revoked = admin.post(f"/v1/tokens/{made['id']}/revoke", {})
    assert (revoked.status, revoked.json["token"]) == (200, None)
    assert client.get("/v1/bookings").status == 401, "from the reply on"


def test_dev_routes_are_not_there_without_dev(world, cluster):
    """A daemon as in production, on the same database."""
    daemon = Daemon(f"--database=host={cluster.directory} port=5432 dbname={world.daemon.database}", "--role=api")
    try:
        daemon.tokens = world.daemon.tokens
        daemon.start()
        for method, path in (("PUT", "/v1/dev/clock"), ("POST", "/v1/dev/tick")):
            reply = daemon.client("admin").request(method, path, json={"now": "2026-11-24T00:00:00Z"})
            assert (reply.status, reply.codes) == (404, ["not_found"])
        paths = daemon.client().get("/v1/openapi.json").json["paths"]
        assert not [path for path in paths if "/dev/" in path]
    finally:
        daemon.close()


# ---------------------------------------------------------------- the second lock

# Tables that hold a firm's data, with how a row tells whose it is.
FIRM_TABLES = {
    "firm": "id", "firm_fact": "firm_id", "person": "firm_id", "token": "firm_id", "qualification": "firm_id", "booking": "firm_id",
    "session": "firm_id", "usage": "firm_id", "invoice": "firm_id", "invoice_line": "firm_id", "budget_entry": "firm_id",
    "billing_run": "firm_id", "budget_firm": "firm_id", "enrolment": "firm_id", "qualification_use": "firm_id",
    "quote": "firm_id", "waitlist_entry": "firm_id", "feed": "firm_id", "booking_series": "firm_id", "booking_history": "firm_id",
    "booking_approval": "firm_id", "usage_dispute": "firm_id", "firm_group": "firm_id", "event": "firm_id", "idempotency": "firm_id",
    "usage_span": "(select u.firm_id from usage u where u.id = usage_id)",
}


def count(cluster, world, scope, table, condition):
    return int(cluster.sql(f"set labtab.firm = '{scope}'; select count(*) from {table} where {condition}",
                           world.daemon.database, user="labtab_api").splitlines()[-1])


@pytest.mark.parametrize("table", FIRM_TABLES)
def test_row_security_is_a_second_lock(world, cluster, table):
    """Even a statement that forgot its condition shows a firm its own rows only, and without a scope nothing."""
    firm = FIRM_TABLES[table]
    own, other = world.firm_ids
    assert count(cluster, world, "*", table, f"{firm} = '{own}'") > 0, f"the test has no {table} to look for"
    assert count(cluster, world, own, table, f"{firm} = '{own}'") == count(cluster, world, "*", table, f"{firm} = '{own}'")
    assert count(cluster, world, own, table, f"{firm} is distinct from '{own}'") == 0
    assert count(cluster, world, other, table, f"{firm} = '{own}'") == 0
    assert count(cluster, world, "", table, "true") == 0


def test_every_table_with_a_firm_has_the_lock(world, cluster):
    """A new table with a firm_id is in the list above and has its policy."""
    rows = cluster.sql("select c.relname, c.relrowsecurity from pg_class c join pg_attribute a on a.attrelid = c.oid"
                       " where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and a.attname = 'firm_id'"
                       " and not a.attisdropped", world.daemon.database).splitlines()
    assert {row.split("|")[0] for row in rows} <= set(FIRM_TABLES), rows
    assert [row for row in rows if not row.endswith("|t")] == []


def test_rows_of_others_cannot_be_changed(world, cluster):
    own, _ = world.firm_ids
    for change in (f"update waitlist_entry set status = 'left' where id = '{world.ids[1]['waitlist']}' returning id",
                   f"update token set revoked_at = '2026-11-24Z' where id = '{world.ids[1]['token']}' returning id"):
        changed = cluster.sql(f"set labtab.firm = '{own}'; {change}", world.daemon.database, user="labtab_api")
        assert not re.search(r"[0-9a-f]{8}-", changed)
