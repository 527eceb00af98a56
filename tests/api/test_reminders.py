"""Qualifications that end: the person's firm and the lab are told once before and once when it has happened, with the time at which
it was due, however late the job looks."""

import pytest
from booking_support import Scene, site_time
from metering_support import use

DAY_S = 86_400


def make_scene(lab, since="2026-01-01T00:00:00+09:00", until=None, **rule):
    scene = Scene(lab, rule={"needs_qualification": True, "reminder_s": DAY_S, **rule})
    lab.qualification(scene.person, scene.resource, since, **({"valid_to": until} if until else {}))
    lab.apply()
    return scene


def use_it(scene, start, end):
    use(scene.lab.daemon, start, end, booking=scene.must_book(start, end)["id"])


def at(scene, text):
    scene.lab.daemon.set_clock(site_time(text))
    scene.lab.daemon.tick()


def told(scene, client=None):
    """(kind, when, why) of everything about the person."""
    rows, after = [], 0
    while True:
        page = (client or scene.client).get(f"/v1/events?limit=500&after={after}").json["items"]
        if not page:
            return [(row["kind"].split(".")[1], row["at"], row["data"]["because"]) for row in rows
                    if row["kind"] in ("qualification.expiring", "qualification.expired") and row["data"]["person"] == scene.person]
        rows += page
        after = page[-1]["event"]


def test_a_qualification_that_is_not_used_lapses(lab):
    scene = make_scene(lab, unused_limit_s=3 * DAY_S)
    scene.lab.daemon.set_clock(site_time("23 10:00"))
    use_it(scene, "24 10:00", "24 11:00")
    at(scene, "26 10:59")
    assert told(scene) == []
    at(scene, "26 15:00")
    at(scene, "26 16:00")
    before = ("expiring", "2026-11-26T02:00:00Z", "unused")
    assert told(scene) == [before]
    assert scene.book("27 10:00", "27 10:30").status == 201
    at(scene, "27 15:00")
    at(scene, "28 10:00")
    assert told(scene) == [before, ("expired", "2026-11-27T02:00:00Z", "unused")]
    assert told(scene, lab.client("technician")) == told(scene)
    assert scene.book("28 12:00", "28 13:00").codes == ["not_qualified"]


def test_using_it_again_gives_it_time(lab):
    scene = make_scene(lab, unused_limit_s=3 * DAY_S)
    use_it(scene, "24 10:00", "24 11:00")
    at(scene, "26 15:00")
    use_it(scene, "27 09:00", "27 10:00")
    at(scene, "28 12:00")
    assert told(scene) == [("expiring", "2026-11-26T02:00:00Z", "unused")]
    at(scene, "29 12:00")
    assert told(scene)[1:] == [("expiring", "2026-11-29T01:00:00Z", "unused")]


@pytest.mark.parametrize("since, until, rule, why, ends", [
    ("2026-11-22T09:00:00+09:00", None, {"never_used_limit_s": 3 * DAY_S}, "never_used", "2026-11-25T00:00:00Z"),
    ("2026-01-01T00:00:00+09:00", "2026-11-25T09:00:00+09:00", {}, "validity", "2026-11-25T00:00:00Z"),
], ids=["never_used", "by_itself"])
def test_other_ends(lab, since, until, rule, why, ends):
    scene = make_scene(lab, since, until, **rule)
    at(scene, "24 12:00")
    at(scene, "27 09:00")
    assert told(scene) == [("expiring", "2026-11-24T00:00:00Z", why), ("expired", ends, why)]


def test_a_job_that_looks_too_late_tells_of_the_end_alone(lab):
    scene = make_scene(lab, until="2026-11-25T09:00:00+09:00")
    at(scene, "27 09:00")
    assert told(scene) == [("expired", "2026-11-25T00:00:00Z", "validity")]


def test_nothing_ends_where_nothing_is_asked(lab):
    scene = make_scene(lab, until="2026-11-25T09:00:00+09:00", needs_qualification=False)
    at(scene, "27 09:00")
    assert told(scene) == []
