"""Series of bookings by RFC 5545 rules: all or nothing, or what can be; each is an ordinary booking afterwards."""

import concurrent.futures

import pytest

from booking_support import act, book, cancel, must_book, site_time, violations
from support.lab import HOURS, NEVER_CLOSED


class Scene:
    """A resource that is always open, and a person of each of two firms."""

    def __init__(self, lab, **resource):
        self.lab = lab
        self.resource = lab.resource(**{"hours": NEVER_CLOSED, **resource})
        self.people = [lab.person(lab.firm()) for _ in range(2)]
        lab.apply()
        self.client, self.other = (lab.client(person) for person in self.people)

    def series(self, from_, to, rrule, client=None, query="", headers=None, **more):
        body = {"resource": self.resource, "start": site_time(from_), "end": site_time(to), "rrule": rrule, **more}
        return (client or self.client).post(f"/v1/series{query}", body, headers=headers)

    def must_series(self, *wanted, **more):
        reply = self.series(*wanted, **more)
        assert reply.status == 201, reply
        return reply.json

    def bookings(self, client=None, status="confirmed"):
        items = (client or self.client).get(f"/v1/bookings?resource={self.resource}&status={status}&limit=500").json["items"]
        return [row["start"] for row in items]


@pytest.fixture
def scene(lab):
    return Scene(lab)


def utc(*days, clock="01:00"):
    return [f"2026-11-{day:02}T{clock}:00Z" for day in days]


def test_a_series_makes_ordinary_bookings(scene):
    made = scene.must_series("24 10:00", "24 11:00", "FREQ=DAILY;COUNT=3", purpose="Warm up")
    assert (made["made"], made["skipped"], made["on_conflict"], made["is_dry_run"]) == (3, [], "refuse", False)
    assert made["duration_s"] == 3600 and made["start"] == "2026-11-24T01:00:00Z"
    assert [row["start"] for row in made["bookings"]] == utc(24, 25, 26) == scene.bookings()
    assert made["price"] == sum(row["price"] for row in made["bookings"]) == 30000
    one = scene.client.get(f"/v1/bookings/{made['bookings'][1]['id']}").json
    assert (one["series_id"], one["purpose"], one["end"]) == (made["id"], "Warm up", "2026-11-25T02:00:00Z")
    shown = scene.client.get(f"/v1/series/{made['id']}").json
    assert shown["bookings"] == made["bookings"] and shown["rrule"] == "FREQ=DAILY;COUNT=3"
    assert [row["id"] for row in scene.client.get("/v1/series").json["items"]] == [made["id"]]


@pytest.mark.parametrize("days, expected", [("MO,TU,WE,TH,FR", (24, 25, 26, 27, 30)), ("SA,SU", (28, 29))])
def test_only_the_days_that_the_rule_names(scene, days, expected):
    scene.must_series("24 10:00", "24 11:00", f"FREQ=WEEKLY;BYDAY={days};UNTIL=20261130")
    assert scene.bookings() == utc(*expected)


def test_one_conflict_refuses_the_whole_series(scene):
    must_book(scene.other, scene.resource, "25 10:30", "25 11:30")
    must_book(scene.other, scene.resource, "27 10:30", "27 11:30")
    refused = scene.series("24 10:00", "24 11:00", "FREQ=DAILY;COUNT=5")
    assert refused.status == 409, refused
    assert [(row["code"], row["pointer"]) for row in refused.json["violations"]] == [
        ("taken", "/instances/1/start"), ("taken", "/instances/3/start")]
    assert scene.bookings() == [] and scene.client.get("/v1/series").json["items"] == []
    must_book(scene.client, scene.resource, "24 10:00", "24 11:00")


def test_rules_and_claims_are_told_together(lab):
    scene = Scene(lab, hours=HOURS)
    must_book(scene.other, scene.resource, "27 10:30", "27 11:30")
    refused = scene.series("26 10:00", "26 11:00", "FREQ=DAILY;COUNT=4")
    assert refused.status == 422, refused
    assert set(violations(refused)) == {("taken", "/instances/1/start"), ("closed", "/instances/2/start"),
                                        ("closed", "/instances/3/start")}
    assert scene.bookings() == []


def test_what_is_in_the_way_can_be_skipped(lab):
    scene = Scene(lab, hours=HOURS)
    must_book(scene.other, scene.resource, "27 10:30", "27 11:30")
    made = scene.must_series("26 10:00", "26 11:00", "FREQ=DAILY;COUNT=5", on_conflict="skip")
    assert scene.bookings() == utc(26, 30) and made["made"] == 2
    skipped = sorted(made["skipped"], key=lambda row: row["instance"])
    assert [(row["instance"], row["start"], row["violations"][0]["code"]) for row in skipped] == [
        (1, utc(27)[0], "taken"), (2, utc(28)[0], "closed"), (3, utc(29)[0], "closed")]
    assert scene.client.get(f"/v1/series/{made['id']}").json["skipped"] == made["skipped"]


@pytest.mark.parametrize("start, code", [("28 10:00", "closed"), ("30 10:00", "taken")])
def test_a_series_of_nothing_is_none(lab, start, code):
    scene = Scene(lab, hours=HOURS)
    must_book(scene.other, scene.resource, "30 10:00", "30 11:00")
    refused = scene.series(start, start[:3] + "11:00", "FREQ=DAILY;COUNT=1", on_conflict="skip")
    assert refused.codes == [code] and refused.json["violations"][0]["pointer"] == "/instances/0/start"
    assert scene.client.get("/v1/series").json["items"] == []


@pytest.mark.parametrize("body, codes", [
    pytest.param({"rrule": None}, ["missing_field"], id="without_a_rule"),
    pytest.param({"rrule": "FREQ=DAILY;COUNT=366"}, ["series_too_long"], id="too_long"),
    pytest.param({"rrule": "FREQ=DAILY"}, ["series_too_long"], id="endless"),
    pytest.param({"rrule": "FREQ=YEARLY;COUNT=3"}, ["beyond_horizon"], id="beyond_the_calendar"),
    pytest.param({"rrule": "FREQ=HOURLY;COUNT=2"}, ["bad_format"], id="by_the_hour"),
    pytest.param({"rrule": "FREQ=DAILY;COUNT=2", "end": site_time("24 09:00")}, ["end_not_after_start"], id="backwards"),
    pytest.param({"rrule": "FREQ=DAILY;COUNT=2", "resource": "nothing"}, ["unknown_reference"], id="of_nothing"),
    pytest.param({"rrule": "FREQ=DAILY;COUNT=2", "with": ["nothing"]}, ["unknown_reference"], id="with_nothing"),
    pytest.param({"rrule": "FREQ=DAILY;COUNT=2", "end": site_time("2027-01-24 09:00")}, ["closed", "duration_too_long"], id="for_months"),
])
def test_what_is_wrong_is_refused(scene, body, codes):
    whole = {"resource": scene.resource, "start": site_time("24 10:00"), "end": site_time("24 11:00"), **body}
    refused = scene.client.post("/v1/series", {name: value for name, value in whole.items() if value is not None})
    assert refused.status == 422 and sorted(set(refused.codes)) == codes, refused
    assert scene.bookings() == []


def test_the_limit_of_instances_says_how_many_there_are(scene):
    refused = scene.series("24 10:00", "24 11:00", "FREQ=DAILY;COUNT=366")
    assert violations(refused) == {("series_too_long", "/rrule"): (365, 366)}
    made = scene.must_series("24 10:00", "24 11:00", "FREQ=DAILY;COUNT=365", on_conflict="skip")
    assert made["made"] == len(scene.bookings()) > 300
    assert made["made"] + len(made["skipped"]) == 365, "holidays are skipped"


def test_a_dry_run_stores_nothing(scene):
    tried = scene.series("24 10:00", "24 11:00", "FREQ=DAILY;COUNT=3", query="?dry_run=true")
    assert tried.status == 200 and tried.json["is_dry_run"] is True, tried
    assert [row["start"] for row in tried.json["bookings"]] == utc(24, 25, 26)
    assert scene.bookings() == [] and scene.client.get(f"/v1/series/{tried.json['id']}").status == 404


def test_a_key_is_done_once(scene, lab):
    wanted = ("24 10:00", "24 11:00", "FREQ=DAILY;COUNT=2")
    first = scene.series(*wanted, headers={"Idempotency-Key": "a"})
    assert scene.series(*wanted, headers={"Idempotency-Key": "a"}).json == first.json
    lab.daemon.set_clock(site_time("24 10:30"))
    again = scene.series(*wanted, headers={"Idempotency-Key": "a"})
    assert again.status == 201 and again.json == first.json, "what is done stays done, though the start has passed"
    assert scene.series(*wanted, headers={"Idempotency-Key": "a"}, purpose="other").codes == ["key_reused"]
    assert len(scene.bookings()) == 2


def test_its_bookings_count_together_under_a_quota(scene, lab):
    lab.add("quotas", code=f"quota_{scene.resource}", holder="person", resource=scene.resource, period="week", most_count=2,
            valid_from="2026-01-01")
    lab.apply()
    refused = scene.series("24 10:00", "24 11:00", "FREQ=DAILY;COUNT=3")
    assert refused.status == 422 and refused.codes == ["quota_count"], refused
    assert refused.json["violations"][0]["pointer"].startswith("/instances/2/")
    assert scene.must_series("24 10:00", "24 11:00", "FREQ=DAILY;COUNT=7", on_conflict="skip")["made"] == 3


def test_one_of_it_can_be_changed_and_cancelled(scene):
    made = scene.must_series("24 10:00", "24 11:00", "FREQ=DAILY;COUNT=3")
    first, second, third = made["bookings"]
    moved = scene.client.request("PATCH", f"/v1/bookings/{second['id']}", headers={"If-Match": '"v1"'},
                                 json={"start": site_time("25 15:00"), "end": site_time("25 16:00")})
    assert moved.status == 200, moved
    assert cancel(scene.client, {**third, "version": 1}).status == 200
    now = {row["id"]: (row["start"], row["status"]) for row in scene.client.get(f"/v1/series/{made['id']}").json["bookings"]}
    assert now == {first["id"]: (utc(24)[0], "confirmed"), second["id"]: ("2026-11-25T06:00:00Z", "confirmed"),
                   third["id"]: (utc(26)[0], "cancelled")}


def test_the_rest_can_be_cancelled(scene):
    made = scene.must_series("24 10:00", "24 11:00", "FREQ=DAILY;COUNT=4")
    path = f"/v1/series/{made['id']}/cancel"
    assert scene.other.post(path, {}, headers={"If-Match": '"v1"'}).status == 404
    assert act(scene.client, path, {"version": 2}).status == 412
    done = act(scene.client, path, made, **{"from": site_time("26 00:00")})
    assert done.status == 200 and done.json["version"] == 2, done
    assert [row["start"] for row in done.json["cancelled"]] == utc(26, 27) and done.json["kept"] == []
    assert scene.bookings() == utc(24, 25)
    assert book(scene.other, scene.resource, "26 10:00", "26 11:00").status == 201


def test_what_is_locked_is_kept(lab):
    scene = Scene(lab, rule={"lock_s": 86400})
    made = scene.must_series("24 10:00", "24 11:00", "FREQ=DAILY;COUNT=3")
    lab.daemon.set_clock(site_time("23 12:00"))
    done = act(scene.client, f"/v1/series/{made['id']}/cancel", made)
    assert [row["start"] for row in done.json["kept"]] == utc(24)
    assert done.json["kept"][0]["violations"][0]["code"] == "locked"
    assert [row["start"] for row in done.json["cancelled"]] == utc(25, 26)


def test_staff_say_for_whom_and_why(scene, lab):
    staff = lab.client("technician")
    assert scene.series("24 10:00", "24 11:00", "FREQ=DAILY;COUNT=2", client=staff).codes == ["missing_field"]
    firm = scene.client.get("/v1/firms").json["items"][0]["code"]
    made = scene.must_series("24 10:00", "24 11:00", "FREQ=DAILY;COUNT=2", client=staff, firm=firm)
    assert act(staff, f"/v1/series/{made['id']}/cancel", made).codes == ["missing_field"]
    assert len(act(staff, f"/v1/series/{made['id']}/cancel", made, reason="Moved").json["cancelled"]) == 2


def test_local_time_is_kept_when_the_clocks_change(lab):
    site = {**lab.document()["site"], "code": "berlin", "name": "Berlin", "zone": "Europe/Berlin"}
    rules = {"valid_from": "2026-01-01", "grid_s": 60, "max_s": 86400, "horizon_s": 365 * 86400}
    reply = lab.daemon.client("admin").put("/v1/site_file", {
        "site": site, "resources": [{"code": "berlin_room", "kind": "room", "name": "Room"}],
        "openings": [{"weekday": day, "opens": "00:00", "closes": "24:00"} for day in range(1, 8)],
        "booking_rules": [{"resource": "berlin_room", **rules}],
        "tariffs": [{"resource": "berlin_room", "valid_from": "2026-01-01", "time_unit_s": 3600, "price_num": 100, "rounding": "minute"}]})
    assert reply.status == 200, reply
    person = lab.person(lab.firm())
    lab.apply()
    lab.daemon.set_clock("2026-10-20T00:00:00Z")
    made = lab.client(person).post("/v1/series", {
        "resource": "berlin_room", "start": "2026-10-24T10:00:00+02:00", "end": "2026-10-24T12:00:00+02:00",
        "rrule": "FREQ=DAILY;COUNT=3"})
    assert made.status == 201, made
    assert [(row["start"], row["end"]) for row in made.json["bookings"]] == [
        ("2026-10-24T08:00:00Z", "2026-10-24T10:00:00Z"), ("2026-10-25T09:00:00Z", "2026-10-25T11:00:00Z"),
        ("2026-10-26T09:00:00Z", "2026-10-26T11:00:00Z")]


def test_of_two_series_that_want_the_same_one_has_it_all(scene, lab):
    """All or nothing holds against another that is made at the same moment."""
    people = [lab.person(lab.firm()) for _ in range(4)]
    lab.apply()
    clients = [lab.client(person) for person in people]
    body = {"resource": scene.resource, "start": site_time("24 10:00"), "end": site_time("24 11:00"), "rrule": "FREQ=DAILY;COUNT=20"}
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        replies = [future.result() for future in [pool.submit(client.post, "/v1/series", body) for client in clients for _ in range(2)]]
    assert sorted({reply.status for reply in replies} - {503}) == [201, 409], replies
    assert [reply.status for reply in replies].count(201) == 1
    seen = lab.client("technician").get(f"/v1/bookings?resource={scene.resource}&limit=500").json["items"]
    assert len(seen) == 20 and len({row["firm"] for row in seen}) == 1
