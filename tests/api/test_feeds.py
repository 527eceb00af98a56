"""Calendars to subscribe to: secret, revocable, and right in a reader that is not ours."""

import datetime
import json
import subprocess
from pathlib import Path

import pytest

from booking_support import act, cancel, must_book, site_time
from support import node
from support.client import Client
from support.lab import NEVER_CLOSED

ICALJS = Path(__file__).parent / "icaljs"


class Scene:
    """Two firms with a person each, a technician, and a resource that is always open."""

    def __init__(self, lab):
        self.lab = lab
        self.resource = lab.resource(hours=NEVER_CLOSED)
        self.firms = [lab.firm(name=name) for name in ("한빛정밀; \"CNC\", 주식회사", "Other")]
        self.people = [lab.person(firm) for firm in self.firms]
        self.technician = lab.person()
        lab.apply()
        self.clients = [lab.client(person) for person in self.people]
        self.staff = lab.client(self.technician)

    def feed(self, client, kind, object_=None, label="A label"):
        reply = client.post("/v1/feeds", {"kind": kind, "label": label, **({"object": object_} if object_ else {})})
        assert reply.status == 201, reply
        return reply.json

    def read(self, feed, **options):
        client = self.clients[0]
        return Client(client.host, client.port).get(feed["url"], **options)

    def lines(self, feed):
        reply = self.read(feed)
        assert reply.status == 200, reply
        return reply.body.decode().replace("\r\n ", "").split("\r\n")


@pytest.fixture
def scene(lab):
    return Scene(lab)


@pytest.fixture(scope="module")
def icaljs():
    """A function: the events that ical.js reads in a calendar."""
    run, fault = node.prepare(ICALJS)
    if fault:
        pytest.skip(fault)
    (run / "read.mjs").write_bytes((ICALJS / "read.mjs").read_bytes())

    def read(body):
        done = subprocess.run(["node", "read.mjs"], cwd=run, input=body, capture_output=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr.decode()
        return json.loads(done.stdout)

    return read


def values(lines, name):
    return [line.split(":", 1)[1] for line in lines if line.split(":", 1)[0].split(";")[0] == name]


def test_a_firms_feed_shows_its_bookings(scene):
    made = must_book(scene.clients[0], scene.resource, "24 10:00", "24 11:00", purpose="Gauge blocks; 3, maybe 4")
    must_book(scene.clients[1], scene.resource, "24 12:00", "24 13:00", purpose="hidden")
    reply = scene.read(scene.feed(scene.clients[0], "firm"))
    assert reply.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert reply.headers["Cache-Control"] == "private, no-cache"
    lines = reply.body.decode().replace("\r\n ", "").split("\r\n")
    assert values(lines, "UID") == [f"{made['id']}@labtab"]
    assert "DTSTART;TZID=Asia/Seoul:20261124T100000" in lines and "DTEND;TZID=Asia/Seoul:20261124T110000" in lines
    assert values(lines, "DESCRIPTION") == ["Gauge blocks\\; 3\\, maybe 4"]
    assert values(lines, "X-WR-CALNAME") == ["A label"]
    assert values(lines, "STATUS") == ["CONFIRMED"] and values(lines, "SEQUENCE") == ["0"]
    assert "hidden" not in reply.body.decode()


def test_a_resources_feed_names_only_who_may_be_seen(scene):
    must_book(scene.clients[0], scene.resource, "24 10:00", "24 11:00", purpose="mine")
    other = must_book(scene.clients[1], scene.resource, "24 12:00", "24 13:00", purpose="theirs")
    seen = "\n".join(scene.lines(scene.feed(scene.clients[0], "resource", scene.resource)))
    assert "mine" in seen and "SUMMARY:Booked" in seen
    for secret in ("theirs", other["id"], "Other", scene.people[1]):
        assert secret not in seen
    whole = "\n".join(scene.lines(scene.feed(scene.staff, "resource", scene.resource)))
    assert "mine" in whole and "theirs" in whole and "Other" in whole


def test_a_persons_feed_is_their_own(scene):
    made = must_book(scene.clients[0], scene.resource, "24 10:00", "24 11:00")
    must_book(scene.clients[1], scene.resource, "24 12:00", "24 13:00")
    assert values(scene.lines(scene.feed(scene.clients[0], "person")), "UID") == [f"{made['id']}@labtab"]
    refused = scene.clients[0].post("/v1/feeds", {"kind": "person", "object": scene.people[1], "label": "x"})
    assert refused.status == 403, refused


@pytest.mark.parametrize("body, status", [
    pytest.param({"kind": "resource", "label": "x"}, 422, id="a_resource_has_to_be_named"),
    pytest.param({"kind": "resource", "object": "nothing", "label": "x"}, 422, id="which_exists"),
    pytest.param({"kind": "moon", "label": "x"}, 422, id="an_unknown_kind"),
    pytest.param({"kind": "firm"}, 422, id="without_a_label"),
])
def test_what_is_wrong_is_refused(scene, body, status):
    assert scene.clients[0].post("/v1/feeds", body).status == status


def test_another_firm_is_not_theirs(scene):
    refused = scene.clients[0].post("/v1/feeds", {"kind": "firm", "object": scene.firms[1], "label": "x"})
    assert refused.status == 403
    assert scene.staff.post("/v1/feeds", {"kind": "firm", "label": "x"}).codes == ["missing_field"]
    scene.feed(scene.staff, "firm", scene.firms[1])


def test_what_takes_the_resource_besides_bookings(scene):
    body = {"resource": scene.resource, "kind": "maintenance", "title": "Calibration", "start": site_time("24 02:00"),
            "end": site_time("24 03:00")}
    made = scene.staff.post("/v1/outages", body)
    assert made.status == 201, made
    lines = scene.lines(scene.feed(scene.clients[0], "resource", scene.resource))
    assert values(lines, "SUMMARY") == ["Calibration"] and values(lines, "CATEGORIES") == ["maintenance"]
    assert values(lines, "UID") == [f"{made.json['id']}@labtab"]


def test_changes_raise_the_sequence_and_cancelling_is_told(scene):
    made = must_book(scene.clients[0], scene.resource, "24 10:00", "24 11:00")
    feed = scene.feed(scene.clients[0], "firm")
    scene.lab.daemon.set_clock("2026-11-23T01:02:03Z")
    assert cancel(scene.clients[0], made).status == 200
    lines = scene.lines(feed)
    assert values(lines, "STATUS") == ["CANCELLED"] and values(lines, "SEQUENCE") == ["1"]
    assert values(lines, "DTSTAMP") == ["20261123T010203Z"]


def test_the_same_bytes_have_the_same_tag(scene):
    must_book(scene.clients[0], scene.resource, "24 10:00", "24 11:00")
    feed = scene.feed(scene.clients[0], "firm")
    first = scene.read(feed)
    scene.lab.daemon.set_clock("2026-11-23T05:00:00Z")
    tag = first.headers["ETag"]
    assert scene.read(feed, headers={"If-None-Match": tag}).status == 304
    assert scene.read(feed).body == first.body, "time alone changes nothing"
    must_book(scene.clients[0], scene.resource, "25 10:00", "25 11:00")
    again = scene.read(feed, headers={"If-None-Match": tag})
    assert again.status == 200 and again.headers["ETag"] != tag


def test_a_secret_is_all_it_takes_and_can_be_revoked(scene):
    feed = scene.feed(scene.clients[0], "firm")
    assert feed["url"].startswith("/v1/feeds/") and feed["url"].endswith(".ics")
    assert scene.read(feed).status == 200
    (listed,) = scene.clients[0].get("/v1/feeds").json["items"]
    assert listed["id"] == feed["id"] and listed["url"] is None, "it is shown once"
    assert scene.clients[1].post(f"/v1/feeds/{feed['id']}/revoke").status == 404
    revoked = scene.clients[0].post(f"/v1/feeds/{feed['id']}/revoke")
    assert revoked.status == 200 and revoked.json["revoked_at"]
    assert scene.read(feed).status == 404


@pytest.mark.parametrize("name", ["nothing.ics", "nothing", ".ics", "x" * 200 + ".ics"])
def test_no_secret_no_feed(scene, name):
    assert scene.read({"url": f"/v1/feeds/{name}"}).status == 404


def test_who_has_gone_has_no_feed(scene):
    feed = scene.feed(scene.clients[0], "firm")
    scene.lab.add("people", code=scene.people[0], name="gone", roles=["firm_member"], firm=scene.firms[0], is_active=False)
    scene.lab.apply()
    assert scene.read(feed).status == 404


def test_managers_see_their_firms_feeds(scene, lab):
    manager = lab.person(scene.firms[0], ["firm_manager"])
    lab.apply()
    feed = scene.feed(scene.clients[0], "firm")
    other = scene.feed(scene.clients[1], "firm")
    seen = [row["id"] for row in lab.client(manager).get("/v1/feeds").json["items"]]
    assert feed["id"] in seen and other["id"] not in seen
    assert lab.client(manager).post(f"/v1/feeds/{feed['id']}/revoke").status == 200


def test_a_calendar_without_events_is_one(scene, icaljs):
    reply = scene.read(scene.feed(scene.clients[0], "firm", label="빈 달력"))
    assert icaljs(reply.body) == []
    assert "X-WR-CALNAME:빈 달력" in reply.body.decode()


def test_another_reader_reads_the_same(scene, icaljs):
    made = must_book(scene.clients[0], scene.resource, "24 10:00", "24 11:00", purpose="줄\n둘째 줄; " + "긴 글 " * 60)
    body = scene.read(scene.feed(scene.staff, "resource", scene.resource)).body
    assert max(len(line) for line in body.split(b"\r\n")) <= 75
    (event,) = icaljs(body)
    assert event["uid"] == f"{made['id']}@labtab" and event["zone"] == "Asia/Seoul"
    assert event["start"] == "2026-11-24T01:00:00.000Z" and event["end"] == "2026-11-24T02:00:00.000Z"
    assert event["summary"] == f"{scene.resource}, 한빛정밀; \"CNC\", 주식회사, {scene.people[0]}"
    assert event["description"] == made["purpose"]


@pytest.mark.parametrize("zone, start", [
    pytest.param("Europe/Berlin", "2026-10-24T20:00:00Z", id="berlin_autumn"),
    pytest.param("Europe/Berlin", "2027-03-27T20:00:00Z", id="berlin_spring"),
    pytest.param("America/New_York", "2026-10-31T20:00:00Z", id="new_york_autumn"),
    pytest.param("America/New_York", "2027-03-13T20:00:00Z", id="new_york_spring"),
])
def test_instants_survive_a_change_of_the_clocks(lab, icaljs, zone, start):
    code = zone.lower().replace("/", "_") + start[:4]
    site = {**lab.document()["site"], "code": code, "name": zone, "zone": zone}
    reply = lab.daemon.client("admin").put("/v1/site_file", {
        "site": site, "resources": [{"code": f"{code}_cmm", "kind": "instrument", "name": "CMM"}]})
    assert reply.status == 200, reply
    lab.daemon.set_clock(start)
    staff = lab.client("technician")
    begin = datetime.datetime.fromisoformat(start)
    wanted = []
    for hours in range(1, 16):
        at, end = ((begin + datetime.timedelta(hours=hours, minutes=m)).strftime("%Y-%m-%dT%H:%M:%S") for m in (0, 30))
        made = staff.post("/v1/outages", {"resource": f"{code}_cmm", "kind": "maintenance", "title": str(hours),
                                          "start": at + "Z", "end": end + "Z"})
        assert made.status == 201, made
        wanted.append((at + ".000Z", end + ".000Z"))
    feed = staff.post("/v1/feeds", {"kind": "resource", "object": f"{code}_cmm", "label": "x"}).json
    body = staff.get(feed["url"]).body
    assert [(event["start"], event["end"]) for event in icaljs(body)] == wanted
    assert body.count(b"TZID=" + zone.encode()) > 20 and b"BEGIN:VTIMEZONE" in body
