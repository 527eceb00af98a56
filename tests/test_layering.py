"""The checker of layers finds what is planted, and nothing in what is right."""

import layering
import pytest

RIGHT = [
    ("lib/pg/pool.c", '#include "pg/pool.h"\n#include <libpq-fe.h>\n#include "base/str.h"\n'),
    ("lib/base/json.c", "#include <cjson/cJSON.h>\n"),
    ("lib/calendar/span.c", '#include "calendar/span.h"\n#include "base/instant.h"\n#include <string.h>\n'),
    ("daemon/process/supervisor.c", '#include <event2/event.h>\n#include "pg/sync.h"\n#include "clock.h"\n'),
    ("daemon/meter/line.h", '#include "modbus/bus.h"\n'),
    ("lib/ical/feed.c", '#include "ical/feed.h"\n#include <libical/ical.h>\n'),
    ("clients/sim/main.c", '#include <modbus/modbus.h>\n#include "base/json.h"\n'),
]
WRONG = [
    ("lib/calendar/span.c", '#include "pg/pool.h"\n', "may use base only"),
    ("lib/billing/rate.c", "#include <time.h>\n", "is pure"),
    ("lib/metering/usage.c", "#include <event2/event.h>\n", "must not use event2/event.h"),
    ("lib/base/str.c", '#include "calendar/span.h"\n', "may use base only"),
    ("lib/http/server.c", '#include "pg/pg.h"\n', "may use base only"),
    ("lib/http/server.c", "#include <libpq-fe.h>\n", "must not use libpq-fe.h"),
    ("lib/spool/spool.c", "  #  include <modbus.h>\n", "must not use modbus.h"),
    ("lib/base/json.h", "#include <cjson/cJSON.h>\n", "forward-declare"),
    ("daemon/api/state.h", "#include <event2/event.h>\n", "forward-declare"),
    ("daemon/api/api.c", "#include <libpq-fe.h>\n", "must not use libpq-fe.h"),
    ("daemon/api/feeds.c", "#include <libical/ical.h>\n", "must not use libical/ical.h"),
    ("lib/ical/feed.h", '#include "calendar/local.h"\n', "may use base only"),
    ("daemon/api/state.h", '#include "event2/event.h"\n', "forward-declare"),
    ("daemon/api/api.c", '#include "libpq-fe.h"\n', "must not use libpq-fe.h"),
    ("clients/labtab/main.c", '#include "pg/sync.h"\n', "may use base only"),
    ("clients/labtab/main.c", "#include <sqlite3.h>\n", "must not use sqlite3.h"),
]


def plant(top, name, text):
    path = top / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("name, text", RIGHT)
def test_right_includes_are_left_alone(tmp_path, name, text):
    plant(tmp_path, name, text)
    assert layering.check(tmp_path) == []


@pytest.mark.parametrize("name, text, sentence", WRONG)
def test_planted_violation_is_found(tmp_path, name, text, sentence):
    plant(tmp_path, name, "\n" + text)
    violations = layering.check(tmp_path)
    assert len(violations) == 1
    assert violations[0].startswith(f"{name}:2: ")
    assert sentence in violations[0]


def test_every_violation_is_found(tmp_path):
    for number, (name, text, _) in enumerate(WRONG):
        plant(tmp_path, name.replace(".", f"{number}."), text)
    assert len(layering.check(tmp_path)) == len(WRONG)
