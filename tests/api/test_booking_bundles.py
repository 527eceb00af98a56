"""What is booked in one piece: bundles, parts, operators, seats; pads between a firm's own bookings; prices that were quoted; and
what would be booked, without booking it."""

import pytest

from booking_support import (Scene, book, cancel, change, must_book, shown, site_time, violations, wanted)
from support.lab import HOURS, NEVER_CLOSED, Lab
from test_races import at_once

HOUR_S = 3600
DAY_S = 86400
TEN = "2026-11-24T01:00:00Z"  # the 24th, 10:00 at the site


class Bundle(Scene):
    """An instrument with a probe and a room of three places beside it."""

    def __init__(self, lab, **resource):
        self.probe = lab.resource(kind="tool", hours=NEVER_CLOSED, tariff=False)
        self.room = lab.resource(kind="room", hours=NEVER_CLOSED, capacity=3)
        super().__init__(lab, **resource)
        self.other = self.another()

    @property
    def with_all(self):
        return {"with": [self.probe, self.room]}


# ---------------------------------------------------------------- all or nothing


def test_a_bundle_is_booked_in_one_piece(lab):
    scene = Bundle(lab)
    booking = scene.must_book("24 10:00", "24 11:00", **scene.with_all)
    assert booking["also"] == [scene.probe, scene.room]
    assert booking["price"] == 10_000, "what goes along is in the resource's price"
    for resource, is_taken in ((scene.resource, True), (scene.probe, True), (scene.room, False)):
        reply = book(scene.other, resource, "24 10:30", "24 11:30")
        if resource == scene.probe:  # it has no price of its own
            assert "taken" in reply.codes
        else:
            assert reply.status == (409 if is_taken else 201), reply
    assert cancel(scene.client, booking).status == 200
    must_book(scene.other, scene.resource, "24 10:00", "24 10:30", **{"with": [scene.probe]})


def test_one_that_is_taken_leaves_all_free(lab):
    scene = Bundle(lab)
    second = lab.resource(hours=NEVER_CLOSED)
    lab.apply()
    must_book(scene.other, second, "24 10:30", "24 11:30", **{"with": [scene.probe]})
    reply = scene.book("24 10:00", "24 11:00", **{"with": [scene.room, scene.probe]})
    assert (reply.status, violations(reply)) == (409, {("taken", "/with/1"): ("2026-11-24T01:30:00Z", scene.probe)})
    for _ in range(3):
        must_book(scene.other, scene.room, "24 10:00", "24 11:00")
    must_book(scene.other, scene.resource, "24 10:00", "24 11:00")


def test_everything_that_is_taken_is_told(lab):
    scene = Bundle(lab)
    second = lab.resource(hours=NEVER_CLOSED)
    lab.apply()
    must_book(scene.other, second, "24 10:00", "24 11:00", **{"with": [scene.probe]})
    must_book(scene.other, scene.resource, "24 10:00", "24 11:00")
    reply = scene.book("24 10:00", "24 11:00", **scene.with_all)
    assert violations(reply) == {("taken", "/start"): (None, scene.resource), ("taken", "/with/0"): (None, scene.probe)}


@pytest.mark.parametrize("names, code, pointer", [
    (["probe", "probe"], "duplicate", "/with/1"), (["resource"], "duplicate", "/with/0"),
    (["no_such"], "unknown_reference", "/with/0"),
])
def test_what_can_not_be_named(lab, names, code, pointer):
    scene = Bundle(lab)
    reply = scene.book("24 10:00", "24 11:00", **{"with": [getattr(scene, name, name) for name in names]})
    assert (reply.status, [key for key in violations(reply)]) == (422, [(code, pointer)])


def test_nine_are_too_many(lab):
    scene = Bundle(lab)
    reply = scene.book("24 10:00", "24 11:00", **{"with": [scene.probe] * 9})
    assert (reply.status, violations(reply)) == (422, {("too_large", "/with"): (8, 9)})


def test_every_members_rules_hold(lab):
    scene = Bundle(lab)
    strict = lab.resource(kind="tool", hours=HOURS, rule={"max_s": HOUR_S, "needs_qualification": True})
    lab.apply()
    reply = scene.book("24 07:00", "24 09:00", **{"with": [scene.room, strict]})
    assert violations(reply) == {
        ("duration_too_long", "/with/1"): (HOUR_S, 2 * HOUR_S),
        ("closed", "/with/1"): ("2026-11-24T00:00:00Z", "2026-11-23T22:00:00Z"),
        ("not_qualified", "/with/1"): ("2026-11-24T00:00:00Z", None),
    }


def test_each_keeps_its_own_pads(lab):
    scene = Scene(lab, rule={"pad_after_s": 600})
    probe = lab.resource(kind="tool", hours=NEVER_CLOSED, rule={"pad_after_s": 1800})
    second = lab.resource(hours=NEVER_CLOSED)
    lab.apply()
    scene.must_book("24 10:00", "24 11:00", **{"with": [probe]})
    other = scene.another()
    must_book(other, scene.resource, "24 11:10", "24 12:00")
    refused = book(other, second, "24 11:29", "24 12:00", **{"with": [probe]})
    assert violations(refused) == {("taken", "/with/0"): (None, probe)}
    must_book(other, second, "24 11:30", "24 12:00", **{"with": [probe]})


# ---------------------------------------------------------------- parts


def two_names(lab):
    """One machine under two names: neither has a unit of its own, both take the machine."""
    machine = lab.resource(hours=NEVER_CLOSED)
    return machine, [lab.resource(hours=NEVER_CLOSED, capacity=0, parts=[machine]) for _ in range(2)]


def test_one_machine_under_two_names(lab):
    _, names = two_names(lab)
    scene = Scene(lab)
    must_book(scene.client, names[0], "24 10:00", "24 11:00")
    reply = book(scene.another(), names[1], "24 10:30", "24 11:30")
    assert (reply.status, reply.codes) == (409, ["taken"])
    must_book(scene.another(), names[1], "24 11:00", "24 12:00")


def test_a_resource_that_comes_in_twice_is_taken_once(lab):
    machine, names = two_names(lab)
    scene = Scene(lab)
    must_book(scene.client, names[0], "24 10:00", "24 11:00", **{"with": [machine, names[1]]})
    assert book(scene.another(), machine, "24 10:00", "24 11:00").codes == ["taken"]


def test_parts_are_claimed_with_what_has_units(lab):
    laser = lab.resource(kind="tool", hours=NEVER_CLOSED)
    cells = [lab.resource(hours=NEVER_CLOSED, parts=[laser]) for _ in range(2)]
    scene = Scene(lab)
    must_book(scene.client, cells[0], "24 10:00", "24 11:00")
    reply = book(scene.another(), cells[1], "24 10:00", "24 11:00")
    assert violations(reply) == {("taken", "/start"): (None, laser)}


def test_operators_are_as_many_as_there_are(daemon, lab):
    scene = Scene(lab)
    machines = [lab.resource(hours=NEVER_CLOSED) for _ in range(3)]
    lab.apply()
    operators = [row for row in daemon.client().get("/v1/resources?limit=500").json["items"] if row["kind"] == "operator"]
    made = [book(scene.another(), machine, "24 10:00", "24 11:00", mode="assisted") for machine in machines]
    expected = min(operators[0]["capacity"], 3) if operators else 0
    assert sum(reply.status == 201 for reply in made) == expected
    for reply in made[expected:]:
        assert list(violations(reply)) == [("taken", "/mode") if operators else ("not_bookable", "/mode")]


@pytest.mark.parametrize("names", [["probe"], ["crew", "probe"], ["probe", "crew"]])
def test_a_change_keeps_all_but_the_modes_operator(lab, names):
    """The operator may come with something that was named, too: then the last one booked along is none."""
    scene = Bundle(lab)
    scene.crew = lab.resource(hours=NEVER_CLOSED, tariff=False, capacity=0, parts=["operator"])
    lab.apply()
    named = [getattr(scene, name) for name in names]
    booking = scene.must_book("27 10:00", "27 11:00", mode="assisted", **{"with": named})
    changed = change(scene.client, booking, end=site_time("27 12:00"))
    assert (changed.status, changed.json.get("also")) == (200, booking["also"]), changed
    assert cancel(scene.client, changed.json).status == 200


# ---------------------------------------------------------------- seats that are dealt out anew


def test_bookings_are_seated_anew(lab):
    """Two seats: 10-12 and 11-13 overlap, then 12-14 fits the first and 13-15 the second; a third that needs 10-11 and one over
    14-15 must fit whatever seats the others got."""
    scene = Scene(lab, kind="seat", capacity=2)
    for start, end in (("10:00", "11:00"), ("12:00", "13:00"), ("11:00", "12:00"), ("10:30", "11:30"), ("12:30", "13:30")):
        scene.must_book(f"24 {start}", f"24 {end}")
    assert scene.book("24 10:45", "24 10:50").codes == ["taken"]
    scene.must_book("24 11:30", "24 12:30")


def test_what_runs_keeps_its_seat(lab):
    scene = Scene(lab, kind="seat", capacity=2)
    running = scene.must_book("23 09:00", "23 10:00")
    assert lab.client("technician").post("/v1/sessions/start", {"booking": running["id"]}).status == 201
    scene.must_book("23 11:00", "23 12:00")
    scene.must_book("23 10:00", "23 11:00")
    scene.must_book("23 09:30", "23 11:30")
    assert scene.book("23 09:30", "23 09:45").codes == ["taken"]


# ---------------------------------------------------------------- pads of one firm


@pytest.mark.parametrize("waives, who, is_taken", [(True, "same", False), (True, "other", True), (False, "same", True)])
def test_pads_between_bookings_of_one_firm(lab, waives, who, is_taken):
    scene = Scene(lab, rule={"pad_before_s": 600, "pad_after_s": 1200, "waives_pads": waives})
    scene.must_book("24 10:00", "24 11:00")
    reply = book(scene.client if who == "same" else scene.another(), scene.resource, "24 11:00", "24 12:00")
    assert reply.status == (409 if is_taken else 201), reply


def test_waived_pads_come_back(lab):
    scene = Scene(lab, rule={"pad_after_s": 1200, "waives_pads": True})
    scene.must_book("24 10:00", "24 11:00")
    following = scene.must_book("24 11:00", "24 12:00")
    assert cancel(scene.client, following).status == 200
    other = scene.another()
    assert book(other, scene.resource, "24 11:00", "24 12:00").codes == ["taken"]
    must_book(other, scene.resource, "24 11:20", "24 12:00")


# ---------------------------------------------------------------- quotes


def quote(client, resource, start, end, **more):
    return client.post("/v1/quotes", wanted(resource, start, end, **more))


def must_quote(client, resource, start, end, **more):
    reply = quote(client, resource, start, end, **more)
    assert reply.status == 201, reply
    return reply.json


def raise_price(lab, resource):
    lab.add("tariffs", resource=resource, valid_from="2026-01-01", time_unit_s=3600, price_num=10000, rounding="minute",
            valid_to="2026-11-24")
    lab.add("tariffs", resource=resource, valid_from="2026-11-24", time_unit_s=3600, price_num=50000, rounding="minute")
    lab.apply()


def test_a_quoted_price_is_kept(lab):
    scene = Bundle(lab, rule={"cancel_free_s": DAY_S, "cancel_share_num": 50})
    offer = must_quote(scene.client, scene.resource, "24 10:00", "24 12:00", **scene.with_all)
    assert (offer["price"], offer["also"], offer["expires_at"]) == (20_000, [scene.probe, scene.room], TEN)
    assert scene.client.get(f"/v1/quotes/{offer['id']}").json == offer
    assert scene.other.get(f"/v1/quotes/{offer['id']}").status == 404
    assert scene.client.get("/v1/bookings").json["items"] == [], "a quote takes nothing"
    raise_price(lab, scene.resource)
    made = scene.must_book("24 10:00", "24 12:00", quote=offer["id"], **scene.with_all)
    assert (made["price"], made["late_fee"], made["quote_id"]) == (20_000, 10_000, offer["id"])
    assert made["explain"]["price"] == offer["explain"]["price"]
    renamed = change(scene.client, made, purpose="another").json
    assert (renamed["price"], renamed["quote_id"]) == (20_000, offer["id"])
    moved = change(scene.client, renamed, end=site_time("24 11:00"))
    assert (moved.status, moved.json["price"], moved.json["quote_id"]) == (200, 50_000, None), moved


@pytest.mark.parametrize("start, end, more", [
    pytest.param("24 10:00", "24 11:00", {}, id="shorter"),
    pytest.param("25 10:00", "25 12:00", {}, id="another_day"),
    pytest.param("24 10:00", "24 12:00", {"mode": "commissioned"}, id="another_mode"),
    pytest.param("24 10:00", "24 12:00", {"with": True}, id="with_more"),
])
def test_a_quote_is_for_exactly_that(lab, start, end, more):
    scene = Bundle(lab)
    offer = must_quote(scene.client, scene.resource, "24 10:00", "24 12:00")
    more = {name: [scene.probe] if name == "with" else value for name, value in more.items()}
    reply = scene.book(start, end, quote=offer["id"], **more)
    assert (reply.status, list(violations(reply))) == (422, [("quote_mismatch", "/quote")])


def test_a_quote_expires(lab):
    scene = Scene(lab)
    offer = must_quote(scene.client, scene.resource, "12-08 10:00", "12-08 12:00")
    assert offer["expires_at"] == "2026-11-30T00:00:00Z"
    lab.daemon.set_clock("2026-11-30T00:00:00Z")
    reply = scene.book("12-08 10:00", "12-08 12:00", quote=offer["id"])
    assert (reply.status, violations(reply)) == (409, {("quote_expired", "/quote"): (offer["expires_at"], "2026-11-30T00:00:00Z")})


def test_a_quote_of_another_firm_is_none(lab):
    scene = Scene(lab)
    offer = must_quote(scene.another(), scene.resource, "24 10:00", "24 12:00")
    for name in (offer["id"], "0193a0f0-0000-7000-8000-000000000001"):
        reply = scene.book("24 10:00", "24 12:00", quote=name)
        assert (reply.status, violations(reply)) == (422, {("unknown_reference", "/quote"): (None, name)})


def test_a_quote_is_refused_as_a_booking_is(lab):
    scene = Scene(lab, rule={"max_s": HOUR_S})
    must_book(scene.another(), scene.resource, "24 10:00", "24 10:30")
    reply = quote(scene.client, scene.resource, "24 10:00", "24 12:00")
    assert list(violations(reply)) == [("duration_too_long", "/end"), ("taken", "/start")]


# ---------------------------------------------------------------- trying


def stored(cluster, daemon):
    return cluster.sql("select (select count(*) from booking), (select count(*) from claim), (select count(*) from event),"
                       " (select count(*) from idempotency), (select count(*) from budget_entry), (select count(*) from quote)",
                       daemon.database)


def dry_run(client, resource, start, end, **more):
    return client.post("/v1/bookings?dry_run=true", wanted(resource, start, end, **more), headers={"Idempotency-Key": "dry"})


def test_a_dry_run_stores_nothing(lab, cluster):
    scene = Bundle(lab)
    before = stored(cluster, lab.daemon)
    reply = dry_run(scene.client, scene.resource, "24 10:00", "24 12:00", **scene.with_all)
    assert (reply.status, reply.json["is_dry_run"], reply.json["price"]) == (200, True, 20_000), reply
    assert "Location" not in reply.headers
    assert stored(cluster, lab.daemon) == before
    made = scene.must_book("24 10:00", "24 12:00", **scene.with_all)
    assert made["is_dry_run"] is False
    assert {name for name in made if made[name] != reply.json[name]} == {"id", "is_dry_run"}
    again = dry_run(scene.client, scene.resource, "24 10:00", "24 12:00")
    assert (again.status, again.codes) == (409, ["taken"])


def test_a_change_can_be_tried(lab, cluster):
    scene = Scene(lab)
    booking = scene.must_book("24 10:00", "24 12:00")
    before = stored(cluster, lab.daemon)
    reply = change(scene.client, booking, start=site_time("24 14:00"), end=site_time("24 17:00"), dry_run=True)
    assert (reply.status, reply.json["price"], reply.json["is_dry_run"]) == (200, 30_000, True), reply
    assert stored(cluster, lab.daemon) == before
    assert shown(scene.client, booking) == booking


# ---------------------------------------------------------------- at the same moment


def test_two_bundles_that_share_a_part(lab):
    """Forty at once, each instrument its own but one probe for all, named first or last: one has it, nobody waits for ever."""
    probe, room = (lab.resource(kind=kind, hours=NEVER_CLOSED) for kind in ("tool", "room"))
    machines = [lab.resource(hours=NEVER_CLOSED) for _ in range(20)]
    person = lab.person(lab.firm())
    lab.apply()
    client = lab.client(person)
    bodies = [wanted(machine, "24 10:00", "24 11:00", **{"with": [probe, room][::1 - 2 * (n % 2)]}) for n, machine in enumerate(machines)]
    replies, _ = at_once([lambda body=body: client.post("/v1/bookings", body) for body in bodies])
    assert sorted(reply.status for reply in replies) == [201] + [409] * 19


def test_two_technicians_change_what_both_have_read(lab):
    scene = Scene(lab)
    for hour in range(10, 14):
        booking = scene.must_book(f"24 {hour}:00", f"24 {hour + 1}:00")
        calls = [lambda name=name: change(lab.client(name), booking, end=site_time(f"24 {hour}:30"), reason=f"by {name}")
                 for name in ("technician", "admin")]
        replies, _ = at_once(calls)
        assert sorted(reply.status for reply in replies) == [200, 412], replies
        assert shown(scene.client, booking)["version"] == 2
