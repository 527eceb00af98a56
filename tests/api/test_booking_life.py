"""The life of a booking: changed, cancelled for a fee, approved, expired, checked in, missed; each by its own rules, and by
the clock alone whether or not the jobs process has run."""

import pytest

from booking_support import Scene, act, book, cancel, change, decide, must_book, shown, site_time, violations, wanted
from metering_support import see
from support.lab import NEVER_CLOSED

HOUR_S = 3600
DAY_S = 86400


def utc(text):
    """A time at the site as replies show it."""
    day, clock = text.split()
    hour = int(clock[:2]) - 9
    return f"2026-11-{int(day) - (hour < 0):02}T{hour % 24:02}{clock[2:]}:00Z"


@pytest.fixture(params=[False, True], ids=["without_jobs", "with_jobs"])
def when(lab, request):
    """Sets the clock; in one of two runs of the test all jobs that are due then run first."""

    def set_clock(text):
        lab.daemon.set_clock(site_time(text))
        if request.param:
            lab.daemon.tick()

    return set_clock


def events_of(client, booking, kind):
    return [event["data"] for event in client.get("/v1/events?limit=500").json["items"]
            if event["object"] == booking["id"] and event["kind"] == kind]


# ---------------------------------------------------------------- changing


@pytest.mark.parametrize(
    "start, end, expected",
    [
        # It is 10:00-12:00, of one to four hours, two hours ahead; others are 08:00-09:00 and 14:00-15:00.
        pytest.param(None, "24 11:00", None, id="shrunk"),
        pytest.param(None, "24 10:59", {("duration_too_short", "/end"): (HOUR_S, HOUR_S - 60)}, id="shrunk_too_far"),
        pytest.param(None, "24 14:00", None, id="extended"),
        pytest.param(None, "24 14:01", {("duration_too_long", "/end"): (4 * HOUR_S, 4 * HOUR_S + 60),
                                        ("taken", "/start"): (utc("24 14:00"), "RESOURCE")}, id="too_long_and_over_another"),
        pytest.param("24 15:00", "24 17:00", None, id="moved"),
        pytest.param("24 11:00", "24 13:00", None, id="moved_over_itself"),
        pytest.param("24 14:30", "24 15:30", {("taken", "/start"): (None, "RESOURCE")}, id="moved_onto_another"),
        pytest.param("24 07:30", None, {("duration_too_long", "/end"): (4 * HOUR_S, 4.5 * HOUR_S),
                                        ("taken", "/start"): (utc("24 08:00"), "RESOURCE")}, id="start_before_another"),
        pytest.param("23 10:00", "23 12:00", {("notice_too_short", "/start"): (2 * HOUR_S, HOUR_S)}, id="new_start_too_soon"),
        pytest.param("23 08:00", "23 10:00", {("in_the_past", "/start"): ("2026-11-23T00:00:00Z", utc("23 08:00"))}, id="into_the_past"),
        pytest.param("24 12:00", None, {("end_not_after_start", "/end"): (utc("24 12:00"), utc("24 12:00"))}, id="to_nothing"),
    ],
)
def test_change_of_time(lab, start, end, expected):
    scene = Scene(lab, rule={"min_s": HOUR_S, "max_s": 4 * HOUR_S, "notice_s": 2 * HOUR_S})
    other = scene.another()
    for hour in (8, 14):
        must_book(other, scene.resource, f"24 {hour:02}:00", f"24 {hour + 1:02}:00")
    booking = scene.must_book("24 10:00", "24 12:00")
    body = {name: site_time(text) for name, text in (("start", start), ("end", end)) if text}
    reply = change(scene.client, booking, **body)
    now = shown(scene.client, booking)
    if expected:
        said = {key: (limit, scene.resource if actual == "RESOURCE" else actual) for key, (limit, actual) in expected.items()}
        assert violations(reply) == said
        assert reply.status == (409 if ("taken", "/start") == list(said)[0] else 422), reply
        assert now == booking, "the original booking stands"
    else:
        assert reply.status == 200, reply
        assert reply.headers["ETag"] == '"v2"'
        assert now == reply.json
        assert (now["start"], now["end"]) == (utc(start or "24 10:00"), utc(end or "24 12:00"))
        assert (now["id"], now["version"], now["status"]) == (booking["id"], 2, "confirmed")
        hours = (int(now["end"][11:13]) - int(now["start"][11:13]))
        assert now["price"] == hours * 10_000


@pytest.mark.parametrize(
    "start, end, freed",
    [
        pytest.param(None, "24 13:50", [("24 13:50", "24 16:00")], id="shrunk"),
        pytest.param(None, "24 18:10", [], id="extended"),
        pytest.param("24 12:10", "24 18:10", [("24 10:00", "24 12:10")], id="moved_later"),
        pytest.param("24 07:50", "24 13:50", [("24 13:50", "24 16:00")], id="moved_earlier"),
        pytest.param("25 10:00", "25 16:00", [("24 10:00", "24 16:00")], id="moved_away"),
    ],
)
def test_change_tells_what_time_is_free(lab, start, end, freed):
    scene = Scene(lab)
    booking = scene.must_book("24 10:00", "24 16:00")
    reply = change(scene.client, booking, **({"start": site_time(start)} if start else {}), end=site_time(end))
    assert reply.status == 200, reply
    (event,) = events_of(scene.client, booking, "booking.changed")
    assert event["freed"] == [{"start": utc(a), "end": utc(b)} for a, b in freed]
    for begin, finish in freed:
        must_book(scene.another(), scene.resource, begin, finish)


def test_history_keeps_what_it_was(lab):
    scene = Scene(lab)
    booking = scene.must_book("24 10:00", "24 12:00", purpose="first")
    assert change(scene.client, booking, end=site_time("24 11:00")).status == 200
    booking = shown(scene.client, booking)
    technician = lab.client("technician")
    assert change(technician, booking, purpose="second", reason="asked by phone").status == 200
    assert cancel(scene.client, shown(scene.client, booking)).status == 200
    rows = scene.client.get(f"/v1/bookings/{booking['id']}/history").json["items"]
    assert [(row["version"], row["kind"], row["reason"]) for row in rows] == [
        (3, "cancelled", None), (2, "changed", "asked by phone"), (1, "changed", None)]
    assert [row["was"]["end"] for row in rows] == [utc("24 11:00"), utc("24 11:00"), utc("24 12:00")]
    assert [row["was"]["purpose"] for row in rows] == ["second", "first", "first"]
    assert scene.another().get(f"/v1/bookings/{booking['id']}/history").status == 404


def test_staff_change_with_a_reason_only(lab):
    scene = Scene(lab)
    booking = scene.must_book("24 10:00", "24 12:00")
    technician = lab.client("technician")
    refused = change(technician, booking, end=site_time("24 11:00"))
    assert (refused.status, list(violations(refused))) == (422, [("missing_field", "/reason")])
    assert change(technician, booking, end=site_time("24 11:00"), reason="the probe is broken").status == 200


def test_a_price_is_kept_by_what_does_not_change_it(lab):
    scene = Scene(lab)
    booking = scene.must_book("24 10:00", "24 12:00")
    lab.add("tariffs", resource=scene.resource, valid_from="2026-01-01", time_unit_s=3600, price_num=10000, rounding="minute",
            valid_to="2026-11-24")
    lab.add("tariffs", resource=scene.resource, valid_from="2026-11-24", time_unit_s=3600, price_num=50000, rounding="minute")
    lab.apply()
    renamed = change(scene.client, booking, purpose="another purpose")
    assert (renamed.status, renamed.json["price"]) == (200, 20_000)
    assert change(scene.client, renamed.json, end=site_time("24 11:00")).json["price"] == 50_000


def test_change_needs_the_version_that_was_seen(lab):
    scene = Scene(lab)
    booking = scene.must_book("24 10:00", "24 12:00")
    assert change(scene.client, booking, end=site_time("24 11:00")).status == 200
    stale = change(scene.client, booking, end=site_time("24 11:30"))
    assert (stale.status, violations(stale)) == (412, {("stale_version", ""): (2, 1)})
    missing = scene.client.patch(f"/v1/bookings/{booking['id']}", {"end": site_time("24 11:30")})
    assert (missing.status, missing.codes) == (428, ["version_required"])


def test_change_repeated_with_its_key(lab):
    scene = Scene(lab)
    booking = scene.must_book("24 10:00", "24 12:00")
    headers = {"If-Match": '"v1"', "Idempotency-Key": "change"}
    first, again = [scene.client.patch(f"/v1/bookings/{booking['id']}", {"end": site_time("24 11:00")}, headers=headers)
                    for _ in range(2)]
    assert (first.status, first.body) == (again.status, again.body) == (200, first.body)
    assert shown(scene.client, booking)["version"] == 2
    other = scene.client.patch(f"/v1/bookings/{booking['id']}", {"end": site_time("24 11:30")}, headers=headers)
    assert (other.status, other.codes) == (422, ["key_reused"])


def test_change_of_what_is_not_theirs(lab):
    scene = Scene(lab)
    booking = scene.must_book("24 10:00", "24 12:00")
    assert change(scene.another(), booking, end=site_time("24 11:00")).status == 404


def test_change_of_a_resource_that_was_withdrawn(lab):
    scene = Scene(lab)
    booking = scene.must_book("24 10:00", "24 12:00")
    lab.add("resources", code=scene.resource, kind="instrument", name="withdrawn", is_active=False)
    lab.apply()
    reply = change(scene.client, booking, end=site_time("24 11:00"))
    assert (reply.status, list(violations(reply))) == (422, [("not_bookable", "/resource")])


@pytest.mark.parametrize(
    "body, expected",
    [
        # It runs 10:00-12:00, and it is 10:30.
        pytest.param({"end": "24 11:00"}, {}, id="shrunk"),
        pytest.param({"end": "24 13:00"}, {}, id="extended"),
        pytest.param({"end": "24 10:20"}, {("in_the_past", "/end"): (utc("24 10:30"), utc("24 10:20"))}, id="ended_before_now"),
        pytest.param({"end": "24 10:30"}, {("in_the_past", "/end"): (utc("24 10:30"), utc("24 10:30"))}, id="ended_now"),
        pytest.param({"start": "24 11:00"}, {("in_the_past", "/start"): (utc("24 10:00"), utc("24 11:00"))}, id="start_moved"),
        pytest.param({"mode": "commissioned"}, {("already_started", "/mode"): (None, None)}, id="mode"),
        pytest.param({"end": "24 15:00"}, {("duration_too_long", "/end"): (4 * HOUR_S, 5 * HOUR_S)}, id="too_long"),
    ],
)
@pytest.mark.parametrize("has_session", [False, True], ids=["unattended", "in_session"])
def test_change_while_it_runs(lab, has_session, body, expected):
    scene = Scene(lab, rule={"notice_s": 2 * HOUR_S, "max_s": 4 * HOUR_S})
    booking = scene.must_book("24 10:00", "24 12:00")
    lab.daemon.set_clock(site_time("24 10:00"))
    if has_session:
        assert lab.client("technician").post("/v1/sessions/start", {"booking": booking["id"]}).status == 201
    lab.daemon.set_clock(site_time("24 10:30"))
    booking = shown(scene.client, booking)
    reply = change(scene.client, booking, **{name: site_time(text) if name != "mode" else text for name, text in body.items()})
    if expected:
        assert violations(reply) == expected
        assert shown(scene.client, booking) == booking
    else:
        assert (reply.status, reply.json["end"]) == (200, utc(body["end"])), reply
        assert reply.json["status"] == booking["status"]


# ---------------------------------------------------------------- too late


def test_locked_from_then_on(lab):
    scene = Scene(lab, rule={"lock_s": 2 * HOUR_S})
    booking = scene.must_book("24 12:00", "24 13:00")
    assert booking["locked_from"] == utc("24 10:00")
    lab.daemon.set_clock(site_time("24 09:59"))
    booking = change(scene.client, booking, purpose="in time").json
    lab.daemon.set_clock(site_time("24 10:00"))
    expected = {("locked", ""): (utc("24 10:00"), utc("24 10:00"))}
    for reply in (cancel(scene.client, booking), change(scene.client, booking, end=site_time("24 12:30"))):
        assert (reply.status, violations(reply)) == (422, expected)
    technician = lab.client("technician")
    booking = change(technician, booking, end=site_time("24 12:30"), reason="asked by phone").json
    assert cancel(technician, booking, reason="asked by phone").json["fee"] == 0


@pytest.mark.parametrize(
    "rule, at, price, fee",
    [
        # An hour from 24 12:00.
        pytest.param({"cancel_free_s": DAY_S, "cancel_fee": 4575}, "23 11:00", 10_000, 0, id="free_in_time"),
        pytest.param({"cancel_free_s": DAY_S, "cancel_fee": 4575}, "23 12:00", 10_000, 0, id="free_to_the_second"),
        pytest.param({"cancel_free_s": DAY_S, "cancel_fee": 4575}, "23 12:00:01", 10_000, 4575, id="a_second_late"),
        pytest.param({"cancel_free_s": DAY_S}, "24 10:00", 10_000, 0, id="no_fee_is_set"),
        pytest.param({"cancel_free_s": DAY_S, "cancel_share_num": 50}, "24 10:00", 10_000, 5_000, id="half_the_price"),
        pytest.param({"cancel_free_s": DAY_S, "cancel_share_num": 1, "cancel_share_den": 3}, "24 10:00", 10_001, 3_334, id="a_third_rounded"),
        pytest.param({"cancel_free_s": DAY_S, "cancel_share_num": 1, "cancel_share_den": 2}, "24 10:00", 10_001, 5_001, id="half_away_from_zero"),
        pytest.param({"cancel_free_s": DAY_S, "cancel_fee": 3_000, "cancel_share_num": 100}, "24 10:00", 10_000, 10_000, id="never_more_than_the_price"),
        pytest.param({"cancel_free_s": DAY_S, "cancel_fee": 30_000}, "24 10:00", 10_000, 30_000, id="unless_the_fixed_fee_is"),
        pytest.param({"cancel_free_s": HOUR_S, "cancel_fee": 123}, "24 09:00", 10_000, 0, id="three_hours_before"),
        pytest.param({"cancel_free_s": HOUR_S, "cancel_fee": 123}, "24 11:30", 10_000, 123, id="half_an_hour_before"),
    ],
)
def test_cancellation_fees(lab, rule, at, price, fee):
    scene = Scene(lab, rule=rule, tariff={"price_num": price})
    booking = scene.must_book("24 12:00", "24 13:00")
    lab.daemon.set_clock(site_time(at))
    reply = cancel(scene.client, booking)
    assert reply.status == 200, reply
    assert (reply.json["fee"], reply.json["fee_kind"]) == (fee, "late_cancellation" if fee else None)
    must_book(scene.another(), scene.resource, "24 12:00", "24 13:00")


@pytest.mark.parametrize("who, body, status, fee", [
    ("technician", {"reason": "the spindle is broken", "waive_fee": True}, 200, 0),
    ("technician", {"reason": "the spindle is broken"}, 200, 0),
    ("technician", {}, 422, None),
    ("firm", {"waive_fee": True}, 403, None),
], ids=["staff_waive", "by_staff", "staff_without_a_reason", "firm_waives"])
def test_who_cancels_free_of_charge(lab, who, body, status, fee):
    scene = Scene(lab, rule={"cancel_free_s": DAY_S, "cancel_fee": 1000})
    booking = scene.must_book("23 12:00", "23 13:00")
    client = scene.client if who == "firm" else lab.client(who)
    reply = cancel(client, booking, **body)
    assert reply.status == status, reply
    if status == 200:
        assert (reply.json["status"], reply.json["fee"], reply.json["cancel_reason"]) == ("cancelled", fee, body["reason"])


def ended_booking(lab, scene, how):
    booking = scene.must_book("24 10:00", "24 11:00")
    technician = lab.client("technician")
    if how == "cancelled":
        assert cancel(scene.client, booking).status == 200
    elif how != "missed":
        lab.daemon.set_clock(site_time("24 10:00"))
        session = technician.post("/v1/sessions/start", {"booking": booking["id"]})
        assert session.status == 201, session
        if how == "finished":
            lab.daemon.set_clock(site_time("24 10:50"))
            assert act(technician, f"/v1/sessions/{session.json['id']}/finish", session.json).status == 200
    lab.daemon.set_clock(site_time("24 10:55"))
    return shown(scene.client, booking)


@pytest.mark.parametrize("how, code", [("cancelled", "already_cancelled"), ("missed", "already_missed"),
                                       ("finished", "already_finished"), ("started", "already_started")])
def test_every_end_has_its_own_refusal(lab, how, code):
    scene = Scene(lab, rule={"no_show_s": 900})
    booking = ended_booking(lab, scene, how)
    reply = cancel(scene.client, booking)
    assert (reply.status, reply.codes) == (409, [code]), reply
    if how != "started":
        reply = change(scene.client, booking, end=site_time("24 12:00"))
        assert (reply.status, reply.codes) == (409, [code]), reply


def test_what_has_begun_is_not_cancelled(lab):
    scene = Scene(lab)
    booking = scene.must_book("24 10:00", "24 11:00")
    lab.daemon.set_clock(site_time("24 10:00"))
    reply = cancel(scene.client, booking)
    assert (reply.status, reply.codes) == (422, ["in_the_past"])


# ---------------------------------------------------------------- approvals


def approval_scene(lab, **rule):
    return Scene(lab, rule={"approvals": ["technician", "finance"], "approval_expiry_s": DAY_S, **rule})


def test_approvals_in_their_order(lab):
    scene = approval_scene(lab)
    booking = scene.must_book("25 10:00", "25 11:00")
    assert (booking["status"], booking["approvals"], booking["approved"]) == ("pending", ["technician", "finance"], 0)
    assert booking["expires_at"] == utc("24 09:00")
    assert book(scene.another(), scene.resource, "25 10:00", "25 11:00").codes == ["taken"], "a pending one holds its time"
    out_of_turn = decide(lab.client("finance"), booking, "approve")
    assert (out_of_turn.status, violations(out_of_turn)) == (403, {("forbidden", ""): ("technician", None)})
    assert decide(scene.client, booking, "approve").status == 403
    first = decide(lab.client("technician"), booking, "approve", reason="fits")
    assert (first.status, first.json["status"], first.json["approved"]) == (200, "pending", 1)
    last = decide(lab.client("finance"), first.json, "approve")
    assert (last.json["status"], last.json["approved"], last.json["expires_at"]) == ("confirmed", 2, None)
    again = decide(lab.client("finance"), last.json, "approve")
    assert again.status == 409
    kinds = [row["kind"] for row in scene.client.get(f"/v1/bookings/{booking['id']}/history").json["items"]]
    assert kinds == ["approved", "approved"]


def test_administrators_approve_every_step(lab):
    scene = approval_scene(lab)
    booking = scene.must_book("25 10:00", "25 11:00")
    booking = decide(lab.client("admin"), booking, "approve").json
    assert decide(lab.client("admin"), booking, "approve").json["status"] == "confirmed"


def test_declined_with_a_reason(lab):
    scene = approval_scene(lab, cancel_fee=1000, cancel_free_s=30 * DAY_S)
    booking = scene.must_book("25 10:00", "25 11:00")
    assert decide(lab.client("finance"), booking, "decline", reason="not my turn").status == 403
    refused = decide(lab.client("technician"), booking, "decline")
    assert (refused.status, list(violations(refused))) == (422, [("missing_field", "/reason")])
    declined = decide(lab.client("technician"), booking, "decline", reason="no such material")
    assert (declined.status, declined.json["status"], declined.json["fee"]) == (200, "cancelled", 0)
    assert declined.json["cancel_reason"] == "no such material"
    must_book(scene.another(), scene.resource, "25 10:00", "25 11:00")


@pytest.mark.parametrize("start, expires", [("25 10:00", "24 09:00"), ("23 20:00", "23 20:00")], ids=["its_time", "the_start"])
def test_pending_expires(lab, when, start, expires):
    scene = approval_scene(lab)
    end = f"{start[:3]}{int(start[3:5]) + 1}:00"
    booking = scene.must_book(start, end)
    assert booking["expires_at"] == utc(expires)
    other = scene.another()
    before = f"{expires[:3]}{int(expires[3:5]) - 1:02}:59"
    when(before)
    assert book(other, scene.resource, start, end).codes == ["taken"]
    when(expires)
    must_book(other, scene.resource, start, end)
    late = decide(lab.client("technician"), booking, "approve")
    assert (late.status, late.codes) == (409, ["already_cancelled"])
    now = shown(scene.client, booking)
    assert (now["status"], now["cancel_reason"], now["cancelled_at"], now["fee"]) == ("cancelled", "expired", utc(expires), 0)


def test_staff_approve_their_own_too_unless_they_overrule(lab):
    scene = approval_scene(lab)
    technician = lab.client("technician")
    assert must_book(technician, scene.resource, "25 10:00", "25 11:00", firm=scene.firm)["status"] == "pending"
    made = must_book(technician, scene.resource, "25 12:00", "25 13:00", firm=scene.firm, override_reason="already agreed")
    assert (made["status"], made["approvals"]) == ("confirmed", [])


@pytest.mark.parametrize("body, status", [
    pytest.param({"purpose": "another"}, "confirmed", id="purpose"),
    pytest.param({"end": "25 11:00"}, "confirmed", id="shrunk"),
    pytest.param({"end": "25 13:00"}, "pending", id="extended"),
    pytest.param({"start": "26 10:00", "end": "26 12:00"}, "pending", id="moved"),
])
def test_change_that_wants_approval_again(lab, body, status):
    scene = Scene(lab, rule={"approvals": ["technician"]})
    booking = scene.must_book("25 10:00", "25 12:00")
    booking = decide(lab.client("technician"), booking, "approve").json
    changed = change(scene.client, booking, **{name: site_time(text) if name != "purpose" else text for name, text in body.items()})
    assert (changed.status, changed.json["status"], changed.json["approved"]) == (200, status, int(status == "confirmed")), changed


def test_session_waits_for_approval(lab):
    scene = Scene(lab, rule={"approvals": ["technician"]})
    booking = scene.must_book("23 10:00", "23 11:00")
    lab.daemon.set_clock(site_time("23 09:55"))
    reply = lab.client("technician").post("/v1/sessions/start", {"booking": booking["id"]})
    assert (reply.status, reply.codes) == (409, ["awaits_approval"])


# ---------------------------------------------------------------- checking in, not coming


@pytest.mark.parametrize("at, code", [
    ("24 09:54", "too_early"), ("24 09:55", None), ("24 10:00", None), ("24 10:09", None), ("24 10:10", "already_missed"),
    ("24 10:11", "already_missed"),
])
def test_check_in_window(lab, when, at, code):
    scene = Scene(lab, rule={"check_in_s": 300, "no_show_s": 600, "no_show_fee": 700, "no_show_share_num": 10})
    booking = scene.must_book("24 10:00", "24 11:00")
    assert (booking["no_show_at"], booking["no_show_fee"]) == (utc("24 10:10"), 1_700)
    when(at)
    reply = decide(scene.client, shown(scene.client, booking), "check_in")
    if code is None:
        assert (reply.status, reply.json["checked_in_at"]) == (200, utc(at)), reply
        when("24 10:50")
        assert shown(scene.client, booking)["status"] == "confirmed"
    else:
        assert reply.codes == [code], reply
        assert reply.status == (422 if code == "too_early" else 409)


def test_nobody_came(lab, when):
    scene = Scene(lab, rule={"no_show_s": 900, "no_show_fee": 700, "pad_after_s": 600})
    booking = scene.must_book("24 10:00", "24 12:00")
    other = scene.another()
    when("24 10:14")
    assert book(other, scene.resource, "24 10:30", "24 11:00").codes == ["taken"]
    when("24 10:40")
    must_book(other, scene.resource, "24 10:40", "24 11:00")
    now = shown(scene.client, booking)
    assert (now["status"], now["missed_at"], now["fee"], now["fee_kind"]) == ("missed", utc("24 10:15"), 700, "no_show")
    (event,) = events_of(scene.client, booking, "booking.missed")
    assert event["freed"] == [{"start": utc("24 10:15"), "end": utc("24 12:00")}]
    (row,) = scene.client.get(f"/v1/bookings/{booking['id']}/history").json["items"]
    assert (row["kind"], row["at"], row["person_id"]) == ("missed", utc("24 10:15"), None)


def test_a_session_is_somebody(lab, when):
    scene = Scene(lab, rule={"no_show_s": 900, "no_show_fee": 700})
    booking = scene.must_book("24 10:00", "24 11:00")
    lab.daemon.set_clock(site_time("24 10:05"))
    assert lab.client("technician").post("/v1/sessions/start", {"booking": booking["id"]}).status == 201
    when("24 10:40")
    assert shown(scene.client, booking)["status"] == "started"


def test_commissioned_work_is_never_missed(lab, when):
    scene = Scene(lab, rule={"no_show_s": 900, "no_show_fee": 700})
    booking = scene.must_book("24 10:00", "24 11:00", mode="commissioned")
    assert booking["no_show_at"] is None
    when("24 10:40")
    assert shown(scene.client, booking)["status"] == "confirmed"


def test_the_meter_saw_it_run(lab, when, cluster):
    scene = Scene(lab, rule={"check_in_s": 600, "no_show_s": 900, "no_show_fee": 700})
    lab.meter(scene.resource)
    lab.apply()
    booking = scene.must_book("24 10:00", "24 11:00")
    see(cluster, lab.daemon, scene.resource, [("idle", "24 09:00", "24 10:12", 0), ("run", "24 10:12", "24 10:40", 1000)])
    when("24 10:40")
    other = scene.another()
    assert book(other, scene.resource, "24 10:45", "24 11:00").codes == ["taken"]
    lab.daemon.tick()
    now = shown(scene.client, booking)
    assert (now["status"], now["checked_in_at"], now["fee"]) == ("confirmed", utc("24 10:12"), 0)
