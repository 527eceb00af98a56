"""The same key many times at once: every write that takes one does what it does once."""

import pytest

from booking_support import must_book, site_time, wanted
from support.lab import NEVER_CLOSED
from test_races import at_once


class Writes:
    """One of everything that can be written with a key: (who, method, path, body, what it changes)."""

    def __init__(self, lab):
        self.lab = lab
        self.resource = lab.resource(hours=NEVER_CLOSED, capacity=3)
        self.asked = lab.resource(hours=NEVER_CLOSED, rule={"approvals": ["technician"]})
        self.course = lab.course(lab.resource(kind="room", hours=NEVER_CLOSED))
        self.firm = lab.firm()
        self.member = lab.person(self.firm)
        lab.apply()
        self.client, self.staff = lab.client(self.member), lab.client("technician")

    def made(self, client, path, body):
        reply = client.post(path, body)
        assert reply.status == 201, reply
        return reply.json

    def booking(self, resource=None):
        return must_book(self.client, resource or self.resource, "24 10:00", "24 11:00")

    def on(self, client, collection, of, verb, body=None):
        return client, "POST", f"/v1/{collection}/{of['id']}/{verb}", body or {}, of

    def cohort(self):
        return self.made(self.staff, "/v1/cohorts", self.meetings())

    def meetings(self):
        return {"course": self.course, "meetings": [{"start": site_time("24 10:00"), "end": site_time("24 11:00")}]}

    def outage(self):
        return {"resource": self.resource, "kind": "fault", "title": "broken", "start": site_time("25 10:00"), "end": site_time("25 11:00")}

    def repeated(self):
        return {**wanted(self.resource, "24 10:00", "24 11:00"), "rrule": "FREQ=DAILY;COUNT=3"}

    def waiting(self):
        return {"resource": self.resource, "earliest": site_time("24 10:00"), "latest": site_time("24 11:00")}

    def change(self):
        booking = self.booking()
        return self.client, "PATCH", f"/v1/bookings/{booking['id']}", {"end": site_time("24 12:00")}, booking

    def named(self, name):
        return {
            "change": self.change,
            "cancel": lambda: self.on(self.client, "bookings", self.booking(), "cancel"),
            "check_in": lambda: self.on(self.client, "bookings", self.booking(), "check_in"),
            "approve": lambda: self.on(self.staff, "bookings", self.booking(self.asked), "approve"),
            "decline": lambda: self.on(self.staff, "bookings", self.booking(self.asked), "decline", {"reason": "not now"}),
            "begin": lambda: (self.staff, "POST", "/v1/sessions/start", {"booking": self.booking()["id"]}, None),
            "finish": lambda: self.on(self.staff, "sessions", self.made(self.staff, "/v1/sessions/start", {"booking": self.booking()["id"]}), "finish"),
            "quote": lambda: (self.client, "POST", "/v1/quotes", wanted(self.resource, "24 10:00", "24 11:00"), None),
            "series": lambda: (self.client, "POST", "/v1/series", self.repeated(), None),
            "stop": lambda: self.on(self.client, "series", self.made(self.client, "/v1/series", self.repeated()), "cancel"),
            "wait": lambda: (self.client, "POST", "/v1/waitlist", self.waiting(), None),
            "leave": lambda: self.on(self.client, "waitlist", self.made(self.client, "/v1/waitlist", self.waiting()), "leave"),
            "outage": lambda: (self.staff, "POST", "/v1/outages", self.outage(), None),
            "end": lambda: self.on(self.staff, "outages", self.made(self.staff, "/v1/outages", self.outage()), "end"),
            "cohort": lambda: (self.staff, "POST", "/v1/cohorts", self.meetings(), None),
            "enrol": lambda: (self.client, "POST", f"/v1/cohorts/{self.cohort()['id']}/enrolments", {}, None),
            "call_off": lambda: self.on(self.staff, "cohorts", self.cohort(), "cancel", {"reason": "teacher is ill"}),
            "qualify": lambda: (self.staff, "POST", "/v1/qualifications", {"person": self.member, "resource": self.resource}, None),
        }[name]()


@pytest.mark.parametrize("name", ["change", "cancel", "check_in", "approve", "decline", "begin", "finish", "quote", "series", "stop", "wait",
                                  "leave", "outage", "end", "cohort", "enrol", "call_off", "qualify"])
def test_same_key_at_once(lab, cluster, name):
    """Every write answers equal requests alike, does what it does once, and refuses its key with another body."""
    writes = Writes(lab)
    client, method, path, body, of = writes.named(name)
    headers = {"Idempotency-Key": f"key of {name}", **({"If-Match": f'"v{of["version"]}"'} if of else {})}
    events = "select count(*) from event"
    before = int(cluster.sql(events, lab.daemon.database))
    replies, _ = at_once([lambda: client.request(method, path, json=body, headers=headers)] * 10)
    assert len({(reply.status, reply.body, reply.headers["ETag"]) for reply in replies}) == 1 and replies[0].status in (200, 201), replies
    done = int(cluster.sql(events, lab.daemon.database)) - before
    again = client.request(method, path, json=body, headers=headers)
    assert (again.status, again.body) == (replies[0].status, replies[0].body), "and later"
    assert int(cluster.sql(events, lab.daemon.database)) - before == done <= 1 + len(replies[0].json.get("bookings") or replies[0].json.get("cancelled") or [])
    more = {"firm": writes.firm, "mode": "commissioned"} if client is writes.staff else {}
    other = client.post("/v1/quotes", {**wanted(writes.resource, "26 10:00", "26 11:00"), **more}, headers={"Idempotency-Key": f"key of {name}"})
    assert (other.status, other.codes) == (422, ["key_reused"])
