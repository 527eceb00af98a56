/* Billing runs: each firm's usage of a month becomes one issued invoice. An invoice, its draws on
 * the budgets and its usages' status are one statement, so a run that dies half way is simply taken
 * up again. */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "jobs/inside.h"
#include "jobs/invoice_draft.h"
#include "process/role.h"
#include "schema/queries.h"

#define TRIES 5 /* budgets may move between rating and drawing: rate again */

enum put_outcome {
    PUT_SETTLED, /* an invoice, or nothing of the usage costs anything */
    PUT_MOVED,   /* something changed since the rating */
    PUT_NOTHING, /* there is nothing to bill */
};

static int32_t month_end(int32_t month_day)
{
    char text[DATE_TEXT_MAX];
    int32_t next = month_day + 31;
    date_format(next, text);
    text[7] = '\0';
    /* A month's first day plus 31 lies in the next month, always. */
    return month_parse(str_of(text), &next) ? month_day : next - 1;
}

/* The month's last day, or today when the month is not over. */
static int32_t date_of(const struct jobs *jobs, const struct billing_order *order)
{
    int32_t today = cat_local_day(order->site, jobs->now_us), last = month_end(order->month_day);
    return today != INT32_MIN && today < last ? today : last;
}

static int put(struct jobs *jobs, const struct billing_order *order,
               const struct invoice_draft *draft, enum put_outcome *ret)
{
    char day[DATE_TEXT_MAX], series[16];
    int32_t dated = date_of(jobs, order);
    date_format(dated, day);
    snprintf(series, sizeof(series), "INV-%.4s", day);
    const struct bill_invoice *bill = &draft->invoice;
    const struct pg_param params[] = {
        pg_instant(jobs->now_us),
        pg_uuid(uuid_v7(jobs->now_us)),
        pg_uuid(order->run),
        pg_uuid(order->site_id),
        pg_uuid(order->firm_id),
        pg_date(order->month_day),
        pg_date(dated),
        pg_cstr(series),
        pg_cstr(order->site->currency),
        pg_int(bill->fee),
        pg_int(bill->support),
        pg_int(bill->own_share),
        pg_int(bill->tax),
        pg_int(bill->truncation),
        pg_int(bill->total),
        pg_uuids(draft->usage_ids, draft->item_count),
        pg_ints(draft->usage_versions, draft->item_count),
        pg_jsonb(draft->lines),
        pg_uuids(draft->draw_budgets, draft->draw_count),
        pg_ints(draft->draw_amounts, draft->draw_count),
        pg_uuids(draft->draw_lines, draft->draw_count),
        pg_int(catalogue_version(jobs->catalogue)),
    };
    const struct pg_rows *rows;
    int result = jobs_query(jobs, &q_invoice_put, params, draft->arena, &rows);
    if (result)
        return result;
    bool is_settled = pg_row_count(rows) > 0 &&
                      str_eq(pg_row_text((struct pg_row){rows, 0}, "outcome"), STR("ok"));
    *ret = is_settled ? PUT_SETTLED : PUT_MOVED;
    return 0;
}

/* The site as the catalogue of now has it. */
static int look_up_site(struct jobs *jobs, struct billing_order *order)
{
    char site[UUID_TEXT_MAX];
    int result = jobs_catalogue(jobs);
    if (result)
        return result;
    uuid_format(order->site_id, site);
    order->site = catalogue_site(jobs->catalogue, str_of(site));
    return order->site ? 0 : JOBS_E_REFUSED;
}

static int bill_once(struct jobs *jobs, struct billing_order *order, struct buf *problems,
                     enum put_outcome *ret)
{
    struct arena *arena = arena_new();
    struct invoice_draft draft = {.item_count = 0};
    buf_reset(problems);
    struct jsonw w = jsonw(problems);
    int result = look_up_site(jobs, order);
    if (result == 0)
        result = invoice_draft_make(jobs, order, arena, &draft, &w);
    *ret = PUT_NOTHING;
    if (result == 0 && draft.item_count > 0)
        result = put(jobs, order, &draft, ret);
    arena_free(arena);
    return result;
}

/* One firm. Its problems are appended to the run's. */
static int bill_firm(struct jobs *jobs, struct billing_order *order, struct buf *problems)
{
    struct buf own = {0};
    enum put_outcome outcome = PUT_MOVED;
    int result = 0;
    for (int i = 0; i < TRIES && outcome == PUT_MOVED && result == 0; i++)
        result = bill_once(jobs, order, &own, &outcome);
    if (own.len > 0)
        buf_printf(problems, "%s" STR_FMT, problems->len > 1 ? "," : "", STR_ARG(buf_view(&own)));
    if (result == JOBS_E_REFUSED || (result == 0 && outcome == PUT_MOVED)) {
        char firm[UUID_TEXT_MAX];
        uuid_format(order->firm_id, firm);
        buf_printf(problems, "%s{\"firm\":\"%s\",\"code\":\"conflict\"}",
                   problems->len > 1 ? "," : "", firm);
    }
    buf_fini(&own);
    return result < 0 ? result : 0;
}

/* Between two firms the supervisor hears that we live, and may ask us to stop: then the run is left
 * as it is, to be taken up again. -ECANCELED. */
static int bill_firms(struct jobs *jobs, struct billing_order *order,
                      const struct pg_param firms[3], struct buf *problems)
{
    struct arena *arena = arena_new();
    const struct pg_rows *rows;
    int result = jobs_query(jobs, &q_billable_firms, firms, arena, &rows);
    for (int row = 0; result == 0 && row < pg_row_count(rows); row++) {
        order->firm_id = pg_row_uuid((struct pg_row){rows, row}, "firm_id");
        result = role_turn(jobs->role) ? bill_firm(jobs, order, problems) : -ECANCELED;
    }
    arena_free(arena);
    return result;
}

static int bill_run(struct jobs *jobs, struct pg_row row, struct arena *arena)
{
    struct billing_order order = {
        .run = pg_row_uuid(row, "id"),
        .site_id = pg_row_uuid(row, "site_id"),
        .month_day = pg_row_date(row, "month"),
    };
    const struct pg_param firms[] = {pg_uuid(order.site_id), pg_date(order.month_day),
                                     pg_uuid(pg_row_uuid(row, "firm_id"))};
    struct buf problems = {0};
    buf_putc(&problems, '[');
    int result = bill_firms(jobs, &order, firms, &problems);
    buf_putc(&problems, ']');
    const struct pg_param done[] = {
        pg_instant(jobs->now_us),
        pg_uuid(order.run),
        pg_cstr(result == 0 ? "done" : "failed"),
        pg_jsonb(buf_view(&problems)),
    };
    if (result >= 0)
        result = jobs_query(jobs, &q_billing_run_done, done, arena, NULL);
    buf_fini(&problems);
    return result;
}

static int run(struct jobs *jobs)
{
    struct arena *arena = arena_new();
    const struct pg_rows *rows;
    int done = 0;
    int result = jobs_query(jobs, &q_billing_run_next, NULL, arena, &rows);
    if (result == 0 && pg_row_count(rows) > 0) {
        result = bill_run(jobs, (struct pg_row){rows, 0}, arena);
        done = result == 0;
    }
    arena_free(arena);
    return result < 0 ? result : done;
}

const struct job job_billing = {"billing", US_PER_S, run};
