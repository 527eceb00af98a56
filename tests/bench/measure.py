"""Rounds of several sides in turn, and the figures that come of them."""

import json
import statistics
import sys
from dataclasses import dataclass


def note(text):
    """Something a reader of the run wants to know, beside the figures."""
    print(f"  {text}", file=sys.stderr, flush=True)


def alternate(rounds, **sides):
    """Runs every side once a round, in turn, so that the machine's moods hit all alike.
    What the sides returned, as lists by name; sides that are None are left out."""
    results = {name: [] for name, side in sides.items() if side}
    for _ in range(rounds):
        for name, taken in results.items():
            taken.append(sides[name]())
    return results


def short(value):
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.2f}"


def spread(values):
    middle = short(statistics.median(values))
    return middle if len(values) == 1 else f"{middle} ({short(min(values))}..{short(max(values))})"


@dataclass
class Figure:
    """One line of the report: medians of both sides and their ratio, ours / reference."""

    name: str
    unit: str
    ours: list
    reference: list
    against: str  # what the reference is
    aim: str = ""  # what the ratio should reach

    @property
    def ratio(self):
        reference = statistics.median(self.reference)
        return statistics.median(self.ours) / reference if reference else float("nan")

    def line(self):
        aim = f"  aim {self.aim}" if self.aim else ""
        return (f"{self.name:32} {spread(self.ours):>28}  {spread(self.reference):>28} {self.unit:5}"
                f" {self.ratio:6.2f}{aim}  [{self.against}]")

    def json(self):
        def side(values):
            return {"median": statistics.median(values), "min": min(values), "max": max(values),
                    "rounds": len(values)}

        return json.dumps({"name": self.name, "unit": self.unit, "ours": side(self.ours),
                           "reference": side(self.reference), "ratio": round(self.ratio, 4),
                           "against": self.against, "aim": self.aim})
