#!/usr/bin/env python3
"""Does an invoice say what the meters saw? Recomputes it from the evidence and the site file alone.

    check_bill.py SITE_FILE FOLDER

FOLDER holds what the API answered, a JSON document a file: usage, invoice, evidence, budgets (before: what they
were before the booking), entries-<budget> (its ledger), truth (the simulator's).
"""

import json
import sys
from datetime import datetime
from fractions import Fraction
from pathlib import Path

RESOURCE, FIRM = "cmm", "hanbit"
failures = 0


def check(what, is_right, detail=""):
    global failures
    failures += not is_right
    print(f"  {'ok  ' if is_right else 'FAIL'} {what}{': ' + detail if detail else ''}")


def equal(what, got, expected):
    check(what, got == expected, f"{got:,}" if got == expected else f"{got}, expected {expected}")


def seconds(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def half_away(value):
    """A Fraction that is not negative, to the nearest integer."""
    return int(value + Fraction(1, 2))


def largest_remainder(amount, weights):
    exact = [Fraction(amount * w, sum(weights)) for w in weights]
    shares = [int(e) for e in exact]
    by_fraction = sorted(range(len(weights)), key=lambda i: (shares[i] - exact[i], i))
    for i in by_fraction[:amount - sum(shares)]:
        shares[i] += 1
    return shares


def of_resource(rows):
    return next(row for row in rows if row["resource"] == RESOURCE)


def check_meter(got, site):
    usage, truth = got["usage"], next(i for i in got["truth"]["instruments"] if i["code"] == RESOURCE)
    polls_s = max(m["poll_ms"] for m in site["meters"] if m["resource"] == RESOURCE) / 1000 * got["truth"]["rate"]
    run = truth["runs"][-1]
    true_s = (run["to_us"] - run["from_us"]) / 1e6
    true_wh = run["energy_mwh"] / 1000
    # Both ends of a run are seen at the poll after them: the error is below one period, and as much again for a
    # poll that was late.
    check("run time is the instrument's own", abs(usage["metered_s"] - true_s) <= 2 * polls_s,
          f"metered {usage['metered_s']} s, true {true_s:.0f} s, a poll every {polls_s:.0f} s")
    check("nothing of the session was unobserved", usage["unobserved_s"] == 0, f"{usage['unobserved_s']} s")
    check("energy is at least the run's", usage["energy_wh"] >= true_wh * (1 - 2 * polls_s / true_s),
          f"metered {usage['energy_wh']} Wh, true {true_wh:.0f} Wh in the run")
    check("the usage is ready for billing", not usage["held_reason"], usage["held_reason"] or usage["charge_basis"])


def billed_minutes(spans):
    """Seconds are dropped at both ends of each run; at least one minute."""
    return max(1, sum(int(seconds(s["span_end"]) // 60) - int(seconds(s["span_start"]) // 60) for s in spans))


def check_evidence(got):
    spans, usage = got["evidence"]["items"], got["usage"]
    total_s = sum(seconds(s["span_end"]) - seconds(s["span_start"]) for s in spans)
    check("the line leads to the runs", bool(spans) and abs(total_s - usage["metered_s"]) < 1,
          f"{len(spans)} run(s), {total_s:.1f} s")
    for span in spans:
        for meter in span["samples"]:
            check(f"and to samples of {meter['meter']}", meter["count"] > 0 and
                  seconds(span["span_start"]) <= seconds(meter["first"]["at"]) <= seconds(meter["last"]["at"]),
                  f"{meter['count']}, seq {meter['first']['seq']} to {meter['last']['seq']}")
    energies = [m["last"]["energy_mwh"] - m["first"]["energy_mwh"] for s in spans for m in s["samples"]
                if m["first"]["energy_mwh"] is not None]
    check("the counter moved between them", bool(energies) and min(energies) > 0, f"{energies} mWh")


def check_amounts(got, site):
    """The bill by hand: minutes, lines, minimum, support, its split, tax, truncation."""
    invoice, tariff = got["invoice"], of_resource(site["tariffs"])
    programme = site["programmes"][0]
    minutes = billed_minutes(got["evidence"]["items"])
    use = half_away(Fraction(minutes * 60, tariff["time_unit_s"]) * tariff["price_num"])
    fees = [use, tariff["setup_fee"]]
    fees += [tariff["minimum_fee"] - sum(fees)] if sum(fees) < tariff["minimum_fee"] else []
    fee = sum(fees)
    support = half_away(Fraction(programme["rate_num"], programme["rate_den"]) * fee)
    tax = fee * site["site"]["tax_rate_num"] // site["site"]["tax_rate_den"]
    due = fee - support + tax
    truncation = -(due % site["site"]["truncate_to"])

    print(f"  {minutes} min at {tariff['price_num']:,} won per {tariff['time_unit_s']} s, set-up "
          f"{tariff['setup_fee']:,} won, least fee {tariff['minimum_fee']:,} won:")
    check("fees of the lines", [line["fee"] for line in invoice["lines"]] == fees,
          str([line["fee"] for line in invoice["lines"]]))
    equal("fee", invoice["fee"], fee)
    equal(f"support, {programme['rate_num']} %", invoice["support"], support)
    equal("own share", invoice["own_share"], fee - support)
    equal("tax, floor of 10 % of the fee", invoice["tax"], tax)
    equal("truncation to 10 won", invoice["truncation"], truncation)
    equal("total", invoice["total"], due + truncation)
    equal("tax of the lines adds up", sum(line["tax"] for line in invoice["lines"]), tax)
    return support


def check_funders(got, site, support):
    weights = {row["funder"]: row["weight"] for row in site["programme_funders"]}
    shares = dict(zip(weights, largest_remainder(support, list(weights.values()))))
    drawn = dict.fromkeys(weights, 0)
    for line in got["invoice"]["lines"]:
        for funder in line["funders"]:
            drawn[funder["funder"]] += funder["amount"]
    for funder, share in shares.items():
        equal(f"{funder}'s share, weight {weights[funder]}", drawn[funder], share)
    return shares


def check_ledger(got, shares):
    """Every budget's balance is the sum of its entries, nothing is held any more, the draw is the share."""
    before = {b["id"]: b for b in got["before"]["items"]}
    year = int(got["usage"]["service_day"][:4])
    for budget in got["budgets"]["items"]:
        entries = got["entries-" + budget["id"]]["items"]
        balance = sum(entry["amount"] for entry in entries)
        expected = before[budget["id"]]["balance"] - (shares[budget["funder"]] if budget["fiscal_year"] == year else 0)
        check(f"ledger of {budget['funder']} {budget['fiscal_year']}",
              balance == budget["balance"] == expected and budget["held"] == 0 and
              budget["granted"] - budget["held"] - budget["drawn"] == budget["balance"],
              f"{len(entries)} entries, balance {budget['balance']:,}")


def main():
    site = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    got = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in Path(sys.argv[2]).glob("*.json")}
    print("\nWhat the meters saw")
    check_meter(got, site)
    check_evidence(got)
    print("\nThe bill, computed again from the runs and the site file")
    support = check_amounts(got, site)
    print("\nWho pays")
    shares = check_funders(got, site, support)
    check_ledger(got, shares)
    print(f"\n{'All of it adds up.' if not failures else f'{failures} check(s) failed.'}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
