"""The main job, from a booking to the invoice and back to the samples. Every amount is worked out by hand."""

import re
import time

import pytest

from billing_support import bill
from booking_support import act, book, cancel, must_book, site_time
from metering_support import see, use
from support.cluster import ClusterError
from support.lab import NEVER_CLOSED

DEADLINE_S = 60
SUPPORTED = {"industry": "C25", "head_count": 5}


@pytest.fixture(scope="module")
def daemon(labtabd_of_module):
    """Without the meter process: what the meters saw is put in by the tests."""
    api = labtabd_of_module("--role=api")
    labtabd_of_module("--role=jobs", database=api.database)
    return api


class Case:
    """A firm that a programme supports with 70 %, funders at 15:3:7, and its person."""

    def __init__(self, lab, amounts=(1_000_000, 1_000_000, 1_000_000)):
        self.lab = lab
        self.programme = lab.programme(list(zip((15, 3, 7), amounts)), "")
        region = self.programme
        lab.rows["programmes"][-1]["regions"] = [region]
        self.firm = lab.firm(facts={"region": region, **SUPPORTED})
        self.person = lab.person(self.firm, ["firm_manager", "firm_member"])

    def resource(self, metered=True, **more):
        code = self.lab.resource(hours=NEVER_CLOSED, **{"tolerance_s": 7200, **more})
        meter = self.lab.meter(code) if metered else None
        return code, meter

    @property
    def client(self):
        return self.lab.client(self.person)

    def usage(self, session):
        rows = self.client.get(f"/v1/usage?session={session['id']}").json["items"]
        return rows[0] if rows else None

    def budgets(self):
        """Of 2026, by the programme's order of funders: (held, drawn, balance)."""
        rows = [row for row in self.lab.client("finance").get("/v1/budgets?limit=500").json["items"]
                if row["programme"] == self.programme and row["fiscal_year"] == 2026]
        rows.sort(key=lambda row: int(re.sub(r"\D", "", row["funder"])))
        return rows

    def entries(self):
        finance = self.lab.client("finance")
        return [entry for budget in self.budgets()
                for entry in finance.get(f"/v1/budgets/{budget['id']}/entries?limit=500").json["items"]]

    def bill(self, month="2026-11", firm=True):
        return bill(self.lab.daemon, month, self.firm if firm else None)

    def invoices(self):
        return self.client.get("/v1/invoices").json["items"]


# ---------------------------------------------------------------- the whole way


@pytest.fixture
def billed(lab, cluster):
    """A booking with two runs of 30 minutes (seconds dropped), and a walk-in of 37 minutes, billed."""
    case = Case(lab)
    case.a, case.meter = case.resource(tariff={"price_num": 20_000, "setup_fee": 5_000, "minimum_fee": 10_000})
    case.b, _ = case.resource(tariff={"price_num": 7_777})
    lab.apply()
    case.booking = must_book(case.client, case.a, "24 10:00", "24 12:00")
    case.held = [budget["held"] for budget in case.budgets()]
    # What no meter has seen a day later is held, so the readings come in time.
    case.first = use(lab.daemon, "24 10:05", "24 11:30", booking=case.booking["id"])
    see(cluster, lab.daemon, case.a, [
        ("idle", "24 09:00", "24 10:10", 100_000), ("run", "24 10:10", "24 10:40:30", 900_000),
        ("idle", "24 10:40:30", "24 10:50:15", 50_000), ("run", "24 10:50:15", "24 11:20:45", 800_000),
        ("idle", "24 11:20:45", "24 12:00", 60_000),
    ], case.meter, [("24 10:10", 450_000, 1_000_000), ("24 10:20", 460_000, 1_300_000), ("24 10:40:30", 20_000, 1_900_000),
                    ("24 10:45", 20_000, 1_950_000), ("24 10:50:15", 470_000, 2_000_000), ("24 11:20:45", 10_000, 2_800_000)])
    case.second = use(lab.daemon, "25 13:00", "25 14:00", resource=case.b, firm=case.firm)
    see(cluster, lab.daemon, case.b, [("idle", "25 12:00", "25 13:10", 0), ("run", "25 13:10", "25 13:47", 500_000),
                                      ("off", "25 13:47", "25 15:00", 0)])
    lab.daemon.set_clock(site_time("12-01 09:00"))
    lab.daemon.tick()
    case.before = case.usage(case.first), case.usage(case.second)
    case.run = case.bill()
    assert (case.run["invoice_count"], case.run["problems"]) == (1, []), case.run
    return case


def test_three_times_are_kept_side_by_side(billed):
    first, second = billed.before
    assert (first["reserved_start"], first["reserved_end"]) == ("2026-11-24T01:00:00Z", "2026-11-24T03:00:00Z")
    assert (first["logged_start"], first["logged_end"]) == ("2026-11-24T01:05:00Z", "2026-11-24T02:30:00Z")
    assert (first["metered_start"], first["metered_end"]) == ("2026-11-24T01:10:00Z", "2026-11-24T02:20:45Z")
    assert (first["metered_s"], first["billable_s"], first["unobserved_s"]) == (3660, 3660, 0)
    # idle before: 5 of 70 min of 100 Wh; idle after: 555 of 2355 s of 60 Wh
    assert first["energy_wh"] == (100_000 * 5 // 70 + 900_000 + 50_000 + 800_000 + 60_000 * 555 // 2355) // 1000
    assert (first["status"], first["charge_basis"], first["service_day"]) == ("ready", "used", "2026-11-24")
    assert (second["booking"], second["metered_s"], second["quality"]) == (None, 37 * 60, [])


def test_invoice_to_the_won(billed):
    assert (billed.run["invoice_count"], billed.run["problems"], billed.run["firm"]) == (1, [], billed.firm)
    (invoice,) = billed.invoices()
    # 20,000/h x 1 h + 5,000; 7,777/h x 37 min = 4,795.8: 4,796. Support 70 %: 17,500 and 3,357.2: 3,357.
    assert (invoice["fee"], invoice["support"], invoice["own_share"]) == (29_796, 20_857, 8_939)
    # 10 % of 29,796 is 2,979.6, floored; 8,939 + 2,979 = 11,918, and the 8 are cut off.
    assert (invoice["tax"], invoice["truncation"], invoice["total"]) == (2_979, -8, 11_910)
    assert (invoice["month"], invoice["dated"], invoice["status"]) == ("2026-11", "2026-11-30", "issued")
    lines = [(line["n"], line["kind"], line["fee"], line["support"], line["own_share"], line["tax"]) for line in invoice["lines"]]
    # Shares of the tax: 1,999.60 and 499.90 and 479.50: the two left over go to the greatest fractions.
    assert lines == [(1, "use", 20_000, 14_000, 6_000, 2_000), (2, "setup", 5_000, 3_500, 1_500, 500),
                     (3, "use", 4_796, 3_357, 1_439, 479)]
    assert [line["quantity"] for line in invoice["lines"]] == [{"num": 1, "den": 1}, {"num": 1, "den": 1}, {"num": 37, "den": 60}]


def test_support_is_shared_by_largest_remainder(billed):
    (invoice,) = billed.invoices()
    funders = [[funder["amount"] for funder in sorted(line["funders"], key=lambda row: int(re.sub(r"\D", "", row["funder"])))]
               for line in invoice["lines"]]
    # 3,357 at 15:3:7 is 2,014.20, 402.84 and 939.96.
    assert funders == [[8_400, 1_680, 3_920], [2_100, 420, 980], [2_014, 403, 940]]
    for line, shares in zip(invoice["lines"], funders):
        assert sum(shares) == line["support"]


def test_holds_become_draws(billed):
    assert billed.held == [18_900, 3_780, 8_820], "of 31,500, 70 % of the 45,000 that were expected"
    budgets = billed.budgets()
    assert [row["drawn"] for row in budgets] == [12_514, 2_503, 5_840]
    assert [row["held"] for row in budgets] == [0, 0, 0]
    for row in budgets:
        assert row["balance"] == row["granted"] - row["held"] - row["drawn"]
    kinds = {}
    for entry in billed.entries():
        kinds[entry["kind"]] = kinds.get(entry["kind"], 0) + entry["amount"]
    assert kinds == {"grant": 3_000_000, "hold": -31_500, "release": 31_500, "draw": -20_857}


def test_billing_again_changes_nothing(billed):
    before = billed.invoices(), billed.entries(), billed.usage(billed.first)
    again = billed.bill()
    assert (again["invoice_count"], again["problems"]) == (0, [])
    assert (billed.invoices(), billed.entries(), billed.usage(billed.first)) == before
    assert before[2]["status"] == "billed"


def test_from_the_won_back_to_the_samples(billed):
    (invoice,) = billed.invoices()
    spans = billed.client.get(f"/v1/invoices/{invoice['id']}/lines/1/evidence").json["items"]
    assert [(span["span_start"], span["span_end"], span["energy_mwh"]) for span in spans] == [
        ("2026-11-24T01:10:00Z", "2026-11-24T01:40:30Z", 900_000), ("2026-11-24T01:50:15Z", "2026-11-24T02:20:45Z", 800_000)]
    assert sum(span["energy_mwh"] for span in spans) == 1_700_000
    samples = [span["samples"][0] for span in spans]
    assert [(row["meter"], row["count"], row["first"]["seq"], row["last"]["seq"]) for row in samples] == [
        (billed.meter, 3, 1, 3), (billed.meter, 2, 5, 6)]
    for span, row in zip(spans, samples):
        assert row["last"]["energy_mwh"] - row["first"]["energy_mwh"] == span["energy_mwh"]


@pytest.mark.parametrize(
    "change",
    [
        "update invoice set total = total - 1 where id = '{invoice}'",
        "update invoice set status = 'draft' where id = '{invoice}'",
        "delete from invoice where id = '{invoice}'",
        "update invoice_line set fee = fee - 1, own_share = own_share - 1 where invoice_id = '{invoice}'",
        "delete from invoice_line where invoice_id = '{invoice}'",
        "insert into invoice_line select (jsonb_populate_record(l, jsonb_build_object('id', gen_random_uuid(), 'n', 99,"
        " 'kind', 'extra'))).* from invoice_line l where invoice_id = '{invoice}' and n = 1",
        "update budget_entry set amount = 0 where kind = 'draw'",
        "delete from budget_entry where kind = 'draw'",
        "delete from sample",
        "truncate invoice_line cascade",
    ],
)
def test_what_is_issued_is_final_even_for_the_owner(billed, cluster, change):
    (invoice,) = billed.invoices()
    for user in ("labtab_owner", "postgres"):
        with pytest.raises(ClusterError, match="refused"):
            cluster.sql(change.format(invoice=invoice["id"]), billed.lab.daemon.database, user=user)
    assert billed.invoices() == [invoice]


def test_priced_tariff_keeps_its_price(billed, cluster):
    with pytest.raises(ClusterError, match="priced something"):
        cluster.sql(f"update tariff set price_num = 1 where resource_id = (select id from resource where code = '{billed.a}')",
                    billed.lab.daemon.database, user="labtab_owner")


def test_mine_and_nobody_elses(billed):
    other = billed.lab.person(billed.lab.firm(), ["firm_manager"])
    billed.lab.apply()
    (invoice,) = billed.invoices()
    client = billed.lab.client(other)
    assert client.get("/v1/invoices").json["items"] == []
    assert client.get(f"/v1/invoices/{invoice['id']}").status == 404
    assert client.get(f"/v1/invoices/{invoice['id']}/lines/1/evidence").json.get("items") in (None, [])


# ---------------------------------------------------------------- single rules


def test_minimum_fee(lab, cluster):
    case = Case(lab)
    resource, _ = case.resource(tariff={"price_num": 6_000, "minimum_fee": 10_000})
    lab.apply()
    use(lab.daemon, "24 10:00", "24 11:00", resource=resource, firm=case.firm)
    see(cluster, lab.daemon, resource, [("run", "24 10:00", "24 10:20", 1), ("off", "24 10:20", "24 12:00", 0)])
    lab.daemon.set_clock(site_time("24 18:00"))
    lab.daemon.tick()
    case.bill()
    (invoice,) = case.invoices()
    assert [(line["kind"], line["fee"]) for line in invoice["lines"]] == [("use", 2_000), ("minimum", 8_000)]
    # 7,000 of support; 3,000 + 1,000 of tax
    assert (invoice["total"], invoice["truncation"], invoice["dated"]) == (4_000, 0, "2026-11-24")


def test_unobserved_time_is_shown_and_not_billed(lab, cluster):
    case = Case(lab)
    resource, _ = case.resource(tariff={"price_num": 6_000})
    lab.apply()
    session = use(lab.daemon, "24 10:00", "24 11:00", resource=resource, firm=case.firm)
    see(cluster, lab.daemon, resource, [("run", "24 10:00", "24 10:20", 9_000), ("unknown", "24 10:20", "24 10:35", 0),
                                        ("run", "24 10:35", "24 12:00", 9_000)])
    lab.daemon.tick()
    usage = case.usage(session)
    assert (usage["metered_s"], usage["unobserved_s"], usage["billable_s"], usage["status"]) == (2700, 900, 2700, "ready")
    assert usage["quality"] == ["gap"]
    case.bill()
    (invoice,) = case.invoices()
    assert (invoice["fee"], invoice["lines"][0]["quality"]) == (4_500, ["gap"])


@pytest.mark.parametrize(
    "spans, reason",
    [
        pytest.param([("run", "24 10:00", "24 12:00", 9_000, 4)], "suspect", id="suspect_evidence"),
        pytest.param([("run", "24 10:00", "24 12:00", 9_000, 1)], "estimated", id="estimated_energy"),
        pytest.param([("unknown", "24 10:00", "24 12:00", 0)], "unobserved", id="nothing_seen"),
        pytest.param([("run", "24 10:00", "24 10:20", 9_000), ("off", "24 10:20", "24 12:00", 0)], "difference", id="logged_too_long"),
    ],
)
def test_doubtful_usage_waits_for_a_person(lab, cluster, spans, reason):
    case = Case(lab)
    resource, _ = case.resource(tolerance_s=600)
    lab.apply()
    session = use(lab.daemon, "24 10:00", "24 11:00", resource=resource, firm=case.firm)
    see(cluster, lab.daemon, resource, spans)
    lab.daemon.tick()
    usage = case.usage(session)
    assert (usage["status"], usage["held_reason"]) == ("held", reason)
    assert case.bill()["invoice_count"] == 0
    assert case.invoices() == []


def test_without_a_meter_the_session_is_billed(lab):
    case = Case(lab)
    resource, _ = case.resource(metered=False, tariff={"price_num": 6_000})
    lab.apply()
    session = use(lab.daemon, "24 10:00", "24 11:30", resource=resource, firm=case.firm)
    lab.daemon.tick()
    assert case.usage(session)["billable_s"] == 5400
    case.bill()
    assert case.invoices()[0]["fee"] == 9_000


def test_usage_waits_until_the_meter_has_seen_its_end(lab, cluster):
    case = Case(lab)
    resource, _ = case.resource()
    lab.apply()
    session = use(lab.daemon, "24 10:00", "24 11:00", resource=resource, firm=case.firm)
    see(cluster, lab.daemon, resource, [("run", "24 10:00", "24 10:59:59", 1)])
    lab.daemon.tick()
    assert case.usage(session) is None
    see(cluster, lab.daemon, resource, [("run", "24 10:59:59", "24 11:00", 1)])
    lab.daemon.tick()
    assert case.usage(session)["billable_s"] == 3600


def test_unpriced_usage_is_a_problem_not_a_zero(lab):
    case = Case(lab)
    priced, _ = case.resource(metered=False, tariff={"price_num": 6_000})
    unpriced, _ = case.resource(metered=False, tariff=False)
    lab.apply()
    assert book(case.client, unpriced, "24 10:00", "24 11:00").codes == ["unpriced"]
    session = use(lab.daemon, "24 10:00", "24 11:00", resource=unpriced, firm=case.firm)
    use(lab.daemon, "24 12:00", "24 13:00", resource=priced, firm=case.firm)
    lab.daemon.tick()
    usage = case.usage(session)
    for count in (1, 0):
        run = case.bill()
        assert (run["invoice_count"], run["problems"]) == (count, [{"usage": usage["id"], "code": "unpriced"}])
    assert case.invoices()[0]["fee"] == 6_000
    assert case.usage(session)["status"] == "ready"
    lab.add("tariffs", resource=unpriced, valid_from="2026-01-01", time_unit_s=3600, price_num=5_000, rounding="exact")
    lab.apply()
    assert case.bill()["invoice_count"] == 1, "at the price that holds when the run begins"
    assert case.invoices()[1]["fee"] == 5_000


def test_usage_that_costs_nothing_makes_no_document(lab, cluster):
    case = Case(lab)
    resource, _ = case.resource(tolerance_s=7200)
    lab.apply()
    booking = must_book(case.client, resource, "24 10:00", "24 11:00")
    session = use(lab.daemon, "24 10:00", "24 10:30", booking=booking["id"])
    see(cluster, lab.daemon, resource, [("off", "24 10:00", "24 12:00", 0)])
    lab.daemon.tick()
    assert case.usage(session)["billable_s"] == 0
    assert (case.bill()["invoice_count"], case.invoices()) == (0, [])
    assert case.usage(session)["status"] == "billed"
    assert [row["held"] for row in case.budgets()] == [0, 0, 0]


def test_late_usage_comes_with_the_next_bill(lab):
    case = Case(lab)
    resource, _ = case.resource(metered=False, tariff={"price_num": 6_000})
    lab.apply()
    use(lab.daemon, "24 10:00", "24 11:00", resource=resource, firm=case.firm)
    lab.daemon.tick()
    assert case.bill("2026-10")["invoice_count"] == 0, "it is not of October, nor of before"
    assert case.bill("2026-11")["invoice_count"] == 1
    use(lab.daemon, "26 10:00", "26 12:00", resource=resource, firm=case.firm)
    lab.daemon.tick()
    refused = lab.client("finance").post("/v1/billing_runs", {"site": "siheung", "month": "2026-12", "firm": case.firm})
    assert (refused.status, refused.codes) == (422, ["too_large"]), "December has not begun"
    lab.daemon.set_clock("2026-11-30T14:59:59Z")
    assert lab.client("finance").post("/v1/billing_runs", {"site": "siheung", "month": "2026-12"}).status == 422
    lab.daemon.set_clock("2026-11-30T15:00:00Z")
    assert case.bill("2026-12")["invoice_count"] == 1
    assert [(row["month"], row["fee"]) for row in case.invoices()] == [("2026-11", 6_000), ("2026-12", 12_000)]


def test_each_year_pays_for_its_own(lab, cluster):
    """Half an hour before and after midnight of New Year at the site, on one invoice; and budgets of twenty years before."""
    case = Case(lab)
    resource, _ = case.resource(metered=False)
    lab.apply()
    cluster.sql("insert into budget (id, programme_id, funder_id, fiscal_year) select gen_random_uuid(), programme_id, funder_id, year"
                f" from programme_funder, generate_series(2000, 2019) year"
                f" where programme_id = (select id from programme where code = '{case.programme}')", lab.daemon.database, user="labtab_owner")
    use(lab.daemon, "12-31 23:30", "12-31 23:45", resource=resource, firm=case.firm)
    use(lab.daemon, "2027-01-01 00:30", "2027-01-01 01:30", resource=resource, firm=case.firm)
    lab.daemon.tick()
    assert case.bill("2027-01")["invoice_count"] == 1
    (invoice,) = case.invoices()
    # 70 % of 2,500 and of 10,000
    assert (invoice["month"], invoice["dated"], invoice["number"][:9], invoice["support"]) == ("2027-01", "2027-01-01", "INV-2027-", 8_750)
    drawn = {}
    for budget in lab.client("finance").get("/v1/budgets?limit=500").json["items"]:
        if budget["programme"] == case.programme:
            drawn[budget["fiscal_year"]] = drawn.get(budget["fiscal_year"], 0) + budget["drawn"]
    assert (drawn[2026], drawn[2027], sum(drawn.values())) == (1_750, 7_000, 8_750)


def test_draws_stop_where_the_budget_ends(lab):
    """70 % of 10,000 is 7,000: 4,200, 840, 1,960. The last funder has 1,000 only; the firm pays the 960."""
    case = Case(lab, amounts=(1_000_000, 1_000_000, 1_000))
    resource, _ = case.resource(metered=False)
    lab.apply()
    use(lab.daemon, "24 10:00", "24 11:00", resource=resource, firm=case.firm)
    lab.daemon.tick()
    case.bill()
    (invoice,) = case.invoices()
    assert (invoice["support"], invoice["own_share"], invoice["total"]) == (6_040, 3_960, 4_960)
    assert [row["drawn"] for row in case.budgets()] == [4_200, 840, 1_000]
    assert case.budgets()[2]["balance"] == 0


def test_holds_are_given_back(lab):
    case = Case(lab)
    resource, _ = case.resource(metered=False)
    lab.apply()
    cancelled = must_book(case.client, resource, "24 10:00", "24 11:00")
    forgotten = must_book(case.client, resource, "24 12:00", "24 13:00")
    assert [row["held"] for row in case.budgets()] == [8_400, 1_680, 3_920]
    assert cancel(case.client, cancelled).status == 200
    assert [row["held"] for row in case.budgets()] == [4_200, 840, 1_960]
    lab.daemon.set_clock(site_time("24 14:59:59"))
    lab.daemon.tick()
    assert [row["held"] for row in case.budgets()] == [4_200, 840, 1_960], "two hours after the end it is due"
    lab.daemon.set_clock(site_time("26 09:00"))
    lab.daemon.tick()
    assert [row["held"] for row in case.budgets()] == [0, 0, 0]
    releases = [entry for entry in case.entries() if entry["kind"] == "release" and entry["booking"] == forgotten["id"]]
    assert {entry["at"] for entry in releases} == {"2026-11-24T06:00:00Z"}, "when it was due, not when the job came to it"
    assert sorted(entry["amount"] for entry in releases) == [840, 1_960, 4_200]


# ---------------------------------------------------------------- several at once


def test_numbers_without_gaps(labtabd, cluster):
    """Nine firms, two jobs processes, runs for the whole site and for single firms at once."""
    from support.lab import Lab

    api = labtabd("--role=api")
    labtabd("--role=jobs", database=api.database)
    labtabd("--role=jobs", database=api.database)
    lab = Lab(api)
    firms = [lab.firm() for _ in range(9)]
    resources = [lab.resource(hours=NEVER_CLOSED) for _ in firms]
    lab.apply()
    technician, finance = api.client("technician"), api.client("finance")
    api.set_clock(site_time("24 10:00"))
    sessions = [technician.post("/v1/sessions/start", {"resource": resource, "firm": firm}).json
                for resource, firm in zip(resources, firms)]
    api.set_clock(site_time("24 11:00"))
    for session in sessions:
        assert act(technician, f"/v1/sessions/{session['id']}/finish", session).status == 200
    wait_until(lambda: len(finance.get("/v1/usage").json["items"]) == len(firms))
    orders = [{}, {}, *({"firm": firm} for firm in firms), {}]
    runs = [finance.post("/v1/billing_runs", {"site": "siheung", "month": "2026-11", **order}) for order in orders]
    assert {run.status for run in runs} == {202}
    wait_until(lambda: all(finance.get(run.headers["Location"]).json["status"] == "done" for run in runs))
    invoices = finance.get("/v1/invoices").json["items"]
    assert sorted(row["firm"] for row in invoices) == sorted(firms), "one each"
    assert [row["number"] for row in invoices] == [f"INV-2026-{n:06}" for n in range(1, len(firms) + 1)]
    assert [row["prev_hash"] for row in invoices] == ["0" * 64] + [row["hash"] for row in invoices[:-1]]
    assert sum(finance.get(run.headers["Location"]).json["invoice_count"] for run in runs) == len(firms)
    assert {row["total"] for row in invoices} == {11_000}


def wait_until(is_so):
    deadline = time.monotonic() + DEADLINE_S
    while not is_so():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.05)
