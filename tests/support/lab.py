"""Data of a test's own: resources, firms and people with codes that nobody else uses.

    lab = Lab(daemon)
    cmm = lab.resource(rule={"grid_s": 600})
    kim = lab.person(lab.firm())
    lab.apply()
    lab.client(kim).post("/v1/bookings", {"resource": cmm, ...})

Every call adds rows to a site file; apply() sends it and makes a token for each new person.
"""

import itertools

from support.daemon import site_document

VALID_FROM = "2026-01-01"
numbers = itertools.count(1)
SITE = site_document()
HOURS = [{"weekday": day, "opens": "09:00", "closes": "18:00"} for day in range(1, 6)]
NEVER_CLOSED = [{"weekday": day, "opens": "00:00", "closes": "24:00"} for day in range(1, 8)]


def unique(kind):
    return f"{kind}{next(numbers)}"


class Lab:
    """Rows to add to the daemon's site. Hours and special days are replaced as a whole by every file, so one
    Lab keeps those of all before it."""

    def __init__(self, daemon):
        self.daemon = daemon
        self.rows = {}
        self.site = dict(SITE["site"])
        self.openings = daemon.__dict__.setdefault("lab_openings", list(SITE["openings"]))
        self.special_days = daemon.__dict__.setdefault("lab_special_days", list(SITE["special_days"]))
        self.new_people = []

    def add(self, section, **row):
        self.rows.setdefault(section, []).append(row)

    def resource(self, rule=None, tariff=None, hours=None, **more):
        """rule: of booking_rules over "everything goes"; tariff: over 10000 an hour, False: none; hours: of
        openings, the site's when not given. more: of resources, e.g. capacity=0, parts=[cmm, operator]."""
        code = unique("resource")
        self.add("resources", **{"code": code, "kind": "instrument", "name": code, **more})
        everything_goes = {"valid_from": VALID_FROM, "grid_s": 60, "max_s": 30 * 86400, "horizon_s": 365 * 86400}
        self.add("booking_rules", resource=code, **{**everything_goes, **(rule or {})})
        if tariff is not False:
            price = {"time_unit_s": 3600, "price_num": 10000, "rounding": "minute", "valid_from": VALID_FROM}
            self.add("tariffs", resource=code, **{**price, **(tariff or {})})
        for row in hours or []:
            self.openings.append({"resource": code, **row})
        return code

    def firm(self, facts=None, groups=(), **more):
        """facts: region, industry and head_count; those of a firm that no programme supports when not given.
        groups: codes of groups that it is in."""
        code = unique("firm")
        self.add("firms", **{"code": code, "name": code, **more})
        elsewhere = {"region": "seoul", "industry": "J62", "head_count": 100}
        self.add("firm_facts", firm=code, valid_from=VALID_FROM, **(facts or elsewhere))
        for group in groups:
            self.add("firm_groups", firm=code, group=group)
        return code

    def group(self):
        """A group's code of the test's own: there is one as soon as a firm is in it."""
        return unique("group")

    def person(self, firm=None, roles=None):
        code = unique("person")
        row = {"code": code, "name": code, "roles": roles or (["firm_member"] if firm else ["technician"])}
        self.add("people", **row, **({"firm": firm} if firm else {}))
        self.new_people.append(code)
        return code

    def qualification(self, person, resource, valid_from="2026-01-01T00:00:00+09:00", **more):
        self.add("qualifications", person=person, resource=resource, valid_from=valid_from, **more)

    def quota(self, holder, period, **more):
        """more: most_count or most_s; resource or kind (the whole site without), group, weekdays, valid_from, ..."""
        code = unique("quota")
        self.add("quotas", code=code, holder=holder, period=period, **more)
        return code

    def course(self, room, grants=(), seats=1, **more):
        """grants: codes of resources that it opens without end, or rows of {resource, validity_s}."""
        code = unique("course")
        rows = [row if isinstance(row, dict) else {"resource": row} for row in grants]
        self.add("courses", **{"code": code, "name": code, "room": room, "seats": seats, "grants": rows, **more})
        return code

    def programme(self, funders, region, **more):
        """A programme for the firms of one region. funders: rows of (weight, amount for 2026 and 2027)."""
        code = unique("programme")
        row = {"code": code, "name": code, "valid_from": VALID_FROM, "rate_num": 70, "rate_den": 100,
               "regions": [region]}
        self.add("programmes", **{**row, **more})
        for weight, amount in funders:
            funder = unique("funder")
            self.add("funders", code=funder, name=funder)
            self.add("programme_funders", programme=code, funder=funder, weight=weight)
            for year in (2026, 2027):
                self.add("budgets", programme=code, funder=funder, fiscal_year=year, amount=amount)
        return code

    def meter(self, resource):
        code = unique("meter")
        self.add("meters", code=code, resource=resource, profile="eastron_sdm630", host="127.0.0.1", port=1,
                 modbus_unit=1, poll_ms=1000)
        return code

    def close(self, day, resource=None):
        """Closes the site, or one resource, on a day."""
        self.special_day(day, resource, reason="closed")

    def special_day(self, day, resource=None, **more):
        """more: opens and closes ("09:00"), reason."""
        self.special_days.append({"day": day, "reason": "test", **({"resource": resource} if resource else {}), **more})

    def document(self):
        return {"site": self.site, "openings": self.openings, "special_days": self.special_days, **self.rows}

    def apply(self):
        admin = self.daemon.client("admin")
        reply = admin.put("/v1/site_file", self.document())
        assert reply.status == 200, reply
        self.rows = {}
        people, self.new_people = self.new_people, []
        for person in people:
            made = admin.post("/v1/tokens", {"person": person, "label": "test"})
            assert made.status == 201, made
            self.daemon.tokens[person] = made.json["token"]
        return self

    def client(self, person):
        return self.daemon.client(person)
