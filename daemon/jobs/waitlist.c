/* The waiting list: whoever waits is offered the first slot that is free, in the order in which
 * they came. An offer is a booking that expires; then the next one gets it. */

#include <errno.h>

#include "booking/slots.h"
#include "jobs/inside.h"
#include "process/role.h"
#include "schema/queries.h"

#define AT_ONCE     200
#define SLOTS_TRIED 5 /* rules that only the database knows may forbid the first */

/* One row of waitlist_waiting. */
struct entry {
    struct uuid id;
    struct wish_ask ask;
    int64_t duration_s;
    struct cal_span window; /* where a slot may lie, from now on */
    struct cal_span passed; /* the slot that it let pass last; empty: none */
};

/* ---------------------------------------------------------------- who waits */

static const struct cat_person *person_of(const struct catalogue *catalogue, struct uuid id)
{
    char text[UUID_TEXT_MAX];
    uuid_format(id, text);
    return catalogue_person(catalogue, str_of(text));
}

static bool read_with(struct pg_row row, struct arena *arena, struct wish_ask *ask)
{
    size_t count;
    const struct uuid *also = pg_row_array(row, "also", arena, &count);
    bool is_known = count <= WISH_WITH_MAX;
    for (size_t i = 0; i < count && is_known; i++) {
        ask->with[i] = catalogue_resource_by_id(ask->catalogue, also[i]);
        is_known = ask->with[i] != NULL;
    }
    ask->with_count = count;
    return is_known;
}

/* False: something of it is there no more, or its mode is none of ours. */
static bool read_entry(const struct jobs *jobs, struct pg_row row, struct arena *arena,
                       struct entry *ret)
{
    int64_t earliest_us = pg_row_instant(row, "earliest");
    int mode;
    if (pg_row_enum(row, "mode", wish_mode_names, &mode)) {
        jobs_tell_unfit(&q_waitlist_waiting);
        return false;
    }
    *ret = (struct entry){
        .id = pg_row_uuid(row, "id"),
        .ask =
            {
                .catalogue = jobs->catalogue,
                .now_us = jobs->now_us,
                .person = person_of(jobs->catalogue, pg_row_uuid(row, "person_id")),
                .firm = catalogue_firm_by_id(jobs->catalogue, pg_row_uuid(row, "firm_id")),
                .resource =
                    catalogue_resource_by_id(jobs->catalogue, pg_row_uuid(row, "resource_id")),
                .mode = (enum wish_mode)mode,
                .purpose = pg_row_text(row, "purpose"),
                .configuration = pg_row_text(row, "configuration"),
                .is_offer = true,
            },
        .duration_s = pg_row_int(row, "duration_s"),
        .window = {earliest_us > jobs->now_us ? earliest_us : jobs->now_us,
                   pg_row_instant(row, "latest")},
        .passed = {pg_row_instant_or(row, "passed_from", 0),
                   pg_row_instant_or(row, "passed_to", 0)},
    };
    ret->ask.by = ret->ask.person;
    return ret->ask.person && ret->ask.firm && ret->ask.resource &&
           read_with(row, arena, &ret->ask);
}

/* ---------------------------------------------------------------- what is free */

/* Up to `most` slots between two instants. *ret_slots is empty when the site has changed so that
 * nothing of what is waited for can be booked any more. */
static int find_between(struct jobs *jobs, const struct entry *entry, struct cal_span window,
                        size_t most, struct arena *arena, struct cal_spans *ret_slots)
{
    const struct slots_range range = {
        .now_us = jobs->now_us,
        .from_us = window.from_us,
        .until_us = window.to_us,
        .duration_s = entry->duration_s,
        .most = most,
    };
    struct slots *slots = slots_new(arena, &range);
    struct problem *problem = arena_alloc(arena, sizeof(*problem));
    bool is_done = false;
    *ret_slots = (struct cal_spans){NULL, 0};
    problem_init(problem, arena);
    if (cal_span_is_empty(window) || slots_add(slots, &entry->ask, problem) != 0)
        return 0;
    while (!is_done) {
        struct pg_param params[SLOTS_PARAMS];
        const struct pg_rows *rows;
        slots_params(slots, params);
        int result = jobs_query(jobs, &q_availability_taken, params, arena, &rows);
        if (result)
            return result;
        is_done = slots_take(slots, rows);
    }
    *ret_slots = slots_found(slots, 0);
    return 0;
}

/* ---------------------------------------------------------------- the offer */

/* Offers the slot. *ret_is_offered false: a rule forbids it, or somebody was faster. */
static int offer(struct jobs *jobs, const struct entry *entry, struct cal_span slot,
                 struct arena *arena, bool *ret_is_offered)
{
    struct problem *problem = arena_alloc(arena, sizeof(*problem));
    struct wish *wish = arena_alloc(arena, sizeof(*wish));
    struct wish_ask ask = entry->ask;
    ask.start_us = slot.from_us;
    ask.end_us = slot.to_us;
    problem_init(problem, arena);
    *ret_is_offered = false;
    if (wish_make(&ask, arena, problem, wish) != 0)
        return 0;
    struct pg_param params[3 + WISH_PARAMS] = {pg_uuid(entry->id), pg_instant(jobs->now_us),
                                               pg_int(catalogue_version(jobs->catalogue))};
    wish_params(wish, &params[3]);
    const struct pg_rows *rows;
    int result = jobs_query(jobs, &q_waitlist_offer, params, arena, &rows);
    *ret_is_offered = result == 0 && pg_row_count(rows) > 0 &&
                      str_eq(pg_row_text((struct pg_row){rows, 0}, "outcome"), STR("ok"));
    return result;
}

/* Offers the first slot of the window that can be. */
static int serve_window(struct jobs *jobs, const struct entry *entry, struct cal_span window,
                        struct arena *arena, bool *ret_is_offered)
{
    struct cal_spans slots;
    int result = find_between(jobs, entry, window, SLOTS_TRIED, arena, &slots);
    for (size_t i = 0; i < slots.count && !*ret_is_offered && result >= 0; i++)
        result = offer(jobs, entry, slots.item[i], arena, ret_is_offered);
    return result;
}

/* The slot that was let pass is left out, and what overlaps it: offered again, it would only be
 * kept from the next one. */
static int serve(struct jobs *jobs, const struct entry *entry, struct arena *arena, int *done)
{
    struct cal_span before = entry->window, after = {0, 0};
    bool is_offered = false;
    if (cal_span_overlaps(entry->window, entry->passed)) {
        before.to_us = entry->passed.from_us;
        after = (struct cal_span){entry->passed.to_us, entry->window.to_us};
    }
    int result = serve_window(jobs, entry, before, arena, &is_offered);
    if (result >= 0 && !is_offered)
        result = serve_window(jobs, entry, after, arena, &is_offered);
    *done += is_offered;
    return result;
}

/* One page after `mark`, which moves to its last row; *ret_count is how many rows it had. */
static int serve_page(struct jobs *jobs, struct page_mark *mark, int *ret_count, int *done)
{
    struct arena *page = arena_new();
    const struct pg_rows *rows;
    const struct pg_param params[] = {pg_int(AT_ONCE), pg_instant(jobs->now_us),
                                      pg_instant(mark->at_us), pg_uuid(mark->id)};
    int result = jobs_query(jobs, &q_waitlist_waiting, params, page, &rows);
    *ret_count = result == 0 ? pg_row_count(rows) : 0;
    if (*ret_count > 0) /* it is large: not loaded for nobody */
        result = jobs_catalogue(jobs);
    if (result)
        *ret_count = 0;
    for (int i = 0; i < *ret_count && result >= 0; i++) {
        const struct pg_row row = {rows, i};
        struct arena *arena = arena_new();
        struct entry entry;
        *mark = (struct page_mark){pg_row_instant(row, "created_at"), pg_row_uuid(row, "id")};
        if (!role_turn(jobs->role))
            result = -ECANCELED;
        else if (read_entry(jobs, row, arena, &entry))
            result = serve(jobs, &entry, arena, done);
        arena_free(arena);
    }
    arena_free(page);
    return result;
}

static int run(struct jobs *jobs)
{
    struct page_mark mark = FROM_THE_FIRST;
    int count = AT_ONCE, done = jobs_drain(jobs, &q_waitlist_expire, AT_ONCE);
    int result = done < 0 ? done : 0;
    while (count == AT_ONCE && result >= 0)
        result = serve_page(jobs, &mark, &count, &done);
    return result < 0 ? result : done;
}

const struct job job_waitlist = {"waitlist", 5 * US_PER_S, run};
