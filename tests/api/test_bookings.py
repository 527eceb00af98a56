"""Booking rules, one by one and together: what is refused says every broken rule with limit and actual value."""

import itertools

import pytest

from booking_support import Scene, act, book, cancel, must_book, site_time, violations
from support.lab import HOURS, NEVER_CLOSED

HOUR_S = 3600
DAY_S = 86400


# ---------------------------------------------------------------- time sanity


@pytest.mark.parametrize(
    "now, start, end, codes",
    [
        pytest.param("24 10:00", "24 12:00", "24 11:00", ["end_not_after_start"], id="end_before_start"),
        pytest.param("24 10:00", "24 12:00", "24 12:00", ["end_not_after_start"], id="zero_length"),
        pytest.param("24 10:00", "24 09:00", "24 12:00", ["in_the_past"], id="start_in_the_past"),
        pytest.param("24 10:00", "24 10:00", "24 12:00", [], id="start_is_now"),
        pytest.param("24 10:00:01", "24 10:00", "24 12:00", ["in_the_past"], id="one_second_late"),
        pytest.param("24 10:00", "24 09:00", "24 08:00", ["end_not_after_start", "in_the_past"], id="both"),
    ],
)
def test_time_sanity(lab, now, start, end, codes):
    scene = Scene(lab)
    lab.daemon.set_clock(site_time(now))
    reply = scene.book(start, end)
    assert reply.status == (422 if codes else 201), reply
    if codes:
        assert reply.codes == codes
        assert reply.headers["Content-Type"] == "application/problem+json"
        assert scene.client.get("/v1/bookings").json["items"] == [], "a refusal leaves nothing behind"


@pytest.mark.parametrize(
    "start, end, is_taken",
    [
        pytest.param("10:00", "11:00", True, id="the_same"),
        pytest.param("09:30", "10:30", True, id="over_the_start"),
        pytest.param("10:30", "11:30", True, id="over_the_end"),
        pytest.param("09:00", "12:00", True, id="around"),
        pytest.param("10:15", "10:45", True, id="inside"),
        pytest.param("09:00", "10:01", True, id="a_minute_into_it"),
        pytest.param("10:59", "12:00", True, id="a_minute_before_its_end"),
        pytest.param("09:00", "10:00", False, id="before"),
        pytest.param("11:00", "12:00", False, id="after"),
    ],
)
def test_spans_are_half_open(lab, start, end, is_taken):
    scene = Scene(lab)
    other = lab.person(lab.firm())
    lab.apply()
    must_book(lab.client(other), scene.resource, "24 10:00", "24 11:00")
    reply = scene.book(f"24 {start}", f"24 {end}")
    if is_taken:
        assert reply.status == 409, reply
        until = "2026-11-24T01:00:00Z" if start < "10:00" else None  # it could last so long
        assert violations(reply) == {("taken", "/start"): (until, scene.resource)}
    else:
        assert reply.status == 201, reply


def test_cancelled_time_is_free_again(lab):
    scene = Scene(lab)
    booking = must_book(scene.client, scene.resource, "24 10:00", "24 11:00")
    assert cancel(scene.client, booking).status == 200
    assert scene.book("24 10:00", "24 11:00").status == 201


def test_time_left_by_an_early_end_is_free_again(lab):
    scene = Scene(lab)
    technician = lab.client("technician")
    booking = must_book(scene.client, scene.resource, "24 10:00", "24 11:00")
    lab.daemon.set_clock(site_time("24 10:00"))
    session = technician.post("/v1/sessions/start", {"booking": booking["id"]})
    assert session.status == 201, session
    lab.daemon.set_clock(site_time("24 10:20"))
    finished = act(technician, f"/v1/sessions/{session.json['id']}/finish", session.json)
    assert finished.status == 200, finished
    lab.daemon.set_clock(site_time("24 10:25"))
    assert scene.book("24 10:30", "24 11:00").status == 201


def test_other_instrument_is_another_calendar(lab):
    scene = Scene(lab)
    other = lab.resource(hours=NEVER_CLOSED)
    lab.apply()
    must_book(scene.client, scene.resource, "24 10:00", "24 11:00")
    must_book(scene.client, other, "24 10:00", "24 11:00")


# ---------------------------------------------------------------- limits


@pytest.mark.parametrize(
    "rule, start, end, expected",
    [
        pytest.param({"horizon_s": 2 * DAY_S}, "26 09:00", "26 10:00",
                     {("beyond_horizon", "/start"): (2 * DAY_S, 3 * DAY_S)}, id="beyond_the_horizon"),
        pytest.param({"horizon_s": 2 * DAY_S}, "24 09:00", "24 10:00", {}, id="within_the_horizon"),
        pytest.param({"horizon_s": 2 * DAY_S}, "25 09:00", "25 10:00", {}, id="at_the_horizon"),
        pytest.param({"horizon_s": 2 * DAY_S}, "25 09:01", "25 10:00",
                     {("beyond_horizon", "/start"): (2 * DAY_S, 2 * DAY_S + 60)}, id="a_minute_beyond"),
        pytest.param({"max_s": HOUR_S}, "24 10:00", "24 11:01",
                     {("duration_too_long", "/end"): (HOUR_S, HOUR_S + 60)}, id="too_long"),
        pytest.param({"max_s": HOUR_S}, "24 10:00", "24 11:00", {}, id="as_long_as_may_be"),
        pytest.param({"min_s": 1800}, "24 10:00", "24 10:29",
                     {("duration_too_short", "/end"): (1800, 1740)}, id="too_short"),
        pytest.param({"min_s": 1800}, "24 10:00", "24 10:30", {}, id="as_short_as_may_be"),
        pytest.param({"notice_s": DAY_S}, "24 08:00", "24 10:00",
                     {("notice_too_short", "/start"): (DAY_S, 23 * HOUR_S)}, id="too_soon"),
        pytest.param({"notice_s": DAY_S}, "24 09:00", "24 10:00", {}, id="notice_kept_exactly"),
        pytest.param({"notice_s": DAY_S}, "24 10:00", "24 11:00", {}, id="notice_kept"),
        pytest.param({"notice_s": 2 * HOUR_S}, "23 10:00", "23 11:00",
                     {("notice_too_short", "/start"): (2 * HOUR_S, HOUR_S)}, id="after_the_cutoff"),
        pytest.param({"notice_s": 2 * HOUR_S}, "23 12:00", "23 13:00", {}, id="before_the_cutoff"),
        pytest.param({"grid_s": 1800}, "24 10:10", "24 11:10",
                     {("off_grid", "/start"): (1800, "2026-11-24T01:10:00Z"),
                      ("off_grid", "/end"): (1800, "2026-11-24T02:10:00Z")}, id="off_the_grid"),
        pytest.param({"grid_s": 1800}, "24 10:30", "24 12:00", {}, id="on_the_grid"),
    ],
)
def test_limits(lab, rule, start, end, expected):
    scene = Scene(lab, rule=rule)  # it is the 23rd, 09:00
    reply = scene.book(start, end)
    assert reply.status == (422 if expected else 201), reply
    if expected:
        assert violations(reply) == expected


def test_staff_are_exempt_from_notice_with_a_reason(lab):
    scene = Scene(lab, rule={"notice_s": 2 * HOUR_S})
    technician = lab.client("technician")
    refused = book(technician, scene.resource, "23 10:00", "23 11:00", firm=scene.firm)
    assert (refused.status, refused.codes) == (422, ["notice_too_short"])
    made = must_book(technician, scene.resource, "23 10:00", "23 11:00", firm=scene.firm,
                     override_reason="urgent repair")
    assert made["explain"]["overrides"] == ["notice_too_short"]


# ---------------------------------------------------------------- opening hours and holidays


@pytest.mark.parametrize(
    "start, end, expected",
    [
        pytest.param("24 08:00", "24 09:00",
                     {("closed", "/start"): ("2026-11-24T00:00:00Z", "2026-11-23T23:00:00Z")}, id="before_opening"),
        pytest.param("24 16:30", "24 17:30",
                     {("closed", "/end"): ("2026-11-24T08:00:00Z", "2026-11-24T08:30:00Z")}, id="over_closing"),
        pytest.param("24 09:00", "24 17:00", {}, id="the_whole_day"),
        pytest.param("24 16:00", "25 10:00",
                     {("closed", "/end"): ("2026-11-24T08:00:00Z", "2026-11-25T01:00:00Z")}, id="over_night"),
        pytest.param("28 10:00", "28 11:00",
                     {("closed", "/start"): ("2026-11-30T00:00:00Z", "2026-11-28T01:00:00Z")}, id="on_saturday"),
    ],
)
def test_opening_hours(lab, start, end, expected):
    scene = Scene(lab, hours=[{**row, "closes": "17:00"} for row in HOURS])
    reply = scene.book(start, end)
    assert reply.status == (422 if expected else 201), reply
    if expected:
        assert violations(reply) == expected


@pytest.mark.parametrize(
    "start, end, pointer",
    [
        pytest.param("12-25 10:00", "12-25 11:00", "/start", id="on_it"),
        pytest.param("12-24 23:00", "12-25 01:00", "/end", id="into_it"),
        pytest.param("12-24 23:00", "12-26 01:00", "/end", id="across_it"),
        pytest.param("12-24 23:00", "12-25 00:00", None, id="up_to_it"),
        pytest.param("12-26 00:00", "12-26 01:00", None, id="from_its_end"),
    ],
)
def test_holiday_counts_over_the_whole_span(lab, start, end, pointer):
    scene = Scene(lab)
    reply = scene.book(start, end)
    assert reply.status == (422 if pointer else 201), reply
    if pointer:
        assert [(row["code"], row["pointer"]) for row in reply.json["violations"]] == [("closed", pointer)]


@pytest.mark.parametrize("start, end", [("12-25 10:00", "12-25 11:00"), ("24 08:00", "24 09:00")],
                         ids=["holiday", "before_opening"])
def test_staff_book_closed_time_only_with_a_reason(lab, start, end):
    scene = Scene(lab, hours=HOURS)
    technician = lab.client("technician")
    refused = book(technician, scene.resource, start, end, firm=scene.firm)
    assert (refused.status, refused.codes) == (422, ["closed"])
    made = must_book(technician, scene.resource, start, end, firm=scene.firm, override_reason="the firm's line stands still")
    assert made["override_reason"] == "the firm's line stands still"
    assert made["explain"]["overrides"] == ["closed"]


# ---------------------------------------------------------------- pads and capacity


@pytest.mark.parametrize(
    "rule, start, end, is_taken",
    [
        # There are bookings 04:00-05:00 and 08:00-09:00.
        pytest.param({"pad_after_s": HOUR_S}, "06:00", "07:00", False, id="fits_between_the_pads"),
        pytest.param({"pad_after_s": HOUR_S}, "05:59", "07:00", True, id="starts_in_a_pad"),
        pytest.param({"pad_after_s": HOUR_S}, "06:00", "07:01", True, id="its_own_pad_is_in_the_way"),
        pytest.param({"pad_before_s": HOUR_S}, "06:00", "07:00", False, id="set_up_fits"),
        pytest.param({"pad_before_s": HOUR_S}, "06:00", "07:01", True, id="in_the_set_up_of_the_next"),
        pytest.param({"pad_before_s": HOUR_S}, "05:59", "07:00", True, id="its_set_up_is_in_the_way"),
        pytest.param({"pad_before_s": 1800, "pad_after_s": 600}, "05:40", "07:20", False, id="both_pads_touch"),
        pytest.param({"pad_before_s": 1800, "pad_after_s": 600}, "05:39", "07:20", True, id="both_pads_overlap"),
    ],
)
def test_pads_are_part_of_the_claim(lab, rule, start, end, is_taken):
    scene = Scene(lab, rule=rule)
    must_book(scene.client, scene.resource, "24 04:00", "24 05:00")
    must_book(scene.client, scene.resource, "24 08:00", "24 09:00")
    reply = scene.book(f"24 {start}", f"24 {end}")
    assert reply.status == (409 if is_taken else 201), reply
    if not is_taken:
        assert reply.json["start"] == f"2026-11-23T{int(start[:2]) + 15:02}:{start[3:]}:00Z", "pads are not the booking"


@pytest.mark.parametrize(
    "others, start, end, is_taken",
    [
        pytest.param([("10:00", "11:00"), ("11:00", "12:00"), ("09:30", "11:00")], "09:00", "12:00", False,
                     id="at_most_two_at_a_time"),
        pytest.param([("09:00", "10:30"), ("09:00", "09:30"), ("09:00", "09:30")], "09:00", "09:30", True,
                     id="three_at_once"),
        pytest.param([("09:00", "10:30"), ("09:00", "09:30"), ("09:00", "09:30")], "09:30", "10:30", False,
                     id="two_have_ended"),
    ],
)
def test_capacity_of_three(lab, others, start, end, is_taken):
    scene = Scene(lab, capacity=3)
    for other in others:
        must_book(scene.client, scene.resource, f"24 {other[0]}", f"24 {other[1]}")
    assert scene.book(f"24 {start}", f"24 {end}").status == (409 if is_taken else 201)


def test_room_for_twelve(lab):
    scene = Scene(lab, kind="room", capacity=12)
    for _ in range(12):
        must_book(scene.client, scene.resource, "24 10:00", "24 12:00")
    full = scene.book("24 11:00", "24 11:30")
    assert (full.status, full.codes) == (409, ["taken"])
    must_book(scene.client, scene.resource, "24 12:00", "24 13:00")


# ---------------------------------------------------------------- who books what for whom


def test_staff_book_for_a_firm(lab):
    scene = Scene(lab)
    made = must_book(lab.client("technician"), scene.resource, "24 10:00", "24 11:00", firm=scene.firm)
    own = must_book(scene.client, scene.resource, "24 11:00", "24 12:00")
    assert made["firm"] == own["firm"] == scene.firm
    assert made["created_by"] != own["created_by"] == own["person_id"]
    assert {row["id"] for row in scene.client.get("/v1/bookings").json["items"]} == {made["id"], own["id"]}


def test_staff_name_the_firm(lab):
    scene = Scene(lab)
    reply = book(lab.client("technician"), scene.resource, "24 10:00", "24 11:00")
    assert (reply.status, violations(reply)) == (422, {("missing_field", "/firm"): (None, None)})


@pytest.mark.parametrize("other", ["another", "none_such"])
def test_nobody_books_for_another_firm(lab, other):
    scene = Scene(lab)
    firm = lab.firm() if other == "another" else "no_such_firm"
    lab.apply()
    reply = scene.book("24 10:00", "24 11:00", firm=firm)
    assert (reply.status, reply.codes) == (403, ["forbidden"]), "and which firms there are is not told"


def test_own_firm_may_be_named(lab):
    scene = Scene(lab)
    assert scene.book("24 10:00", "24 11:00", firm=scene.firm).json["firm"] == scene.firm


@pytest.mark.parametrize(
    "change, code, pointer",
    [
        pytest.param({"is_active": False}, "not_bookable", "/resource", id="inactive_resource"),
        pytest.param({"tariff": False}, "unpriced", "/start", id="without_a_tariff"),
        pytest.param({"tariff": {"valid_from": "2026-11-25"}}, "unpriced", "/start", id="tariff_of_later"),
    ],
)
def test_what_cannot_be_booked(lab, change, code, pointer):
    scene = Scene(lab, **change)
    reply = scene.book("24 10:00", "24 11:00")
    assert (reply.status, list(violations(reply))) == (422, [(code, pointer)])
    staff = book(lab.client("technician"), scene.resource, "24 10:00", "24 11:00", firm=scene.firm,
                 override_reason="no reason is good enough")
    assert (staff.status, staff.codes) == (422, [code])


def test_blocked_firm(lab):
    resource = lab.resource(hours=NEVER_CLOSED)
    person = lab.person(lab.firm(is_blocked=True))
    lab.apply()
    reply = book(lab.client(person), resource, "24 10:00", "24 11:00")
    assert (reply.status, list(violations(reply))) == (422, [("firm_blocked", "")])


@pytest.mark.parametrize(
    "valid_to, is_refused",
    [
        pytest.param(None, True, id="none"),
        pytest.param(site_time("24 10:59"), True, id="ends_during_the_booking"),
        pytest.param(site_time("24 11:00"), False, id="ends_with_it"),
        pytest.param(site_time("24 10:00"), True, id="ended_before"),
    ],
)
def test_qualification_over_the_whole_span(lab, valid_to, is_refused):
    scene = Scene(lab, rule={"needs_qualification": True})
    if valid_to:
        lab.qualification(scene.person, scene.resource, valid_to=valid_to)
        lab.apply()
    reply = scene.book("24 10:00", "24 11:00")
    assert reply.status == (422 if is_refused else 201), reply
    if is_refused:
        assert list(violations(reply)) == [("not_qualified", "/resource")]


# ---------------------------------------------------------------- all at once, and in Korean


def test_every_broken_rule_is_listed(lab):
    scene = Scene(lab, hours=HOURS, rule={"needs_qualification": True, "min_s": HOUR_S, "grid_s": 600,
                                          "horizon_s": 3 * DAY_S})
    reply = scene.book("29 03:07", "29 03:20")
    assert reply.status == 422
    assert violations(reply) == {
        ("beyond_horizon", "/start"): (3 * DAY_S, 5 * DAY_S + 18 * HOUR_S + 7 * 60),
        ("duration_too_short", "/end"): (HOUR_S, 13 * 60),
        ("off_grid", "/start"): (600, "2026-11-28T18:07:00Z"),
        ("closed", "/start"): ("2026-11-30T00:00:00Z", "2026-11-28T18:07:00Z"),
        ("not_qualified", "/resource"): ("2026-11-28T18:20:00Z", None),
    }


@pytest.mark.parametrize(
    "accepted, message",
    [
        ("ko", "예약 시간이 너무 짧습니다."),
        ("ko-KR,ko;q=0.9,en;q=0.8", "예약 시간이 너무 짧습니다."),
        ("en", "The booking is too short."),
        ("en;q=0.9,ko;q=0.1", "The booking is too short."),
        (None, "The booking is too short."),
    ],
)
def test_messages_in_the_readers_language(lab, accepted, message):
    scene = Scene(lab, rule={"min_s": HOUR_S})
    headers = {"Accept-Language": accepted} if accepted else {}
    body = {"resource": scene.resource, "start": site_time("24 10:00"), "end": site_time("24 10:10")}
    reply = scene.client.post("/v1/bookings", body, headers=headers)
    assert [(row["code"], row["message"]) for row in reply.json["violations"]] == [("duration_too_short", message)]
    assert reply.json["title"] == message


# ---------------------------------------------------------------- overriding


def test_override_is_recorded_with_its_reason(lab):
    scene = Scene(lab, hours=HOURS, rule={"max_s": HOUR_S, "grid_s": 1800})
    technician = lab.client("technician")
    made = must_book(technician, scene.resource, "28 10:10", "28 13:10", firm=scene.firm, override_reason="fair on Saturday")
    shown = scene.client.get(f"/v1/bookings/{made['id']}").json
    assert shown["override_reason"] == "fair on Saturday"
    assert shown["explain"]["overrides"] == ["duration_too_long", "off_grid", "closed"]


def test_override_of_nothing_overrules_nothing(lab):
    scene = Scene(lab)
    made = must_book(lab.client("technician"), scene.resource, "24 10:00", "24 11:00", firm=scene.firm,
                     override_reason="to be on the safe side")
    assert made["explain"]["overrides"] == []


@pytest.mark.parametrize("start, end", [("24 10:00", "24 11:00"), ("24 10:59", "24 12:00")], ids=["all_of_it", "a_minute"])
def test_nobody_overrides_a_claim(lab, start, end):
    scene = Scene(lab, rule={"pad_after_s": 600})
    must_book(scene.client, scene.resource, "24 10:00", "24 11:00")
    for person in ("technician", "admin"):
        reply = book(lab.client(person), scene.resource, start, end, firm=scene.firm, override_reason="I am in charge")
        assert (reply.status, reply.codes) == (409, ["taken"])


@pytest.mark.parametrize(
    "start, end, code",
    [("22 10:00", "22 11:00", "in_the_past"), ("24 11:00", "24 10:00", "end_not_after_start")],
)
def test_nobody_overrides_time_itself(lab, start, end, code):
    scene = Scene(lab)
    reply = book(lab.client("technician"), scene.resource, start, end, firm=scene.firm, override_reason="I am in charge")
    assert (reply.status, reply.codes) == (422, [code])


def test_firms_people_override_nothing(lab):
    scene = Scene(lab)
    reply = scene.book("24 10:00", "24 11:00", override_reason="please")
    assert (reply.status, list(violations(reply))) == (403, [("forbidden", "/override_reason")])


# ---------------------------------------------------------------- with an operator


def test_assisted_booking_takes_the_operator_too(lab):
    """The site has one operator; a free day of its own for this test."""
    scene = Scene(lab, rule={"needs_qualification": True})
    other = lab.resource(hours=NEVER_CLOSED)
    lab.apply()
    first = must_book(scene.client, scene.resource, "12-01 10:00", "12-01 11:00", mode="assisted")
    busy = book(scene.client, other, "12-01 10:30", "12-01 11:30", mode="assisted")
    assert (busy.status, violations(busy)) == (409, {("taken", "/mode"): (None, "operator")})
    must_book(scene.client, other, "12-01 10:30", "12-01 11:30")
    must_book(scene.client, scene.resource, "12-01 11:00", "12-01 12:00", mode="assisted")
    assert cancel(scene.client, first).status == 200
    third = lab.resource(hours=NEVER_CLOSED)
    lab.apply()
    must_book(scene.client, third, "12-01 10:00", "12-01 11:00", mode="assisted")


def test_refused_assisted_booking_leaves_the_operator_free(lab):
    scene = Scene(lab)
    must_book(scene.client, scene.resource, "12-02 10:00", "12-02 11:00")
    assert scene.book("12-02 10:00", "12-02 11:00", mode="assisted").status == 409
    other = lab.resource(hours=NEVER_CLOSED)
    lab.apply()
    must_book(scene.client, other, "12-02 10:00", "12-02 11:00", mode="assisted")


# ---------------------------------------------------------------- cancelling


def test_cancelling_needs_a_reason_from_staff(lab):
    scene = Scene(lab)
    booking = must_book(scene.client, scene.resource, "24 10:00", "24 11:00")
    technician = lab.client("technician")
    refused = cancel(technician, booking)
    assert (refused.status, list(violations(refused))) == (422, [("missing_field", "/reason")])
    done = cancel(technician, booking, reason="the probe is broken")
    assert (done.status, done.json["status"], done.json["cancel_reason"]) == (200, "cancelled", "the probe is broken")
    assert done.json["cancelled_by"] != booking["person_id"]


def test_reasons_why_cancelling_is_refused(lab):
    scene = Scene(lab)
    technician = lab.client("technician")
    cancelled = must_book(scene.client, scene.resource, "24 09:00", "24 10:00")
    used = must_book(scene.client, scene.resource, "24 10:00", "24 11:00")
    passed = must_book(scene.client, scene.resource, "24 11:00", "24 12:00")
    cancelled = cancel(scene.client, cancelled).json

    def codes(booking_id):
        booking = scene.client.get(f"/v1/bookings/{booking_id}").json
        reply = cancel(scene.client, booking)
        return reply.status, reply.codes

    assert codes(cancelled["id"]) == (409, ["already_cancelled"])
    lab.daemon.set_clock(site_time("24 10:00"))
    session = technician.post("/v1/sessions/start", {"booking": used["id"]}).json
    assert codes(used["id"]) == (409, ["already_started"])
    act(technician, f"/v1/sessions/{session['id']}/finish", session)
    assert codes(used["id"]) == (409, ["already_finished"])
    lab.daemon.set_clock(site_time("24 11:00"))
    status, reasons = codes(passed["id"])
    assert reasons == ["in_the_past"] and status in (409, 422)


# ---------------------------------------------------------------- price and support


def test_price_of_a_booking(lab):
    scene = Scene(lab, tariff={"price_num": 20000, "setup_fee": 5000})
    made = must_book(scene.client, scene.resource, "24 10:00", "24 11:30")
    assert (made["price"], made["support"], made["own_share"], made["currency"]) == (35000, 0, 35000, "KRW")
    assert made["holds"] == []


def test_budget_that_runs_dry_is_held_in_part(lab):
    """70 % of 100,000 is 70,000, at 3:1 52,500 and 17,500; the small funder has 20,000 in all."""
    region = "dry"
    programme = lab.programme([(3, 1_000_000), (1, 20_000)], region)
    resource = lab.resource(hours=NEVER_CLOSED, tariff={"price_num": 100_000}, capacity=3)
    firm = lab.firm(facts={"region": region, "industry": "C25", "head_count": 5})
    lab.person(firm)
    person = lab.person(firm)
    lab.apply()
    client = lab.client(person)

    def amounts(booking):
        assert {row["programme"] for row in booking["holds"]} == {programme}
        assert {row["fiscal_year"] for row in booking["holds"]} == {2026}
        return (booking["price"], booking["support"], booking["own_share"],
                sorted((row["wanted"], row["held"]) for row in booking["holds"]))

    first = must_book(client, resource, "24 10:00", "24 11:00")
    assert amounts(first) == (100_000, 70_000, 30_000, [(17_500, 17_500), (52_500, 52_500)])
    second = must_book(client, resource, "24 10:00", "24 11:00")
    assert amounts(second) == (100_000, 55_000, 45_000, [(17_500, 2_500), (52_500, 52_500)])
    third = must_book(client, resource, "24 10:00", "24 11:00")
    assert amounts(third) == (100_000, 52_500, 47_500, [(17_500, 0), (52_500, 52_500)])

    assert balances(lab, programme) == [0, 1_000_000 - 3 * 52_500]
    assert cancel(client, first).status == 200
    assert balances(lab, programme) == [17_500, 1_000_000 - 2 * 52_500]


def balances(lab, programme):
    rows = lab.client("finance").get("/v1/budgets?limit=500").json["items"]
    return sorted(row["balance"] for row in rows if row["programme"] == programme and row["fiscal_year"] == 2026)


def test_cap_of_firm_and_year(lab):
    region = "capped"
    lab.programme([(1, 1_000_000)], region, firm_year_cap=100_000)
    resource = lab.resource(hours=NEVER_CLOSED, tariff={"price_num": 100_000}, capacity=3)
    facts = {"region": region, "industry": "C25", "head_count": 5}
    firms = [lab.firm(facts=facts), lab.firm(facts=facts)]
    people = [lab.person(firm) for firm in firms]
    lab.apply()
    supports = [must_book(lab.client(person), resource, f"24 {hour}:00", f"24 {hour + 1}:00")["support"]
                for person, hour in itertools.product(people, (10, 11, 12))]
    assert supports == [70_000, 30_000, 0] * 2


def test_strict_funders_shrink_together(lab):
    """1:1 of 70,000; one has 10,000: both give 10,000."""
    region = "strict"
    lab.programme([(1, 1_000_000), (1, 10_000)], region, matching="strict")
    resource = lab.resource(hours=NEVER_CLOSED, tariff={"price_num": 100_000})
    person = lab.person(lab.firm(facts={"region": region, "industry": "C25", "head_count": 5}))
    lab.apply()
    made = must_book(lab.client(person), resource, "24 10:00", "24 11:00")
    assert (made["support"], [row["held"] for row in made["holds"]]) == (20_000, [10_000, 10_000])


def test_all_or_nothing_budget(lab):
    region = "whole"
    lab.programme([(1, 1_000_000), (1, 10_000)], region, draws_partially=False)
    resource = lab.resource(hours=NEVER_CLOSED, tariff={"price_num": 100_000})
    person = lab.person(lab.firm(facts={"region": region, "industry": "C25", "head_count": 5}))
    lab.apply()
    made = must_book(lab.client(person), resource, "24 10:00", "24 11:00")
    assert (made["support"], [row["held"] for row in made["holds"]]) == (0, [0, 0])
