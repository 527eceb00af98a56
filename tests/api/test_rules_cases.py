"""Rules of booking by example, where one rule meets another: what is counted, what is open, what is in the way; and what staff
may overrule."""

import pytest

from booking_support import Scene, book, cancel, change, must_book, shown, site_time, violations, wanted
from support.lab import HOURS, NEVER_CLOSED
from test_availability import slots_of

HOUR_S = 3600
DAY_S = 86400


def limited(lab, holder="person", period="day", **quota):
    """A scene whose resource has a quota; its code."""
    scene = Scene(lab)
    code = lab.quota(holder, period, **{"resource": scene.resource, **quota})
    lab.apply()
    return scene, code


def refused(reply):
    """Codes and pointers of a refusal; none when it was accepted."""
    return [] if reply.status in (200, 201) else list(violations(reply))


# ---------------------------------------------------------------- notice, of everything that is booked


def test_notice_is_asked_of_what_goes_along(lab):
    scene = Scene(lab)
    slow = lab.resource(kind="tool", hours=NEVER_CLOSED, rule={"notice_s": DAY_S})
    lab.apply()
    reply = scene.book("24 08:00", "24 09:00", **{"with": [slow]})
    assert violations(reply) == {("notice_too_short", "/with/0"): (DAY_S, 23 * HOUR_S)}
    scene.must_book("24 10:00", "24 11:00", **{"with": [slow]})


def test_notice_is_asked_of_every_instance(lab):
    scene = Scene(lab, rule={"notice_s": DAY_S})
    body = wanted(scene.resource, "23 12:00", "23 13:00", rrule="FREQ=DAILY;COUNT=3")
    assert refused(scene.client.post("/v1/series", body)) == [("notice_too_short", "/instances/0/start")]
    made = scene.client.post("/v1/series", {**body, "on_conflict": "skip"})
    assert (made.status, made.json["made"], [row["instance"] for row in made.json["skipped"]]) == (201, 2, [0])


@pytest.mark.parametrize("start, end, code", [("23 19:00", "23 20:00", "notice_too_short"), ("24 10:00", "24 11:00", None)])
def test_notice_is_asked_of_the_new_start(lab, start, end, code):
    scene = Scene(lab, rule={"notice_s": DAY_S})
    booking = scene.must_book("25 09:00", "25 10:00")
    reply = change(scene.client, booking, start=site_time(start), end=site_time(end))
    assert refused(reply) == ([(code, "/start")] if code else [])
    assert shown(scene.client, booking)["version"] == (1 if code else 2)


# ---------------------------------------------------------------- quotas: what counts


@pytest.mark.parametrize("with_jobs", [False, True], ids=["without_jobs", "with_jobs"])
@pytest.mark.parametrize("outcome, counts", [("stands", True), ("missed", True), ("used", True), ("cancelled", False)])
def test_what_counts_of_a_day(lab, outcome, counts, with_jobs):
    scene = Scene(lab, rule={"no_show_s": 600})
    code = lab.quota("person", "day", most_count=1, resource=scene.resource)
    lab.apply()
    first = scene.must_book("23 10:00", "23 11:00")
    if outcome == "cancelled":
        assert cancel(scene.client, first).status == 200
    lab.daemon.set_clock(site_time("23 10:05"))
    if outcome in ("stands", "used"):
        assert lab.client("technician").post("/v1/sessions/start", {"booking": first["id"]}).status == 201
    lab.daemon.set_clock(site_time("23 10:30"))
    if with_jobs:
        lab.daemon.tick()
    assert refused(scene.book("23 15:00", "23 16:00")) == ([("quota_count", f"/quota/{code}")] if counts else [])
    assert refused(scene.book("24 15:00", "24 16:00")) == [], "another day"


@pytest.mark.parametrize("when, is_refused", [("24 09:59", True), ("24 10:30", True), ("24 11:00", False)],
                         ids=["it_is_ahead", "it_runs", "it_is_over"])
def test_most_bookings_ahead(lab, when, is_refused):
    scene, code = limited(lab, period="ahead", most_count=1)
    scene.must_book("24 10:00", "24 11:00")
    lab.daemon.set_clock(site_time(when))
    reply = scene.book("12-20 10:00", "12-20 11:00")
    assert refused(reply) == ([("quota_count", f"/quota/{code}")] if is_refused else [])
    if is_refused:
        assert violations(reply)[("quota_count", f"/quota/{code}")] == (1, 2)


def test_a_cancelled_one_is_not_ahead(lab):
    scene, _ = limited(lab, period="ahead", most_count=1)
    first = scene.must_book("24 10:00", "24 11:00")
    assert cancel(scene.client, first).status == 200
    scene.must_book("25 10:00", "25 11:00")


@pytest.mark.parametrize(
    "quota, start, end, counted_s",
    [
        pytest.param({"weekdays": [1, 2, 3, 4, 5]}, "24 06:00", "12-01 10:00", (7 * 24 + 4 - 48) * HOUR_S, id="week_ends_do_not"),
        pytest.param({"off_from": "07:00", "off_to": "07:45"}, "24 06:00", "24 10:00", 4 * HOUR_S - 45 * 60, id="off_within"),
        pytest.param({"off_from": "05:00", "off_to": "06:15"}, "24 06:00", "24 10:00", 4 * HOUR_S - 15 * 60, id="off_over_the_start"),
        pytest.param({"off_from": "09:45", "off_to": "17:15"}, "24 06:00", "24 10:00", 4 * HOUR_S - 15 * 60, id="off_over_the_end"),
        pytest.param({"off_from": "03:45", "off_to": "05:15"}, "24 06:00", "24 10:00", 4 * HOUR_S, id="off_before"),
        pytest.param({"off_from": "13:45", "off_to": "15:15"}, "24 06:00", "24 10:00", 4 * HOUR_S, id="off_after"),
        pytest.param({"off_from": "22:00", "off_to": "06:00"}, "24 20:00", "25 08:00", 4 * HOUR_S, id="off_over_midnight"),
        pytest.param({"off_from": "12:00", "off_to": "13:00"}, "24 09:00", "26 09:00", 46 * HOUR_S, id="off_every_day"),
        pytest.param({"off_from": "22:00", "off_to": "06:00"}, "24 23:00", "25 05:00", None, id="off_all_of_it"),
        pytest.param({"weekdays": [6, 7]}, "24 06:00", "27 22:00", None, id="none_of_its_days"),
    ],
)
def test_time_that_counts(lab, quota, start, end, counted_s):
    scene, code = limited(lab, period="year", most_s=0, **quota)
    reply = scene.book(start, end)
    if counted_s is None:
        assert reply.status == 201, reply
    else:
        assert violations(reply) == {("quota_time", f"/quota/{code}"): (0, counted_s)}


@pytest.mark.parametrize("is_of_the_site", [False, True])
def test_time_on_another_resource(lab, is_of_the_site):
    scene = Scene(lab, kind="tool")
    other = lab.resource(kind="tool", hours=NEVER_CLOSED)
    group = lab.group()  # so that it is nobody else's
    lab.add("firm_groups", firm=scene.firm, group=group)
    scope = {} if is_of_the_site else {"resource": scene.resource}
    code = lab.quota("firm", "day", most_s=5400, group=group, **scope)
    lab.apply()
    scene.must_book("24 10:00", "24 11:00")
    reply = book(scene.client, other, "24 12:00", "24 13:00")
    assert refused(reply) == ([("quota_time", f"/quota/{code}")] if is_of_the_site else [])


def test_an_hour_and_an_hour_are_two(lab):
    scene, code = limited(lab, most_s=2 * HOUR_S)
    scene.must_book("24 10:00", "24 11:00")
    scene.must_book("24 12:00", "24 13:00")
    assert violations(scene.book("24 14:00", "24 15:00")) == {("quota_time", f"/quota/{code}"): (2 * HOUR_S, 3 * HOUR_S)}


def test_instances_that_were_cancelled_do_not_count(lab):
    scene, code = limited(lab, period="week", most_count=3)
    made = scene.client.post("/v1/series", wanted(scene.resource, "24 10:00", "24 11:00", rrule="FREQ=DAILY;COUNT=3"))
    assert made.status == 201, made
    assert refused(scene.book("28 10:00", "28 11:00")) == [("quota_count", f"/quota/{code}")]
    instance = shown(scene.client, made.json["bookings"][1])
    assert cancel(scene.client, instance).status == 200
    scene.must_book("28 10:00", "28 11:00")


@pytest.mark.parametrize("first, second, is_refused", [
    # The lab of these is in Chicago: 06:30Z is 00:30 in winter and 01:30 in summer.
    pytest.param("2026-12-02T02:00:00Z", "2026-12-02T06:30:00Z", False, id="after_midnight_in_winter"),
    pytest.param("2026-12-02T02:00:00Z", "2026-12-02T05:00:00Z", True, id="before_midnight_in_winter"),
    pytest.param("2026-07-02T02:00:00Z", "2026-07-02T06:30:00Z", False, id="after_midnight_in_summer"),
    pytest.param("2026-07-02T02:00:00Z", "2026-07-02T05:30:00Z", False, id="just_after_midnight_in_summer"),
    pytest.param("2026-07-02T02:00:00Z", "2026-07-02T04:00:00Z", True, id="before_midnight_in_summer"),
])
def test_days_are_those_of_the_lab(lab, first, second, is_refused):
    site = {**lab.document()["site"], "code": "chicago", "name": "Chicago", "zone": "America/Chicago", "holiday_calendar": None}
    scene = Scene(lab)
    there = "far_" + scene.resource
    rows = {"site": {name: value for name, value in site.items() if value is not None},
            "openings": [{"resource": there, **row} for row in NEVER_CLOSED],
            "resources": [{"code": there, "kind": "instrument", "name": there}],
            "booking_rules": [{"resource": there, "valid_from": "2026-01-01", "grid_s": 60, "max_s": DAY_S, "horizon_s": 365 * DAY_S}],
            "tariffs": [{"resource": there, "valid_from": "2026-01-01", "time_unit_s": 3600, "price_num": 10, "rounding": "minute"}],
            "quotas": [{"code": "q" + there, "holder": "person", "period": "day", "most_count": 1, "resource": there}]}
    applied = lab.daemon.client("admin").put("/v1/site_file", rows)
    assert applied.status == 200, applied
    lab.daemon.set_clock("2026-06-30T00:00:00Z")

    def book_there(start):
        end = start[:14] + f"{int(start[14:16]) + 25}:00Z"
        return scene.client.post("/v1/bookings", {"resource": there, "start": start, "end": end})

    made = book_there(first)
    assert made.status == 201, made
    assert refused(book_there(second)) == ([("quota_count", "/quota/q" + there)] if is_refused else [])


# ---------------------------------------------------------------- everything that is wrong, at once


def test_firm_person_and_count_are_told_together(lab):
    """Of the catalogue: the firm is blocked, the person is not trained. Of the database: the quota, and what is taken."""
    scene = Scene(lab)
    lab.apply()
    must_book(scene.another(), scene.resource, "24 10:00", "24 11:00")
    lab.add("booking_rules", resource=scene.resource, valid_from="2026-01-01", grid_s=60, needs_qualification=True, waives_pads=True)
    lab.add("firms", code=scene.firm, name=scene.firm, is_blocked=True)
    code = lab.quota("person", "day", most_count=0, resource=scene.resource)
    lab.apply()
    for reply in (scene.book("24 10:00", "24 11:00"),
                  scene.client.post("/v1/bookings?dry_run=true", wanted(scene.resource, "24 10:00", "24 11:00"))):
        assert set(violations(reply)) == {("firm_blocked", ""), ("not_qualified", "/resource"), ("quota_count", f"/quota/{code}"),
                                          ("taken", "/start")}
    assert scene.client.get("/v1/bookings").json["items"] == []


# ---------------------------------------------------------------- open


@pytest.mark.parametrize("who, start, end, is_refused", [
    ("outsider", "12-24 22:00", "12-25 02:00", True), ("member", "12-24 22:00", "12-25 02:00", False),
    ("outsider", "12-25 22:00", "12-26 02:00", True), ("member", "12-25 22:00", "12-26 02:00", False),
    ("outsider", "12-24 22:00", "12-26 02:00", True), ("member", "12-24 22:00", "12-26 02:00", False),
    ("outsider", "12-24 22:00", "12-25 00:00", False),
])
def test_a_holiday_counts_where_only_a_part_lies_on_it(lab, who, start, end, is_refused):
    scene = Scene(lab, rule={"holiday_groups": ["council"]})
    if who == "member":
        lab.add("firm_groups", firm=scene.firm, group="council", valid_from="2026-01-01")
        lab.apply()
    reply = scene.book(start, end)
    assert [code for code, _ in refused(reply)] == (["closed"] if is_refused else [])


def test_without_a_rule_there_is_nothing_to_be_had(lab):
    scene = Scene(lab)
    bare = lab.resource(hours=NEVER_CLOSED)
    del lab.rows["booking_rules"][-1]
    lab.apply()
    assert slots_of(scene.client, bare) == []
    assert refused(book(scene.client, bare, "24 10:00", "24 11:00")) == [("not_bookable", "/resource")]


def test_offsets_are_told_and_mean_one_instant(lab):
    scene = Scene(lab)
    bodies = [{"resource": scene.resource, "start": start, "end": end} for start, end in (
        ("2026-11-24T10:00:00+09:00", "2026-11-24T11:00:00+09:00"), ("2026-11-24T01:00:00Z", "2026-11-24T02:00:00Z"),
        ("2026-11-24T10:00:00", "2026-11-24T11:00:00"))]
    tried = [scene.client.post("/v1/bookings?dry_run=true", body) for body in bodies]
    assert [reply.status for reply in tried] == [200, 200, 422]
    assert len({(reply.json["start"], reply.json["end"], reply.json["price"]) for reply in tried[:2]}) == 1
    assert refused(tried[2]) == [("no_offset", "/start"), ("no_offset", "/end")]


# ---------------------------------------------------------------- what is in the way


def test_a_quote_holds_nothing(lab):
    scene = Scene(lab)
    quote = scene.client.post("/v1/quotes", wanted(scene.resource, "24 10:00", "24 11:00"))
    assert quote.status == 201, quote
    must_book(scene.another(), scene.resource, "24 10:00", "24 11:00")
    assert scene.book("24 10:00", "24 11:00", quote=quote.json["id"]).codes == ["taken"]


@pytest.mark.parametrize("who, status", [("firm", 409), ("technician", 409), ("technician_with_a_reason", 201)])
@pytest.mark.parametrize("start, end", [
    # Others are 09:00-10:00 and 12:00-13:00, with half an hour before and an hour after.
    pytest.param("10:00", "10:15", id="in_the_pad_of_the_one_before"),
    pytest.param("11:00", "12:00", id="up_to_the_next"),
    pytest.param("10:00", "12:00", id="between_both"),
])
def test_pads_yield_to_staff_with_a_reason_and_it_is_told(lab, who, status, start, end):
    scene = Scene(lab, rule={"pad_before_s": 1800, "pad_after_s": HOUR_S})
    others = [must_book(scene.another(), scene.resource, *times) for times in (("24 09:00", "24 10:00"), ("24 12:00", "24 13:00"))]
    client = scene.client if who == "firm" else lab.client("technician")
    more = {} if who == "firm" else {"firm": scene.firm}
    if who == "technician_with_a_reason":
        more["override_reason"] = "the sample does not keep"
    reply = book(client, scene.resource, f"24 {start}", f"24 {end}", **more)
    assert reply.status == status, reply
    if status == 409:
        assert reply.codes == ["taken"]
        return
    made = shown(scene.client, reply.json)
    assert (made["explain"]["overrides"], made["override_reason"]) == (["pads"], "the sample does not keep")
    assert [shown(lab.client("technician"), other)["version"] for other in others] == [1, 1], "the others stand as they were"
    assert cancel(scene.client, made).status == 200
    assert scene.book(f"24 {start}", f"24 {end}").codes == ["taken"], "their pads are back"


@pytest.mark.parametrize("start, end", [("09:30", "10:30"), ("09:59", "12:00"), ("11:00", "12:01"), ("09:15", "09:45"), ("08:00", "14:00")])
def test_nobodys_own_time_yields(lab, start, end):
    scene = Scene(lab, rule={"pad_before_s": 1800, "pad_after_s": HOUR_S})
    other = scene.another()
    for times in (("24 09:00", "24 10:00"), ("24 12:00", "24 13:00")):
        must_book(other, scene.resource, *times)
    reply = book(lab.client("technician"), scene.resource, f"24 {start}", f"24 {end}", firm=scene.firm, override_reason="I am in charge")
    assert (reply.status, reply.codes) == (409, ["taken"])


def test_pads_of_an_outage_and_of_a_change(lab):
    """An outage is nobody's pad; a booking that staff move next to another may lie in its pad."""
    scene = Scene(lab, rule={"pad_after_s": HOUR_S})
    technician = lab.client("technician")
    outage = {"resource": scene.resource, "kind": "maintenance", "title": "New spindle", "start": site_time("24 15:00"), "end": site_time("24 16:00")}
    assert technician.post("/v1/outages", outage).status == 201
    must_book(scene.another(), scene.resource, "24 09:00", "24 10:00")
    booking = scene.must_book("24 12:00", "24 13:00")
    for start, end, status in (("24 14:30", "24 15:30", 409), ("24 10:00", "24 11:00", 200)):
        reply = change(technician, booking, start=site_time(start), end=site_time(end), reason="asked by phone", override_reason="asked by phone")
        assert reply.status == status, reply
    assert reply.json["explain"]["overrides"] == ["pads"]


def test_a_limit_of_the_whole_lab_counts_pads_too(lab):
    """Three machines share two places of a power line, which they need while they are set up, too."""
    line = lab.resource(kind="tool", capacity=2, hours=NEVER_CLOSED)
    del lab.rows["booking_rules"][-1]  # no rules of its own: the machines' pads are its pads
    machines = [lab.resource(hours=NEVER_CLOSED, parts=[line], rule={"pad_before_s": 600, "pad_after_s": 1800}) for _ in range(3)]
    scene = Scene(lab)
    for machine in machines[:2]:
        must_book(scene.another(), machine, "24 10:00", "24 11:00")
    third = book(scene.client, machines[2], "24 11:15", "24 12:00")
    assert (third.status, [actual for _, actual in violations(third).values()]) == (409, [line]), "its neighbours are torn down"
    assert book(scene.client, machines[2], "24 11:39", "24 12:00").codes == ["taken"], "it is set up while they are torn down"
    must_book(scene.client, machines[2], "24 11:40", "24 12:00")


def test_seats_are_dealt_out_anew_after_cancellations(lab):
    """Three seats. Whole hours fill them, then one in each hour goes, each on another seat: there is room for one all along."""
    scene = Scene(lab, kind="seat", capacity=3)
    other = scene.another()
    hours = [(f"24 {hour}:00", f"24 {hour + 1}:00") for hour in (10, 11, 12)]
    rows = [[must_book(other, scene.resource, *times) for _ in range(3)] for times in hours]
    assert scene.book("24 10:00", "24 13:00").codes == ["taken"]
    for n, row in enumerate(rows):
        assert cancel(other, row[n]).status == 200
    long = scene.must_book("24 10:00", "24 13:00")
    assert [book(other, scene.resource, *times).status for times in hours] == [409, 409, 409]
    assert cancel(scene.client, long).status == 200
    scene.must_book("24 10:00", "24 13:00")


def test_opening_hours_hold_for_staff_too(lab):
    scene = Scene(lab, hours=HOURS)
    technician = lab.client("technician")
    assert refused(book(technician, scene.resource, "24 08:00", "24 09:00", firm=scene.firm)) == [("closed", "/start")]
