"""Rules over a booking's life by example: who changes and cancels it, who is missed and who is not, whose session begins, and what
becomes of one that nobody closes."""

import pytest

from billing_support import bill
from booking_support import Scene, act, cancel, change, must_book, shown, site_time, violations
from metering_support import use
from support.lab import NEVER_CLOSED
from test_races import at_once

HOUR_S = 3600
DAY_S = 86400
TEN = "2026-11-24T01:00:00Z"  # the 24th, 10:00 at the site


def refused(reply):
    """Codes and pointers of a refusal; none when it was accepted."""
    return [] if reply.status in (200, 201) else list(violations(reply))


def events_of(client, kind, about):
    return [row for row in client.get("/v1/events?limit=500").json["items"] if row["kind"] == kind and row["object"] == about["id"]]


def start(lab, booking):
    return lab.client("technician").post("/v1/sessions/start", {"booking": booking["id"]})


def at(lab, text, with_jobs=True):
    lab.daemon.set_clock(site_time(text))
    if with_jobs:
        lab.daemon.tick()


# ---------------------------------------------------------------- changing and cancelling


def test_a_booking_is_not_shrunk_to_nothing(lab):
    scene = Scene(lab)
    booking = scene.must_book("24 10:00", "24 11:00")
    reply = change(scene.client, booking, end=site_time("24 10:00"))
    assert refused(reply) == [("end_not_after_start", "/end")]
    assert shown(scene.client, booking) == booking


def test_who_of_others_may_cancel(lab):
    scene = Scene(lab)
    colleague = lab.person(scene.firm)
    lab.apply()
    booking = scene.must_book("24 10:00", "24 11:00")
    assert cancel(scene.another(), booking).status == 404, "for another firm it is not there"
    assert cancel(lab.client("finance"), booking, reason="no money").status == 403
    assert shown(scene.client, booking) == booking
    assert cancel(lab.client(colleague), booking).status == 200, "a booking is the firm's"


def test_the_firm_is_told_why_staff_cancelled(lab):
    scene = Scene(lab)
    booking = scene.must_book("24 10:00", "24 11:00")
    technician = lab.client("technician")
    assert refused(cancel(technician, booking)) == [("missing_field", "/reason")]
    assert cancel(technician, booking, reason="the spindle is broken").status == 200
    (event,) = events_of(scene.client, "booking.cancelled", booking)
    assert event["data"]["reason"] == "the spindle is broken"
    assert event["data"]["freed"] == [{"start": booking["start"], "end": booking["end"]}]


def test_a_waived_late_fee_is_none(lab):
    scene = Scene(lab, rule={"cancel_free_s": DAY_S, "cancel_fee": 123})
    late, waived = (scene.must_book(f"23 {hour}:00", f"23 {hour}:30") for hour in (12, 13))
    assert cancel(scene.client, late).json["fee"] == 123
    gone = cancel(lab.client("technician"), waived, reason="they had called in time", waive_fee=True)
    assert (gone.json["status"], gone.json["fee"]) == ("cancelled", 0)


def test_an_early_end_tells_what_is_free(lab):
    scene = Scene(lab)
    booking = scene.must_book("24 10:00", "24 12:00")
    entry = scene.another().post("/v1/waitlist", {"resource": scene.resource, "earliest": site_time("24 10:00"), "latest": site_time("24 12:00"),
                                                  "duration_s": HOUR_S})
    assert entry.status == 201, entry
    client = lab.client("technician")

    def offer():
        lab.daemon.tick()
        return client.get(f"/v1/waitlist/{entry.json['id']}").json["offer_start"]

    lab.daemon.set_clock(site_time("24 10:00"))
    session = start(lab, booking)
    assert (session.status, offer()) == (201, None), "what runs is offered to nobody"
    lab.daemon.set_clock(site_time("24 10:40"))
    finished = act(client, f"/v1/sessions/{session.json['id']}/finish", session.json)
    assert finished.status == 200, finished
    (event,) = events_of(scene.client, "session.finished", session.json)
    assert event["data"]["freed"] == [{"start": "2026-11-24T01:40:00Z", "end": booking["end"]}]
    assert offer() == "2026-11-24T01:40:00Z"


def test_two_change_the_same_version_at_once(lab):
    scene = Scene(lab)
    clients = [lab.client(person) for person in ("technician", "admin")]
    for hour in range(10, 16):
        booking = scene.must_book(f"24 {hour}:00", f"24 {hour}:50")
        ends = [f"24 {hour}:{minute}" for minute in (30, 40)]
        replies, _ = at_once([lambda client=client, end=end: change(client, booking, end=site_time(end), reason="of both")
                              for client, end in zip(clients, ends)])
        assert sorted((reply.status, reply.codes) for reply in replies if reply.status != 200) == [(412, ["stale_version"])], replies
        (won,) = [reply.json for reply in replies if reply.status == 200]
        assert shown(scene.client, booking) == won


def test_what_is_to_be_chosen_is_told_with_the_choices(lab):
    scene = Scene(lab, rule={"configurations": ["fine", "fast"]})
    assert violations(scene.book("24 10:00", "24 11:00")) == {("missing_field", "/configuration"): ("fine, fast", None)}


# ---------------------------------------------------------------- missed, and not


@pytest.mark.parametrize("when, status, fee", [("24 10:09", "confirmed", 0), ("24 10:11", "missed", 10), ("24 15:00", "missed", 10)])
def test_a_fee_for_who_does_not_come(lab, when, status, fee):
    scene = Scene(lab, rule={"no_show_s": 600, "no_show_fee": 10})
    booking = scene.must_book("24 10:00", "24 11:00")
    at(lab, when)
    now = shown(scene.client, booking)
    assert (now["status"], now["fee"]) == (status, fee)
    assert now["missed_at"] == ("2026-11-24T01:10:00Z" if fee else None), "whenever somebody looks"


@pytest.mark.parametrize("whose, is_missed", [("staff", False), ("firm", True)])
def test_what_is_for_the_labs_own_people_is_not_missed(lab, whose, is_missed):
    """Staff book for a firm: for one of its people, or for themselves, who do the work."""
    scene = Scene(lab, rule={"no_show_s": 600, "no_show_fee": 10})
    more = {"person": scene.person} if whose == "firm" else {}
    booking = must_book(lab.client("technician"), scene.resource, "24 10:00", "24 11:00", firm=scene.firm, **more)
    assert booking["no_show_at"] == ("2026-11-24T01:10:00Z" if is_missed else None)
    at(lab, "24 10:30")
    assert shown(scene.client, booking)["status"] == ("missed" if is_missed else "confirmed")


@pytest.mark.parametrize("kind", ["maintenance", "fault"])
def test_nobody_is_missed_where_the_machine_is_down(lab, kind):
    scene = Scene(lab, rule={"no_show_s": 900, "no_show_fee": 10})
    booking = scene.must_book("24 10:00", "24 12:00")
    lab.daemon.set_clock(site_time("24 10:05"))
    outage = lab.client("technician").post("/v1/outages", {"resource": scene.resource, "kind": kind, "title": "No air", "force": True,
                                                           "start": site_time("24 10:05"), "end": site_time("24 12:00")})
    assert outage.status == 201, outage
    at(lab, "24 10:40")
    now = shown(scene.client, booking)
    assert (now["status"], now["fee"], now["missed_at"], now["cancel_reason"]) == ("cancelled", 0, None, "No air")


# ---------------------------------------------------------------- whose session begins


def trained(lab, **until):
    scene = Scene(lab, rule={"needs_qualification": True})
    lab.qualification(scene.person, scene.resource, **until)
    lab.apply()
    return scene


def take_away(lab, scene):
    technician = lab.client("technician")
    (row,) = scene.client.get("/v1/qualifications").json["items"]
    reply = technician.post(f"/v1/qualifications/{row['id']}/revoke", {"reason": "broke the probe"})
    assert reply.status == 200, reply


@pytest.mark.parametrize("lost, expected", [
    pytest.param([], [], id="nothing"),
    pytest.param(["qualification"], [("not_qualified", "/booking")], id="qualification"),
    pytest.param(["firm"], [("firm_blocked", "/booking")], id="firm_is_blocked"),
    pytest.param(["firm", "qualification"], [("firm_blocked", "/booking"), ("not_qualified", "/booking")], id="both_are_told"),
])
def test_what_was_lost_since_it_was_booked(lab, lost, expected):
    scene = trained(lab)
    booking = scene.must_book("24 10:00", "24 11:00")
    if "qualification" in lost:
        take_away(lab, scene)
    if "firm" in lost:
        lab.add("firms", code=scene.firm, name=scene.firm, is_blocked=True)
        lab.apply()
    lab.daemon.set_clock(site_time("24 10:00"))
    reply = start(lab, booking)
    assert (reply.status, refused(reply)) == (422 if expected else 201, expected), reply
    assert shown(scene.client, booking)["status"] == ("confirmed" if expected else "started")
    if lost == ["qualification"]:
        given = lab.client("technician").post("/v1/qualifications", {"person": scene.person, "resource": scene.resource,
                                                                     "valid_from": site_time("24 10:00")})
        assert given.status == 201, given
        assert start(lab, booking).status == 201


def test_start_checks_of_what_goes_along(lab):
    scene = trained(lab)
    probe = lab.resource(kind="tool", hours=NEVER_CLOSED, rule={"needs_qualification": True})
    lab.qualification(scene.person, probe, valid_to="2026-11-24T10:30:00+09:00")
    lab.apply()
    booking = scene.must_book("24 10:00", "24 10:30", **{"with": [probe]})
    lab.daemon.set_clock(site_time("24 10:30"))
    assert violations(start(lab, booking)) == {("not_qualified", "/booking"): (None, probe)}, "it has run out meanwhile"


@pytest.mark.parametrize("how", ["assisted", "commissioned", "overruled", "of_the_lab"])
def test_whom_nobody_asks_for_a_qualification(lab, how):
    scene = Scene(lab, rule={"needs_qualification": True})
    technician = lab.client("technician")
    more = {"firm": scene.firm}
    if how != "of_the_lab":
        more["person"] = scene.person
    if how == "overruled":
        more["override_reason"] = "under my eyes"
    elif how != "of_the_lab":
        more["mode"] = how
    booking = must_book(technician, scene.resource, "12-03 10:00", "12-03 11:00", **more)
    lab.daemon.set_clock(site_time("12-03 10:00"))
    assert start(lab, booking).status == 201
    assert cancel(technician, booking).status != 200


@pytest.mark.parametrize("last_use, is_lost", [("21 10:00", True), ("22 12:00", False)], ids=["three_days_ago", "two_days_ago"])
def test_use_keeps_a_qualification(lab, last_use, is_lost):
    scene = Scene(lab, rule={"needs_qualification": True, "unused_limit_s": 3 * DAY_S})
    lab.qualification(scene.person, scene.resource)
    lab.apply()
    lab.daemon.set_clock(site_time("20 09:00"))
    end = f"{last_use[:3]}{int(last_use[3:5]) + 1}:00"
    use(lab.daemon, last_use, end, booking=scene.must_book(last_use, end)["id"])
    lab.daemon.set_clock(site_time("24 11:00"))
    reply = scene.book("24 11:30", "24 12:00")
    assert refused(reply) == ([("not_qualified", "/resource")] if is_lost else [])


def test_without_limits_a_qualification_stays(lab):
    scene = trained(lab, valid_from="2020-01-01T00:00:00+09:00")
    scene.must_book("24 10:00", "24 11:00")


# ---------------------------------------------------------------- sessions that nobody closes


@pytest.mark.parametrize("when, is_forgotten", [("24 22:59", False), ("24 23:00", True), ("26 09:00", True)])
@pytest.mark.parametrize("has_booking", [True, False], ids=["booked", "walked_in"])
def test_a_session_that_nobody_closes(lab, has_booking, when, is_forgotten):
    """Booked until 11:00; who walked in began then."""
    scene = Scene(lab)
    technician = lab.client("technician")
    if has_booking:
        booking = scene.must_book("24 10:00", "24 11:00")
        lab.daemon.set_clock(site_time("24 10:00"))
        session = start(lab, booking)
    else:
        lab.daemon.set_clock(site_time("24 11:00"))
        session = technician.post("/v1/sessions/start", {"resource": scene.resource, "firm": scene.firm})
    assert session.status == 201, session
    at(lab, when)
    at(lab, when)
    queue = technician.get(f"/v1/sessions?forgotten=true&resource={scene.resource}").json["items"]
    since = "2026-11-24T14:00:00Z"
    assert [(row["id"], row["forgotten_at"]) for row in queue] == ([(session.json["id"], since)] if is_forgotten else [])
    told = events_of(scene.client, "session.forgotten", session.json)
    assert [row["at"] for row in told] == ([since] if is_forgotten else []), "once, with the time at which it was due"
    assert scene.client.get("/v1/usage").json["items"] == [], "it has no price"


@pytest.mark.parametrize("with_jobs", [False, True], ids=["without_jobs", "with_jobs"])
def test_a_session_that_was_closed_late_waits_for_a_person(lab, with_jobs):
    scene = Scene(lab)
    booking = scene.must_book("24 10:00", "24 11:00")
    lab.daemon.set_clock(site_time("24 10:00"))
    session = start(lab, booking).json
    at(lab, "24 23:30", with_jobs)
    session = lab.client("technician").get(f"/v1/sessions/{session['id']}").json
    technician = lab.client("technician")
    closed = act(technician, f"/v1/sessions/{session['id']}/finish", session)
    if closed.status == 412:  # time had changed it, and nobody had looked
        session = technician.get(f"/v1/sessions/{session['id']}").json
        closed = act(technician, f"/v1/sessions/{session['id']}/finish", session)
    assert (closed.status, closed.json["forgotten_at"]) == (200, "2026-11-24T14:00:00Z"), closed
    assert technician.get(f"/v1/sessions?forgotten=true&resource={scene.resource}").json["items"] == []
    at(lab, "12-01 09:00")
    (usage,) = scene.client.get("/v1/usage").json["items"]
    assert (usage["status"], usage["held_reason"]) == ("held", "forgotten")
    assert bill(lab.daemon, "2026-11", scene.firm)["invoice_count"] == 0


# ---------------------------------------------------------------- over a border


def test_a_booking_over_a_change_of_price_is_one_with_two_lines(lab):
    """From 23:00 to 01:00; at midnight the price goes from 10,000 to 12,000 an hour."""
    scene = Scene(lab, tariff={"valid_to": "2026-12-01"}, charge_basis="reserved")
    lab.add("tariffs", resource=scene.resource, valid_from="2026-12-01", time_unit_s=3600, price_num=12000, rounding="minute")
    lab.apply()
    booking = scene.must_book("30 23:00", "12-01 01:00")
    assert booking["price"] == 22_000
    at(lab, "12-01 02:00")
    assert bill(lab.daemon, "2026-11", scene.firm)["invoice_count"] == 1
    (invoice,) = lab.client("finance").get(f"/v1/invoices?firm={scene.firm}").json["items"]
    assert [line["fee"] for line in invoice["lines"]] == [10_000, 12_000]
    assert [row["id"] for row in scene.client.get("/v1/bookings").json["items"]] == [booking["id"]]
