"""GET /v1/availability: the next free slots of twenty instruments, among sixty days of bookings."""

import datetime

from bench import sides
from bench.measure import Figure, note
from bench.stack import Stack, instant

RESOURCES = 20
DAYS = 60
BOOKINGS_A_DAY = 8
PATH = ("/v1/availability?resource=" + ",".join(f"r{n}" for n in range(1, RESOURCES + 1))
        + "&duration_s=2400&configuration=standard&from=$1&to=$2&limit=")
LIMIT_MS = 5


def availability(settings):
    """One client; another window each time, so that nothing can be kept. With few slots wanted of each instrument, and with
    as many as there are."""
    with Stack() as stack, stack.serving() as port:
        stack.fill()
        stack.book_ahead(RESOURCES, DAYS, BOOKINGS_A_DAY)
        base = stack.slots.base
        windows = [(instant(since), instant(since + datetime.timedelta(days=DAYS)))
                   for since in (base + datetime.timedelta(seconds=n) for n in range(3600))]
        for limit in (5, 100):
            costs = sides.Costs(stack)
            reports = [sides.http_load(port, 1, settings.seconds, path=PATH + str(limit), rows=windows, cycle=True)
                       for _ in range(settings.rounds)]
            note(f"CPU a request: {costs.a_request(sum(sum(r['status'].values()) for r in reports))}")
            note(f"p99 {', '.join(str(r['p99_ms']) for r in reports)} ms with up to {limit} slots of each instrument")
            yield Figure(f"availability_{limit}", "ms", [r["p50_ms"] for r in reports], [LIMIT_MS],
                         f"the limit; {RESOURCES} instruments, {DAYS} days, {BOOKINGS_A_DAY} bookings a day", "<= 1" if limit == 5 else "")
