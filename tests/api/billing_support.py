"""Billing runs, waited for."""

import time

DEADLINE_S = 60


def bill(daemon, month, firm=None):
    """Asks for a billing run and waits until it is done."""
    finance = daemon.client("finance")
    asked = finance.post("/v1/billing_runs", {"site": "siheung", "month": month, **({"firm": firm} if firm else {})})
    assert (asked.status, asked.json["status"]) == (202, "waiting"), asked
    daemon.tick()
    deadline = time.monotonic() + DEADLINE_S
    run = finance.get(asked.headers["Location"]).json
    while run["status"] in ("waiting", "running") and time.monotonic() < deadline:
        time.sleep(0.05)
        run = finance.get(asked.headers["Location"]).json
    assert run["status"] == "done", run
    return run
