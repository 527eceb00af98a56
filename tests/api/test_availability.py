"""When it is free next: slots with all rules applied, of one resource or of several together, and the next times
that a refused booking is told. What is offered can be booked."""

import datetime
import random
import urllib.parse

import pytest

from booking_support import Scene, book, change, must_book, site_time
from support.lab import HOURS, NEVER_CLOSED

ZONE = datetime.timezone(datetime.timedelta(hours=9))
HOUR_S = 3600


def availability(client, resource, **query):
    names = resource if isinstance(resource, str) else ",".join(resource)
    reply = client.get("/v1/availability?" + urllib.parse.urlencode({"resource": names, **query}))
    assert reply.status == 200, reply
    return reply.json["items"]


def local(instant):
    """An instant as site_time() reads it."""
    at = datetime.datetime.fromisoformat(instant.replace("Z", "+00:00")).astimezone(ZONE)
    return at.strftime("%m-%d %H:%M") if at.second == 0 else at.strftime("%m-%d %H:%M:%S")


def starts(slots):
    return [local(slot["start"]) for slot in slots]


def spans(slots):
    return [(local(slot["start"]), local(slot["end"])) for slot in slots]


def slots_of(client, resource, duration_s=HOUR_S, **query):
    items = availability(client, resource, duration_s=duration_s, **query)
    assert len(items) == 1
    return items[0]["slots"]


# ---------------------------------------------------------------- one resource


@pytest.mark.parametrize(
    "now, rule, first",
    [
        pytest.param("24 00:00", {}, "11-24 09:00", id="at_the_opening"),
        pytest.param("24 09:01", {"grid_s": 300}, "11-24 09:05", id="on_the_grid"),
        pytest.param("24 09:00", {}, "11-24 09:00", id="now"),
        pytest.param("24 09:00", {"notice_s": 36000}, "11-25 09:00", id="after_the_notice"),
        pytest.param("24 17:01", {}, "11-25 09:00", id="too_late_for_today"),
        pytest.param("27 17:01", {}, "11-30 09:00", id="after_the_week_end"),
        pytest.param("27 17:01", {"horizon_s": 2 * 86400}, None, id="beyond_the_horizon"),
    ],
)
def test_the_next_slot_keeps_the_rules(lab, now, rule, first):
    resource = lab.resource(rule=rule, hours=HOURS)
    lab.apply()
    lab.daemon.set_clock(site_time(now))
    slots = slots_of(lab.daemon.client(), resource, limit=1)
    assert starts(slots) == ([first] if first else [])


def test_nothing_is_offered_where_nothing_can_be_booked(lab):
    too_short = lab.resource(hours=[{"weekday": 7, "opens": "09:00", "closes": "10:00"}])
    inactive = lab.resource(hours=NEVER_CLOSED, is_active=False)
    ruled_later = lab.resource(hours=NEVER_CLOSED, rule={"valid_from": "2026-12-01"})
    lab.apply()
    nobody = lab.daemon.client()
    assert starts(slots_of(nobody, too_short, limit=2)) == ["11-29 09:00", "12-06 09:00"]
    assert slots_of(nobody, too_short, duration_s=2 * HOUR_S) == []
    assert slots_of(nobody, inactive) == []
    assert starts(slots_of(nobody, ruled_later, limit=1)) == ["12-01 00:00"]


def test_what_has_no_price_yet_is_not_offered(lab):
    resource = lab.resource(hours=HOURS, tariff={"valid_to": "2026-11-25"})
    free = lab.resource(hours=HOURS, tariff=False)
    lab.apply()
    nobody = lab.daemon.client()
    found = slots_of(nobody, resource, duration_s=4 * HOUR_S, **{"from": site_time("24 00:00")})
    assert starts(found) == ["11-24 09:00", "11-24 13:00"], "the 25th is the first day without"
    assert slots_of(nobody, free) == []
    assert availability(nobody, free, limit=1)[0]["slots"] != [], "it is free all the same"


def test_slots_leave_out_what_is_taken_and_its_pads(lab):
    scene = Scene(lab, hours=HOURS, rule={"grid_s": 1800, "pad_before_s": 1800, "pad_after_s": 1800})
    scene.must_book("24 10:30", "24 12:00")
    scene.must_book("24 15:00", "24 16:00")
    slots = slots_of(lab.daemon.client(), scene.resource, **{"from": site_time("24 00:00"), "limit": 4})
    assert spans(slots) == [("11-24 13:00", "11-24 14:00"), ("11-24 17:00", "11-24 18:00"),
                            ("11-25 09:00", "11-25 10:00"), ("11-25 10:00", "11-25 11:00")]


def test_the_duration_follows_the_rules(lab):
    resource = lab.resource(hours=NEVER_CLOSED, rule={"grid_s": 1800, "min_s": 3600, "max_s": 7200})
    lab.apply()
    for asked_s, given_s in ((1, 3600), (4000, 5400), (99999, 7200)):
        slot = slots_of(lab.daemon.client(), resource, duration_s=asked_s, limit=1)[0]
        length = datetime.datetime.fromisoformat(slot["end"][:-1]) - datetime.datetime.fromisoformat(slot["start"][:-1])
        assert length.total_seconds() == given_s


def test_whole_free_spans_without_a_duration(lab):
    scene = Scene(lab, hours=HOURS)
    scene.must_book("24 10:00", "24 12:00")
    items = availability(lab.daemon.client(), scene.resource,
                         **{"from": site_time("24 09:30"), "to": site_time("25 11:00")})
    assert items[0]["resources"] == [scene.resource]
    assert spans(items[0]["slots"]) == [("11-24 09:30", "11-24 10:00"), ("11-24 12:00", "11-24 18:00"),
                                        ("11-25 09:00", "11-25 11:00")]


def test_a_search_goes_on_until_it_finds(lab):
    """Weeks that are taken are read in pieces; what is found lies behind them."""
    scene = Scene(lab)
    scene.must_book("11-23 09:00", "12-23 09:00")
    nobody = lab.daemon.client()
    assert slots_of(nobody, scene.resource, to=site_time("12-23 09:59")) == []
    assert starts(slots_of(nobody, scene.resource, limit=2)) == ["12-23 09:00", "12-23 10:00"]
    free = availability(nobody, scene.resource, to=site_time("12-24 00:00"))[0]["slots"]
    assert spans(free) == [("12-23 09:00", "12-24 00:00")]


def test_units_that_are_alike_are_full_when_all_are_taken(lab):
    room = lab.resource(hours=NEVER_CLOSED, kind="room", capacity=2, rule={"grid_s": 3600})
    firm = lab.person(lab.firm())
    lab.apply()
    client = lab.client(firm)
    must_book(client, room, "24 10:00", "24 12:00")
    must_book(client, room, "24 11:00", "24 13:00")
    found = slots_of(lab.daemon.client(), room, **{"from": site_time("24 10:00"), "limit": 3})
    assert starts(found) == ["11-24 10:00", "11-24 12:00", "11-24 13:00"]


# ---------------------------------------------------------------- several resources


def test_each_resource_has_slots_of_its_own(lab):
    one = Scene(lab, hours=HOURS)
    other = Scene(lab, hours=HOURS)
    one.must_book("24 09:00", "24 11:00")
    items = availability(lab.daemon.client(), [one.resource, other.resource], duration_s=HOUR_S, limit=1,
                         **{"from": site_time("24 09:00")})
    assert [(item["resources"], starts(item["slots"])) for item in items] == [
        ([one.resource], ["11-24 11:00"]), ([other.resource], ["11-24 09:00"])]


def test_a_bundle_is_free_when_all_of_it_is(lab):
    part = lab.resource(hours=NEVER_CLOSED, kind="tool")
    instrument = lab.resource(hours=HOURS, rule={"grid_s": 600}, parts=[part])
    room = lab.resource(hours=HOURS, kind="room", rule={"grid_s": 900})
    person = lab.person(lab.firm())
    lab.apply()
    client = lab.client(person)
    must_book(client, room, "24 09:00", "24 10:15")
    must_book(client, part, "24 11:00", "24 12:10")
    query = {"from": site_time("24 00:00"), "limit": 2}
    joint = availability(lab.daemon.client(), [instrument, room], joint="true", duration_s=1800, **query)
    assert joint[0]["resources"] == [instrument, room]
    assert starts(joint[0]["slots"]) == ["11-24 10:30", "11-24 12:30"]
    along = availability(lab.daemon.client(), instrument, **{"with": room}, duration_s=1800, **query)
    assert along == joint
    for slot in joint[0]["slots"]:
        made = client.post("/v1/bookings", {"resource": instrument, "with": [room], **slot})
        assert made.status == 201, made


def test_an_assisted_slot_needs_a_free_operator(lab):
    scene = Scene(lab, hours=HOURS)
    alone = slots_of(lab.daemon.client(), scene.resource, **{"from": site_time("24 09:00"), "limit": 1})
    assert starts(alone) == ["11-24 09:00"]
    found = slots_of(scene.client, scene.resource, mode="assisted", **{"from": site_time("24 09:00"), "limit": 9})
    while found:
        slot = found[0]
        made = scene.client.post("/v1/bookings", {"resource": scene.resource, "mode": "assisted", **slot})
        assert made.status == 201, made
        left = slots_of(scene.client, scene.resource, mode="assisted", limit=9,
                        **{"from": slot["start"], "to": site_time("24 18:00")})
        assert slot not in left
        found = left


# ---------------------------------------------------------------- whose slots they are


def test_who_sends_a_token_sees_what_they_may_book(lab):
    scene = Scene(lab, hours=HOURS, rule={"needs_qualification": True})
    soon = lab.person(scene.firm)
    lab.qualification(soon, scene.resource, "2026-11-25T12:00:00+09:00", valid_to="2026-11-26T00:00:00+09:00")
    lab.apply()
    query = {"from": site_time("24 09:00"), "limit": 3}
    assert starts(slots_of(lab.daemon.client(), scene.resource, **query))[0] == "11-24 09:00"
    assert slots_of(scene.client, scene.resource, **query) == [], "they are not qualified"
    assert starts(slots_of(lab.client(soon), scene.resource, **query)) == ["11-25 12:00", "11-25 13:00", "11-25 14:00"]
    assert starts(slots_of(lab.client("technician"), scene.resource, **query))[0] == "11-24 09:00"


def test_pads_between_bookings_of_one_firm_may_be_waived(lab):
    rule = {"grid_s": 1800, "pad_before_s": 1800, "pad_after_s": 1800, "waives_pads": True}
    scene = Scene(lab, hours=HOURS, rule=rule)
    scene.must_book("24 09:00", "24 10:00")
    query = {"from": site_time("24 09:00"), "limit": 1}
    assert starts(slots_of(scene.another(), scene.resource, **query)) == ["11-24 11:00"]
    slots = slots_of(scene.client, scene.resource, **query)
    assert starts(slots) == ["11-24 10:00"]
    assert scene.client.post("/v1/bookings", {"resource": scene.resource, **slots[0]}).status == 201


def test_answers_for_nobody_are_kept_and_never_stale(lab):
    scene = Scene(lab, hours=HOURS)
    nobody = lab.daemon.client()
    path = f"/v1/availability?resource={scene.resource}&duration_s=3600&limit=1"
    first = nobody.get(path)
    assert nobody.get(path, headers={"If-None-Match": first.headers["ETag"]}).status == 304
    assert first.headers["Cache-Control"] == "no-cache"
    assert scene.client.get(path).headers["Cache-Control"] == "private, no-cache"
    made = scene.client.post("/v1/bookings", {"resource": scene.resource, **first.json["items"][0]["slots"][0]})
    assert made.status == 201, made
    assert nobody.get(path).json["items"][0]["slots"] != first.json["items"][0]["slots"]


@pytest.mark.parametrize(
    "query, codes",
    [
        pytest.param("", ["missing_field"], id="nothing"),
        pytest.param("resource=nothing", ["unknown_reference"], id="unknown"),
        pytest.param("resource=cmm,", ["unknown_reference"], id="empty_name"),
        pytest.param("resource=cmm&with=cmm", ["duplicate"], id="with_itself"),
        pytest.param("resource=cmm&from=2026-11-24T10:00:00Z&to=2026-11-24T10:00:00Z", ["end_not_after_start"],
                     id="no_time"),
        pytest.param("resource=cmm&from=2026-11-24T10:00:00Z&to=2028-11-24T10:00:00Z", ["too_large"], id="too_far"),
        pytest.param("resource=cmm&duration_s=2678401", ["too_large"], id="too_long"),
        pytest.param("resource=cmm&duration_s=0", ["too_small"], id="no_duration"),
        pytest.param("resource=cmm&limit=101", ["too_large"], id="too_many"),
        pytest.param("resource=cmm&limit=1&duration=1", ["unknown_field"], id="unknown_parameter"),
        pytest.param("resource=" + ",".join(["cmm"] * 21), ["too_large"], id="too_many_resources"),
        pytest.param("resource=" + ",".join(["cmm"] * 10) + "&joint=true", ["too_large"], id="too_large_a_bundle"),
    ],
)
def test_what_cannot_be_searched_is_refused(lab, query, codes):
    reply = lab.daemon.client().get("/v1/availability?" + query)
    assert (reply.status, reply.codes) == (422, codes), reply


# ---------------------------------------------------------------- what a refusal suggests


def suggested(reply):
    assert reply.status in (409, 422), reply
    return reply.json.get("next", [])


def book_all(client, body, slots):
    for slot in slots:
        made = client.post("/v1/bookings", {**body, **slot})
        assert made.status == 201, (slot, made)


@pytest.mark.parametrize(
    "rule, start, end, code, expected",
    [
        pytest.param({}, "24 10:00", "24 11:00", "taken", "11-24 11:00", id="taken"),
        pytest.param({}, "24 07:00", "24 08:00", "closed", "11-24 09:00", id="before_the_opening"),
        pytest.param({}, "24 17:30", "24 18:30", "closed", "11-25 09:00", id="over_the_closing"),
        pytest.param({"grid_s": 1800}, "24 12:10", "24 13:10", "off_grid", "11-24 12:30", id="off_the_grid"),
        pytest.param({}, "22 09:00", "22 10:00", "in_the_past", "11-23 09:00", id="past"),
        pytest.param({"notice_s": 86400}, "23 12:00", "23 13:00", "notice_too_short", "11-24 09:00", id="notice"),
    ],
)
def test_a_refused_booking_is_told_the_next_times(lab, rule, start, end, code, expected):
    scene = Scene(lab, hours=HOURS, rule=rule)
    must_book(scene.another(), scene.resource, "24 10:00", "24 11:00")
    reply = scene.book(start, end)
    assert code in reply.codes, reply
    slots = suggested(reply)
    assert len(slots) == 5
    assert starts(slots)[0] == expected
    assert all(local(slot["end"]) > local(slot["start"]) for slot in slots)
    tried = scene.client.post("/v1/bookings?dry_run=true", {"resource": scene.resource, "start": site_time(start),
                                                           "end": site_time(end)})
    assert suggested(tried) == slots, "a dry run is told the same"
    book_all(scene.client, {"resource": scene.resource}, slots)


@pytest.mark.parametrize("broken", ["not_qualified", "firm_blocked", "not_bookable", "duration_too_long", "quota_count"])
def test_nothing_is_suggested_where_time_is_no_cure(lab, broken):
    rule = {"needs_qualification": broken == "not_qualified"}
    if broken == "duration_too_long":
        rule["max_s"] = 1800
    resource = lab.resource(hours=NEVER_CLOSED, rule=rule, is_active=broken != "not_bookable")
    firm = lab.firm(is_blocked=broken == "firm_blocked")
    person = lab.person(firm)
    if broken == "quota_count":
        lab.quota("firm", "day", most_count=0, resource=resource)
    lab.apply()
    reply = book(lab.client(person), resource, "24 10:00", "24 11:00")
    assert broken in reply.codes, reply
    assert "next" not in reply.json


def test_a_bundle_that_is_taken_is_suggested_as_a_whole(lab):
    instrument = lab.resource(hours=HOURS, rule={"grid_s": 1800})
    room = lab.resource(hours=HOURS, kind="room", rule={"grid_s": 1800})
    person = lab.person(lab.firm())
    lab.apply()
    client = lab.client(person)
    must_book(client, room, "24 10:00", "24 11:00")
    must_book(client, instrument, "24 11:30", "24 12:00")
    reply = book(client, instrument, "24 10:00", "24 11:00", **{"with": [room]})
    assert reply.codes == ["taken"], reply
    assert starts(suggested(reply))[:2] == ["11-24 12:00", "11-24 13:00"]
    book_all(client, {"resource": instrument, "with": [room]}, suggested(reply))


def test_suggestions_for_a_change_do_not_count_the_booking_itself(lab):
    scene = Scene(lab, hours=HOURS)
    mine = scene.must_book("24 10:00", "24 12:00")
    must_book(scene.another(), scene.resource, "24 12:00", "24 13:00")
    reply = change(scene.client, mine, start=site_time("24 11:00"), end=site_time("24 13:00"))
    assert reply.codes == ["taken"], reply
    assert starts(suggested(reply))[0] == "11-24 13:00"
    reply = change(scene.client, mine, start=site_time("24 08:30"), end=site_time("24 10:30"))
    assert reply.codes == ["closed"], reply
    first = suggested(reply)[0]
    assert spans([first]) == [("11-24 09:00", "11-24 11:00")], "over its own time"
    assert change(scene.client, mine, **first).status == 200


def test_a_full_calendar_has_nothing_to_suggest(lab):
    scene = Scene(lab, rule={"horizon_s": 86400})
    must_book(scene.another(), scene.resource, "23 09:00", "12-20 09:00")
    reply = scene.book("23 10:00", "23 11:00")
    assert reply.codes == ["taken"] and suggested(reply) == []


# ---------------------------------------------------------------- nothing earlier, nothing wrong


@pytest.mark.parametrize("seed", range(4))
def test_the_first_slot_is_the_first_that_can_be_booked(lab, seed):
    """Random rules and bookings: every start of the grid before the first slot is refused, the slot itself is not."""
    rng = random.Random(seed)
    grid_s = rng.choice([900, 1800])
    rule = {"grid_s": grid_s, "pad_before_s": rng.choice([0, 300, 1200]), "pad_after_s": rng.choice([0, 600]),
            "notice_s": rng.choice([0, 7200])}
    room = lab.resource(hours=HOURS, kind="room", capacity=rng.choice([1, 2]), rule={"grid_s": 600})
    scene = Scene(lab, hours=HOURS, rule=rule, parts=rng.choice([[], [room]]))
    day = datetime.datetime(2026, 11, 24, tzinfo=ZONE)
    for resource in (scene.resource, room, room):
        for _ in range(5):
            start = day + datetime.timedelta(seconds=rng.randrange(9 * 6, 17 * 6) * 600)
            end = start + datetime.timedelta(minutes=rng.choice([30, 60, 90]))
            scene.client.post("/v1/bookings", {"resource": resource, "start": start.isoformat(), "end": end.isoformat()})
    length = datetime.timedelta(minutes=rng.choice([30, 60, 90]))
    body = {"resource": scene.resource, "with": rng.choice([[], [room]])}
    query = {"duration_s": int(length.total_seconds()), "limit": 3, "from": day.isoformat()}
    if body["with"]:
        query["with"] = room
    slots = slots_of(scene.client, scene.resource, **query)
    assert len(slots) == 3
    first = datetime.datetime.fromisoformat(slots[0]["start"].replace("Z", "+00:00"))
    at = day + datetime.timedelta(hours=8)
    while at < first:
        tried = scene.client.post("/v1/bookings?dry_run=true",
                                  {**body, "start": at.isoformat(), "end": (at + length).isoformat()})
        assert tried.status != 200, f"{at} would do before {slots[0]}"
        at += datetime.timedelta(seconds=grid_s)
    book_all(scene.client, body, [rng.choice(slots)])  # one of them: their pads may overlap
