"""What meters saw, put in as the meter process does it: one statement as its database user."""

import json

from booking_support import act, site_time


def _array(values, kind):
    return "array[" + ",".join("null" if value is None else f"'{value}'" for value in values) + f"]::{kind}[]"


def _look_up(table, codes):
    return "array[" + ",".join(f"(select id from {table} where code = '{code}')" for code in codes) + "]::uuid[]"


def see(cluster, daemon, resource, spans, meter=None, readings=()):
    """spans: rows of (state, start, end, mWh) or (state, start, end, mWh, quality bits), times as site_time();
    readings: rows of (time, mW, mWh) of the meter. The resource counts as observed to the end of the last."""
    spans = [(*span, 0)[:5] for span in spans]
    readings = list(readings)
    start = int(cluster.sql(f"select coalesce(max(s.ordinal) + 1, 0) from span s join resource r on r.id = s.resource_id"
                            f" where r.code = '{resource}'", daemon.database))
    text = ", ".join([
        _look_up("meter", [meter] * len(readings)), _array(range(1, len(readings) + 1), "bigint"),
        _array([site_time(row[0]) for row in readings], "timestamptz"), _array([n * 1000 for n in range(len(readings))], "bigint"),
        _array([500] * len(readings), "bigint"), _array([row[1] for row in readings], "bigint"),
        _array([row[2] for row in readings], "bigint"), _array([None] * len(readings), "bigint"),
        _array([0] * len(readings), "bigint"),
        _look_up("resource", [resource] * len(spans)), _array(range(start, start + len(spans)), "bigint"),
        _array([row[0] for row in spans], "text"), _array([site_time(row[1]) for row in spans], "timestamptz"),
        _array([site_time(row[2]) for row in spans], "timestamptz"), _array([row[3] for row in spans], "bigint"),
        _array([row[4] for row in spans], "bigint"),
        _look_up("resource", [resource]), _array([json.dumps({})], "text"), _array([1], "bigint"),
        _array([site_time(spans[-1][2])], "timestamptz"),
    ])
    return int(cluster.sql(f"select fn.ingest_samples({text})", daemon.database, user="labtab_meter"))


def use(daemon, start, end, **what):
    """A session from start to end: of a booking, or of a resource and a firm. Returns its JSON."""
    technician = daemon.client("technician")
    daemon.set_clock(site_time(start))
    opened = technician.post("/v1/sessions/start", what)
    assert opened.status == 201, opened
    daemon.set_clock(site_time(end))
    closed = act(technician, f"/v1/sessions/{opened.json['id']}/finish", opened.json)
    assert closed.status == 200, closed
    return closed.json
