"""Who may book how much: quotas on local days, gaps, strikes, unpaid invoices, eligibility, configurations, last use; and that
everything that is wrong is told together."""

import pytest

from booking_support import Scene, book, cancel, change, must_book, shown, site_time, violations
from metering_support import use
from support.lab import HOURS, NEVER_CLOSED, unique

HOUR_S = 3600
DAY_S = 86400


class Limited(Scene):
    """A resource under one quota: of a person and a day, unless told otherwise. `members`: in a group of that name."""

    def __init__(self, lab, **quota):
        super().__init__(lab)
        self.quota = unique("quota")
        lab.add("quotas", code=self.quota, **{"resource": self.resource, "holder": "person", "period": "day", **quota})
        if "group" in quota:
            lab.add("firm_groups", firm=self.firm, group=quota["group"], valid_from="2026-01-01")
        lab.apply()

    @property
    def pointer(self):
        return f"/quota/{self.quota}"


def split_times(text):
    """ "24 10:00-11:00", "30 23:00-12-02 01:00": start and end, the end's day where it is another."""
    at = text.index(":") + 3
    start, end = text[:at], text[at + 1:]
    return start, end if " " in end else f"{start.split()[0]} {end}"


@pytest.mark.parametrize(
    "quota, made, then, expected",
    [
        # Today is Monday the 23rd of November; two of the made ones are always fine.
        pytest.param({"most_count": 1}, ["24 10:00-11:00"], "24 12:00-13:00", ("quota_count", 1, 2), id="second_of_a_day"),
        pytest.param({"most_count": 1}, ["24 10:00-11:00"], "25 10:00-11:00", None, id="another_day"),
        pytest.param({"most_count": 1}, ["24 23:00-24 23:30"], "25 00:30-01:30", None, id="local_midnight"),
        pytest.param({"most_count": 1}, ["24 23:00-25 01:00"], "25 10:00-11:00", ("quota_count", 1, 2), id="across_midnight_counts_in_both"),
        pytest.param({"most_s": 5400}, ["24 10:00-11:00"], "24 12:00-12:30", None, id="time_used_up"),
        pytest.param({"most_s": 5400}, ["24 10:00-11:00"], "24 12:00-12:31", ("quota_time", 5400, 5460), id="a_minute_more"),
        pytest.param({"most_s": 2 * HOUR_S}, ["24 23:00-25 01:00"], "24 20:00-21:00", None, id="time_is_split_at_midnight"),
        pytest.param({"most_s": 2 * HOUR_S}, ["24 23:00-25 01:00"], "25 10:00-11:01", ("quota_time", 2 * HOUR_S, 2 * HOUR_S + 60), id="the_other_half"),
        pytest.param({"most_s": DAY_S}, ["24 00:00-25 00:00"], "25 00:00-26 00:00", None, id="whole_days_back_to_back"),
        pytest.param({"most_s": DAY_S}, [], "24 00:00-26 00:00", None, id="two_whole_days_at_once"),
        pytest.param({"period": "week", "most_count": 1}, ["23 10:00-11:00"], "29 10:00-11:00", ("quota_count", 1, 2), id="sunday_is_of_the_week"),
        pytest.param({"period": "week", "most_count": 1}, ["23 10:00-11:00"], "30 10:00-11:00", None, id="monday_is_the_next"),
        pytest.param({"period": "week", "most_count": 1}, ["29 23:00-30 01:00"], "12-04 10:00-11:00", ("quota_count", 1, 2), id="across_the_week_in_both"),
        pytest.param({"period": "month", "most_count": 1}, ["30 23:00-12-02 01:00"], "12-20 10:00-11:00", ("quota_count", 1, 2), id="across_the_month_in_both"),
        pytest.param({"period": "month", "most_count": 1}, ["24 10:00-11:00"], "12-01 00:00-01:00", None, id="next_month"),
        pytest.param({"period": "year", "most_s": 3 * HOUR_S}, ["24 10:00-12:00"], "12-30 22:00-23:01", ("quota_time", 3 * HOUR_S, 3 * HOUR_S + 60), id="of_the_year"),
        pytest.param({"period": "ahead", "most_count": 1}, ["24 10:00-11:00"], "12-20 10:00-11:00", ("quota_count", 1, 2), id="one_ahead"),
        pytest.param({"weekdays": [1, 2, 3, 4, 5], "most_count": 1}, ["28 10:00-11:00"], "28 12:00-13:00", None, id="weekend_is_free"),
        pytest.param({"weekdays": [6, 7], "most_count": 1}, ["28 10:00-11:00"], "28 12:00-13:00", ("quota_count", 1, 2), id="weekend_counts"),
    ],
)
def test_quotas(lab, quota, made, then, expected):
    scene = Limited(lab, **quota)

    for text in made:
        scene.must_book(*split_times(text))
    reply = scene.book(*split_times(then))
    if expected:
        code, limit, actual = expected
        assert (reply.status, violations(reply)) == (422, {(code, scene.pointer): (limit, actual)})
    else:
        assert reply.status == 201, reply


@pytest.mark.parametrize(
    "holder, group, expected",
    [
        # The firm's first person has one. Who is refused a second: a colleague, another firm of the group, any other.
        ("person", False, (False, False, False)), ("firm", False, (True, False, False)), ("all", False, (True, True, True)),
        ("group", True, (True, True, False)), ("firm", True, (True, False, False)),
    ],
)
def test_whose_bookings_are_counted(lab, holder, group, expected):
    name = unique("group")
    scene = Limited(lab, holder=holder, most_count=1, **({"group": name} if group else {}))
    firms = [scene.firm, lab.firm(), lab.firm()]
    if group:
        lab.add("firm_groups", firm=firms[1], group=name, valid_from="2026-01-01")
    people = [lab.person(firm) for firm in firms]
    lab.apply()
    scene.must_book("24 10:00", "24 11:00")
    for n, (person, is_refused) in enumerate(zip(people, expected)):
        reply = book(lab.client(person), scene.resource, f"24 {12 + n}:00", f"24 {12 + n}:30")
        assert (reply.status == 422) == is_refused, reply


def test_the_resources_quota_comes_before_that_of_its_kind(lab):
    kind, one, site = unique("quota"), unique("quota"), unique("quota")
    scene = Scene(lab, kind="seat")
    second = lab.resource(kind="seat", hours=NEVER_CLOSED)
    third = lab.resource(hours=NEVER_CLOSED)
    common = {"holder": "person", "period": "day", "valid_from": "2026-11-01"}
    lab.add("quotas", code=one, resource=scene.resource, most_count=2, **common)
    lab.add("quotas", code=kind, kind="seat", most_count=3, **common)
    lab.apply()
    for hour in (10, 11):
        scene.must_book(f"24 {hour}:00", f"24 {hour + 1}:00")
    assert list(violations(scene.book("24 12:00", "24 13:00"))) == [("quota_count", f"/quota/{one}")]
    must_book(scene.client, second, "24 13:00", "24 14:00")
    assert list(violations(book(scene.client, second, "24 14:00", "24 15:00"))) == [("quota_count", f"/quota/{kind}")]
    must_book(scene.client, third, "24 14:00", "24 15:00")


def test_what_counts_and_what_does_not(lab):
    scene = Limited(lab, most_count=1)
    lab.add("booking_rules", resource=scene.resource, valid_from="2026-01-01", grid_s=60, no_show_s=600)
    lab.apply()
    first = scene.must_book("23 10:00", "23 11:00")
    assert cancel(scene.client, first).status == 200
    second = scene.must_book("23 10:00", "23 11:00")
    lab.daemon.set_clock(site_time("23 10:30"))
    assert violations(scene.book("23 12:00", "23 13:00")) == {("quota_count", scene.pointer): (1, 2)}, "missed, it counts"
    assert shown(scene.client, second)["status"] in ("confirmed", "missed")


def test_a_change_counts_without_what_it_replaces(lab):
    scene = Limited(lab, most_s=2 * HOUR_S)
    booking = scene.must_book("24 10:00", "24 12:00")
    moved = change(scene.client, booking, start=site_time("24 14:00"), end=site_time("24 16:00"))
    assert moved.status == 200, moved
    longer = change(scene.client, moved.json, end=site_time("24 16:01"))
    assert (longer.status, violations(longer)) == (422, {("quota_time", scene.pointer): (2 * HOUR_S, 2 * HOUR_S + 60)})


# ---------------------------------------------------------------- gaps, strikes, debts, use


@pytest.mark.parametrize("start, end, actual", [("11:30", "12:30", 1800), ("13:00", "14:00", None), ("08:30", "09:00", HOUR_S),
                                                ("07:00", "08:00", None), ("12:59", "13:30", 7140)])
def test_gap_between_bookings_of_one_person(lab, start, end, actual):
    scene = Scene(lab, rule={"gap_s": 2 * HOUR_S})
    scene.must_book("24 10:00", "24 11:00")
    reply = scene.book(f"24 {start}", f"24 {end}")
    if actual is None:
        assert reply.status == 201, reply
    else:
        assert (reply.status, violations(reply)) == (422, {("gap_too_short", "/start"): (2 * HOUR_S, actual)})
        colleague = lab.person(scene.firm)
        lab.apply()
        must_book(lab.client(colleague), scene.resource, f"24 {start}", f"24 {end}")


@pytest.mark.parametrize("with_jobs", [False, True], ids=["without_jobs", "with_jobs"])
def test_strikes_suspend_a_firm(lab, with_jobs):
    scene = Scene(lab, rule={"no_show_s": 600})
    lab.site.update({"strike_count": 2, "strike_window_s": 7 * DAY_S, "strike_ban_s": 2 * DAY_S})
    lab.apply()
    for day in ("24", "25"):
        scene.must_book(f"{day} 10:00", f"{day} 11:00")
    lab.daemon.set_clock(site_time("25 12:00"))
    if with_jobs:
        lab.daemon.tick()
    reply = scene.book("26 10:00", "26 11:00")
    assert (reply.status, violations(reply)) == (422, {("firm_suspended", ""): ("2026-11-27T01:10:00Z", 2)})
    must_book(scene.another(), scene.resource, "26 10:00", "26 11:00")
    made = must_book(lab.client("technician"), scene.resource, "26 12:00", "26 13:00", firm=scene.firm,
                     override_reason="they had called")
    assert made["explain"]["overrides"] == ["firm_suspended"]
    assert cancel(lab.client("technician"), made, reason="or it would be missed too").status == 200
    lab.daemon.set_clock(site_time("27 10:10"))
    scene.must_book("28 10:00", "28 11:00")


def test_a_qualification_lapses_without_use(lab):
    scene = Scene(lab, rule={"needs_qualification": True, "unused_limit_s": 3 * DAY_S, "never_used_limit_s": 2 * DAY_S})
    lab.qualification(scene.person, scene.resource, valid_from="2026-11-23T00:00:00+09:00")
    lab.apply()
    assert violations(scene.book("25 00:00", "25 01:00")).keys() == {("not_qualified", "/resource")}, "never used for two days"
    booking = scene.must_book("24 10:00", "24 11:00")
    use(lab.daemon, "24 10:00", "24 11:00", booking=booking["id"])
    scene.must_book("26 10:00", "26 11:00")
    assert violations(scene.book("27 12:00", "27 13:00")).keys() == {("not_qualified", "/resource")}


# ---------------------------------------------------------------- who, and what is chosen

ELSEWHERE = {"region": "seoul", "industry": "J62", "head_count": 100}


@pytest.mark.parametrize(
    "rule, expected",
    [
        pytest.param({"regions": ["siheung"]}, [("siheung", "seoul")], id="region"),
        pytest.param({"regions": ["siheung", "seoul"]}, [], id="one_of_the_regions"),
        pytest.param({"industries": ["C25"]}, [("C25", "J62")], id="industry"),
        pytest.param({"industries": ["J"]}, [], id="beginning_of_an_industry"),
        pytest.param({"head_count_max": 99}, [(99, 100)], id="too_large_a_firm"),
        pytest.param({"head_count_max": 100}, [], id="just_small_enough"),
        pytest.param({"groups": ["council"]}, [("council", None)], id="group"),
        pytest.param({"regions": ["siheung"], "head_count_max": 10}, [("siheung", "seoul"), (10, 100)], id="all_are_told"),
    ],
)
def test_which_firms_may_book(lab, rule, expected):
    scene = Scene(lab, facts=ELSEWHERE, rule=rule)
    reply = scene.book("24 10:00", "24 11:00")
    if not expected:
        assert reply.status == 201, reply
        return
    assert reply.status == 422
    told = [(row["code"], row["pointer"], row.get("limit")) for row in reply.json["violations"]]
    assert told == [("not_eligible", "/firm", limit) for limit, _ in expected]
    staff = must_book(lab.client("technician"), scene.resource, "24 10:00", "24 11:00", firm=scene.firm, override_reason="a guest")
    assert staff["explain"]["overrides"] == ["not_eligible"]


@pytest.mark.parametrize("valid_to, is_member", [(None, True), ("2026-11-25", True), ("2026-11-24", False)])
def test_groups_are_dated(lab, valid_to, is_member):
    scene = Scene(lab, rule={"groups": ["council"]})
    lab.add("firm_groups", firm=scene.firm, group="council", valid_from="2026-01-01", **({"valid_to": valid_to} if valid_to else {}))
    lab.apply()
    assert scene.book("24 10:00", "24 11:00").status == (201 if is_member else 422)


@pytest.mark.parametrize("who, status", [("outsider", 422), ("member", 201), ("technician", 201)])
def test_public_holidays_for_some(lab, who, status):
    scene = Scene(lab, rule={"holiday_groups": ["council"]})
    if who == "member":
        lab.add("firm_groups", firm=scene.firm, group="council", valid_from="2026-01-01")
        lab.apply()
    client = lab.client("technician") if who == "technician" else scene.client
    more = {"firm": scene.firm} if who == "technician" else {}
    reply = book(client, scene.resource, "12-25 10:00", "12-25 11:00", **more)
    assert reply.status == status, reply
    if status == 422:
        assert reply.codes == ["closed"]


@pytest.mark.parametrize("given, expected", [
    (None, ("missing_field", "/configuration")), ("coarse", ("unknown_value", "/configuration")), ("fine", None)])
def test_a_configuration_is_chosen(lab, given, expected):
    scene = Scene(lab, rule={"configurations": ["fine", "fast"]})
    reply = scene.book("24 10:00", "24 11:00", **({"configuration": given} if given else {}))
    if expected:
        assert (reply.status, list(violations(reply))) == (422, [expected])
    else:
        assert (reply.status, reply.json["configuration"]) == (201, "fine")
        assert change(scene.client, reply.json, configuration="fast").json["configuration"] == "fast"


# ---------------------------------------------------------------- together, and overruled


def everything_wrong(lab):
    scene = Limited(lab, most_s=HOUR_S)
    lab.add("booking_rules", resource=scene.resource, valid_from="2026-01-01", grid_s=1800, max_s=2 * HOUR_S, gap_s=HOUR_S,
            regions=["siheung"])
    lab.apply()
    technician = lab.client("technician")
    must_book(technician, scene.resource, "24 10:00", "24 11:00", firm=scene.firm, person=scene.person, override_reason="a guest")
    return scene


def test_rules_of_the_catalogue_and_of_the_database_are_told_together(lab):
    scene = everything_wrong(lab)
    reply = scene.book("24 10:40", "24 13:00")
    assert [(row["code"], row["pointer"]) for row in reply.json["violations"]] == [
        ("duration_too_long", "/end"), ("off_grid", "/start"), ("not_eligible", "/firm"),
        ("quota_time", scene.pointer), ("gap_too_short", "/start"), ("taken", "/start")]
    assert len(scene.client.get("/v1/bookings").json["items"]) == 1, "and nothing is stored"


def test_staff_overrule_all_but_the_claim(lab):
    scene = everything_wrong(lab)
    technician = lab.client("technician")
    body = {"firm": scene.firm, "person": scene.person, "override_reason": "a guest again"}
    refused = book(technician, scene.resource, "24 10:40", "24 13:00", **body)
    assert (refused.status, refused.codes) == (409, ["taken"])
    made = must_book(technician, scene.resource, "24 11:10", "24 13:20", **body)
    assert made["explain"]["overrides"] == ["duration_too_long", "off_grid", "not_eligible", "gap_too_short", "quota_time"]
    assert (made["created_by"] != made["person_id"], made["override_reason"]) == (True, "a guest again")


def test_for_whom_staff_book(lab):
    scene = Scene(lab)
    stranger = lab.person(lab.firm())
    lab.apply()
    technician = lab.client("technician")
    made = must_book(technician, scene.resource, "24 10:00", "24 11:00", firm=scene.firm, person=scene.person)
    own = scene.must_book("24 12:00", "24 13:00", person=scene.person)
    assert made["person_id"] == own["person_id"] != made["created_by"]
    wrong = book(technician, scene.resource, "24 14:00", "24 15:00", firm=scene.firm, person=stranger)
    assert (wrong.status, list(violations(wrong))) == (422, [("unknown_value", "/person")])
    other = scene.book("24 14:00", "24 15:00", person=stranger)
    assert (other.status, list(violations(other))) == (403, [("forbidden", "/person")])
