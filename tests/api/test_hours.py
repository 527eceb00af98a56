"""When it is open: weekly hours, public holidays and their substitutes, special days, in the order in which they count; and
what a site file can't say about rules of booking."""

import pytest

from booking_support import Scene, violations
from support.daemon import site_document
from support.lab import HOURS

CHRISTMAS = "2026-12-25"  # the next holiday, a Friday


def open_hours(scene, day):
    """Local hours of a day as "09:00-18:00", in order."""
    reply = scene.client.get(f"/v1/resources/{scene.resource}/calendar?from={day}T00:00:00%2B09:00&to={day}T23:59:59%2B09:00")
    assert reply.status == 200, reply
    clock = {f"{hour:02}": f"{(hour + 9) % 24:02}" for hour in range(24)}
    return [f"{clock[row['start'][11:13]]}{row['start'][13:16]}-{clock[row['end'][11:13]]}{row['end'][13:16]}" for row in reply.json["open"]]


@pytest.mark.parametrize("day, expected", [
    pytest.param("2026-12-24", ["09:00-18:00"], id="a_thursday"),
    pytest.param("2026-12-25", [], id="a_holiday"),
    pytest.param("2026-12-26", [], id="a_saturday"),
    pytest.param("2027-02-09", [], id="a_substitute"),
    pytest.param("2027-02-10", ["09:00-18:00"], id="the_day_after"),
])
def test_holidays_come_by_rule(lab, day, expected):
    assert open_hours(Scene(lab, hours=HOURS), day) == expected


def test_special_days_replace_holidays_and_weekly_hours(lab):
    """Every later row counts more than the one before it."""
    scene, other = Scene(lab, hours=HOURS), Scene(lab, hours=HOURS)
    days = ("2026-12-24", CHRISTMAS)
    for day in days:
        lab.special_day(day, opens="08:00", closes="12:00")
    lab.apply()
    assert [open_hours(scene, day) for day in days] == [["08:00-12:00"]] * 2

    for day in days:
        lab.special_day(day, scene.resource, opens="20:00", closes="22:00")
    lab.close("2026-12-23", scene.resource)
    lab.apply()
    assert [open_hours(scene, day) for day in days] == [["20:00-22:00"]] * 2
    assert [open_hours(other, day) for day in days] == [["08:00-12:00"]] * 2
    assert (open_hours(scene, "2026-12-23"), open_hours(other, "2026-12-23")) == ([], ["09:00-18:00"])

    reply = scene.book("12-25 09:00", "12-25 10:00")
    assert (reply.status, violations(reply)) == (
        422, {("closed", "/start"): ("2026-12-25T11:00:00Z", "2026-12-25T00:00:00Z")})
    assert scene.book("12-25 20:00", "12-25 22:00").status == 201
    del lab.special_days[-5:]
    lab.apply()
    assert open_hours(scene, CHRISTMAS) == []


def test_special_hours_reach_across_midnight(lab):
    scene = Scene(lab, hours=HOURS)
    lab.special_day("2026-12-28", scene.resource, opens="18:00", closes="33:00")  # until it opens on Tuesday
    lab.apply()
    assert scene.book("12-28 20:00", "12-29 17:00").status == 201
    lab.close("2026-12-29", scene.resource)
    lab.apply()
    other = scene.another()
    reply = other.post("/v1/bookings", {"resource": scene.resource, "start": "2026-12-28T18:00:00+09:00", "end": "2026-12-29T01:00:00+09:00"})
    assert ("closed", "/end") in violations(reply), "a closed day cuts the night before it"
    del lab.special_days[-2:]
    lab.apply()


SITE = site_document()["site"]


@pytest.mark.parametrize("section, row, expected", [
    ("resources", {"code": "x", "kind": "room", "name": "x", "capacity": 0, "parts": ["cmm"] * 9}, {("too_large", "/resources/0/parts")}),
    ("resources", {"code": "x", "kind": "room", "name": "x", "capacity": -1}, {("too_small", "/resources/0/capacity")}),
    ("booking_rules", {"resource": "cmm", "max_s": 2678401}, {("too_large", "/booking_rules/0/max_s")}),
    ("booking_rules", {"resource": "cmm", "approvals": "admin", "no_show_s": 0, "cancel_share_den": 0, "x": 1},
     {("wrong_type", "/booking_rules/0/approvals"), ("too_small", "/booking_rules/0/no_show_s"),
      ("too_small", "/booking_rules/0/cancel_share_den"), ("unknown_field", "/booking_rules/0/x")}),
    ("quotas", {"code": "q", "holder": "everybody", "period": "hour", "most_count": -1},
     {("unknown_value", "/quotas/0/holder"), ("unknown_value", "/quotas/0/period"), ("too_small", "/quotas/0/most_count")}),
    ("quotas", {"code": "q", "holder": "all", "period": "day"}, {("missing_field", "/quotas/0/most_count")}),
    ("quotas", {"code": "q", "holder": "all", "period": "day", "most_s": 1, "off_from": "24:00", "off_to": "7 h 0"},
     {("bad_format", "/quotas/0/off_from"), ("bad_format", "/quotas/0/off_to")}),
    ("quotas", {"code": "q", "holder": "all", "period": "day", "most_s": 1, "off_to": "07:00"}, {("missing_field", "/quotas/0/off_from")}),
    ("courses", {"code": "c", "name": "c", "seats": 1, "grants": [{"validity_s": 0}]},
     {("missing_field", "/courses/0/room"), ("missing_field", "/courses/0/grants/0/resource"), ("too_small", "/courses/0/grants/0/validity_s")}),
    ("firm_groups", {"firm": "nobody", "group": "Not a code"}, {("bad_format", "/firm_groups/0/group")}),
    ("special_days", {"day": "2026-02-30", "reason": "x", "opens": "9:00"},
     {("bad_format", "/special_days/0/day"), ("too_short", "/special_days/0/opens")}),
    ("special_days", {"day": "2026-12-24", "reason": "x", "opens": "09:00"}, {("missing_field", "/special_days/0/closes")}),
])
def test_site_files_are_refused_with_every_fault(lab, section, row, expected):
    reply = lab.client("admin").put("/v1/site_file", {"site": SITE, section: [row]})
    assert (reply.status, set(violations(reply))) == (422, expected)
