/* Reconciliation: a finished session whose resource was observed to its end becomes a usage record.
 */

#include "base/log.h"
#include "jobs/inside.h"
#include "metering/usage.h"
#include "schema/queries.h"

#define AT_ONCE           100
#define ESTIMATED_PERCENT 5 /* more of the energy estimated than this: a person looks first */

/* One row of usage_due. */
struct due {
    struct uuid session, resource;
    struct str basis;
    struct usage_rule rule;
    struct usage_interval reserved, logged;
    bool was_forgotten;
};

/* 0, or 1 when its charge basis is none of ours. */
static int read_due(struct pg_row row, struct due *ret)
{
    int basis = 0;
    int result = pg_row_enum(row, "charge_basis", usage_basis_names, &basis);
    *ret = (struct due){
        .session = pg_row_uuid(row, "session_id"),
        .resource = pg_row_uuid(row, "resource_id"),
        .basis = pg_row_text(row, "charge_basis"),
        .rule =
            {
                .basis = (enum usage_basis)basis,
                .tolerance_s = pg_row_int(row, "tolerance_s"),
                .bills_unobserved = pg_row_bool(row, "bills_unobserved"),
                .has_meter = pg_row_bool(row, "has_meter"),
                .estimated_percent = ESTIMATED_PERCENT,
            },
        .reserved = {pg_row_instant(row, "reserved_from"), pg_row_instant(row, "reserved_to")},
        .logged = {pg_row_instant(row, "logged_from"), pg_row_instant(row, "logged_to")},
        .was_forgotten = pg_row_bool(row, "was_forgotten"),
    };
    return result;
}

/* The resource's spans around the session; ret_ids are the database's names for them. */
static int read_spans(struct jobs *jobs, const struct due *due, struct arena *arena,
                      struct run_span **ret_spans, int64_t **ret_ids, size_t *ret_count)
{
    const struct pg_rows *rows;
    const struct pg_param params[] = {pg_uuid(due->resource), pg_instant(due->logged.from_us),
                                      pg_instant(due->logged.to_us)};
    int result = jobs_query(jobs, &q_usage_spans, params, arena, &rows);
    if (result)
        return result;
    size_t count = (size_t)pg_row_count(rows);
    struct run_span *spans = arena_array(arena, count + 1, sizeof(*spans));
    int64_t *ids = arena_array(arena, count + 1, sizeof(*ids));
    for (size_t i = 0; i < count; i++) {
        const struct pg_row row = {rows, (int)i};
        int state;
        if (pg_row_enum(row, "state", run_status_names, &state)) {
            jobs_tell_unfit(&q_usage_spans);
            return JOBS_E_REFUSED;
        }
        ids[i] = pg_row_int(row, "id");
        spans[i] = (struct run_span){
            .ordinal = pg_row_int(row, "ordinal"),
            .state = (enum run_status)state,
            .start_us = pg_row_instant(row, "started_at"),
            .end_us = pg_row_instant(row, "ended_at"),
            .energy_mwh = pg_row_int(row, "energy_mwh"),
            .quality = (uint32_t)pg_row_int(row, "quality"),
        };
    }
    *ret_spans = spans;
    *ret_ids = ids;
    *ret_count = count;
    return 0;
}

static int store(struct jobs *jobs, const struct due *due, const struct usage_result *usage,
                 const struct usage_evidence *evidence, const int64_t *span_ids,
                 struct arena *arena)
{
    size_t count = usage->evidence_count;
    int64_t *spans = arena_array(arena, count + 1, sizeof(*spans));
    int64_t *from = arena_array(arena, count + 1, sizeof(*from));
    int64_t *to = arena_array(arena, count + 1, sizeof(*to));
    int64_t *energy = arena_array(arena, count + 1, sizeof(*energy));
    for (size_t i = 0; i < count; i++) {
        spans[i] = span_ids[evidence[i].span];
        from[i] = evidence[i].from_us;
        to[i] = evidence[i].to_us;
        energy[i] = evidence[i].energy_mwh;
    }
    bool is_held = usage->held != USAGE_NOT_HELD;
    const struct pg_param params[] = {
        pg_instant(due->logged.to_us),
        pg_instant(jobs->now_us),
        pg_uuid(uuid_v7(jobs->now_us)),
        pg_uuid(due->session),
        pg_instant(usage->metered_from_us),
        pg_instant(usage->metered_to_us),
        pg_int(usage->metered_s),
        pg_int(usage->unobserved_s),
        pg_int(usage->energy_mwh),
        pg_int(usage->billable_s),
        pg_text(due->basis),
        pg_int(usage->quality),
        pg_cstr(is_held ? usage_reason_names[usage->held] : NULL),
        pg_ints(spans, count),
        pg_instants(from, count),
        pg_instants(to, count),
        pg_ints(energy, count),
    };
    return jobs_query(jobs, &q_usage_put, params, arena, NULL);
}

static int reconcile(struct jobs *jobs, const struct due *due)
{
    struct arena *arena = arena_new();
    struct run_span *spans;
    int64_t *ids;
    size_t count;
    int result = read_spans(jobs, due, arena, &spans, &ids, &count);
    if (result == 0) {
        const struct usage_input input = {due->reserved, due->logged, spans, count,
                                          due->was_forgotten};
        struct usage_evidence *evidence = arena_array(arena, count + 1, sizeof(*evidence));
        struct usage_result usage;
        if (usage_reconcile(&input, &due->rule, &usage, evidence) == 0)
            result = store(jobs, due, &usage, evidence, ids, arena);
        else /* a session's times are checked by the database: start <= end */
            log_error("session_not_reconciled", LI("logged_from", due->logged.from_us));
    }
    arena_free(arena);
    return result;
}

static int run(struct jobs *jobs)
{
    struct arena *arena = arena_new();
    const struct pg_rows *rows;
    const struct pg_param params[] = {pg_int(AT_ONCE), pg_instant(jobs->now_us),
                                      pg_instant(jobs->due_after.at_us),
                                      pg_uuid(jobs->due_after.id)};
    int result = jobs_query(jobs, &q_usage_due, params, arena, &rows);
    int count = result == 0 ? pg_row_count(rows) : 0, done = 0;
    jobs->due_after = FROM_THE_FIRST;
    for (int row = 0; row < count && result >= 0; row++) {
        struct due due;
        bool is_unfit = read_due((struct pg_row){rows, row}, &due);
        if (is_unfit)
            jobs_tell_unfit(&q_usage_due);
        result = is_unfit ? JOBS_E_REFUSED : reconcile(jobs, &due);
        done += result == 0;
        if (row == AT_ONCE - 1)
            jobs->due_after = (struct page_mark){due.logged.to_us, due.session};
    }
    arena_free(arena);
    return result < 0 ? result : done;
}

const struct job job_reconcile = {"reconcile", US_PER_S, run};
