"""The parameters of booking_create.sql, as the api sent them for one booking: what pgbench and Fastify send for others."""

import datetime
import re

from bench.stack import PAD_S

# In the order of booking_create.sql; from the seventh on they are the members of SQL's type fn.wish.
NAMES = (
    "by_person", "key", "hash", "now", "version", "is_trial", "id", "firm", "resource", "person", "mode", "status", "starts",
    "ends", "also", "claims", "claim_from", "claim_to", "claim_pointers", "waives_pads", "purpose", "configuration",
    "override_reason", "is_staff", "price", "explain", "budgets", "wanted", "quotas", "gap_s", "unused_limit_s",
    "never_used_limit_s", "locked_from", "free_until", "late_fee", "credits_resale", "check_in_from", "no_show_at",
    "no_show_fee", "finishes_itself", "approvals", "expires_at", "quote", "series",
)
# What differs from booking to booking, by pgbench's variables: n, r (instrument), h (hour), f (firm and person).
EXPRESSIONS = {
    "by_person": "bench.id(9, :f)", "key": ":prefix || :n", "now": ":now", "id": "bench.id(:kind, :n)",
    "firm": "bench.id(7, :f)", "resource": "bench.id(3, :r)", "person": "bench.id(9, :f)",
    "claims": "array[bench.id(3, :r), bench.id(14, :r)]",
}
TIMES = ("starts", "ends", "locked_from", "free_until", "check_in_from", "no_show_at")
TIME_LISTS = ("claim_from", "claim_to")
INSTANT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?\+00")


def time_of(text):
    return datetime.datetime.fromisoformat(text.replace("+00", "+00:00"))


class Wish:
    """`values`: what the server's log shows, texts or None, by number from 1 on."""

    def __init__(self, values):
        if len(values) != len(NAMES):
            raise RuntimeError(f"booking_create has {len(values)} parameters, not {len(NAMES)}")
        self.values = dict(zip(NAMES, values))
        # The hour with the pads that the sample was made in.
        self.hour = time_of(self["starts"]) - datetime.timedelta(seconds=PAD_S)

    def __getitem__(self, name):
        return self.values[name]

    @property
    def holds_money(self):
        return self["budgets"] != "{}"

    def _offset_s(self, text):
        return int((time_of(text) - self.hour).total_seconds())

    def _expression(self, name):
        """What pgbench sends; a variable where it is always the same."""
        if name in EXPRESSIONS:
            return EXPRESSIONS[name]
        if self[name] is None:
            return "null"
        if name in TIMES:
            return self._instant(self[name])
        if name in TIME_LISTS:
            return f"array[{', '.join(map(self._instant, INSTANT.findall(self[name])))}]"
        return f":w_{name}"

    def _instant(self, text):
        return f"(:base::timestamptz + make_interval(hours => :h::integer, secs => {self._offset_s(text)}))"

    @property
    def variables(self):
        """Of pgbench: what all bookings have in common."""
        return {f"w_{name}": value for name, value in self.values.items() if self._expression(name) == f":w_{name}"}

    def statement(self, text):
        """booking_create.sql for pgbench."""
        return re.sub(r"\$(\d+)", lambda found: self._expression(NAMES[int(found[1]) - 1]), text)

    def named(self):
        """For Fastify: what all bookings have in common, and seconds from the hour to the rest."""
        offsets = {name: self._offset_s(self[name]) for name in TIMES if self[name] is not None}
        lists = {name: [self._offset_s(text) for text in INSTANT.findall(self[name])] for name in TIME_LISTS}
        return {"values": self.values, "offsets": {**offsets, **lists}}
