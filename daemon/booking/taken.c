#include "booking/taken.h"

/* Each unit's spans, one list a unit, of the rows, which are sorted by resource, unit and time. At
 * most one unit and one span a row. Returns how many units have any. */
static size_t units_of(const struct pg_rows *rows, struct uuid resource, struct cal_spans *units,
                       struct cal_span *spans)
{
    size_t unit_count = 0;
    struct uuid last = UUID_NIL;
    for (int i = 0; i < pg_row_count(rows); i++) {
        const struct pg_row row = {rows, i};
        if (!uuid_eq(pg_row_uuid(row, "resource_id"), resource))
            continue;
        struct uuid unit = pg_row_uuid(row, "unit_id");
        if (!uuid_eq(unit, last))
            units[unit_count++] = (struct cal_spans){spans, 0};
        last = unit;
        units[unit_count - 1].count++;
        *spans++ = (struct cal_span){pg_row_instant(row, "from_at"), pg_row_instant(row, "to_at")};
    }
    return unit_count;
}

struct cal_spans taken_full(const struct pg_rows *rows, const struct cat_resource *resource,
                            struct arena *arena)
{
    size_t row_count = (size_t)pg_row_count(rows), capacity = (size_t)resource->capacity;
    struct cal_span *spans = arena_array(arena, row_count + 1, sizeof(*spans));
    struct cal_spans *units = arena_array(arena, row_count + capacity + 1, sizeof(*units));
    size_t unit_count = units_of(rows, resource->id, units, spans), used = 0;
    for (size_t i = 0; i < unit_count; i++) { /* claims that touch become one span */
        struct cal_span *own = &spans[used];
        used += units[i].count;
        units[i].count = cal_spans_join(own, units[i].count);
    }
    if (unit_count < capacity)
        unit_count = capacity; /* the others are free: their lists are empty */
    return unit_count == 0 ? (struct cal_spans){NULL, 0}
                           : cal_units_full(units, unit_count, 1, arena);
}
