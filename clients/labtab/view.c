#include "view.h"

#include "base/figure.h"
#include "show.h"

static const struct json *member(const struct json *object, const char *key)
{
    return object && json_type(object) == JSON_OBJECT ? json_get(object, key) : NULL;
}

struct str view_text(const struct json *object, const char *key)
{
    const struct json *value = member(object, key);
    return value && json_type(value) == JSON_TEXT ? json_text(value) : (struct str){NULL, 0};
}

int64_t view_int(const struct json *object, const char *key)
{
    const struct json *value = member(object, key);
    return value && json_type(value) == JSON_INT ? json_int(value) : 0;
}

/* ---------------------------------------------------------------- values */

static void put_plain(const struct json *value, struct buf *out);

/* "{booking: 3, done: yes}", "[a, b]": enough to read, not meant to be parsed. */
static void put_members(const struct json *parent, bool is_object, struct buf *out)
{
    buf_putc(out, is_object ? '{' : '[');
    for (const struct json *child = json_first(parent); child; child = json_next(child)) {
        if (child != json_first(parent))
            buf_puts(out, ", ");
        if (is_object)
            buf_printf(out, STR_FMT ": ", STR_ARG(json_key(child)));
        put_plain(child, out);
    }
    buf_putc(out, is_object ? '}' : ']');
}

/* The depth of the recursion is that of the reply, at most JSON_DEPTH_MAX. */
static void put_plain(const struct json *value, struct buf *out)
{
    switch (json_type(value)) {
    case JSON_NULL:
        buf_putc(out, '-');
        break;
    case JSON_BOOL:
        buf_puts(out, json_bool(value) ? "yes" : "no");
        break;
    case JSON_INT:
        buf_int(out, json_int(value));
        break;
    case JSON_NUMBER:
        buf_printf(out, "%.15g", json_number(value));
        break;
    case JSON_TEXT:
        buf_str(out, json_text(value));
        break;
    case JSON_ARRAY:
        put_members(value, false, out);
        break;
    case JSON_OBJECT:
        put_members(value, true, out);
        break;
    }
}

static void put_words(const struct json *array, struct buf *out)
{
    if (!json_first(array))
        buf_putc(out, '-');
    for (const struct json *word = json_first(array); word; word = json_next(word)) {
        if (word != json_first(array))
            buf_puts(out, ", ");
        put_plain(word, out);
    }
}

static void put_integer(enum shape shape, int64_t value, struct str currency, struct buf *out)
{
    switch (shape) {
    case SHAPE_COUNT:
        figure_count(out, value);
        break;
    case SHAPE_AMOUNT:
        show_amount(out, value, currency);
        break;
    case SHAPE_DURATION:
        show_duration(out, value);
        break;
    case SHAPE_WH:
        figure_count(out, value);
        buf_puts(out, " Wh");
        break;
    case SHAPE_MWH:
        show_milli(out, value, "Wh");
        break;
    case SHAPE_MW:
        show_milli(out, value, "W");
        break;
    case SHAPE_PLAIN:
    case SHAPE_PRICE:
    case SHAPE_RATIO:
    case SHAPE_WORDS:
    case SHAPE_END:
        buf_int(out, value);
        break;
    }
}

/* False: it is no {num, den}. */
static bool put_fraction(enum shape shape, const struct json *value, struct str currency,
                         struct buf *out)
{
    struct ratio ratio;
    if (ratio_make(view_int(value, "num"), view_int(value, "den"), &ratio))
        return false;
    if (shape == SHAPE_PRICE)
        show_price(out, ratio, currency);
    else
        figure_ratio(out, ratio);
    return true;
}

void view_value(const struct column *column, const struct json *object, struct str currency,
                struct buf *out)
{
    const struct json *value = member(object, column->key);
    enum shape shape = column->shape;
    struct str own = view_text(object, "currency");
    if (own.len > 0)
        currency = own;
    if (!value)
        buf_putc(out, '-');
    else if (json_type(value) == JSON_INT)
        put_integer(shape, json_int(value), currency, out);
    else if (shape == SHAPE_WORDS && json_type(value) == JSON_ARRAY)
        put_words(value, out);
    else if ((shape != SHAPE_PRICE && shape != SHAPE_RATIO) ||
             !put_fraction(shape, value, currency, out))
        put_plain(value, out);
}

/* ---------------------------------------------------------------- tables */

static bool is_number(enum shape shape)
{
    return shape != SHAPE_PLAIN && shape != SHAPE_WORDS;
}

void view_init(struct view *view, const struct column *columns, struct arena *arena)
{
    size_t count = 0;
    while (columns[count].shape != SHAPE_END)
        count++;
    *view = (struct view){.columns = columns};
    grid_init(&view->grid, arena, count);
    for (size_t i = 0; i < count; i++)
        view->grid.is_right[i] = is_number(columns[i].shape);
}

void view_rows(struct view *view, const struct json *items, size_t most, size_t indent,
               struct buf *out)
{
    struct buf cell = {0};
    for (size_t i = 0; i < view->grid.columns && !view->has_head; i++)
        grid_add(&view->grid, str_of(view->columns[i].title));
    view->has_head = true;
    const struct json *item = items ? json_first(items) : NULL;
    for (; item && most > 0; item = json_next(item), most--) {
        for (size_t i = 0; i < view->grid.columns; i++) {
            buf_reset(&cell);
            view_value(&view->columns[i], item, view->currency, &cell);
            grid_add(&view->grid, buf_view(&cell));
        }
    }
    grid_print(&view->grid, indent, out);
    buf_fini(&cell);
}

void view_object(const struct column *columns, const struct json *object, struct arena *arena,
                 struct buf *out)
{
    struct grid grid;
    struct buf cell = {0};
    grid_init(&grid, arena, 2);
    for (const struct column *column = columns; column->shape != SHAPE_END; column++) {
        buf_reset(&cell);
        view_value(column, object, (struct str){NULL, 0}, &cell);
        grid_add(&grid, str_of(column->title));
        grid_add(&grid, buf_view(&cell));
    }
    grid_print(&grid, 0, out);
    buf_fini(&cell);
}
