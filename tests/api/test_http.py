"""The rules that every route shares: bodies, headers, versions, pages, and what is answered to nonsense."""

import json
import re
import socket

import pytest

from api_world import World
from booking_support import must_book, wanted
from support.lab import NEVER_CLOSED, SITE

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")


@pytest.fixture(scope="module")
def world(labtabd_of_module, cluster):
    daemon = labtabd_of_module("--role=api")
    labtabd_of_module("--role=jobs", database=daemon.database)
    return World(daemon, cluster)


@pytest.fixture(scope="module")
def daemon(world):
    return world.daemon


@pytest.fixture(scope="module")
def document(daemon):
    return daemon.client().get("/v1/openapi.json").json


@pytest.fixture
def scene(lab):
    """A firm's client and a resource that is always open."""
    lab.code = lab.resource(hours=NEVER_CLOSED)
    person = lab.person(lab.firm())
    lab.apply()
    lab.mine = lab.client(person)
    return lab


def is_problem(reply):
    """A problem document that agrees with its status line."""
    if reply.headers["Content-Type"] != "application/problem+json":
        return False
    problem = reply.json
    return problem["status"] == reply.status and problem["type"].startswith("urn:labtab:problem:") and problem["title"]


# ---------------------------------------------------------------- bodies


@pytest.mark.parametrize("kind", [None, "text/plain", "application/x-www-form-urlencoded", "application/jsonx", "text/json", ""])
def test_other_media_types(scene, kind):
    headers = {"Content-Type": kind} if kind is not None else {}
    reply = scene.mine.request("POST", "/v1/bookings", body=b"{}", headers=headers)
    assert (reply.status, reply.codes) == (415, ["media_type"]) and is_problem(reply)


@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=utf-8", "Application/JSON ;charset=UTF-8"])
def test_json_media_types(scene, kind):
    body = json.dumps(wanted(scene.code, "24 10:00", "24 11:00")).encode()
    assert scene.mine.request("POST", "/v1/bookings", body=body, headers={"Content-Type": kind}).status == 201


def nested(depth, kind="array"):
    return b"[" * depth + b"]" * depth if kind == "array" else b'{"a":' * depth + b"1" + b"}" * depth


BAD_JSON = {
    "empty": b"", "a_word": b"yes", "cut": b'{"resource": "x"', "trailing_comma": b'{"resource": "x",}', "two": b"{} {}",
    "single_quotes": b"{'a': 1}", "comment": b"{} // nothing", "nan": b'{"a": NaN}', "duplicate": b'{"resource": "x", "resource": "y"}',
    "duplicate_by_escape": b'{"resource": "x", "\\u0072esource": "y"}', "bad_utf8": b'{"resource": "\xff"}',
    "overlong_utf8": b'{"resource": "\xc0\xaf"}', "surrogate": b'{"resource": "\\ud800"}', "nul": b'{"resource": "a\\u0000b"}',
    "raw_nul": b'{"resource": "a\x00b"}', "control": b'{"resource": "a\nb"}', "bom": b"\xef\xbb\xbf{}", "deep": nested(17),
    "deeper": nested(30_000), "deep_objects": nested(5_000, "object"), "leading_zero": b'{"a": 01}', "plus": b'{"a": +1}',
}


@pytest.mark.parametrize("body", BAD_JSON.values(), ids=BAD_JSON)
def test_bad_json(scene, body):
    reply = scene.mine.request("POST", "/v1/bookings", body=body, headers={"Content-Type": "application/json"})
    assert (reply.status, reply.codes) == (400, ["bad_json"]) and is_problem(reply)


@pytest.mark.parametrize("body", [b"[]", b"null", b"1", b'"text"', b"true"])
def test_json_that_is_no_object(scene, body):
    reply = scene.mine.request("POST", "/v1/bookings", body=body, headers={"Content-Type": "application/json"})
    assert (reply.status, reply.codes) == (422, ["wrong_type"])


def test_every_fault_of_a_body_at_once(scene):
    reply = scene.mine.post("/v1/bookings", {"start": "2026-11-24T10:00:00", "mode": "alone", "purpose": "", "colour": "red"})
    assert reply.status == 422
    assert {(row["code"], row["pointer"]) for row in reply.json["violations"]} == {
        ("missing_field", "/resource"), ("no_offset", "/start"), ("missing_field", "/end"), ("unknown_value", "/mode"),
        ("too_short", "/purpose"), ("unknown_field", "/colour")}


def test_hostile_member_names_come_back_as_text(scene):
    name = "a/b~c\"\\한<script>"
    reply = scene.mine.post("/v1/bookings", {name: 1})
    pointers = [row["pointer"] for row in reply.json["violations"] if row["code"] == "unknown_field"]
    assert pointers == ["/" + name.replace("~", "~0").replace("/", "~1")], "RFC 6901, 3"


def test_same_instant_in_other_words(scene):
    bodies = [{"resource": scene.code, "start": start, "end": "2026-11-24T03:00:00Z"}
              for start in ("2026-11-24T11:00:00+09:00", "2026-11-24T02:00:00Z", "2026-11-23T21:00:00.000-05:00")]
    replies = [scene.mine.post("/v1/bookings", body) for body in bodies]
    assert [reply.status for reply in replies] == [201, 409, 409]
    assert replies[0].json["start"] == "2026-11-24T02:00:00Z"


@pytest.mark.parametrize("size, status", [(64 * 1024, 422), (64 * 1024 + 1, 413)])
def test_largest_body(scene, size, status):
    frame = b'{"purpose": "%s"}'
    body = frame % (b"x" * (size - len(frame) + 2))
    assert len(body) == size
    reply = scene.mine.request("POST", "/v1/bookings", body=body, headers={"Content-Type": "application/json"})
    assert reply.status == status and is_problem(reply)
    if status == 413:
        assert reply.codes == ["body_too_large"]


def test_body_that_nobody_takes(scene):
    """Refused by its announced length: the client need not send it, and the reply does not wait for it."""
    with socket.create_connection((scene.mine.host, scene.mine.port), timeout=30) as link:
        link.sendall(b"POST /v1/bookings HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 8388609\r\n\r\n")
        assert link.recv(4096).startswith(b"HTTP/1.1 413 ")


# ---------------------------------------------------------------- nonsense in every field

WRONG = {
    "null": None, "true": True, "zero": 0, "negative": -1, "fraction": 1.5, "huge": 1e300, "beyond_exact": 2**53, "beyond_int64": 2**63,
    "empty": "", "text": "x", "long": "x" * 20_000, "korean": "시흥" * 300, "quote": "'; drop table booking; --", "percent": "%s%n%d",
    "bad_instant": "2026-13-45T99:99:99Z", "no_offset": "2026-11-24T10:00:00", "year_0": "0000-01-01T00:00:00Z",
    "year_9999": "9999-12-31T23:59:59+09:00", "bad_day": "2026-02-30", "list": [], "lists": [[[]]], "objects": [{"a": 1}, 5], "object": {},
    "nested": {"a": {"b": {"c": [1, 2, 3]}}}, "uuid": "00000000-0000-0000-0000-000000000000", "escape": "\u202e\ufffe",
}
JSON_TYPES = {type(None): "null", bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}


def types_of(schema):
    kinds = schema.get("type", [])
    return {kinds} if isinstance(kinds, str) else set(kinds)


def sample_of(schema):
    """Some value that the schema allows, as small as it gets."""
    kinds = types_of(schema) - {"null"}
    if schema.get("enum"):
        return schema["enum"][0]
    if "object" in kinds:
        return {name: sample_of(part) for name, part in schema.get("properties", {}).items() if name in schema.get("required", [])}
    if "array" in kinds:
        return []
    if "integer" in kinds:
        return max(1, schema.get("minimum", 1))
    if "boolean" in kinds:
        return True
    formats = {"date-time": "2026-11-24T10:00:00+09:00", "date": "2026-11-24", "uuid": "01900000-0000-7000-8000-000000000000"}
    return formats.get(schema.get("format"), "a" * max(3, schema.get("minLength", 1)))


def fields_of(schema, pointer=()):
    """Every field of a body: its place, its schema, and a body in which it can be put."""
    for name, part in schema.get("properties", {}).items():
        yield (*pointer, name), part
        if "object" in types_of(part):
            yield from fields_of(part, (*pointer, name))
        if "array" in types_of(part) and "object" in types_of(part.get("items", {})):
            yield from fields_of(part["items"], (*pointer, name, 0))


def put_in(body, schema, pointer, value):
    """Sets a field, making what is around it."""
    at, part = body, schema
    for n, step in enumerate(pointer[:-1]):
        part = part["items"] if step == 0 else part["properties"][step]
        if step == 0:
            if not at:
                at.append(sample_of(part))
            at = at[0]
        else:
            at = at.setdefault(step, [] if pointer[n + 1] == 0 else sample_of(part))
    at[pointer[-1]] = value


def operations_with_bodies(document):
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if "requestBody" in operation and "/dev/" not in path:
                yield method.upper(), path, operation


def test_every_field_with_every_wrong_value(world, document):
    """Never a 500; and a value of another JSON type is refused by its own pointer."""
    admin, faults, count = world.client_of("admin"), [], 0
    for method, path, operation in operations_with_bodies(document):
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        for pointer, part in fields_of(schema):
            wanted_types = types_of(part)
            for name, value in WRONG.items():
                body = sample_of(schema)
                if path == "/v1/site_file" and pointer[0] != "site":
                    body["site"] = {**SITE["site"], "zone": "No/Where"}  # so that nothing is ever applied
                put_in(body, schema, pointer, value)
                reply = admin.request(method, path.replace("{id}", world.ids[1]["session"]), json=body, headers={"If-Match": '"v77"'})
                count += 1
                kind = JSON_TYPES[type(value)]
                is_other = wanted_types and kind not in wanted_types and not (kind == "integer" and "number" in wanted_types)
                where = "/" + "/".join(str(step) for step in pointer)
                if reply.status >= 500 or (reply.status >= 400 and not is_problem(reply)):
                    faults.append(f"{method} {path} {where} = {name}: {reply}")
                elif is_other and where not in [row.get("pointer") for row in reply.json.get("violations", [])]:
                    faults.append(f"{method} {path} {where} = {name} is accepted: {reply}")
    assert faults == [] and count > 3000


def test_every_query_parameter_with_nonsense(world, document):
    auditor = world.client_of("auditor")
    values = ("", "x", "-1", "0", "501", "1e3", "99999999999999999999", "%00", "%ff", "%", "%zz", "a%20b", "%27", "2026-11-24", "2026-11",
              "2026-11-24T10:00:00Z", "2026-11-24T10:00:00%2B09:00", "NaN", "true", "x" * 3000, "%ED%95%9C")
    faults = []
    for path, methods in document["paths"].items():
        if "get" not in methods:
            continue
        parameters = [row for row in methods["get"]["parameters"] if row["in"] == "query"]
        needed = "&".join(f"{row['name']}=2026-11-0{n}T00:00:00Z" for n, row in enumerate(parameters, 1) if row["required"])
        for name in [row["name"] for row in parameters if not row["required"]] + ["no_such_parameter"]:
            for value in values:
                reply = auditor.get(f"{path.replace('{id}', world.ids[0]['resource']).replace('{n}', '1')}?{needed}&{name}={value}")
                is_right = reply.status in (200, 404, 422) if name != "no_such_parameter" else reply.status in (422, 404)
                if not is_right or (reply.status != 200 and not is_problem(reply)):
                    faults.append((path, name, value, reply))
    assert faults == []


@pytest.mark.parametrize(
    "query, code, pointer",
    [
        ("limit=0", "too_small", "?limit"), ("limit=501", "too_large", "?limit"), ("limit=x", "bad_format", "?limit"),
        ("limit=1&limit=2", "duplicate", "?limit"), ("colour=red", "unknown_field", "?colour"), ("status=lost", "unknown_value", "?status"),
        ("from=2026-11-24T10:00:00", "no_offset", "?from"), ("resource=nothing", "unknown_reference", "?resource"),
        ("resource=%ff", "bad_format", "?resource"), ("cursor=", "too_short", "?cursor"),
    ],
)
def test_query_faults(world, query, code, pointer):
    reply = world.client_of("technician").get(f"/v1/bookings?{query}")
    assert reply.status == 422
    assert (code, pointer) in [(row["code"], row["pointer"]) for row in reply.json["violations"]] and is_problem(reply)


def test_query_where_none_is_known(scene):
    assert scene.mine.post("/v1/bookings?dry=1", wanted(scene.code, "24 10:00", "24 11:00")).codes == ["unknown_field"]


# ---------------------------------------------------------------- keys


@pytest.mark.parametrize(
    "key, codes",
    [
        ("k", None), ("k" * 128, None), ("a key, with: punctuation;", None),
        ("k" * 129, ["too_long"]), ("", ["too_short"]), (b"\xff\xfe", ["bad_format"]), ("\u00e9".encode("latin-1"), ["bad_format"]),
        ("한".encode(), ["bad_format"]),
    ],
    ids=["short", "longest", "punctuation", "too_long", "empty", "bytes", "latin1", "utf8"],
)
def test_idempotency_key(scene, key, codes):
    headers = {"Idempotency-Key": key}
    replies = [scene.mine.post("/v1/bookings", wanted(scene.code, "24 10:00", "24 11:00"), headers=headers) for _ in range(2)]
    if codes:
        assert {(reply.status, tuple(reply.codes)) for reply in replies} == {(422, tuple(codes))}
    else:
        assert [reply.status for reply in replies] == [201, 201] and replies[0].body == replies[1].body


def test_key_of_a_cancellation(scene):
    booking = must_book(scene.mine, scene.code, "24 10:00", "24 11:00")
    path, headers = f"/v1/bookings/{booking['id']}/cancel", {"Idempotency-Key": "c", "If-Match": '"v1"'}
    first, again = [scene.mine.post(path, {}, headers=headers) for _ in range(2)]
    assert (first.status, again.status) == (200, 200) and first.body == again.body
    assert first.headers["ETag"] == again.headers["ETag"] == '"v2"'
    assert scene.mine.post(path, {}, headers={"If-Match": '"v2"'}).codes == ["already_cancelled"]


# ---------------------------------------------------------------- versions


@pytest.mark.parametrize(
    "tag, status, code",
    [
        (None, 428, "version_required"), ('"v2"', 412, "stale_version"), ('"v0"', 412, "stale_version"), ("v1", 412, "stale_version"),
        ('W/"v1"', 412, "stale_version"), ("*", 412, "stale_version"), ('""', 412, "stale_version"), ('"v1x"', 412, "stale_version"),
        ('"v99999999999999999999"', 412, "stale_version"), ('"v2147483648"', 412, "stale_version"), ('"v1"', 200, None),
    ],
)
def test_if_match(scene, tag, status, code):
    booking = must_book(scene.mine, scene.code, "24 10:00", "24 11:00")
    headers = {"If-Match": tag} if tag else {}
    reply = scene.mine.post(f"/v1/bookings/{booking['id']}/cancel", {}, headers=headers)
    assert (reply.status, reply.codes if status != 200 else []) == (status, [code] if code else [])
    state = scene.mine.get(f"/v1/bookings/{booking['id']}").json
    assert (state["status"], state["version"]) == (("cancelled", 2) if status == 200 else ("confirmed", 1))


def test_etag_changes_with_the_object(scene):
    made = scene.mine.post("/v1/bookings", wanted(scene.code, "24 10:00", "24 11:00"))
    path = made.headers["Location"]
    first = scene.mine.get(path)
    assert first.headers["ETag"] == made.headers["ETag"] == '"v1"' and first.json == made.json
    done = scene.mine.post(path + "/cancel", {}, headers={"If-Match": first.headers["ETag"]})
    second = scene.mine.get(path)
    assert second.headers["ETag"] == done.headers["ETag"] == '"v2"' and second.json == done.json


@pytest.mark.parametrize("path", ["/v1/bookings", "/v1/bookings/{booking}", "/v1/sites", "/v1/openapi.json", "/v1/usage/{usage}",
                                  "/v1/resources/{resource}/calendar?from=2026-11-24T00:00:00Z&to=2026-11-25T00:00:00Z"])
def test_if_none_match(world, path):
    client = world.client_of("firm_member")
    path = path.format(**world.ids[0])
    first = client.get(path)
    tag = first.headers["ETag"]
    for header in (tag, f'"other", {tag}', "*"):
        same = client.get(path, headers={"If-None-Match": header})
        assert (same.status, same.body, same.headers["ETag"]) == (304, b"", tag), header
    assert client.get(path, headers={"If-None-Match": '"other"'}).body == first.body


def test_list_etag_changes_with_its_content(scene):
    before = scene.mine.get("/v1/bookings").headers["ETag"]
    must_book(scene.mine, scene.code, "24 10:00", "24 11:00")
    assert scene.mine.get("/v1/bookings", headers={"If-None-Match": before}).status == 200


def test_calendar_knows_of_a_booking_at_once(scene):
    path = f"/v1/resources/{scene.code}/calendar?from=2026-11-24T00:00:00Z&to=2026-11-25T00:00:00Z"
    public = scene.daemon.client()
    assert public.get(path).json["items"] == []
    must_book(scene.mine, scene.code, "24 10:00", "24 11:00")
    assert [(row["start"], row["end"], row["reason"]) for row in public.get(path).json["items"]] == [
        ("2026-11-24T01:00:00Z", "2026-11-24T02:00:00Z", "booking")]


# ---------------------------------------------------------------- paths and methods


def methods_at(filled, document):
    """What may be asked of a path: /v1/sessions/start with GET is the session of the id "start"."""
    found = {method.upper() for path, methods in document["paths"].items() if re.fullmatch(re.sub(r"\{[a-z]+\}", "[^/]+", path), filled)
             for method in methods}
    return found | ({"HEAD"} if "GET" in found else set())


def test_methods_of_every_path(world, document):
    admin, faults = world.client_of("admin"), []
    for path in document["paths"]:
        filled = path.replace("{id}", world.ids[0]["booking"]).replace("{n}", "1")
        allowed = methods_at(filled, document)
        for method in set(METHODS) - allowed:
            reply = admin.request(method, filled)
            listed = {name.strip() for name in (reply.headers["Allow"] or "").split(",")}
            if reply.status != 405 or listed - {"OPTIONS"} != allowed:
                faults.append((method, path, reply, listed))
    assert faults == []


@pytest.mark.parametrize("path", ["/", "/v1", "/v1/", "/v1/bookings/", "/v1/bookings//cancel", "/v2/bookings", "/v1/nothing", "/v1/Bookings",
                                  "/healthz/", "/v1/bookings/x/y/z"])
def test_no_such_path(world, path):
    reply = world.client_of("admin").get(path)
    assert (reply.status, reply.codes) == (404, ["not_found"]) and is_problem(reply)


@pytest.mark.parametrize("path", ["/v1/../healthz", "/v1/bookings/%2e%2e/sites", "/v1/%00", "/v1/%ff", "/v1/%"])
def test_crooked_path(world, path):
    reply = world.client_of("admin").get(path)
    assert (reply.status, reply.codes) == (400, ["bad_request"]) and is_problem(reply)


@pytest.mark.parametrize("name", ["x", "00000000-0000-0000-0000-000000000000", "01900000-0000-7000-8000-000000000000", "%27%3B--", "%ED%95%9C", "null",
                                  "x" * 2000, "01900000-0000-7000-8000-00000000000g"])
@pytest.mark.parametrize("path", ["/v1/bookings/{}", "/v1/sessions/{}", "/v1/usage/{}", "/v1/invoices/{}", "/v1/billing_runs/{}",
                                  "/v1/resources/{}/calendar?from=2026-11-24T00:00:00Z&to=2026-11-25T00:00:00Z"])
def test_no_such_object(world, path, name):
    reply = world.client_of("admin").get(path.format(name))
    assert (reply.status, reply.codes) == (404, ["not_found"]) and is_problem(reply)


@pytest.mark.parametrize("path", ["/healthz", "/v1/openapi.json", "/v1/bookings", "/v1/bookings/{booking}"])
def test_head_is_get_without_its_body(world, path):
    client = world.client_of("firm_member")
    full, head = [client.request(method, path.format(**world.ids[0])) for method in ("GET", "HEAD")]
    assert head.body == b"" and head.status == full.status == 200
    for name in ("ETag", "Content-Type", "Content-Length", "Cache-Control"):
        assert head.headers[name] == full.headers[name]


def test_headers_of_every_reply(world):
    client = world.client_of("firm_member")
    mine, public = client.get("/v1/bookings"), world.daemon.client().get("/v1/sites")
    assert "private" in mine.headers["Cache-Control"] and "private" not in public.headers["Cache-Control"]
    for reply in (mine, public, client.get("/v1/nothing"), client.post("/v1/bookings", {})):
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
        assert reply.headers["Date"].endswith(" GMT") and reply.headers["Server"] is None


# ---------------------------------------------------------------- pages


def next_of(reply):
    found = re.fullmatch(r'<([^>]+)>; rel="next"', reply.headers["Link"] or "")
    return found and found.group(1)


def walk(client, path):
    items, pages = [], 0
    while path:
        reply = client.get(path)
        assert reply.status == 200, reply
        items += reply.json["items"]
        path, pages = next_of(reply), pages + 1
        assert pages < 300
    return items


LISTS = ("/v1/bookings", "/v1/sessions", "/v1/usage", "/v1/invoices", "/v1/firms", "/v1/resources", "/v1/sites", "/v1/meters", "/v1/runs",
         "/v1/budgets", "/v1/budgets/{budget}/entries", "/v1/events")


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("limit", [1, 2, 3, 7])
def test_every_item_once(world, path, limit):
    client = world.client_of("auditor")
    path = path.format(**world.ids[0])
    everything = client.get(f"{path}?limit=500").json["items"]
    assert 0 < len(everything) < 250
    assert walk(client, f"{path}?limit={limit}") == everything


def test_pages_keep_their_filters(scene):
    for hour in range(8, 20):
        must_book(scene.mine, scene.code, f"24 {hour + 2}:00", f"24 {hour + 3}:00")
    path = f"/v1/bookings?limit=2&resource={scene.code}&from=2026-11-24T03:00:00Z&to=2026-11-24T08:00:00Z&status=confirmed"
    starts = [row["start"] for row in walk(scene.mine, path)]
    assert starts == [f"2026-11-24T0{hour}:00:00Z" for hour in range(3, 8)]


def test_pages_stay_in_order_while_others_write(scene):
    """What was there before the first page comes exactly once; a cursor does not move when rows come before it."""
    before = [must_book(scene.mine, scene.code, f"24 {hour}:00", f"24 {hour}:30")["id"] for hour in range(10, 20)]
    path, seen = "/v1/bookings?limit=3", []
    for hour in range(10, 20):
        if not path:
            break
        reply = scene.mine.get(path)
        seen += [row["id"] for row in reply.json["items"]]
        path = next_of(reply)
        must_book(scene.mine, scene.code, f"24 {hour}:30", f"24 {hour}:45")
    assert [booking for booking in seen if booking in before] == before and len(seen) == len(set(seen))


@pytest.mark.parametrize("cursor", ["x", "0", "-1", "--", "9" * 18, "9" * 200, "99999999999999999-01900000-0000-7000-8000-000000000000",
                                    "-99999999999999999-01900000-0000-7000-8000-000000000000", "1-", "1-x", "%27", "%25", "%ED%95%9C", "1%2000",
                                    "01900000-0000-7000-8000-000000000000", "{}", "infinity", "1-1"])
@pytest.mark.parametrize("path", LISTS[:-1])
def test_evil_cursors(world, path, cursor):
    reply = world.client_of("auditor").get(f"{path.format(**world.ids[0])}?cursor={cursor}")
    assert reply.status in (200, 422), reply


def test_a_cursor_shows_nobody_elses_rows(world):
    """The cursor of another firm's page is a place in the order, not a key."""
    other = world.client_of("firm_member", 1).get("/v1/bookings?limit=1")
    mine = world.client_of("firm_member", 0).get(next_of(other)).json["items"]
    assert {row["firm"] for row in mine} <= {world.firms[0]}


def test_event_feed_from_any_point(world):
    client = world.client_of("auditor")
    everything = client.get("/v1/events?limit=500").json["items"]
    numbers = [row["event"] for row in everything]
    assert numbers == sorted(set(numbers))
    assert client.get(f"/v1/events?after={numbers[3]}&limit=2").json["items"] == everything[4:6]
    assert client.get(f"/v1/events?after={numbers[-1]}").json["items"] == []
