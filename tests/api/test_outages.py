"""Outages: once or by a rule; over bookings only by force, never over one that has started."""

import concurrent.futures
import datetime

import pytest

from booking_support import act, book, cancel, must_book, site_time, violations
from support.lab import NEVER_CLOSED


class Scene:
    """A resource that is always open, a firm's person, and a technician."""

    def __init__(self, lab, **resource):
        self.lab = lab
        self.resource = lab.resource(hours=NEVER_CLOSED, **resource)
        self.person = lab.person(lab.firm())
        self.technician = lab.person()
        lab.apply()
        self.client = lab.client(self.person)
        self.staff = lab.client(self.technician)

    def outage(self, from_, to, client=None, **more):
        body = {"resource": self.resource, "kind": "maintenance", "title": "New spindle", "start": site_time(from_),
                "end": site_time(to), **more}
        return (client or self.staff).post("/v1/outages", {k: v for k, v in body.items() if v is not None})

    def must_outage(self, *times, **more):
        reply = self.outage(*times, **more)
        assert reply.status == 201, reply
        return reply.json

    def starts(self, **query):
        text = "&".join(f"{name}={value}" for name, value in {"resource": self.resource, "limit": 500, **query}.items())
        return [row["start"] for row in self.staff.get(f"/v1/outages?{text}").json["items"]]


@pytest.fixture
def scene(lab):
    return Scene(lab)


def local(instants, offset_h=9):
    zone = datetime.timezone(datetime.timedelta(hours=offset_h))
    return [datetime.datetime.fromisoformat(text).astimezone(zone) for text in instants]


def test_an_outage_takes_its_time_from_everybody(scene):
    made = scene.must_outage("24 02:00", "24 03:00")
    assert made["resource"] == scene.resource and made["series_id"] is None
    assert [row["id"] for row in made["outages"]] == [made["id"]]
    for start, end in (("02:00", "03:00"), ("01:00", "02:01"), ("02:59", "04:00")):
        refused = book(scene.client, scene.resource, f"24 {start}", f"24 {end}")
        assert refused.status == 409 and refused.codes == ["taken"], refused
    must_book(scene.client, scene.resource, "24 01:00", "24 02:00")
    must_book(scene.client, scene.resource, "24 03:00", "24 04:00")


def test_the_calendar_shows_it_to_everybody(scene):
    scene.must_outage("24 02:00", "24 03:00", kind="closure", title="Secret party")
    reply = scene.client.get(f"/v1/resources/{scene.resource}/calendar?from=2026-11-23T00:00:00Z&to=2026-11-25T00:00:00Z")
    assert [(row["start"], row["reason"]) for row in reply.json["items"]] == [("2026-11-23T17:00:00Z", "closure")]


@pytest.mark.parametrize("body, codes", [
    pytest.param({"title": None}, ["missing_field"], id="without_a_title"),
    pytest.param({"title": ""}, ["too_short"], id="with_an_empty_title"),
    pytest.param({"kind": "holiday"}, ["unknown_value"], id="of_an_unknown_kind"),
    pytest.param({"resource": "nothing"}, ["unknown_reference"], id="of_nothing"),
    pytest.param({"site": "siheung"}, ["duplicate"], id="of_resource_and_site"),
    pytest.param({"end": site_time("24 02:00")}, ["end_not_after_start"], id="of_no_length"),
    pytest.param({"start": site_time("20 02:00"), "end": site_time("20 03:00")}, ["in_the_past"], id="that_is_over"),
    pytest.param({"start": "2026-11-24T02:00:00"}, ["no_offset"], id="without_an_offset"),
    pytest.param({"rrule": "FREQ=HOURLY;COUNT=0"}, ["bad_format", "bad_format"], id="by_a_bad_rule"),
    pytest.param({"exdates": ["2026-11-25"]}, ["missing_field"], id="with_exdates_without_a_rule"),
    pytest.param({"rrule": "FREQ=DAILY;COUNT=3", "exdates": ["tomorrow-ish"]}, ["bad_format"], id="with_bad_exdates"),
    pytest.param({"rrule": "FREQ=DAILY;COUNT=366"}, ["series_too_long"], id="too_often"),
    pytest.param({"end": site_time("2031-01-01 00:00")}, ["too_large"], id="too_long"),
    pytest.param({"resource": None, "end": site_time("2027-10-01 00:00")}, ["too_large"], id="too_many_days_of_all"),
])
def test_what_is_wrong_is_refused(scene, body, codes):
    reply = scene.outage("24 02:00", "24 03:00", **body)
    assert reply.status == 422 and reply.codes == codes, reply
    assert scene.starts() == []


def test_only_staff_make_them(scene):
    assert scene.outage("24 02:00", "24 03:00", client=scene.client).status == 403
    made = scene.must_outage("24 02:00", "24 03:00")
    assert act(scene.client, f"/v1/outages/{made['id']}/end", made).status == 403
    assert scene.client.get(f"/v1/outages/{made['id']}").json["title"] == "New spindle"


# ---------------------------------------------------------------- over bookings


@pytest.mark.parametrize("start, end", [("01:00", "02:30"), ("02:30", "04:00"), ("02:15", "02:45"), ("01:00", "04:00")])
def test_over_a_booking_it_is_refused(scene, start, end):
    standing = must_book(scene.client, scene.resource, "24 02:00", "24 03:00")
    refused = scene.outage(f"24 {start}", f"24 {end}")
    assert refused.status == 409, refused
    assert violations(refused) == {("taken", "/start"): ("2026-11-23T17:00:00Z", standing["id"])}
    assert scene.client.get(f"/v1/bookings/{standing['id']}").json["status"] == "confirmed"


def test_every_booking_in_the_way_is_told(scene):
    standing = [must_book(scene.client, scene.resource, f"24 {hour:02}:00", f"24 {hour:02}:30") for hour in (10, 11, 12)]
    refused = scene.outage("24 09:00", "24 18:00")
    assert [row["actual"] for row in refused.json["violations"]] == [booking["id"] for booking in standing]


def test_by_force_bookings_go_free_of_charge(scene, lab):
    resource = lab.resource(hours=NEVER_CLOSED, rule={"cancel_free_s": 30 * 86400, "cancel_fee": 5000})
    lab.apply()
    scene.resource = resource
    standing = must_book(scene.client, resource, "24 02:00", "24 03:00")
    made = scene.must_outage("24 01:00", "24 04:00", force=True)
    assert made["cancelled"] == [standing["id"]]
    now = scene.client.get(f"/v1/bookings/{standing['id']}").json
    assert (now["status"], now["cancel_reason"], now["fee"]) == ("cancelled", "New spindle", 0)
    told = [event for event in scene.client.get("/v1/events?after=0&limit=500").json["items"]
            if event["kind"] == "booking.cancelled" and event["object"] == standing["id"]]
    assert len(told) == 1 and told[0]["data"]["reason"] == "New spindle"
    assert book(scene.client, resource, "24 02:00", "24 03:00").codes == ["taken"]


def test_the_reason_that_firms_are_told_may_be_another(scene):
    standing = must_book(scene.client, scene.resource, "24 02:00", "24 03:00")
    scene.must_outage("24 01:00", "24 04:00", force=True, reason="We will call you")
    assert scene.client.get(f"/v1/bookings/{standing['id']}").json["cancel_reason"] == "We will call you"


def test_a_booking_that_has_started_is_never_cancelled(scene, lab):
    standing = must_book(scene.client, scene.resource, "24 02:00", "24 03:00")
    lab.daemon.set_clock(site_time("24 02:00"))
    assert scene.staff.post("/v1/sessions/start", {"booking": standing["id"]}).status == 201
    for force in (False, True):
        refused = scene.outage("24 02:30", "24 04:00", force=force)
        assert refused.status == 409 and violations(refused) == {
            ("conflict", "/start"): ("2026-11-23T17:00:00Z", standing["id"])}, refused


def test_an_outage_that_began_a_while_ago_takes_what_is_left(scene, lab):
    lab.daemon.set_clock(site_time("24 02:30"))
    made = scene.must_outage("24 02:00", "24 03:00", kind="fault")
    assert made["start"] == "2026-11-23T17:00:00Z"
    assert book(scene.client, scene.resource, "24 02:45", "24 03:15").codes == ["taken"]


def test_a_key_is_done_once(scene):
    body = {"resource": scene.resource, "kind": "fault", "title": "Smoke", "start": site_time("24 02:00"), "end": site_time("24 03:00")}
    replies = [scene.staff.post("/v1/outages", body, headers={"Idempotency-Key": "once"}) for _ in range(2)]
    assert [reply.status for reply in replies] == [201, 201] and replies[0].json == replies[1].json
    other = scene.staff.post("/v1/outages", {**body, "title": "Fire"}, headers={"Idempotency-Key": "once"})
    assert other.codes == ["key_reused"]


# ---------------------------------------------------------------- by a rule


def test_daily_for_a_week_is_seven_at_the_same_local_time(scene):
    made = scene.must_outage("24 22:00", "25 06:00", rrule="FREQ=DAILY;COUNT=7")
    assert [when.strftime("%d %H:%M") for when in local(scene.starts())] == [f"{day} 22:00" for day in range(24, 31)]
    assert len(made["outages"]) == 7 and made["series_id"] == made["id"]
    assert len(scene.starts(series=made["id"])) == 7


@pytest.mark.parametrize("days, weekdays", [("MO,TU,WE,TH,FR", {0, 1, 2, 3, 4}), ("SA,SU", {5, 6})])
def test_weekdays_only_and_weekends_only(scene, days, weekdays):
    scene.must_outage("24 02:00", "24 03:00", rrule=f"FREQ=WEEKLY;BYDAY={days};UNTIL=20261231")
    assert {when.weekday() for when in local(scene.starts())} == weekdays
    assert local(scene.starts())[-1].date() <= datetime.date(2026, 12, 31)


def test_all_or_nothing(scene):
    standing = must_book(scene.client, scene.resource, "27 02:30", "27 03:00")
    refused = scene.outage("24 02:00", "24 03:00", rrule="FREQ=DAILY;COUNT=7")
    assert refused.status == 409 and [row["actual"] for row in refused.json["violations"]] == [standing["id"]]
    assert scene.starts() == []


def test_starts_can_be_left_out(scene):
    scene.must_outage("24 02:00", "24 03:00", rrule="FREQ=DAILY;COUNT=5", exdates=["2026-11-25", site_time("27 02:00")])
    assert [when.day for when in local(scene.starts())] == [24, 26, 28]


def test_an_until_in_utc_is_turned_into_local_time(scene):
    scene.must_outage("24 02:00", "24 03:00", rrule="FREQ=DAILY;UNTIL=20261125T165959Z")
    assert [when.day for when in local(scene.starts())] == [24, 25]


def test_local_time_is_kept_when_the_clocks_change(lab):
    site = {**lab.document()["site"], "code": "berlin", "name": "Berlin", "zone": "Europe/Berlin"}
    rows = {"site": site, "resources": [{"code": "berlin_cmm", "kind": "instrument", "name": "CMM"}]}
    reply = lab.daemon.client("admin").put("/v1/site_file", rows)
    assert reply.status == 200, reply
    staff = lab.client("technician")
    lab.daemon.set_clock("2026-10-20T00:00:00Z")
    body = {"resource": "berlin_cmm", "kind": "maintenance", "title": "t", "start": "2026-10-23T22:00:00+02:00",
            "end": "2026-10-24T06:00:00+02:00", "rrule": "FREQ=DAILY;COUNT=4"}
    made = staff.post("/v1/outages", body)
    assert made.status == 201, made
    assert [row["start"] for row in made.json["outages"]] == [
        "2026-10-23T20:00:00Z", "2026-10-24T20:00:00Z", "2026-10-25T21:00:00Z", "2026-10-26T21:00:00Z"]
    assert [row["end"] for row in made.json["outages"]][1] == "2026-10-25T04:00:00Z", "each lasts as long as the first"


# ---------------------------------------------------------------- the whole site, several at once, and the end


def test_a_closure_of_the_site_takes_every_resource(scene, lab):
    other = lab.resource(hours=NEVER_CLOSED)
    lab.apply()
    made = scene.must_outage("28 02:00", "28 03:00", resource=None, site="siheung", kind="closure", title="Inventory")
    assert made["resource"] is None and made["site"] == "siheung"
    for resource in (scene.resource, other):
        assert book(scene.client, resource, "28 02:00", "28 03:00").codes == ["taken"]
    assert act(scene.staff, f"/v1/outages/{made['id']}/end", made).status == 200


def test_one_outage_may_lie_over_another_and_outlasts_it(scene):
    short = scene.must_outage("24 02:00", "24 04:00")
    scene.must_outage("24 03:00", "24 05:00", kind="fault", title="Leak")
    ended = act(scene.staff, f"/v1/outages/{short['id']}/end", short)
    assert ended.status == 200 and ended.json["ended_at"] == "2026-11-23T00:00:00Z", ended
    must_book(scene.client, scene.resource, "24 02:00", "24 03:00")
    assert book(scene.client, scene.resource, "24 03:00", "24 04:00").codes == ["taken"]


def test_its_end_frees_the_rest(scene, lab):
    made = scene.must_outage("24 02:00", "24 06:00")
    lab.daemon.set_clock(site_time("24 03:00"))
    assert act(scene.staff, f"/v1/outages/{made['id']}/end", {"version": 7}).status == 412
    ended = act(scene.staff, f"/v1/outages/{made['id']}/end", made, at=site_time("24 04:00"))
    assert ended.json["ended_at"] == "2026-11-23T19:00:00Z"
    assert book(scene.client, scene.resource, "24 03:30", "24 04:30").codes == ["taken"]
    must_book(scene.client, scene.resource, "24 04:00", "24 05:00")
    again = act(scene.staff, f"/v1/outages/{made['id']}/end", ended.json)
    assert again.status == 409 and again.codes == ["already_finished"]


@pytest.mark.parametrize("at, code", [("24 02:59", "in_the_past"), ("24 06:00", "too_large")])
def test_it_ends_between_now_and_its_end(scene, lab, at, code):
    made = scene.must_outage("24 02:00", "24 06:00")
    lab.daemon.set_clock(site_time("24 03:00"))
    refused = act(scene.staff, f"/v1/outages/{made['id']}/end", made, at=site_time(at))
    assert refused.codes == [code] and refused.json["violations"][0]["pointer"] == "/at"


def test_a_series_ends_from_one_on(scene):
    made = scene.must_outage("24 02:00", "24 03:00", rrule="FREQ=DAILY;COUNT=4")
    third = scene.staff.get(f"/v1/outages/{made['outages'][2]['id']}").json
    assert act(scene.staff, f"/v1/outages/{third['id']}/end", third, following=True).status == 200
    open_days = [day for day in (24, 25, 26, 27)
                 if book(scene.client, scene.resource, f"{day} 02:00", f"{day} 03:00").status == 201]
    assert open_days == [26, 27]


def test_a_cancelled_bookings_time_can_be_taken(scene):
    standing = must_book(scene.client, scene.resource, "24 02:00", "24 03:00")
    assert cancel(scene.client, standing).status == 200
    scene.must_outage("24 02:00", "24 03:00")


# ---------------------------------------------------------------- many at once


def test_bookings_and_a_forced_outage_race(scene, lab):
    """Whoever comes first: in the end nobody has a booking under the outage."""
    slots = [(f"24 {hour:02}:{minute:02}", f"24 {hour:02}:{minute + 20:02}") for hour in range(8, 18) for minute in (0, 20)]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        bookings = [pool.submit(book, scene.client, scene.resource, *slot) for slot in slots]
        outages = [pool.submit(scene.outage, "24 10:00", "24 14:00", force=True) for _ in range(2)]
        statuses = {future.result().status for future in bookings}
        made = [future.result() for future in outages]
    assert statuses <= {201, 409, 503}, statuses
    assert {reply.status for reply in made} <= {201, 409, 503} and any(reply.status == 201 for reply in made), made
    standing = scene.client.get(f"/v1/bookings?resource={scene.resource}&status=confirmed&limit=500").json["items"]
    assert [row for row in standing if "2026-11-24T01:00:00Z" <= row["start"] < "2026-11-24T05:00:00Z"] == []
