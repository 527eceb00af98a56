#pragma once
/* A field table with every field type, for the tests of field.c. */

#include "base/field.h"

struct rule {
    int64_t min_s;
    struct str note;
};

struct part {
    struct str code;
    struct field_list rules; /* struct rule */
};

struct everything {
    struct str name;
    struct str code;
    int64_t count;
    int64_t limit;
    bool is_urgent;
    int64_t start_us;
    int32_t day;
    int32_t month;
    struct uuid id;
    int kind;
    int mode;
    struct ratio factor;
    struct part part;
    struct field_list parts; /* struct part */
    struct field_list tags;  /* struct str */
    const struct json *extra;
};

static const char *const kind_names[] = {"room", "seat", "tool", NULL};

static const struct field rule_rows[] = {
    FIELD_INT(struct rule, min_s, FIELD_NEEDED, 0, 86400, 0, "Shortest use."),
    FIELD_TEXT(struct rule, note, 0, 0, 10, "For people."),
    FIELD_END,
};

static const struct field part_rows[] = {
    FIELD_CODE(struct part, code, FIELD_NEEDED, "Its code."),
    FIELD_OBJECTS(struct part, rules, 0, 2, struct rule, rule_rows, "Its rules."),
    FIELD_END,
};

static const struct field everything_rows[] = {
    FIELD_TEXT(struct everything, name, FIELD_NEEDED, 2, 4, "A name."),
    FIELD_CODE(struct everything, code, 0, "A code."),
    FIELD_INT(struct everything, count, 0, -5, 10, 0, "A number."),
    FIELD_INT(struct everything, limit, FIELD_DEFAULT, 1, 100, 50, "A number with a default."),
    FIELD_BOOL(struct everything, is_urgent, 1, "Yes or no."),
    FIELD_INSTANT(struct everything, start_us, "start", 0, "An instant."),
    FIELD_DATE(struct everything, day, "day", 0, "A date."),
    FIELD_MONTH(struct everything, month, "month", 0, "A month."),
    FIELD_UUID(struct everything, id, "id", 0, "An id."),
    FIELD_ENUM(struct everything, kind, 0, kind_names, 0, "A kind."),
    FIELD_ENUM(struct everything, mode, FIELD_DEFAULT, kind_names, 1, "A kind with a default."),
    FIELD_DECIMAL(struct everything, factor, 0, "A factor."),
    FIELD_OBJECT(struct everything, part, 0, part_rows, "A part."),
    FIELD_OBJECTS(struct everything, parts, 0, 3, struct part, part_rows, "Parts."),
    FIELD_TEXTS(struct everything, tags, 0, 1, 5, 3, "Tags."),
    FIELD_RAW(struct everything, extra, 0, "Anything."),
    FIELD_END,
};
