"""What a booking costs in a small and in a large calendar; what a large catalogue and many connections weigh."""

import pathlib
import re
import time

from bench import sides
from bench.booking import Booker
from bench.measure import Figure, alternate, note
from bench.stack import Stack

SMALL = 10 ** 5


def growth(settings):
    """Bookings among 10^5 and among many others; two clusters, one at work at a time."""
    with Stack() as few, Stack() as many:
        for stack, count in ((few, SMALL), (many, settings.bookings)):
            began = time.monotonic()
            stack.fill(count)
            note(f"{count:,} bookings seeded in {time.monotonic() - began:.0f} s")

        def rate(stack):
            with stack.serving() as port:
                report = Booker(stack, settings.seconds, False).load(port)
                costs.append(report["costs"])
                return report["rate"]

        costs = []
        taken = alternate(settings.rounds, many=lambda: rate(many), few=lambda: rate(few))
        note(f"CPU a booking: {costs[-2]}; among few {costs[-1]}")
        yield Figure(f"growth_{settings.bookings:.0e}".replace("+0", ""), "1/s", taken["many"], taken["few"],
                     f"among {SMALL} bookings instead of {settings.bookings}", ">= 0.77")


def status_mib(pid, name):
    text = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(re.search(rf"^{name}:\s+(\d+) kB", text, re.MULTILINE).group(1)) / 1024


def memory(settings):
    """An api process that knows 11,000 firms, with 1,000 connections that all ask it."""
    with Stack(firms=11000, qualified=40) as stack, stack.serving() as port:
        pid = stack.api.process.pid
        note(f"with the catalogue, idle: {status_mib(pid, 'VmRSS'):.1f} MiB")
        booker = Booker(stack, settings.seconds, False)
        report = sides.http_load(port, 1000, settings.seconds, method="GET", path="/v1/bookings?limit=20",
                                 headers=("Authorization: Bearer $1",),
                                 rows=[(stack.token(booker.person(n)),) for n in range(1000)], cycle=True)
        note(f"1,000 connections, {report['rate']:.0f} requests/s: now {status_mib(pid, 'VmRSS'):.1f} MiB")
        yield Figure("memory", "MiB", [status_mib(pid, "VmHWM")], [64], "the limit; ours is the peak", "<= 1")
