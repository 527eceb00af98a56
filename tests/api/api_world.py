"""Two firms with one of everything each, and a person for every role."""

import time

from booking_support import act, must_book, site_time
from metering_support import see, use
from support.lab import NEVER_CLOSED, Lab

DEADLINE_S = 30
FIRM_ROLES = ("firm_member", "firm_manager")
LAB_ROLES = ("technician", "finance", "approver", "admin", "auditor")


class World:
    """ids[n]: an object of each kind of firm n, by kind; firms[n], firm_ids[n]."""

    def __init__(self, daemon, cluster):
        self.cluster = cluster
        self.daemon = daemon
        self.lab = lab = Lab(daemon)
        programme = lab.programme([(1, 10_000_000)], "")
        lab.rows["programmes"][-1]["regions"] = [programme]
        facts = {"region": programme, "industry": "C25", "head_count": 5}
        self.firms = [lab.firm(facts=facts) for _ in range(2)]
        self.people = [{role: lab.person(firm, [role]) for role in FIRM_ROLES} for firm in self.firms]
        self.staff = {role: lab.person(roles=[role]) for role in LAB_ROLES}
        resources = [lab.resource(hours=NEVER_CLOSED) for _ in self.firms]
        for people, resource in zip(self.people, resources):
            lab.meter(resource)
            lab.qualification(people["firm_member"], resource)
        for firm in self.firms:
            lab.add("firm_groups", firm=firm, group="council")
        self.approved = lab.resource(rule={"approvals": ["technician"]}, capacity=2, hours=NEVER_CLOSED)
        course = lab.course(lab.resource(kind="room", hours=NEVER_CLOSED))
        lab.apply()
        self.cohort = self.plan_cohort(course)
        self.outage = self.plan_outage(resources[0])
        self.ids = [self.make_firms_objects(n, resource) for n, resource in enumerate(resources)]
        self.firm_ids = [{row["code"]: row["id"] for row in self.client_of("auditor").get("/v1/firms?limit=500").json["items"]}[firm]
                         for firm in self.firms]

    def client_of(self, role, firm=0):
        person = self.people[firm][role] if role in FIRM_ROLES else self.staff[role]
        return self.daemon.client(person)

    def plan_cohort(self, course):
        """It is everybody's; each firm's member is on its list."""
        self.daemon.set_clock("2026-11-23T00:00:00Z")
        wanted = {"course": course, "meetings": [{"start": site_time("12-01 10:00"), "end": site_time("12-01 12:00")}]}
        made = self.client_of("technician").post("/v1/cohorts", wanted)
        assert made.status == 201, made
        for n in range(len(self.firms)):
            enrolled = self.client_of("firm_member", n).post(f"/v1/cohorts/{made.json['id']}/enrolments", {})
            assert enrolled.status == 201, enrolled
        return made.json["id"]

    def plan_outage(self, resource):
        wanted = {"resource": resource, "kind": "maintenance", "title": "inspection", "start": site_time("12-03 10:00"), "end": site_time("12-03 12:00")}
        made = self.client_of("technician").post("/v1/outages", wanted)
        assert made.status == 201, made
        return made.json["id"]

    def make_firms_objects(self, n, resource):
        daemon, firm = self.daemon, self.firms[n]
        daemon.set_clock("2026-11-23T00:00:00Z")
        member, finance = self.client_of("firm_member", n), self.client_of("finance")
        made = member.post("/v1/bookings", {"resource": resource, "start": site_time("24 10:00"), "end": site_time("24 11:00"),
                                            "purpose": "secret purpose"}, headers={"Idempotency-Key": "first"})
        assert made.status == 201, made
        session = use(daemon, "24 10:00", "24 11:00", booking=made.json["id"])
        see(self.cluster, daemon, resource, [("run", "24 10:00", "24 11:00", 1_000)])
        standing = must_book(member, resource, "25 10:00", "25 11:00")
        daemon.tick()
        (usage,) = member.get("/v1/usage").json["items"]
        run = finance.post("/v1/billing_runs", {"site": "siheung", "month": "2026-11", "firm": firm})
        daemon.tick()
        (invoice,) = self.wait_for(lambda: self.client_of("firm_manager", n).get("/v1/invoices").json["items"])
        token = daemon.client("admin").post("/v1/tokens", {"person": self.people[n]["firm_member"], "label": "another"})
        more = self.make_more(member, resource)
        self.dispute_another(n, resource)
        pending = must_book(member, self.approved, "27 10:00", "27 11:00")
        approved = act(self.client_of("technician"), f"/v1/bookings/{pending['id']}/approve", pending)
        assert approved.status == 200, approved
        (qualification,) = member.get("/v1/qualifications").json["items"]
        budget = finance.get("/v1/budgets").json["items"][0]
        return {"booking": standing["id"], "session": session["id"], "usage": usage["id"], "invoice": invoice["id"],
                "billing_run": run.json["id"], "token": token.json["id"], "budget": budget["id"], "resource": resource,
                "cohort": self.cohort, "outage": self.outage, "qualification": qualification["id"], **more}

    def dispute_another(self, n, resource):
        """Of a second use, which is not billed."""
        use(self.daemon, "24 13:00", "24 14:00", resource=resource, firm=self.firms[n])
        see(self.cluster, self.daemon, resource, [("run", "24 13:00", "24 14:00", 1_000)])
        self.daemon.tick()
        (usage,) = self.client_of("firm_manager", n).get("/v1/usage?status=ready").json["items"]
        disputed = self.client_of("firm_manager", n).post(f"/v1/usage/{usage['id']}/dispute", {"reason": "nobody was there"})
        assert disputed.status == 201, disputed

    @staticmethod
    def make_more(member, resource):
        """What a person has besides bookings; the secret of the feed's address too."""
        start, end = site_time("25 10:00"), site_time("25 11:00")  # taken by the standing booking
        made = {"quote": member.post("/v1/quotes", {"resource": resource, "start": site_time("26 10:00"), "end": site_time("26 11:00")}),
                "waitlist": member.post("/v1/waitlist", {"resource": resource, "earliest": start, "latest": end}),
                "series": member.post("/v1/series", {"resource": resource, "start": site_time("28 10:00"), "end": site_time("28 11:00"),
                                                     "rrule": "FREQ=DAILY;COUNT=2"}),
                "feed": member.post("/v1/feeds", {"kind": "person", "label": "phone"})}
        assert {kind: reply.status for kind, reply in made.items()} == dict.fromkeys(made, 201), made
        secret = made["feed"].json["url"].rsplit("/", 1)[1]
        return {**{kind: reply.json["id"] for kind, reply in made.items()}, "secret": secret}

    @staticmethod
    def wait_for(look):
        deadline = time.monotonic() + DEADLINE_S
        found = look()
        while not found and time.monotonic() < deadline:
            time.sleep(0.05)
            found = look()
        return found
