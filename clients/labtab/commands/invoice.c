#include "commands.h"
#include "list.h"
#include "show.h"

#define FUNDERS_MAX 256

struct options {
    int64_t evidence;
};

static const struct option options[] = {
    OPTION_INT(struct options, evidence, "evidence", OPTION_HERE, NULL, 1, INT16_MAX, NULL, NULL,
               "Instead: the runs and samples that prove this line."),
    OPTION_END,
};

static const struct column head_columns[] = {
    {"Invoice", "id", SHAPE_PLAIN},
    {"Number", "number", SHAPE_PLAIN},
    {"Status", "status", SHAPE_PLAIN},
    {"Site", "site", SHAPE_PLAIN},
    {"Firm", "firm", SHAPE_PLAIN},
    {"Month", "month", SHAPE_PLAIN},
    {"Dated", "dated", SHAPE_PLAIN},
    {"Issued", "issued_at", SHAPE_PLAIN},
    COLUMN_END,
};

static const struct column line_columns[] = {
    {"Line", "n", SHAPE_COUNT},
    {"Text", "text", SHAPE_PLAIN},
    {"Quantity", "quantity", SHAPE_RATIO},
    {"Unit", "unit", SHAPE_PLAIN},
    {"Price", "price", SHAPE_PRICE},
    {"List price", "fee", SHAPE_AMOUNT},
    {"Support", "support", SHAPE_AMOUNT},
    {"Own share", "own_share", SHAPE_AMOUNT},
    {"Tax", "tax", SHAPE_AMOUNT},
    {"Marks", "quality", SHAPE_WORDS},
    COLUMN_END,
};

static const struct column sum_columns[] = {
    {"List price", "fee", SHAPE_AMOUNT},
    {"Support", "support", SHAPE_AMOUNT},
    {"Own share", "own_share", SHAPE_AMOUNT},
    {"Tax", "tax", SHAPE_AMOUNT},
    {"Truncation", "truncation", SHAPE_AMOUNT},
    {"Total", "total", SHAPE_AMOUNT},
    COLUMN_END,
};

static const struct column evidence_columns[] = {
    {"From", "span_start", SHAPE_PLAIN},
    {"To", "span_end", SHAPE_PLAIN},
    {"State", "state", SHAPE_PLAIN},
    {"Energy", "energy_mwh", SHAPE_MWH},
    {"Marks", "quality", SHAPE_WORDS},
    {"Samples", "samples", SHAPE_WORDS},
    COLUMN_END,
};

/* ---------------------------------------------------------------- support by funder */

struct funder_sum {
    struct str programme, funder;
    int64_t amount;
};

struct funder_sums {
    struct funder_sum rows[FUNDERS_MAX];
    size_t count;
    bool is_whole; /* all of them found room, and no sum left the range of integers */
};

static void add_share(struct funder_sums *sums, const struct json *share)
{
    struct str programme = view_text(share, "programme"), funder = view_text(share, "funder");
    size_t i = 0;
    while (i < sums->count &&
           !(str_eq(sums->rows[i].programme, programme) && str_eq(sums->rows[i].funder, funder)))
        i++;
    if (i == FUNDERS_MAX) {
        sums->is_whole = false;
        return;
    }
    if (i == sums->count)
        sums->rows[sums->count++] = (struct funder_sum){programme, funder, 0};
    int64_t *amount = &sums->rows[i].amount;
    if (__builtin_add_overflow(*amount, view_int(share, "amount"), amount))
        sums->is_whole = false;
}

static const struct json *array_of(const struct json *object, const char *key)
{
    const struct json *value = json_type(object) == JSON_OBJECT ? json_get(object, key) : NULL;
    return value && json_type(value) == JSON_ARRAY ? value : NULL;
}

static void sum_shares(const struct json *lines, struct funder_sums *sums)
{
    sums->is_whole = true;
    const struct json *line = lines ? json_first(lines) : NULL;
    for (; line; line = json_next(line)) {
        const struct json *shares = array_of(line, "funders");
        const struct json *share = shares ? json_first(shares) : NULL;
        for (; share; share = json_next(share))
            add_share(sums, share);
    }
}

static void put_funders(const struct funder_sums *sums, struct str currency, struct arena *arena,
                        struct buf *out)
{
    struct grid grid;
    struct buf amount = {0};
    if (sums->count == 0)
        return;
    grid_init(&grid, arena, 3);
    grid.is_right[2] = true;
    grid_add(&grid, STR("Programme"));
    grid_add(&grid, STR("Funder"));
    grid_add(&grid, STR("Support"));
    for (size_t i = 0; i < sums->count; i++) {
        buf_reset(&amount);
        show_amount(&amount, sums->rows[i].amount, currency);
        grid_add(&grid, sums->rows[i].programme);
        grid_add(&grid, sums->rows[i].funder);
        grid_add(&grid, buf_view(&amount));
    }
    buf_putc(out, '\n');
    grid_print(&grid, 0, out);
    if (!sums->is_whole)
        buf_puts(out, "There are more; see --json.\n");
    buf_fini(&amount);
}

/* ---------------------------------------------------------------- the document */

static void put_sums(const struct json *invoice, struct str currency, struct arena *arena,
                     struct buf *out)
{
    struct grid grid;
    struct buf amount = {0};
    grid_init(&grid, arena, 2);
    grid.is_right[1] = true;
    for (const struct column *column = sum_columns; column->shape != SHAPE_END; column++) {
        buf_reset(&amount);
        view_value(column, invoice, currency, &amount);
        grid_add(&grid, str_of(column->title));
        grid_add(&grid, buf_view(&amount));
    }
    buf_putc(out, '\n');
    grid_print(&grid, 0, out);
    buf_fini(&amount);
}

static void put_invoice(const struct json *invoice, struct arena *arena, struct buf *out)
{
    const struct json *lines = array_of(invoice, "lines");
    struct funder_sums *sums = arena_alloc(arena, sizeof(*sums));
    struct view view;
    view_object(head_columns, invoice, arena, out);
    buf_putc(out, '\n');
    view_init(&view, line_columns, arena);
    view.currency = view_text(invoice, "currency");
    view_rows(&view, lines, SIZE_MAX, 0, out);
    sum_shares(lines, sums);
    put_funders(sums, view.currency, arena, out);
    put_sums(invoice, view.currency, arena, out);
}

static int show(struct cli *cli, const struct remote_reply *reply)
{
    const struct json *invoice;
    struct buf out = {0};
    int result = call_parse(reply, cli->arena, &invoice);
    if (result)
        return result;
    put_invoice(invoice, cli->arena, &out);
    result = call_print(buf_view(&out));
    buf_fini(&out);
    return result;
}

static int run(struct cli *cli)
{
    const struct options *in = cli->options;
    struct remote_reply reply;
    if (in->evidence != OPTION_NO_INT) {
        const char *suffix =
            arena_printf(cli->arena, "/lines/%lld/evidence", (long long)in->evidence);
        return list_whole(cli, call_path(cli, "/v1/invoices/", suffix), evidence_columns);
    }
    int result = call_get(cli, cli->arena, call_path(cli, "/v1/invoices/", ""), &reply);
    if (result)
        return result;
    return cli->common->json ? call_print_raw(&reply) : show(cli, &reply);
}

const struct command command_invoice = {
    .name = "invoice",
    .arguments = "ID",
    .least = 1,
    .most = 1,
    .summary = "One invoice: lines, support by funder, tax, total; or the evidence of a line.",
    .options = options,
    .options_size = sizeof(struct options),
    .run = run,
};
