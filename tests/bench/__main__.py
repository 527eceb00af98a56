"""python3 -m bench [--quick] [--full] [NAME]: one line a figure, and the same as JSON in build/bench.jsonl."""

import argparse
import dataclasses
import signal
import sys

from bench import availability, booking, calendar, growth, metering
from bench.measure import note
from bench.sides import SideError
from support.cluster import ClusterError
from support.daemon import TOP


@dataclasses.dataclass
class Settings:
    rounds: int
    seconds: float  # that one side is measured for in a round
    is_quick: bool
    bookings: int  # of the large calendar


# In the order in which they run.
BENCHMARKS = {
    "booking": booking.booking,
    "booking_support": booking.booking_support,
    "booking_contended": booking.contended,
    "calendar": calendar.unchanged,
    "calendar_changed": calendar.changed,
    "availability": availability.availability,
    "polling": metering.polling,
    "ingest": metering.ingest,
    "growth": growth.growth,
    "memory": growth.memory,
}


def main():
    parser = argparse.ArgumentParser(prog="scripts/bench", description="Measures what docs/benchmarks.md describes.")
    parser.add_argument("name", nargs="?", choices=[*BENCHMARKS], help="only this one")
    parser.add_argument("--quick", action="store_true", help="two short rounds a side: a look, no figure to quote")
    parser.add_argument("--bookings", type=int, default=10 ** 6, metavar="N",
                        help="of the calendar that `growth` compares with one of 10^5 (a minute a million to seed)")
    parser.add_argument("--full", action="store_true", help="the same as --bookings 10000000")
    arguments = parser.parse_args()
    # Whatever ends us, servers and clusters are taken down.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(1))
    bookings = 10 ** 7 if arguments.full else arguments.bookings
    settings = Settings(2, 2.0, True, bookings) if arguments.quick else Settings(3, 5.0, False, bookings)
    failed = []
    out = TOP / "build" / "bench.jsonl"
    out.parent.mkdir(exist_ok=True)
    print(f"{'name':32} {'ours':>28}  {'reference':>28} {'unit':5}  ratio", flush=True)
    with open(out, "w", encoding="utf-8") as file:
        for name in [arguments.name] if arguments.name else BENCHMARKS:
            try:
                for figure in BENCHMARKS[name](settings):
                    print(figure.line(), flush=True)
                    print(figure.json(), file=file, flush=True)
            except (RuntimeError, OSError, ClusterError, SideError) as fault:
                note(f"FAILED {name}: {fault}")
                failed.append(name)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
