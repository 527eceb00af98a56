"""Disputes of charges: who may raise and decide them and when, and what is billed before and after."""

import threading
import uuid

import pytest

from billing_support import bill
from booking_support import Scene, act, cancel, must_book, site_time, violations
from metering_support import see, use

WHY = {"reason": "We left at half past ten."}


class Charge(Scene):
    """A firm with a manager, and an hour of use on the 24th: 10,000."""

    def __init__(self, lab, **more):
        super().__init__(lab, **more)
        self.manager = lab.person(self.firm, ["firm_manager"])
        lab.apply()
        self.client = lab.client(self.manager)
        self.finance = lab.client("finance")
        self.usage = self.use("24 10:00", "24 11:00")

    def use(self, start, end):
        session = use(self.lab.daemon, start, end, resource=self.resource, firm=self.firm)
        self.lab.daemon.tick()
        (usage,) = self.finance.get(f"/v1/usage?session={session['id']}").json["items"]
        return usage

    def dispute(self, client=None, usage=None, body=None, **more):
        path = f"/v1/usage/{(usage or self.usage)['id']}/dispute"
        return (client or self.client).post(path, WHY if body is None else body, **more)

    def must_dispute(self, **more):
        reply = self.dispute(**more)
        assert reply.status == 201, reply
        return reply.json

    def decide(self, outcome, client=None, version=None, reason="We looked at the door's log.", **more):
        of = {"version": version or self.shown()["version"]}
        return act(client or self.finance, f"/v1/usage/{self.usage['id']}/dispute/decide", of, outcome=outcome, reason=reason, **more)

    def must_decide(self, outcome, **more):
        reply = self.decide(outcome, **more)
        assert reply.status == 200, reply
        return reply.json

    def shown(self, usage=None):
        reply = self.client.get(f"/v1/usage/{(usage or self.usage)['id']}")
        assert reply.status == 200, reply
        return reply.json

    def bill(self):
        """The lines of a new run's invoices."""
        before = {row["id"] for row in self.invoices()}
        run = bill(self.lab.daemon, "2026-11", self.firm)
        assert run["problems"] == []
        return [line for row in self.invoices() if row["id"] not in before for line in row["lines"]]

    def invoices(self):
        return self.finance.get(f"/v1/invoices?firm={self.firm}").json["items"]


@pytest.fixture
def charge(lab):
    return Charge(lab)


def amounts(lines):
    return [{name: line[name] for name in ("kind", "fee", "support", "own_share", "tax")} for line in lines]


# ---------------------------------------------------------------- raising


def test_a_charge_can_be_disputed_within_its_review(charge):
    assert (charge.usage["dispute"], charge.usage["review_until"]) == (None, "2026-12-01T02:00:00Z"), "seven days"
    charge.lab.daemon.set_clock("2026-12-01T02:00:00Z")
    reply = charge.dispute()
    assert reply.status == 201, reply
    told = {name: reply.json[name] for name in ("usage", "status", "reason", "firm", "resource", "kind", "billable_s", "fee", "decided_at", "was")}
    assert told == {"usage": charge.usage["id"], "status": "open", "reason": WHY["reason"], "firm": charge.firm, "resource": charge.resource,
                    "kind": "use", "billable_s": 3600, "fee": None, "decided_at": None, "was": None}
    shown = charge.shown()
    assert (shown["dispute"], shown["status"], shown["version"]) == ("open", "ready", charge.usage["version"] + 1)
    assert reply.headers["ETag"] == f'"v{shown["version"]}"', "the usage's"
    assert charge.client.get("/v1/disputes").json["items"] == [reply.json]
    events = [row for row in charge.client.get("/v1/events?limit=500").json["items"] if row["kind"] == "dispute.raised"]
    assert [(row["object"], row["data"]["reason"]) for row in events] == [(charge.usage["id"], WHY["reason"])]


def test_reasons_against_a_dispute_are_distinct(charge):
    other = charge.use("24 12:00", "24 13:00")
    charge.must_dispute()
    twice = charge.dispute()
    assert (twice.status, twice.codes) == (409, ["already_disputed"])
    charge.lab.daemon.set_clock("2026-12-01T04:00:01Z")
    late = charge.dispute(usage=other)
    assert (late.status, violations(late)) == (422, {("review_over", ""): ("2026-12-01T04:00:00Z", "2026-12-01T04:00:01Z")})
    assert charge.shown(other)["version"] == other["version"]


def test_there_is_nothing_to_dispute_before_there_is_a_charge(charge):
    booking = must_book(charge.client, charge.resource, "25 10:00", "25 11:00")
    for nothing in (booking, {"id": str(uuid.uuid4())}):
        reply = charge.dispute(usage=nothing)
        assert (reply.status, reply.codes) == (404, ["not_found"])


def test_what_was_billed_is_closed(charge):
    assert len(charge.bill()) == 1
    reply = charge.dispute()
    assert (reply.status, reply.codes) == (409, ["closed_period"])
    assert charge.shown()["dispute"] is None


def test_a_dispute_needs_a_reason(charge):
    for body, code in (({}, "missing_field"), ({"reason": None}, "missing_field"), ({"reason": "no"}, "too_short"), ({"reason": "x" * 2001}, "too_long")):
        reply = charge.dispute(body=body)
        assert (reply.status, [(row["code"], row["pointer"]) for row in reply.json["violations"]]) == (422, [(code, "/reason")]), body
    assert charge.client.get("/v1/disputes").json["items"] == []


def test_staff_dispute_for_a_firm(charge):
    charge.must_dispute(client=charge.finance)


def test_another_firms_charge_is_not_there(charge):
    manager = charge.lab.person(charge.lab.firm(), ["firm_manager"])
    charge.lab.apply()
    assert charge.dispute(client=charge.lab.client(manager)).status == 404


def test_a_review_is_the_sites(lab):
    lab.site["review_s"] = 3600
    charge = Charge(lab)
    assert charge.usage["review_until"] == "2026-11-24T03:00:00Z"
    lab.daemon.set_clock("2026-11-24T03:00:01Z")
    assert charge.dispute().codes == ["review_over"]


def test_a_review_begins_when_the_charge_is_there(charge):
    """However late the jobs come to it."""
    session = use(charge.lab.daemon, "25 10:00", "25 11:00", resource=charge.resource, firm=charge.firm)
    charge.lab.daemon.set_clock(site_time("12-10 09:00"))
    charge.lab.daemon.tick()
    (usage,) = charge.client.get(f"/v1/usage?session={session['id']}").json["items"]
    assert usage["review_until"] == "2026-12-17T00:00:00Z"
    charge.must_dispute(usage=usage)


def test_a_key_makes_one_dispute(charge):
    first, second = (charge.dispute(headers={"Idempotency-Key": "once"}) for _ in range(2))
    assert (first.status, second.status, first.json) == (201, 201, second.json)


# ---------------------------------------------------------------- deciding


def test_who_may_not_decide(charge):
    charge.must_dispute()
    roles = ("firm_member", "firm_manager", "technician", "approver", "auditor")
    people = {role: charge.lab.person(charge.firm if role.startswith("firm") else None, [role]) for role in roles}
    charge.lab.apply()
    for role, person in people.items():
        for outcome, more in (("upheld", {"billable_s": 0}), ("denied", {})):
            reply = charge.decide(outcome, client=charge.lab.client(person), **more)
            assert (reply.status, reply.codes) == (403, ["forbidden"]), (role, outcome)
    assert charge.shown()["dispute"] == "open"


def test_decisions_that_make_no_sense(charge):
    charge.must_dispute()
    for outcome, more, refused in (("upheld", {}, ("missing_field", "/billable_s")),
                                   ("upheld", {"fee": 0}, ("unknown_field", "/fee")),
                                   ("upheld", {"billable_s": 3601}, ("too_large", "/billable_s")),
                                   ("upheld", {"billable_s": -1}, ("too_small", "/billable_s")),
                                   ("denied", {"billable_s": 0}, ("unknown_field", "/billable_s")),
                                   ("denied", {"fee": 0}, ("unknown_field", "/fee")),
                                   ("denied", {"reason": None}, ("missing_field", "/reason")),
                                   ("settled", {}, ("unknown_value", "/outcome"))):
        reply = charge.decide(outcome, **more)
        assert (reply.status, list(violations(reply))) == (422, [refused]), (outcome, more)
    assert charge.shown()["dispute"] == "open"


def test_a_decision_is_made_once_by_somebody_who_has_seen_it(charge):
    assert charge.decide("denied").status == 404, "nobody disputes it"
    version = charge.usage["version"]
    charge.must_dispute()
    stale = charge.decide("denied", version=version)
    assert (stale.status, stale.codes) == (412, ["stale_version"])
    charge.must_decide("denied")
    again = charge.decide("upheld", billable_s=0)
    assert (again.status, again.codes) == (409, ["conflict"])
    assert charge.dispute().codes == ["already_disputed"]


def test_what_it_was_is_kept(charge):
    charge.must_dispute()
    decided = charge.must_decide("upheld", billable_s=1800)
    assert (decided["status"], decided["billable_s"]) == ("upheld", 1800)
    assert decided["was"] == {"billable_s": 3600, "fee": None, "status": "ready", "held_reason": None}
    assert decided["decision"] == "We looked at the door's log."
    assert (charge.shown()["billable_s"], charge.shown()["dispute"]) == (1800, "upheld")
    kinds = [row["kind"] for row in charge.client.get("/v1/events?limit=500").json["items"]]
    assert kinds[-2:] == ["dispute.raised", "dispute.upheld"], "the firm is told"


def test_a_list_by_status_and_firm_newest_first(charge):
    Charge(charge.lab).must_dispute()
    charge.must_dispute()
    second = charge.use("24 12:00", "24 13:00")
    charge.must_dispute(usage=second)
    charge.must_decide("denied")

    def listed(client, query):
        return [row["usage"] for row in client.get(f"/v1/disputes?{query}").json["items"]]

    assert listed(charge.client, "") == listed(charge.finance, f"firm={charge.firm}") == [second["id"], charge.usage["id"]]
    assert listed(charge.finance, f"firm={charge.firm}&status=denied") == [charge.usage["id"]]
    assert listed(charge.client, "status=upheld") == []
    first = charge.client.get("/v1/disputes?limit=1")
    following = charge.client.get(first.headers["Link"].split(">")[0][1:])
    assert [row["usage"] for row in first.json["items"] + following.json["items"]] == [second["id"], charge.usage["id"]]


# ---------------------------------------------------------------- billing


def test_nothing_disputed_is_billed_and_a_denied_one_as_if_nothing_had_been(lab):
    """Beside a firm with the same use and no dispute."""
    charge, twin = Charge(lab), Charge(lab)
    other = charge.use("24 12:00", "24 13:30")
    charge.must_dispute()
    lab.daemon.set_clock(site_time("12-01 09:00"))
    assert [line["usage"] for line in charge.bill()] == [other["id"]]
    assert charge.bill() == []
    assert charge.shown()["status"] == "ready"
    charge.must_decide("denied")
    lines = charge.bill()
    assert [line["usage"] for line in lines] == [charge.usage["id"]]
    assert amounts(lines) == amounts(twin.bill()) == [{"kind": "use", "fee": 10_000, "support": 0, "own_share": 10_000, "tax": 1_000}]
    assert charge.bill() == [], "once"
    assert charge.shown()["status"] == "billed"


def test_a_firm_with_nothing_else_gets_no_invoice(charge):
    charge.must_dispute()
    assert charge.bill() == []
    assert charge.invoices() == []


@pytest.mark.parametrize("basis", ["used", "logged", "reserved"])
def test_a_corrected_time_is_billed(lab, basis):
    charge = Charge(lab, charge_basis=basis)
    charge.must_dispute()
    charge.must_decide("upheld", billable_s=1800)
    (line,) = charge.bill()
    assert (line["fee"], line["tax"]) == (5_000, 500)
    assert line["text"].endswith("Use of 30 min (corrected from 1 h after a dispute) at 10,000 KRW per h: 5,000 KRW.")
    assert line["explain"]["line"]["text"]["ko"] == "사용 30분(이의 신청에 따라 1시간에서 정정), 시간당 10,000원: 5,000원."
    assert (line["explain"]["line"]["rule"]["used_us"], line["explain"]["line"]["rule"]["waived_us"]) == (1_800_000_000, 1_800_000_000)


def test_a_reserved_time_is_corrected_too(lab):
    charge = Charge(lab, charge_basis="reserved")
    booking = must_book(charge.client, charge.resource, "25 10:00", "25 12:00")
    lab.daemon.set_clock(site_time("25 12:00"))
    lab.daemon.tick()
    (charge.usage,) = [row for row in charge.client.get("/v1/usage").json["items"] if row["booking"] == booking["id"]]
    charge.must_dispute()
    charge.must_decide("upheld", billable_s=3600)
    assert {line["usage"]: line["fee"] for line in charge.bill()}[charge.usage["id"]] == 10_000


def test_no_time_is_no_charge(charge):
    charge.must_dispute()
    charge.must_decide("upheld", billable_s=0)
    assert charge.bill() == []
    assert charge.shown()["status"] == "billed"


def test_a_fee_is_corrected(lab):
    charge = Charge(lab, rule={"cancel_free_s": 7 * 86400, "cancel_share_num": 50})
    assert len(charge.bill()) == 1
    cancelled = cancel(charge.client, must_book(charge.client, charge.resource, "25 10:00", "25 12:00")).json
    other = must_book(charge.another(), charge.resource, "25 11:00", "25 12:00")
    use(lab.daemon, "25 11:00", "25 12:00", booking=other["id"])
    lab.daemon.tick()
    (charge.usage,) = [row for row in charge.client.get("/v1/usage").json["items"] if row["booking"] == cancelled["id"]]
    assert charge.usage["fee"] == 5_000
    charge.must_dispute()
    assert charge.decide("upheld", billable_s=0).codes == ["unknown_field"]
    assert charge.decide("upheld", fee=5_001).codes == ["too_large"]
    decided = charge.must_decide("upheld", fee=3_000)
    assert (decided["fee"], decided["was"]["fee"]) == (3_000, 5_000)
    (line,) = charge.bill()
    assert (line["kind"], line["fee"], line["tax"]) == ("fee", 3_000, 300)
    assert line["text"].endswith("3,000 KRW (10,000 KRW, less 5,000 KRW for 1 h that others used, less 2,000 KRW after a dispute).")
    rule = line["explain"]["line"]["rule"]
    assert (rule["agreed"], rule["credit"], rule["waived"]) == (10_000, 5_000, 2_000)


@pytest.mark.parametrize("outcome, fee", [("upheld", 5_000), ("denied", 7_500)])
def test_a_decision_settles_what_was_held(lab, cluster, outcome, fee):
    """The meter saw much less than was logged: a person has to look, and that is what a decision is."""
    scene = Charge(lab, bills_unobserved=False)
    lab.meter(scene.resource)
    lab.apply()
    session = use(lab.daemon, "25 10:00", "25 12:00", resource=scene.resource, firm=scene.firm)
    see(cluster, lab.daemon, scene.resource, [("run", "25 10:00", "25 10:45", 1_000), ("off", "25 10:45", "25 12:00", 0)])
    lab.daemon.tick()
    (scene.usage,) = scene.client.get(f"/v1/usage?session={session['id']}").json["items"]
    assert (scene.usage["status"], scene.usage["held_reason"]) == ("held", "difference")
    scene.must_dispute()
    decided = scene.must_decide(outcome, **({"billable_s": 1800} if outcome == "upheld" else {}))
    assert (decided["was"]["status"], decided["was"]["held_reason"]) == ("held", "difference")
    assert (scene.shown()["status"], scene.shown()["held_reason"]) == ("ready", None)
    assert {line["usage"]: line["fee"] for line in scene.bill()}[scene.usage["id"]] == fee


def test_disputes_and_billing_at_the_same_time(charge):
    """Each charge is billed or disputed, never both."""
    usages = [charge.usage] + [charge.use(f"24 {hour}:00", f"24 {hour}:30") for hour in range(12, 22)]
    replies, runs = {}, []

    def dispute_all():
        for usage in usages:
            replies[usage["id"]] = charge.dispute(client=charge.lab.client(charge.manager), usage=usage)

    threads = [threading.Thread(target=dispute_all), threading.Thread(target=lambda: runs.append(bill(charge.lab.daemon, "2026-11", charge.firm)))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [run["problems"] for run in runs] == [[]]
    billed = {line["usage"] for row in charge.invoices() for line in row["lines"]}
    for usage in usages:
        reply, shown = replies[usage["id"]], charge.shown(usage)
        assert (reply.status, reply.codes) in ((201, []), (409, ["closed_period"])), reply
        assert (shown["dispute"] == "open") == (reply.status == 201)
        assert (usage["id"] in billed) == (shown["status"] == "billed") == (reply.status == 409)
