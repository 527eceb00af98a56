"""Courses: STEP1 (training) on a room's seats opens STEP2 (self-use of an instrument)."""

import concurrent.futures

import pytest

from booking_support import act, book, cancel, must_book, site_time, violations
from support.lab import NEVER_CLOSED

DAY_S = 86400
SEATS = 2
VALIDITY_S = 10 * DAY_S
TWO_DAYS = (("24 10:00", "24 12:00"), ("25 10:00", "25 12:00"))


def meetings(*spans):
    return [{"start": site_time(start), "end": site_time(end)} for start, end in spans]


class Scene:
    """A course of two seats in a room of three, which opens an instrument; two firms, and the lab's technician."""

    def __init__(self, lab, **course):
        self.lab = lab
        self.daemon = lab.daemon
        self.instrument = lab.resource(rule={"needs_qualification": True}, hours=NEVER_CLOSED)
        self.room = lab.resource(kind="room", capacity=3, hours=NEVER_CLOSED)
        grants = [{"resource": self.instrument, "validity_s": VALIDITY_S}]
        self.course = lab.course(self.room, **{"seats": SEATS, "grants": grants, **course})
        self.firms = [lab.firm(), lab.firm()]
        self.members = [lab.person(firm) for firm in self.firms]
        self.manager = lab.person(self.firms[0], ["firm_manager"])
        self.more = [lab.person(self.firms[1]) for _ in range(3)]
        lab.apply()
        self.technician = lab.client("technician")

    def client(self, person):
        return self.lab.client(person)

    def plan(self, spans=TWO_DAYS, **more):
        return self.technician.post("/v1/cohorts", {"course": self.course, "meetings": meetings(*spans), **more})

    def must_plan(self, spans=TWO_DAYS, **more):
        reply = self.plan(spans, **more)
        assert reply.status == 201, reply
        return reply.json

    def enrol(self, cohort, person, by=None, **more):
        """By themselves, or by somebody else who names them."""
        body = {"person": person, **more} if by else more
        return self.client(by or person).post(f"/v1/cohorts/{cohort['id']}/enrolments", body)

    def must_enrol(self, cohort, *people):
        for person in people:
            reply = self.enrol(cohort, person)
            assert reply.status == 201, reply

    def leave(self, cohort, person):
        return self.client(person).post(f"/v1/cohorts/{cohort['id']}/leave", {})

    def now(self, cohort):
        return self.technician.get(f"/v1/cohorts/{cohort['id']}").json

    def act(self, cohort, what, **body):
        return act(self.technician, f"/v1/cohorts/{cohort['id']}/{what}", self.now(cohort), **body)

    def must_act(self, cohort, what, **body):
        reply = self.act(cohort, what, **body)
        assert reply.status == 200, reply
        return reply.json

    def statuses(self, cohort):
        return {row["person"]: row["status"] for row in self.now(cohort)["enrolments"]}

    def events(self, person, kind):
        rows = self.client(person).get("/v1/events?limit=500").json["items"]
        return [row for row in rows if row["kind"] == kind]

    def taken(self, start, end):
        query = f"from={site_time(start)}&to={site_time(end)}".replace("+", "%2B")
        return [row["reason"] for row in self.client("admin").get(f"/v1/resources/{self.room}/calendar?{query}").json["items"]]


def test_the_course_opens_the_instrument(lab):
    scene = Scene(lab)
    member = scene.members[0]
    refused = book(scene.client(member), scene.instrument, "30 10:00", "30 11:00")
    assert (refused.status, refused.codes) == (422, ["not_qualified"])

    cohort = scene.must_plan()
    assert (cohort["seats"], cohort["status"], cohort["room"]) == (SEATS, "open", scene.room)
    assert [row["n"] for row in cohort["meetings"]] == [1, 2]
    enrolled = scene.enrol(cohort, member)
    assert (enrolled.status, enrolled.json["status"]) == (201, "enrolled")

    scene.daemon.set_clock(site_time("24 10:00"))
    scene.must_act(cohort, "attendance", n=1, present=[member])
    assert scene.act(cohort, "finish").codes == ["too_early"]
    scene.daemon.set_clock(site_time("25 11:00"))
    scene.must_act(cohort, "attendance", n=2, present=[member])
    finished = scene.must_act(cohort, "finish")
    assert (finished["status"], finished["finished_at"]) == ("finished", "2026-11-25T02:00:00Z")
    assert scene.statuses(cohort) == {member: "passed"}

    must_book(scene.client(member), scene.instrument, "30 10:00", "30 11:00")
    (qualification,) = scene.client(member).get("/v1/qualifications").json["items"]
    assert (qualification["person"], qualification["resource"], qualification["cohort"]) == (member, scene.instrument, cohort["id"])
    assert (qualification["valid_from"], qualification["valid_to"]) == ("2026-11-25T02:00:00Z", "2026-12-05T02:00:00Z")
    assert qualification["lapses_at"] == qualification["valid_to"]
    must_book(scene.client(member), scene.instrument, "12-05 10:00", "12-05 11:00")
    late = book(scene.client(member), scene.instrument, "12-05 11:00", "12-05 12:00")
    assert (late.status, late.codes) == (422, ["not_qualified"]), "it expires"
    assert [row["data"]["resource"] for row in scene.events(member, "qualification.granted")] == [scene.instrument]


def test_who_attended_too_little_fails(lab):
    scene = Scene(lab, attendance_num=1, attendance_den=2)
    cohort = scene.must_plan(seats=3)
    half, less, nothing = scene.members[0], scene.more[0], scene.more[1]
    scene.must_enrol(cohort, half, less, nothing)
    scene.daemon.set_clock(site_time("25 11:00"))
    scene.must_act(cohort, "attendance", n=1, present=[half, less], absent=[nothing])
    scene.must_act(cohort, "attendance", n=1, absent=[less])
    assert {row["person"]: row["present"] for row in scene.now(cohort)["enrolments"]} == {half: [1], less: [], nothing: []}
    scene.must_act(cohort, "finish")
    assert scene.statuses(cohort) == {half: "passed", less: "failed", nothing: "failed"}
    assert scene.client(less).get("/v1/qualifications").json["items"] == []
    final = scene.act(cohort, "attendance", n=1, present=[less])
    assert (final.status, final.codes) == (409, ["already_finished"])


# ---------------------------------------------------------------- planning


def test_a_cohort_takes_its_seats(lab):
    scene = Scene(lab)
    scene.must_plan()
    assert scene.taken("24 00:00", "25 00:00") == ["course"] * SEATS
    must_book(scene.technician, scene.room, "24 11:00", "24 13:00", firm=scene.firms[0])
    refused = book(scene.technician, scene.room, "24 11:00", "24 13:00", firm=scene.firms[1])
    assert (refused.status, refused.codes) == (409, ["taken"])
    must_book(scene.technician, scene.room, "24 13:00", "24 14:00", firm=scene.firms[1])


def test_all_its_meetings_or_none(lab):
    scene = Scene(lab)
    for firm in scene.firms:
        must_book(scene.technician, scene.room, "25 11:00", "25 11:30", firm=firm)
    refused = scene.plan((("24 10:00", "24 12:00"), ("25 10:00", "25 12:00"), ("26 10:00", "26 12:00")))
    assert refused.status == 409
    assert violations(refused) == {("taken", "/meetings/1"): (None, scene.room)}
    assert scene.taken("24 00:00", "25 00:00") == []
    assert scene.technician.get(f"/v1/cohorts?course={scene.course}").json["items"] == []
    scene.must_plan((("24 10:00", "24 12:00"), ("25 10:00", "25 12:00")), seats=1)


def test_bookings_are_seated_anew_for_it(lab):
    """Two seats are free at every moment, but only one of them all the time."""
    scene = Scene(lab)
    first, _ = (must_book(scene.technician, scene.room, "24 10:00", "24 11:00", firm=firm) for firm in scene.firms)
    assert cancel(scene.technician, first, reason="makes a hole").status == 200
    must_book(scene.technician, scene.room, "24 11:00", "24 12:00", firm=scene.firms[0])
    scene.must_plan()
    assert sorted(scene.taken("24 00:00", "25 00:00")) == ["booking"] * 2 + ["course"] * SEATS


@pytest.mark.parametrize(
    "spans, more, refusals",
    [
        pytest.param([("24 12:00", "24 10:00")], {}, {("end_not_after_start", "/meetings/0/end")}, id="end_before_start"),
        pytest.param([("24 10:00", "25 10:01")], {}, {("duration_too_long", "/meetings/0/end")}, id="longer_than_a_day"),
        pytest.param([("24 10:00", "24 12:00"), ("24 11:00", "24 13:00")], {}, {("duplicate", "/meetings/1")}, id="two_at_once"),
        pytest.param([("22 10:00", "22 12:00")], {}, {("in_the_past", "/meetings/0/start")}, id="past"),
        pytest.param([("22 10:00", "22 12:00")], {"seats": 4}, {("in_the_past", "/meetings/0/start"), ("too_large", "/seats")}, id="all_at_once"),
        pytest.param([("24 10:00", "24 12:00")], {"course": "no_such"}, {("unknown_reference", "/course")}, id="unknown"),
        pytest.param([], {}, {("too_small", "/meetings")}, id="no_meeting"),
    ],
)
def test_what_cannot_be_planned(lab, spans, more, refusals):
    refused = Scene(lab).plan(spans, **more)
    assert refused.status == 422
    assert set(violations(refused)) == refusals


def test_a_course_that_is_given_no_more(lab):
    refused = Scene(lab, is_active=False).plan()
    assert set(violations(refused)) == {("not_bookable", "/course")}


def test_cancelling_frees_and_tells(lab):
    scene = Scene(lab)
    cohort = scene.must_plan()
    scene.must_enrol(cohort, *scene.members)
    assert scene.act(cohort, "cancel").codes == ["missing_field"]
    cancelled = scene.must_act(cohort, "cancel", reason="the teacher is ill")
    assert cancelled["status"] == "cancelled"
    assert scene.taken("24 00:00", "26 00:00") == []
    for member in scene.members:
        (told,) = scene.events(member, "cohort.cancelled")
        assert told["data"] == {"course": scene.course, "room": scene.room, "reason": "the teacher is ill", "people": [member],
                                "freed": [{"start": row["start"], "end": row["end"]} for row in cohort["meetings"]]}
    for refused in (scene.enrol(cohort, scene.more[0]), scene.leave(cohort, scene.members[0]), scene.act(cohort, "finish"),
                    scene.act(cohort, "cancel", reason="again"), scene.act(cohort, "attendance", n=1)):
        assert (refused.status, refused.codes) == (409, ["already_cancelled"])


def test_lists_of_courses_and_cohorts(lab):
    scene = Scene(lab)
    (course,) = [row for row in scene.daemon.client().get("/v1/courses?limit=500").json["items"] if row["code"] == scene.course]
    assert (course["seats"], course["attendance"], course["room"]) == (SEATS, {"num": 1, "den": 1}, scene.room)
    assert course["grants"] == [{"resource": scene.instrument, "validity_s": VALIDITY_S}]
    later = scene.must_plan((("26 10:00", "26 12:00"),))
    sooner = scene.must_plan((("24 10:00", "24 12:00"),))

    def listed(query):
        return [row["id"] for row in scene.technician.get(f"/v1/cohorts?course={scene.course}{query}").json["items"]]

    assert listed("") == [sooner["id"], later["id"]]
    assert listed("&from=2026-11-25T00:00:00Z") == [later["id"]] and listed("&to=2026-11-25T00:00:00Z") == [sooner["id"]]
    page = scene.technician.get(f"/v1/cohorts?course={scene.course}&limit=1")
    (following,) = [page.headers["Link"].split(">")[0][1:]]
    assert [row["id"] for row in scene.technician.get(following).json["items"]] == [later["id"]]
    scene.must_act(sooner, "cancel", reason="nobody comes")
    assert listed("&status=open") == [later["id"]] and listed("&status=cancelled") == [sooner["id"]]


# ---------------------------------------------------------------- enrolment


def test_who_enrols_whom(lab):
    scene = Scene(lab)
    member, stranger = scene.members
    cohort = scene.must_plan(seats=3)

    def outcome(person, by):
        reply = scene.enrol(cohort, person, by)
        return reply.status, reply.codes

    assert outcome(scene.manager, member) == (403, ["forbidden"])
    assert outcome(stranger, member) == (403, ["forbidden"])
    assert outcome(stranger, scene.manager) == (403, ["forbidden"])
    assert outcome("no_such", scene.manager) == (403, ["forbidden"])
    assert outcome("no_such", "technician") == (422, ["unknown_reference"])
    assert outcome(member, scene.manager) == (201, [])
    assert outcome(member, member) == (409, ["already_enrolled"])
    assert outcome(stranger, "technician") == (201, [])
    reply = scene.client(member).post(f"/v1/cohorts/{cohort['id']}/leave", {"person": stranger})
    assert (reply.status, reply.codes) == (403, ["forbidden"])
    assert scene.statuses(cohort) == {member: "enrolled", stranger: "enrolled"}


def test_a_firm_sees_its_own_people(lab):
    scene = Scene(lab)
    cohort = scene.must_plan()
    scene.must_enrol(cohort, *scene.members, scene.more[0])
    seen = scene.client(scene.members[0]).get(f"/v1/cohorts/{cohort['id']}").json
    assert [row["person"] for row in seen["enrolments"]] == [scene.members[0]]
    assert (seen["enrolled"], seen["waiting"]) == (2, 1), "the numbers are of all"
    assert scene.technician.get(f"/v1/cohorts/{cohort['id']}").headers["ETag"] == f'"v{seen["version"]}"'
    listed = scene.client(scene.members[0]).get(f"/v1/cohorts?course={scene.course}").json["items"]
    assert listed == [seen]


def test_the_waiting_list_moves_up_in_order(lab):
    scene = Scene(lab)
    cohort = scene.must_plan()
    first, second, third = scene.more
    scene.must_enrol(cohort, *scene.members)
    full = scene.enrol(cohort, first, seat_only=True)
    assert (full.status, violations(full)) == (409, {("course_full", ""): (SEATS, SEATS)})
    for minute, person in enumerate((first, second, third)):
        scene.daemon.set_clock(site_time(f"23 09:1{minute}"))
        waiting = scene.enrol(cohort, person)
        assert (waiting.status, waiting.json["status"]) == (201, "waiting")
    assert scene.leave(cohort, first).json["status"] == "left"
    assert scene.statuses(cohort)[second] == "waiting", "there is no seat yet"
    assert scene.leave(cohort, scene.members[0]).json["status"] == "left"
    assert scene.statuses(cohort) == {scene.members[0]: "left", scene.members[1]: "enrolled", first: "left", second: "enrolled", third: "waiting"}
    assert [row["data"]["person"] for row in scene.events(second, "enrolment.moved_up")] == [second]
    again = scene.enrol(cohort, scene.members[0])
    assert (again.status, again.json["status"], again.json["version"]) == (201, "waiting", 3)
    twice = scene.leave(cohort, first)
    assert (twice.status, violations(twice)) == (409, {("conflict", "/person"): (None, "left")})
    never = scene.leave(cohort, scene.manager)
    assert (never.status, never.codes) == (422, ["unknown_reference"])


def test_the_list_is_closed_once_it_has_begun(lab):
    scene = Scene(lab)
    cohort = scene.must_plan()
    scene.must_enrol(cohort, scene.members[0])
    scene.daemon.set_clock(site_time("24 10:00"))
    for reply in (scene.enrol(cohort, scene.members[1]), scene.leave(cohort, scene.members[0])):
        assert (reply.status, reply.codes) == (422, ["in_the_past"])


def test_many_want_the_last_seats(lab):
    scene = Scene(lab)
    people = [lab.person(scene.firms[n % 2]) for n in range(12)]
    lab.apply()
    cohort = scene.must_plan()
    with concurrent.futures.ThreadPoolExecutor(len(people)) as pool:
        replies = list(pool.map(lambda person: scene.enrol(cohort, person), people))
    assert [reply.status for reply in replies] == [201] * len(people)
    assert sorted(reply.json["status"] for reply in replies) == ["enrolled"] * SEATS + ["waiting"] * (len(people) - SEATS)
    with concurrent.futures.ThreadPoolExecutor(len(people)) as pool:
        left = list(pool.map(lambda person: scene.leave(cohort, person), people[:6]))
    assert [reply.status for reply in left] == [200] * 6
    seen = scene.now(cohort)
    assert (seen["enrolled"], seen["waiting"]) == (SEATS, 4)


def test_two_cohorts_want_one_room(lab):
    scene = Scene(lab)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda spans: scene.plan(spans), [TWO_DAYS, TWO_DAYS[::-1]] * 4))
    assert sorted(reply.status for reply in replies) == [201] + [409] * 7
    assert scene.taken("24 00:00", "26 00:00") == ["course"] * SEATS * 2


# ---------------------------------------------------------------- attendance


def test_attendance_is_of_those_who_are_enrolled(lab):
    scene = Scene(lab)
    cohort = scene.must_plan()
    scene.must_enrol(cohort, *scene.members, scene.more[0])
    early = scene.act(cohort, "attendance", n=1, present=[scene.members[0]])
    assert violations(early) == {("too_early", "/n"): ("2026-11-24T01:00:00Z", "2026-11-23T00:00:00Z")}
    scene.daemon.set_clock(site_time("24 10:30"))
    wrong = scene.act(cohort, "attendance", n=3, present=[scene.members[0], scene.more[0]], absent=[scene.manager])
    assert set(violations(wrong)) == {("unknown_reference", pointer) for pointer in ("/n", "/present/1", "/absent/0")}
    double = scene.act(cohort, "attendance", n=1, present=scene.members, absent=[scene.members[1], "no_such"])
    assert set(violations(double)) == {("duplicate", "/absent/0"), ("unknown_reference", "/absent/1")}


def test_versions(lab):
    scene = Scene(lab)
    cohort = scene.must_plan()
    scene.must_enrol(cohort, scene.members[0])
    path = f"/v1/cohorts/{cohort['id']}"
    for what, body in (("attendance", {"n": 1}), ("finish", None), ("cancel", {"reason": "because"})):
        missing = scene.technician.post(f"{path}/{what}", body)
        assert (missing.status, missing.codes) == (428, ["version_required"])
        stale = act(scene.technician, f"{path}/{what}", cohort, **(body or {}))
        assert (stale.status, violations(stale)) == (412, {("stale_version", ""): (2, 1)})


# ---------------------------------------------------------------- qualifications


def test_given_and_taken_by_hand(lab):
    scene = Scene(lab)
    member = scene.members[0]
    wanted = {"person": member, "resource": scene.instrument, "valid_to": site_time("12-01 00:00")}
    given = scene.technician.post("/v1/qualifications", wanted)
    assert given.status == 201
    assert (given.json["valid_from"], given.json["valid_to"], given.json["cohort"]) == ("2026-11-23T00:00:00Z", "2026-11-30T15:00:00Z", None)
    must_book(scene.client(member), scene.instrument, "30 10:00", "30 11:00")
    for query, count in ((f"?person={member}", 1), (f"?resource={scene.instrument}", 1), (f"?firm={scene.firms[1]}", 0), (f"?person={scene.members[1]}", 0)):
        assert len(scene.technician.get(f"/v1/qualifications{query}").json["items"]) == count, query
    hidden = scene.client(scene.members[1]).get(f"/v1/qualifications?person={member}")
    assert (hidden.status, hidden.codes) == (403, ["forbidden"])
    path = f"/v1/qualifications/{given.json['id']}/revoke"
    assert scene.technician.post(path, {}).codes == ["missing_field"]
    revoked = scene.technician.post(path, {"reason": "left the door open"})
    assert (revoked.status, revoked.json["valid_to"]) == (200, "2026-11-23T00:00:00Z")
    assert book(scene.client(member), scene.instrument, "30 12:00", "30 13:00").codes == ["not_qualified"], "from the reply on"
    assert [row["data"]["reason"] for row in scene.events(member, "qualification.revoked")] == ["left the door open"]


def test_an_end_before_the_beginning(lab):
    scene = Scene(lab)
    reply = scene.technician.post("/v1/qualifications", {"person": scene.members[0], "resource": scene.instrument, "valid_to": site_time("22 10:00")})
    assert set(violations(reply)) == {("end_not_after_start", "/valid_to")}


def test_a_second_course_lasts_longer(lab):
    """The first one ends where the second begins: nobody is qualified twice, and never less than before."""
    scene = Scene(lab)
    member = scene.members[0]
    for day in ("24", "27"):
        cohort = scene.must_plan(((f"{day} 10:00", f"{day} 12:00"),))
        scene.must_enrol(cohort, member)
        scene.daemon.set_clock(site_time(f"{day} 12:00"))
        scene.must_act(cohort, "attendance", n=1, present=[member])
        scene.must_act(cohort, "finish")
    spans = sorted((row["valid_from"], row["valid_to"]) for row in scene.client(member).get("/v1/qualifications").json["items"])
    assert spans == [("2026-11-24T03:00:00Z", "2026-11-27T03:00:00Z"), ("2026-11-27T03:00:00Z", "2026-12-07T03:00:00Z")]
    must_book(scene.client(member), scene.instrument, "12-06 10:00", "12-06 11:00")


def test_what_is_never_used_lapses_until_it_is_given_anew(lab):
    instrument = lab.resource(rule={"needs_qualification": True, "never_used_limit_s": 2 * DAY_S, "unused_limit_s": 5 * DAY_S}, hours=NEVER_CLOSED)
    member = lab.person(lab.firm())
    lab.qualification(member, instrument, valid_from=site_time("23 09:00"))
    lab.apply()
    client = lab.client(member)

    def lapses():
        return [row["lapses_at"] for row in client.get("/v1/qualifications").json["items"]]

    assert lapses() == ["2026-11-25T00:00:00Z"]
    late = book(client, instrument, "25 09:00", "25 10:00")
    assert violations(late) == {("not_qualified", "/resource"): ("2026-11-25T00:00:00Z", "2026-11-25T00:00:00Z")}
    lab.daemon.set_clock(site_time("25 09:00"))
    given = lab.client("technician").post("/v1/qualifications", {"person": member, "resource": instrument})
    assert given.status == 201, given
    assert lapses() == ["2026-11-25T00:00:00Z", "2026-11-27T00:00:00Z"]
    booking = must_book(client, instrument, "25 09:00", "25 10:00")
    started = lab.client("technician").post("/v1/sessions/start", {"booking": booking["id"]})
    assert started.status == 201, started
    assert lapses()[1] == "2026-11-30T00:00:00Z", "it is in use"


# ---------------------------------------------------------------- repeating


def repeat(client, path, body, other, **headers):
    """The same request twice with one key is one; another body with it is refused."""
    def send(what):
        return client.post(path, what, headers={"Idempotency-Key": path, **headers})
    first, second = send(body), send(body)
    assert first.status in (200, 201), first
    assert (second.status, second.body) == (first.status, first.body)
    assert send(other).codes == ["key_reused"]
    return first.json


def test_every_write_can_be_repeated(lab):
    scene = Scene(lab)
    member = scene.members[0]
    plan = {"course": scene.course, "meetings": meetings(*TWO_DAYS[:1])}
    cohort = repeat(scene.technician, "/v1/cohorts", plan, {**plan, "seats": 2})
    other = scene.must_plan((("26 10:00", "26 12:00"),))
    path = f"/v1/cohorts/{cohort['id']}"
    client = scene.client(member)
    repeat(client, f"{path}/enrolments", {}, {"seat_only": True})
    repeat(client, f"{path}/leave", {}, {"person": member})
    scene.must_enrol(cohort, member)
    scene.daemon.set_clock(site_time("24 10:00"))
    body = {"n": 1, "present": [member]}
    noted = repeat(scene.technician, f"{path}/attendance", body, {**body, "n": 2}, **{"If-Match": f'"v{scene.now(cohort)["version"]}"'})
    repeat(scene.technician, f"{path}/finish", {}, {"x": 1}, **{"If-Match": f'"v{noted["version"]}"'})
    assert len(scene.events(member, "qualification.granted")) == 1
    body = {"reason": "because"}
    repeat(scene.technician, f"/v1/cohorts/{other['id']}/cancel", body, {"reason": "another"}, **{"If-Match": '"v1"'})
    wanted = {"person": member, "resource": scene.room}
    given = repeat(scene.technician, "/v1/qualifications", wanted, {**wanted, "resource": scene.instrument})
    repeat(scene.technician, f"/v1/qualifications/{given['id']}/revoke", body, {"reason": "another"})
