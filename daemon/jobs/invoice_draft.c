#include "jobs/invoice_draft.h"

#include <stdio.h>
#include <string.h>

#include "base/money.h"
#include "billing/explain.h"
#include "jobs/funding.h"
#include "metering/usage.h"
#include "schema/queries.h"

/* What an item's lines are made of besides its rating. */
struct draft_usage {
    struct uuid id, booking;
    struct str resource;
    int64_t quality;
    int64_t fiscal_year;
    int64_t version;
};

/* ---------------------------------------------------------------- items */

/* One span, when it is what is billed: not when its time was corrected. */
static void set_span(struct bill_usage *usage, struct arena *arena, int64_t from_us, int64_t to_us)
{
    if ((to_us - from_us) / US_PER_S != usage->billable_s)
        return;
    struct bill_span *span = arena_alloc(arena, sizeof(*span));
    *span = (struct bill_span){from_us, to_us};
    usage->spans = span;
    usage->span_count = 1;
}

/* The runs, when they are what is billed: not when unobserved time was added to them, or their time
 * was corrected. */
static void set_runs(struct bill_usage *usage, struct pg_row row, struct arena *arena)
{
    size_t from_count, to_count;
    const int64_t *from = pg_row_array(row, "run_from", arena, &from_count);
    const int64_t *to = pg_row_array(row, "run_to", arena, &to_count);
    struct bill_span *spans = arena_array(arena, from_count + 1, sizeof(*spans));
    int64_t sum_us = 0;
    for (size_t i = 0; i < from_count && i < to_count; i++) {
        spans[i] = (struct bill_span){from[i], to[i]};
        sum_us += to[i] - from[i];
    }
    if (sum_us / US_PER_S != usage->billable_s)
        return;
    usage->spans = spans;
    usage->span_count = from_count;
}

/* What a dispute that was upheld took off. */
static int64_t corrected_by(struct pg_row row, const char *before, const char *after)
{
    return pg_row_is_null(row, before) ? 0 : pg_row_int(row, before) - pg_row_int(row, after);
}

/* A fee for absence. 0, or 1 when its kind is none of ours. */
static int read_absence(struct pg_row row, struct arena *arena, struct bill_usage *ret)
{
    int kind;
    if (pg_row_enum(row, "kind", bill_absence_names, &kind))
        return 1;
    struct bill_absence *absence = arena_alloc(arena, sizeof(*absence));
    *absence = (struct bill_absence){
        .kind = (enum bill_absence_kind)kind,
        .booking = pg_row_uuid(row, "booking_id"),
        .booked = {pg_row_instant(row, "reserved_from"), pg_row_instant(row, "reserved_to")},
        .since_us = pg_row_instant(row, "since"),
        .agreed = pg_row_int(row, "agreed_fee"),
        .waived = corrected_by(row, "was_fee", "fee"),
        .resold_s = pg_row_int(row, "resold_s"),
        .fee = pg_row_int(row, "fee"),
    };
    *ret = (struct bill_usage){.service_us = absence->booked.from_us, .absence = absence};
    return 0;
}

/* What the charge basis picked: as spans where it is some, as a plain duration otherwise. 0, or 1
 * when a word is none of ours. */
static int read_usage(struct pg_row row, struct arena *arena, struct bill_usage *ret)
{
    int basis;
    if (!pg_row_is_null(row, "fee"))
        return read_absence(row, arena, ret);
    if (pg_row_enum(row, "charge_basis", usage_basis_names, &basis))
        return 1;
    *ret = (struct bill_usage){
        .billable_s = pg_row_int(row, "billable_s"),
        .waived_s = corrected_by(row, "was_s", "billable_s"),
        .service_us = pg_row_instant(row, "logged_from"),
    };
    if (basis == USAGE_RESERVED && !pg_row_is_null(row, "reserved_from"))
        set_span(ret, arena, pg_row_instant(row, "reserved_from"),
                 pg_row_instant(row, "reserved_to"));
    else if (basis == USAGE_LOGGED)
        set_span(ret, arena, pg_row_instant(row, "logged_from"), pg_row_instant(row, "logged_to"));
    else if (basis == USAGE_USED)
        set_runs(ret, row, arena);
    return 0;
}

static int read_items(struct jobs *jobs, const struct billing_order *order,
                      struct invoice_draft *draft)
{
    const struct pg_rows *rows;
    const struct pg_param params[] = {pg_uuid(order->site_id), pg_date(order->month_day),
                                      pg_uuid(order->firm_id)};
    int result = jobs_query(jobs, &q_billable_usage, params, draft->arena, &rows);
    const struct cat_firm *firm = catalogue_firm_by_id(jobs->catalogue, order->firm_id);
    if (result || !firm)
        return result ? result : JOBS_E_REFUSED;
    size_t count = (size_t)pg_row_count(rows);
    draft->items = arena_array(draft->arena, count + 1, sizeof(*draft->items));
    draft->usages = arena_array(draft->arena, count + 1, sizeof(*draft->usages));
    for (size_t i = 0; i < count; i++) {
        const struct pg_row row = {rows, (int)i};
        const struct cat_resource *resource =
            catalogue_resource_by_id(jobs->catalogue, pg_row_uuid(row, "resource_id"));
        if (!resource)
            return JOBS_E_REFUSED;
        struct bill_item *item = &draft->items[i];
        if (read_usage(row, draft->arena, &item->usage)) {
            jobs_tell_unfit(&q_billable_usage);
            return JOBS_E_REFUSED;
        }
        item->tariffs = resource->tariffs;
        item->tariff_count = resource->tariff_count;
        item->service_day = pg_row_date(row, "service_day");
        item->firm = cat_firm_at(firm, item->usage.service_us);
        draft->usages[i] = (struct draft_usage){
            .id = pg_row_uuid(row, "id"),
            .booking = pg_row_uuid(row, "booking_id"),
            .resource = resource->name,
            .quality = pg_row_int(row, "quality"),
            .fiscal_year = pg_row_int(row, "fiscal_year"),
            .version = pg_row_int(row, "version"),
        };
    }
    draft->item_count = count;
    return 0;
}

static void put_problem(struct jsonw *problems, const struct draft_usage *usage, enum code code)
{
    char id[UUID_TEXT_MAX];
    uuid_format(usage->id, id);
    jw_object(problems, NULL);
    jw_cstr(problems, "usage", id);
    jw_cstr(problems, "code", code_name(code));
    jw_end_object(problems);
}

static int read_funding(struct jobs *jobs, const struct billing_order *order,
                        struct invoice_draft *draft, struct funding *ret)
{
    struct uuid *bookings = arena_array(draft->arena, draft->item_count + 1, sizeof(*bookings));
    int64_t *years = arena_array(draft->arena, draft->item_count + 1, sizeof(*years));
    for (size_t i = 0; i < draft->item_count; i++) {
        bookings[i] = draft->usages[i].booking;
        years[i] = draft->usages[i].fiscal_year;
    }
    return funding_read(jobs, order->site_id, order->firm_id, bookings, years, draft->item_count,
                        draft->arena, ret);
}

/* Leaves out what cannot be priced: a problem for a person, never zero. */
static void drop_unpriceable(struct invoice_draft *draft, struct jsonw *problems)
{
    size_t kept = 0;
    for (size_t i = 0; i < draft->item_count; i++) {
        const struct bill_item *item = &draft->items[i];
        struct bill_fee fee;
        int outcome =
            bill_rate(item->tariffs, item->tariff_count, &item->usage, draft->arena, &fee);
        if (outcome != 0) {
            put_problem(problems, &draft->usages[i],
                        outcome == BILL_E_UNPRICED ? CODE_unpriced : CODE_too_large);
            continue;
        }
        draft->items[kept] = draft->items[i];
        draft->usages[kept++] = draft->usages[i];
    }
    draft->item_count = kept;
}

static int rate(struct jobs *jobs, const struct billing_order *order, struct invoice_draft *draft,
                struct funding *ret_funding)
{
    int result = read_funding(jobs, order, draft, ret_funding);
    if (result)
        return result;
    for (size_t i = 0; i < draft->item_count; i++) {
        struct bill_item *item = &draft->items[i];
        item->programmes = ret_funding->programmes;
        item->programme_count = ret_funding->programme_count;
        item->funds = funding_year(ret_funding, draft->usages[i].fiscal_year)->funds;
    }
    size_t at_fault;
    result = bill_invoice(&order->site->terms, draft->items, draft->item_count, draft->arena,
                          &draft->invoice, &at_fault);
    return result ? JOBS_E_REFUSED : 0;
}

/* ---------------------------------------------------------------- lines and draws */

static void put_ratio(struct jsonw *w, const char *name, struct ratio ratio)
{
    char key[32];
    snprintf(key, sizeof(key), "%s_num", name);
    jw_int(w, key, ratio.num);
    snprintf(key, sizeof(key), "%s_den", name);
    jw_int(w, key, ratio.den);
}

static void put_uuid(struct jsonw *w, const char *name, struct uuid id)
{
    char text[UUID_TEXT_MAX];
    uuid_format(id, text);
    jw_cstr(w, name, text);
}

static void put_line(struct jsonw *w, const struct bill_line *line, size_t n, struct uuid id,
                     const struct draft_usage *usage, const struct bill_support *support,
                     const char *currency)
{
    struct buf text = {0};
    buf_printf(&text, STR_FMT ": ", STR_ARG(usage->resource));
    bill_line_sentence(line, currency, LANG_EN, &text);
    jw_object(w, NULL);
    put_uuid(w, "id", id);
    jw_int(w, "n", (int64_t)n);
    put_uuid(w, "usage_id", usage->id);
    put_uuid(w, "tariff_id", line->tariff->id);
    jw_cstr(w, "kind", bill_line_kind_names[line->kind]);
    jw_text(w, "text", buf_view(&text));
    put_ratio(w, "quantity", line->quantity);
    jw_cstr(w, "quantity_unit", line->unit);
    put_ratio(w, "price", line->price);
    jw_int(w, "fee", line->fee);
    jw_int(w, "support", line->support);
    jw_int(w, "own_share", line->own_share);
    jw_int(w, "tax", line->tax);
    jw_cstr(w, "tax_kind", bill_tax_kind_names[line->tariff->tax_kind]);
    jw_int(w, "quality", usage->quality);
    jw_object(w, "explain");
    bill_explain_line(line, currency, w, "line");
    bill_explain_support(support, currency, w, "support");
    jw_end_object(w);
    jw_end_object(w);
    buf_fini(&text);
}

/* What a usage's budgets give, and how much of it its lines have not drawn yet. */
struct shares {
    size_t count;
    struct uuid *budgets;
    int64_t *left;
};

static struct shares shares_of(struct invoice_draft *draft, size_t item, struct funding *funding)
{
    const struct bill_support *support = &draft->invoice.supports[item];
    const struct year_funds *year = funding_year(funding, draft->usages[item].fiscal_year);
    size_t most = 1;
    for (size_t g = 0; g < support->grant_count; g++)
        most += support->grants[g].programme->funder_count;
    struct shares shares = {0, arena_array(draft->arena, most, sizeof(struct uuid)),
                            arena_array(draft->arena, most, sizeof(int64_t))};
    for (size_t g = 0; g < support->grant_count; g++) {
        const struct bill_grant *grant = &support->grants[g];
        size_t programme = (size_t)(grant->programme - funding->programmes);
        for (size_t k = 0; k < grant->programme->funder_count; k++) {
            if (grant->shares[k] == 0)
                continue;
            shares.budgets[shares.count] = year->budgets[programme][k];
            shares.left[shares.count++] = grant->shares[k];
        }
    }
    return shares;
}

/* A line draws its support from what is left of the usage's shares, by largest remainder: then the
 * draws of a line add up to its support, and those of a budget to its share. No draw can pass what
 * is left, since a line's support is at most the sum of it. */
static int put_draws(struct invoice_draft *draft, struct shares *shares, int64_t support,
                     struct uuid line_id)
{
    int64_t *drawn = arena_array(draft->arena, shares->count + 1, sizeof(*drawn));
    if (money_split(support, shares->left, shares->count, drawn))
        return JOBS_E_REFUSED;
    for (size_t i = 0; i < shares->count; i++) {
        if (drawn[i] == 0)
            continue;
        shares->left[i] -= drawn[i];
        size_t n = draft->draw_count++;
        draft->draw_budgets[n] = shares->budgets[i];
        draft->draw_amounts[n] = drawn[i];
        draft->draw_lines[n] = line_id;
    }
    return 0;
}

static void make_room(struct invoice_draft *draft, const struct funding *funding)
{
    size_t most = 0;
    for (size_t i = 0; i < funding->programme_count; i++)
        most += funding->programmes[i].funder_count;
    most = most * draft->invoice.line_count + 1;
    draft->draw_budgets = arena_array(draft->arena, most, sizeof(*draft->draw_budgets));
    draft->draw_amounts = arena_array(draft->arena, most, sizeof(*draft->draw_amounts));
    draft->draw_lines = arena_array(draft->arena, most, sizeof(*draft->draw_lines));
    draft->usage_ids = arena_array(draft->arena, draft->item_count + 1, sizeof(*draft->usage_ids));
    draft->usage_versions =
        arena_array(draft->arena, draft->item_count + 1, sizeof(*draft->usage_versions));
}

static int write_lines(struct jobs *jobs, const struct billing_order *order,
                       struct invoice_draft *draft, struct funding *funding)
{
    struct buf *json = arena_alloc(draft->arena, sizeof(*json));
    arena_defer(draft->arena, (void (*)(void *))buf_fini, json);
    struct jsonw w = jsonw(json);
    int result = 0;
    make_room(draft, funding);
    jw_array(&w, NULL);
    for (size_t i = 0; i < draft->item_count; i++) {
        struct shares shares = shares_of(draft, i, funding);
        draft->usage_ids[i] = draft->usages[i].id;
        draft->usage_versions[i] = draft->usages[i].version;
        for (size_t n = draft->invoice.first_line[i]; n < draft->invoice.first_line[i + 1]; n++) {
            const struct bill_line *line = &draft->invoice.lines[n];
            struct uuid id = uuid_v7(jobs->now_us);
            put_line(&w, line, n + 1, id, &draft->usages[i], &draft->invoice.supports[i],
                     order->site->currency);
            result = result ? result : put_draws(draft, &shares, line->support, id);
        }
    }
    jw_end_array(&w);
    draft->lines = buf_view(json);
    return result;
}

int invoice_draft_make(struct jobs *jobs, const struct billing_order *order, struct arena *arena,
                       struct invoice_draft *ret, struct jsonw *problems)
{
    *ret = (struct invoice_draft){.arena = arena};
    struct funding funding;
    int result = read_items(jobs, order, ret);
    if (result == 0)
        drop_unpriceable(ret, problems);
    if (result || ret->item_count == 0)
        return result;
    result = rate(jobs, order, ret, &funding);
    if (result == 0)
        result = write_lines(jobs, order, ret, &funding);
    return result;
}
