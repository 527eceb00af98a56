"""The waiting list: offers in order, their expiry, passing on, and what is refused at once."""

import pytest
from booking_support import Scene, act, book, cancel, change, decide, must_book, shown, site_time, violations

@pytest.fixture
def scene(lab):
    """A resource whose 25th from 10:00 to 12:00 is taken by `rival`."""
    scene = Scene(lab)
    scene.rival = scene.another()
    scene.taken = must_book(scene.rival, scene.resource, "25 10:00", "25 12:00")
    return scene


def join(client, resource, earliest, latest, **more):
    headers = {"Idempotency-Key": more.pop("key")} if "key" in more else {}
    return client.post("/v1/waitlist", {"resource": resource, "earliest": site_time(earliest), "latest": site_time(latest), **more},
                       headers=headers)


def must_join(client, resource, earliest="25 10:00", latest="25 12:00", **more):
    reply = join(client, resource, earliest, latest, **more)
    assert reply.status == 201, reply
    return reply.json


def entry_of(client, entry):
    reply = client.get(f"/v1/waitlist/{entry['id']}")
    assert reply.status == 200, reply
    return reply.json


def state(client, entry):
    """Status, and what is offered."""
    now = entry_of(client, entry)
    return now["status"], now["offer_start"], now["offer_end"]


def offered(start, end):
    return "offered", utc(start), utc(end)


def utc(text):
    day, clock = text.split()
    hour, minute = clock.split(":")
    return f"2026-11-{day}T{int(hour) - 9:02d}:{minute}:00Z"


def at(scene, text):
    scene.lab.daemon.set_clock(site_time(text))
    scene.lab.daemon.tick()


WAITS = ("waiting", None, None)


def test_what_becomes_free_is_offered(scene):
    entry = must_join(scene.client, scene.resource, purpose="test")
    assert (entry["status"], entry["duration_s"], entry["booking"], entry["offer_count"]) == ("waiting", 7200, None, 0)
    scene.lab.daemon.tick()
    assert state(scene.client, entry) == WAITS, "offered while it was taken"
    cancel(scene.rival, scene.taken)
    at(scene, "23 10:00")
    now = entry_of(scene.client, entry)
    assert (now["status"], now["offer_start"], now["offer_end"], now["offer_expires_at"], now["offer_count"]) == \
        (*offered("25 10:00", "25 12:00"), utc("23 12:00"), 1)
    booking = shown(scene.client, {"id": now["booking"]})
    assert (booking["status"], booking["purpose"], booking["expires_at"]) == ("offered", "test", utc("23 12:00"))
    assert book(scene.rival, scene.resource, "25 10:00", "25 11:00").codes == ["taken"], "held for who was offered it"


def test_accepting_takes_it(scene):
    entry = must_join(scene.client, scene.resource)
    cancel(scene.rival, scene.taken)
    scene.lab.daemon.tick()
    booking = shown(scene.client, {"id": entry_of(scene.client, entry)["booking"]})
    accepted = decide(scene.client, booking, "accept")
    assert (accepted.status, accepted.json["status"], accepted.json["expires_at"]) == (200, "confirmed", None)
    assert state(scene.client, entry) == ("taken", None, None)
    at(scene, "24 10:00")
    assert shown(scene.client, booking)["status"] == "confirmed"
    assert state(scene.client, entry) == ("taken", None, None)


def test_offers_go_in_the_order_of_joining(scene):
    other = scene.another()
    late = must_join(other, scene.resource)
    scene.lab.daemon.set_clock(site_time("23 09:05"))
    later = must_join(scene.client, scene.resource)
    cancel(scene.rival, scene.taken)
    scene.lab.daemon.tick()
    assert state(other, late) == offered("25 10:00", "25 12:00")
    assert state(scene.client, later) == WAITS


def test_an_offer_that_expires_passes_on(scene):
    other = scene.another()
    first = must_join(scene.client, scene.resource)
    scene.lab.daemon.set_clock(site_time("23 09:05"))
    second = must_join(other, scene.resource)
    cancel(scene.rival, scene.taken)
    at(scene, "23 10:00")
    booking = {"id": entry_of(scene.client, first)["booking"]}
    at(scene, "23 11:59")
    assert state(scene.client, first) == offered("25 10:00", "25 12:00")
    at(scene, "23 15:00")
    gone = shown(scene.client, booking)
    assert (gone["status"], gone["cancelled_at"], gone["cancel_reason"], gone["fee"]) == ("cancelled", utc("23 12:00"), "expired", 0)
    assert state(scene.client, first) == WAITS
    assert state(other, second) == offered("25 10:00", "25 12:00")
    at(scene, "23 18:00")
    assert state(other, second) == WAITS
    assert state(scene.client, first) == WAITS, "the slot that it let pass is not offered again"
    must_book(scene.rival, scene.resource, "25 10:00", "25 12:00")


def test_an_offer_that_is_declined_passes_on(scene):
    other = scene.another()
    first = must_join(scene.client, scene.resource)
    scene.lab.daemon.set_clock(site_time("23 09:05"))
    second = must_join(other, scene.resource)
    cancel(scene.rival, scene.taken)
    scene.lab.daemon.tick()
    booking = shown(scene.client, {"id": entry_of(scene.client, first)["booking"]})
    assert decide(scene.client, booking, "decline").status == 200
    scene.lab.daemon.tick()
    assert state(scene.client, first) == WAITS
    assert state(other, second) == offered("25 10:00", "25 12:00")


def test_an_expired_offer_is_not_accepted(scene):
    entry = must_join(scene.client, scene.resource)
    cancel(scene.rival, scene.taken)
    scene.lab.daemon.tick()
    booking = shown(scene.client, {"id": entry_of(scene.client, entry)["booking"]})
    scene.lab.daemon.set_clock(site_time("23 11:00"))
    assert decide(scene.client, booking, "accept").codes == ["offer_expired"]


def test_so_much_time_anywhere_in_a_longer_one(scene):
    must_book(scene.rival, scene.resource, "24 00:00", "25 10:00")
    must_book(scene.rival, scene.resource, "25 12:00", "26 15:00")
    entry = must_join(scene.client, scene.resource, "24 00:00", "26 23:00", duration_s=7200)
    scene.lab.daemon.tick()
    assert state(scene.client, entry) == offered("26 15:00", "26 17:00")
    at(scene, "23 12:00")
    assert state(scene.client, entry) == offered("26 17:00", "26 19:00"), "the next one after the one it let pass"
    assert entry_of(scene.client, entry)["offer_count"] == 2


def test_time_freed_by_a_change_is_offered(scene):
    entry = must_join(scene.client, scene.resource, duration_s=3600)
    assert change(scene.rival, scene.taken, end=site_time("25 11:00")).status == 200
    scene.lab.daemon.tick()
    assert state(scene.client, entry) == offered("25 11:00", "25 12:00")


def test_time_freed_by_a_no_show_is_offered_when_it_is_missed(lab):
    scene = Scene(lab, rule={"no_show_s": 900})
    must_book(scene.another(), scene.resource, "25 10:00", "25 12:00")
    entry = must_join(scene.client, scene.resource, duration_s=3600)
    at(scene, "25 10:14")
    assert state(scene.client, entry) == WAITS
    at(scene, "25 10:16")
    assert state(scene.client, entry) == offered("25 10:16", "25 11:16")


def test_rules_that_only_the_database_knows_send_it_to_the_next_slot(lab):
    scene = Scene(lab)
    lab.quota("firm", "day", resource=scene.resource, most_s=4 * 3600)
    lab.apply()
    scene.must_book("25 00:00", "25 03:00")
    entry = must_join(scene.client, scene.resource, "25 20:00", "26 05:00", duration_s=7200)
    scene.lab.daemon.tick()
    start = entry_of(scene.client, entry)["offer_start"]
    assert start is not None and start >= "2026-11-25T14:00:00Z", "one hour at most on the 25th"


def test_a_bundle_is_offered_whole(lab):
    scene = Scene(lab)
    probe = lab.resource(hours=[{"weekday": day, "opens": "00:00", "closes": "24:00"} for day in range(1, 8)])
    lab.apply()
    must_book(scene.another(), probe, "25 10:00", "25 11:00")
    entry = must_join(scene.client, scene.resource, "25 10:00", "25 13:00", duration_s=3600, **{"with": [probe]})
    assert entry["also"] == [probe]
    scene.lab.daemon.tick()
    assert state(scene.client, entry) == offered("25 11:00", "25 12:00")
    assert shown(scene.client, {"id": entry_of(scene.client, entry)["booking"]})["also"] == [probe]


def test_joining_twice_is_refused(scene):
    entry = must_join(scene.client, scene.resource)
    again = join(scene.client, scene.resource, "25 10:00", "25 12:00")
    assert (again.status, again.codes) == (409, ["already_waiting"])
    must_join(scene.client, scene.resource, "25 10:00", "25 13:00")
    assert act(scene.client, f"/v1/waitlist/{entry['id']}/leave", entry).status == 200
    must_join(scene.client, scene.resource)


def test_the_same_key_joins_once(scene):
    entry = must_join(scene.client, scene.resource, key="one")
    assert must_join(scene.client, scene.resource, key="one") == entry
    scene.lab.daemon.set_clock(site_time("26 10:00"))
    assert must_join(scene.client, scene.resource, key="one") == entry, "also when its time is over"
    assert join(scene.client, scene.resource, "27 10:00", "27 12:00", key="one").codes == ["key_reused"]


def test_leaving_declines_an_open_offer(scene):
    entry = must_join(scene.client, scene.resource)
    cancel(scene.rival, scene.taken)
    scene.lab.daemon.tick()
    now = entry_of(scene.client, entry)
    assert act(scene.client, f"/v1/waitlist/{entry['id']}/leave", entry).status == 412
    left = act(scene.client, f"/v1/waitlist/{entry['id']}/leave", now)
    assert (left.status, left.json["status"], left.json["offer_start"]) == (200, "left", None)
    assert shown(scene.client, {"id": now["booking"]})["status"] == "cancelled"
    must_book(scene.rival, scene.resource, "25 10:00", "25 12:00")
    assert act(scene.client, f"/v1/waitlist/{entry['id']}/leave", left.json).codes == ["not_waiting"]


def test_an_entry_ends_when_nothing_fits_any_more(scene):
    entry = must_join(scene.client, scene.resource, "25 10:00", "25 12:00", duration_s=3600)
    at(scene, "25 11:00")
    assert state(scene.client, entry) == WAITS
    at(scene, "25 18:00")
    assert state(scene.client, entry) == ("expired", None, None)
    (event,) = [row for row in scene.client.get("/v1/events?limit=500").json["items"]
                if row["kind"] == "waitlist.expired" and row["object"] == entry["id"]]
    assert event["at"] == utc("25 11:00")


def test_what_no_time_can_cure_is_refused_at_once(lab):
    scene = Scene(lab, rule={"takes_waitlist": False, "needs_qualification": True, "groups": ["council"]})
    reply = join(scene.client, scene.resource, "25 10:00", "25 12:00")
    assert sorted(reply.codes) == ["conflict", "not_eligible", "not_qualified"]


@pytest.mark.parametrize("earliest, latest, more, wanted", [
    ("25 12:00", "25 10:00", {}, ("end_not_after_start", "/latest")),
    ("22 10:00", "22 12:00", {}, ("in_the_past", "/latest")),
    ("23 08:00", "23 10:00", {"duration_s": 7200}, ("in_the_past", "/latest")),
    ("25 10:00", "25 12:00", {"duration_s": 7201}, ("duration_too_long", "/duration_s")),
    ("25 10:00", "2027-01-25 12:00", {}, ("duration_too_long", "/duration_s")),
    ("25 10:00", "25 12:00", {"duration_s": 0}, ("too_small", "/duration_s")),
], ids=lambda value: str(value) if isinstance(value, str) else "")
def test_times_that_can_not_be(lab, earliest, latest, more, wanted):
    scene = Scene(lab)
    assert list(violations(join(scene.client, scene.resource, earliest, latest, **more))) == [wanted]


def test_times_that_the_rules_do_not_allow_are_waited_out(lab):
    """Notice, horizon and hours are a matter of time."""
    scene = Scene(lab, hours=[{"weekday": 3, "opens": "10:00", "closes": "12:00"}], rule={"notice_s": 3600})
    entry = must_join(scene.client, scene.resource, "23 09:00", "30 00:00", duration_s=3600)
    scene.lab.daemon.tick()
    assert state(scene.client, entry) == offered("25 10:00", "25 11:00")


def test_everybody_sees_their_own(scene):
    entry = must_join(scene.client, scene.resource)
    assert scene.rival.get(f"/v1/waitlist/{entry['id']}").status == 404
    assert act(scene.rival, f"/v1/waitlist/{entry['id']}/leave", entry).status == 404
    assert [row["id"] for row in scene.client.get("/v1/waitlist").json["items"]] == [entry["id"]]
    assert scene.rival.get("/v1/waitlist").json["items"] == []
    technician = scene.lab.client("technician")
    ids = [row["id"] for row in technician.get(f"/v1/waitlist?resource={scene.resource}&status=waiting").json["items"]]
    assert ids == [entry["id"]]
    made = technician.post("/v1/waitlist", {"resource": scene.resource, "earliest": site_time("25 10:00"), "firm": scene.firm,
                                            "person": scene.person, "latest": site_time("25 11:00")})
    assert made.status == 201, made
    assert made.json["person_id"] == entry["person_id"] and made.json["created_by"] != entry["created_by"]


def test_a_list_is_paged(scene):
    entries = {must_join(scene.client, scene.resource, f"25 {hour}:00", "25 12:00")["id"] for hour in (10, 11)}
    first = scene.client.get("/v1/waitlist?limit=1")
    second = scene.client.get(first.headers["Link"].split(">")[0].lstrip("<"))
    assert [len(reply.json["items"]) for reply in (first, second)] == [1, 1]
    assert {row["id"] for reply in (first, second) for row in reply.json["items"]} == entries
