"""What is owed for absence, from the cancellation or the no-show to the invoice, and what others used of the time."""

import pytest
from billing_support import bill
from booking_support import Scene, cancel, change, decide, must_book, shown, site_time
from metering_support import use

HOUR_S = 3600
DAY_S = 86400
LATE = {"cancel_free_s": 7 * DAY_S, "cancel_share_num": 50}  # half of the price, from a week before
ABSENT = {"no_show_s": 900, "no_show_share_num": 100}


def usages(client):
    """Kind, fee, agreed fee, minutes that others used, by start."""
    rows = sorted(client.get("/v1/usage").json["items"], key=lambda row: row["reserved_start"])
    return [(row["kind"], row["fee"], row["agreed_fee"], row["resold_s"] and row["resold_s"] // 60) for row in rows]


def at(lab, text):
    lab.daemon.set_clock(site_time(text))
    lab.daemon.tick()


@pytest.fixture
def late(lab):
    """Two hours from 24 10:00 for 20,000, cancelled late: 10,000."""
    scene = Scene(lab, rule=LATE)
    scene.booking = cancel(scene.client, scene.must_book("24 10:00", "24 12:00")).json
    assert scene.booking["fee"] == 10_000
    return scene


def test_a_late_cancellation_is_billed_when_its_time_is_over(late):
    lab = late.lab
    at(lab, "24 11:59")
    assert usages(late.client) == []
    at(lab, "24 12:00")
    at(lab, "24 13:00")
    (usage,) = late.client.get("/v1/usage").json["items"]
    told = {name: usage[name] for name in ("session", "booking", "kind", "fee", "agreed_fee", "resold_s", "logged_start", "billable_s", "status",
                                           "service_day")}
    assert told == {"session": None, "booking": late.booking["id"], "kind": "late_cancellation", "fee": 10_000, "agreed_fee": 10_000,
                    "resold_s": 0, "logged_start": None, "billable_s": 0, "status": "ready", "service_day": "2026-11-24"}
    at(lab, "12-01 09:00")
    run = bill(lab.daemon, "2026-11", late.firm)
    assert (run["invoice_count"], run["problems"]) == (1, [])
    (invoice,) = lab.client("finance").get(f"/v1/invoices?firm={late.firm}").json["items"]
    (line,) = invoice["lines"]
    assert {name: line[name] for name in ("kind", "fee", "support", "own_share", "tax", "tax_kind", "usage", "quality")} == \
        {"kind": "fee", "fee": 10_000, "support": 0, "own_share": 10_000, "tax": 1_000, "tax_kind": "taxable", "usage": usage["id"], "quality": []}
    assert invoice["total"] == 11_000
    rule = line["explain"]["line"]["rule"]
    assert rule == {"absence": "late_cancellation", "booking": late.booking["id"], "start": "2026-11-24T01:00:00Z",
                    "end": "2026-11-24T03:00:00Z", "since": "2026-11-17T01:00:00Z", "agreed": 10_000, "resold_s": 0, "credit": 0}
    assert line["text"].endswith("Late cancellation, 2 h booked: 10,000 KRW.")
    assert line["explain"]["line"]["text"]["ko"] == "예약 취소 수수료(예약 2시간): 10,000원."
    evidence = lab.client("finance").get(f"/v1/invoices/{invoice['id']}/lines/1/evidence")
    assert (evidence.status, evidence.json["items"]) == (200, [])
    assert bill(lab.daemon, "2026-11", late.firm)["invoice_count"] == 0, "once"


def test_no_programme_pays_for_absence(lab):
    region = lab.programme([(1, 1_000_000)], "")
    lab.rows["programmes"][-1]["regions"] = [region]
    scene = Scene(lab, facts={"region": region, "industry": "C25", "head_count": 5}, rule=LATE)
    booking = scene.must_book("24 10:00", "24 12:00")
    assert booking["support"] == 14_000
    assert cancel(scene.client, booking).json["fee"] == 10_000
    at(lab, "12-01 09:00")
    bill(lab.daemon, "2026-11", scene.firm)
    (invoice,) = lab.client("finance").get(f"/v1/invoices?firm={scene.firm}").json["items"]
    assert (invoice["fee"], invoice["support"], invoice["own_share"]) == (10_000, 0, 10_000)
    (budget,) = [row for row in lab.client("finance").get("/v1/budgets?limit=500").json["items"]
                 if row["programme"] == region and row["fiscal_year"] == 2026]
    assert (budget["held"], budget["drawn"]) == (0, 0)


@pytest.mark.parametrize("start, end, came, minutes", [
    ("10:00", "12:00", True, 120),
    ("10:30", "11:15", True, 45),
    ("09:00", "10:30", True, 30),
    ("11:00", "13:00", True, 60),
    ("10:30", "11:15", False, 0),
], ids=["all_of_it", "within", "over_its_start", "over_its_end", "nobody_came"])
def test_what_others_use_is_credited_by_the_minute(late, start, end, came, minutes):
    other = must_book(late.another(), late.resource, f"24 {start}", f"24 {end}")
    if came:
        use(late.lab.daemon, f"24 {start}", f"24 {end}", booking=other["id"])
    at(late.lab, "24 14:00")
    fee = 10_000 - round(10_000 * minutes / 120)
    assert usages(late.client) == [("late_cancellation", fee, 10_000, minutes)]


def test_several_who_use_it_are_added_up(late):
    for start, end in (("10:00", "10:20"), ("10:20", "10:41"), ("11:59", "13:00")):
        other = must_book(late.another(), late.resource, f"24 {start}", f"24 {end}")
        use(late.lab.daemon, f"24 {start}", f"24 {end}", booking=other["id"])
    at(late.lab, "24 14:00")
    assert usages(late.client) == [("late_cancellation", 10_000 - 3_500, 10_000, 42)]


def test_their_own_use_is_not_credited(late):
    own = late.must_book("24 10:00", "24 12:00")
    use(late.lab.daemon, "24 10:00", "24 12:00", booking=own["id"])
    at(late.lab, "24 14:00")
    assert ("late_cancellation", 10_000, 10_000, 0) in usages(late.client)


def test_credit_is_a_rule(lab):
    scene = Scene(lab, rule={**LATE, "credits_resale": False})
    cancel(scene.client, scene.must_book("24 10:00", "24 12:00"))
    other = must_book(scene.another(), scene.resource, "24 10:00", "24 12:00")
    use(lab.daemon, "24 10:00", "24 12:00", booking=other["id"])
    at(lab, "24 14:00")
    assert usages(scene.client) == [("late_cancellation", 10_000, 10_000, 0)]


def test_what_was_credited_whole_costs_nothing(late):
    other = must_book(late.another(), late.resource, "24 10:00", "24 12:00")
    use(late.lab.daemon, "24 10:00", "24 12:00", booking=other["id"])
    at(late.lab, "12-01 09:00")
    assert bill(late.lab.daemon, "2026-11", late.firm)["problems"] == []
    assert late.lab.client("finance").get(f"/v1/invoices?firm={late.firm}").json["items"] == []
    assert [row["status"] for row in late.client.get("/v1/usage").json["items"]] == ["billed"]


def test_the_credit_is_on_the_invoice(late):
    other = must_book(late.another(), late.resource, "24 11:00", "24 12:00")
    use(late.lab.daemon, "24 11:00", "24 12:00", booking=other["id"])
    at(late.lab, "12-01 09:00")
    bill(late.lab.daemon, "2026-11", late.firm)
    (invoice,) = late.lab.client("finance").get(f"/v1/invoices?firm={late.firm}").json["items"]
    (line,) = invoice["lines"]
    assert line["text"].endswith("5,000 KRW (10,000 KRW, less 5,000 KRW for 1 h that others used).")


def test_a_no_show_is_billed_from_the_moment_it_was_missed(lab):
    scene = Scene(lab, rule=ABSENT)
    booking = scene.must_book("24 10:00", "24 12:00")
    at(lab, "24 10:30")
    other = must_book(scene.another(), scene.resource, "24 10:30", "24 11:00")
    use(lab.daemon, "24 10:30", "24 11:00", booking=other["id"])
    at(lab, "24 14:00")
    assert shown(scene.client, booking)["status"] == "missed"
    assert usages(scene.client) == [("no_show", 15_000, 20_000, 30)]


def test_a_short_booking_is_missed_at_its_end(lab):
    scene = Scene(lab, rule=ABSENT)
    booking = scene.must_book("24 10:00", "24 10:30")
    assert change(scene.client, booking, end=site_time("24 10:10")).status == 200
    at(lab, "24 12:00")
    assert (shown(scene.client, booking)["status"], shown(scene.client, booking)["missed_at"]) == ("missed", "2026-11-24T01:10:00Z")
    assert usages(scene.client) == [("no_show", 1_667, 1_667, 0)]


def test_free_of_charge_makes_no_usage(lab):
    scene = Scene(lab, rule={"cancel_free_s": 0, "cancel_share_num": 50, "no_show_s": 900})
    cancel(scene.client, scene.must_book("24 10:00", "24 12:00"))
    missed = scene.must_book("24 13:00", "24 14:00")
    at(lab, "25 09:00")
    assert shown(scene.client, missed)["status"] == "missed"
    assert usages(scene.client) == []


def test_a_fee_without_a_price_is_a_problem(lab):
    scene = Scene(lab, rule={**LATE, "cancel_fee": 500}, tariff={"valid_to": "2026-11-25"})
    booking = scene.must_book("24 10:00", "24 12:00")
    assert cancel(scene.client, booking).status == 200
    lab.add("tariffs", resource=scene.resource, valid_from="2026-01-01", valid_to="2026-11-24", time_unit_s=3600, price_num=10000,
            rounding="minute")
    lab.apply()
    at(lab, "12-01 09:00")
    (problem,) = bill(lab.daemon, "2026-11", scene.firm)["problems"]
    assert problem["code"] == "unpriced"


def test_a_room_is_billed_as_reserved(lab):
    scene = Scene(lab, charge_basis="reserved")
    booking = scene.must_book("24 10:00", "24 12:00")
    changed = change(scene.client, booking, end=site_time("24 11:30"))
    assert changed.status == 200, changed
    at(lab, "24 12:00")
    assert shown(scene.client, booking)["status"] == "finished"
    (usage,) = scene.client.get("/v1/usage").json["items"]
    told = {name: usage[name] for name in ("session", "kind", "fee", "charge_basis", "billable_s", "logged_end", "status")}
    assert told == {"session": None, "kind": "use", "fee": None, "charge_basis": "reserved", "billable_s": 5400,
                    "logged_end": "2026-11-24T02:30:00Z", "status": "ready"}
    at(lab, "12-01 09:00")
    bill(lab.daemon, "2026-11", scene.firm)
    (invoice,) = lab.client("finance").get(f"/v1/invoices?firm={scene.firm}").json["items"]
    assert [(line["kind"], line["fee"]) for line in invoice["lines"]] == [("use", 15_000)]


def test_a_room_with_a_session_is_billed_once(lab):
    scene = Scene(lab, charge_basis="reserved")
    booking = scene.must_book("24 10:00", "24 12:00")
    use(lab.daemon, "24 10:00", "24 12:00", booking=booking["id"])
    at(lab, "24 14:00")
    (usage,) = scene.client.get("/v1/usage").json["items"]
    assert usage["session"] is not None
    assert usage["billable_s"] == 2 * HOUR_S


def test_declined_and_expired_ones_cost_nothing(lab):
    scene = Scene(lab, rule={**LATE, "approvals": ["technician"]})
    declined = scene.must_book("24 10:00", "24 12:00")
    assert decide(lab.client("technician"), declined, "decline", reason="not now").status == 200
    expired = scene.must_book("24 13:00", "24 14:00")
    at(lab, "25 09:00")
    assert shown(scene.client, expired)["status"] == "cancelled"
    assert usages(scene.client) == []
