#pragma once
/* JSON objects for people: a table of columns says which members are shown, and how. */

#include "base/arena.h"
#include "base/json.h"
#include "grid.h"

enum shape {
    SHAPE_END,
    SHAPE_PLAIN,    /* text, number, yes/no; anything else as JSON; null is "-" */
    SHAPE_COUNT,    /* integer with thousands separators */
    SHAPE_AMOUNT,   /* in the object's own `currency`, or the view's */
    SHAPE_PRICE,    /* {num, den} in that currency */
    SHAPE_RATIO,    /* {num, den} */
    SHAPE_DURATION, /* seconds */
    SHAPE_WH,
    SHAPE_MWH, /* thousandths of a Wh */
    SHAPE_MW,  /* thousandths of a W */
    SHAPE_WORDS,
};

struct column {
    const char *title;
    const char *key; /* of the member */
    enum shape shape;
};

/* clang-format off */
#define COLUMN_END {NULL, NULL, SHAPE_END}
/* clang-format on */

struct view {
    const struct column *columns;
    struct str currency; /* where the object names none */
    bool has_head;       /* the titles are printed */
    struct grid grid;
};

void view_init(struct view *view, const struct column *columns, struct arena *arena);

/* Appends the titles, once, and a row for each of the first `most` objects of an array (a NULL one
 * is empty). */
void view_rows(struct view *view, const struct json *items, size_t most, size_t indent,
               struct buf *out);

/* One object: a line a column, title and value. */
void view_object(const struct column *columns, const struct json *object, struct arena *arena,
                 struct buf *out);

/* One value, as its column says. */
void view_value(const struct column *column, const struct json *object, struct str currency,
                struct buf *out);

/* The text of a member, or the empty one. */
struct str view_text(const struct json *object, const char *key);

/* The integer of a member; 0 when it is none. */
int64_t view_int(const struct json *object, const char *key);
