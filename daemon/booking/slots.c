#include "booking/slots.h"

#include <string.h>

#include "booking/inside.h"

#define WINDOW_FIRST_US (8 * US_PER_DAY)
#define WINDOW_GROWTH   4

/* Slots that are free and that this firm or person can't book, one after the other: from the
 * patient one on a day is passed at once, and at last the search is given up. */
#define REFUSED_PATIENT 8
#define REFUSED_MOST    64

/* What is taken of one resource, as far as it is known. */
struct taken {
    const struct cat_resource *resource;
    bool is_wanted;          /* by a bundle that is not done */
    struct cal_spans *units; /* by ordinal; those that the database has not shown are not there */
    bool *is_there;
    struct cal_spans full;
    struct cal_spans own; /* bookings of the firm, where pads are waived */
};

struct bundle {
    struct wish_ask ask;
    struct wish_bundle members;
    struct cal_member member[CAL_MEMBERS_MAX];
    size_t taken[CAL_MEMBERS_MAX]; /* index of what is taken of each member that is claimed */
    struct cal_span *found;
    size_t count;
    int64_t at_us;  /* where the search goes on */
    size_t refused; /* one after the other */
    bool is_done;
};

struct slots {
    struct arena *arena;
    struct slots_range range;
    struct bundle *bundle[SLOTS_BUNDLES_MAX];
    size_t bundle_count;
    struct taken taken[SLOTS_BUNDLES_MAX * CAL_MEMBERS_MAX];
    size_t taken_count;
    int64_t pad_us;    /* the largest of all members */
    int64_t known_us;  /* what is taken is known up to here ... */
    int64_t window_us; /* ... and, once the rows have come, to here, and the pads beyond */
    bool are_pads_waived;
    struct problem problem; /* why a slot can't be booked: nobody is told */
};

struct slots *slots_new(struct arena *arena, const struct slots_range *range)
{
    struct slots *slots = arena_alloc(arena, sizeof(*slots));
    slots->arena = arena;
    slots->range = *range;
    if (slots->range.from_us < range->now_us)
        slots->range.from_us = range->now_us;
    if (slots->range.until_us < slots->range.from_us)
        slots->range.until_us = slots->range.from_us;
    slots->known_us = slots->range.from_us;
    slots->are_pads_waived = true;
    return slots;
}

/* ---------------------------------------------------------------- bundles */

static size_t taken_of(struct slots *slots, const struct cat_resource *resource)
{
    size_t i = 0;
    while (i < slots->taken_count && slots->taken[i].resource != resource)
        i++;
    if (i < slots->taken_count)
        return i;
    size_t capacity = (size_t)resource->capacity;
    slots->taken[slots->taken_count++] = (struct taken){
        .resource = resource,
        .units = arena_array(slots->arena, capacity, sizeof(struct cal_spans)),
        .is_there = arena_array(slots->arena, capacity, sizeof(bool)),
    };
    return i;
}

static void keep_pads(struct slots *slots, const struct cal_member *member)
{
    for (size_t i = 0; i < member->version_count; i++) {
        const struct cal_rules *rules = &member->versions[i].rules;
        int64_t pad_s =
            rules->pad_before_s > rules->pad_after_s ? rules->pad_before_s : rules->pad_after_s;
        if (pad_s * US_PER_S > slots->pad_us)
            slots->pad_us = pad_s * US_PER_S;
    }
}

static bool waives_pads(const struct wish_ask *ask)
{
    bool waives = ask->firm != NULL;
    for (size_t i = 0; i < ask->resource->rule_count; i++)
        waives = waives && ask->resource->rules[i].waives_pads;
    return waives;
}

static struct cal_spans common(struct cal_spans a, struct cal_spans b, struct arena *arena)
{
    const struct cal_spans both[] = {a, b};
    return cal_spans_shared(both, LEN(both), 2, arena);
}

static struct cal_spans join(struct cal_spans a, struct cal_spans b, struct arena *arena)
{
    const struct cal_spans both[] = {a, b};
    return cal_spans_shared(both, LEN(both), 1, arena);
}

/* When the person may use it, as far as qualifications go: while they have one, and where the rules
 * ask for none. */
static struct cal_spans qualified(const struct wish_ask *ask, const struct cat_resource *resource,
                                  struct arena *arena)
{
    struct cal_span *spans = arena_array(arena, resource->rule_count + 1, sizeof(*spans));
    size_t count = 0;
    for (size_t i = 0; i < resource->rule_count; i++) {
        const struct cat_rule *rule = &resource->rules[i];
        if (!rule->needs_qualification)
            spans[count++] = (struct cal_span){rule->validity.from_us, rule->validity.to_us};
    }
    if (resource->rule_count == 0)
        spans[count++] = (struct cal_span){INT64_MIN, INT64_MAX};
    return join((struct cal_spans){spans, cal_spans_join(spans, count)},
                catalogue_qualified(ask->catalogue, ask->person->id, resource->id), arena);
}

static struct cal_spans priced(const struct cat_resource *resource, struct arena *arena)
{
    struct cal_span *spans = arena_array(arena, resource->tariff_count, sizeof(*spans));
    for (size_t i = 0; i < resource->tariff_count; i++)
        spans[i] =
            (struct cal_span){resource->tariffs[i].valid.from_us, resource->tariffs[i].valid.to_us};
    return (struct cal_spans){spans, cal_spans_join(spans, resource->tariff_count)};
}

/* When the member can be booked: it is open, it has a price where it is what is paid for, and the
 * person may use it. */
static struct cal_spans bookable(const struct wish_ask *ask, const struct wish_member *member,
                                 struct arena *arena)
{
    struct cal_spans spans = member->open;
    if (member->resource == ask->resource)
        spans = common(spans, priced(ask->resource, arena), arena);
    if (ask->person && wish_needs_qualification(ask))
        spans = common(spans, qualified(ask, member->resource, arena), arena);
    return spans;
}

int slots_add(struct slots *slots, const struct wish_ask *ask, struct problem *problem)
{
    struct bundle *bundle = arena_alloc(slots->arena, sizeof(*bundle));
    bundle->ask = *ask;
    int outcome = wish_bundle(ask, slots->arena, problem, &bundle->members);
    if (outcome)
        return outcome;
    for (size_t i = 0; i < bundle->members.count; i++) {
        const struct wish_member *member = &bundle->members.member[i];
        bundle->member[i] = wish_slot_member(&bundle->ask, &bundle->members, i, slots->arena);
        if (slots->range.duration_s > 0)
            bundle->member[i].open = bookable(ask, member, slots->arena);
        keep_pads(slots, &bundle->member[i]);
        if (member->is_claimed)
            bundle->taken[i] = taken_of(slots, member->resource);
    }
    bundle->found = arena_array(slots->arena, slots->range.most, sizeof(*bundle->found));
    bundle->at_us = slots->range.from_us;
    slots->are_pads_waived = slots->are_pads_waived && waives_pads(ask);
    slots->bundle[slots->bundle_count++] = bundle;
    return 0;
}

/* ---------------------------------------------------------------- windows */

static void choose_wanted(struct slots *slots)
{
    for (size_t i = 0; i < slots->taken_count; i++)
        slots->taken[i].is_wanted = false;
    for (size_t i = 0; i < slots->bundle_count; i++) {
        const struct bundle *bundle = slots->bundle[i];
        for (size_t k = 0; !bundle->is_done && k < bundle->members.count; k++) {
            if (bundle->members.member[k].is_claimed)
                slots->taken[bundle->taken[k]].is_wanted = true;
        }
    }
}

void slots_params(struct slots *slots, struct pg_param ret[SLOTS_PARAMS])
{
    const struct slots_range *range = &slots->range;
    int64_t length_us = (slots->known_us - range->from_us) * WINDOW_GROWTH;
    int64_t least_us = WINDOW_FIRST_US + 2 * range->duration_s * US_PER_S;
    if (length_us < least_us)
        length_us = least_us;
    slots->window_us =
        length_us < range->until_us - range->from_us ? range->from_us + length_us : range->until_us;

    choose_wanted(slots);
    struct uuid *ids = arena_array(slots->arena, slots->taken_count, sizeof(*ids));
    for (size_t i = 0; i < slots->taken_count; i++)
        ids[i] = slots->taken[i].is_wanted ? slots->taken[i].resource->id : UUID_NIL;
    ret[0] = pg_uuids(ids, slots->taken_count);
    ret[1] = pg_instant(slots->known_us - slots->pad_us);
    ret[2] = pg_instant(slots->window_us + slots->pad_us);
    ret[3] = pg_uuid(range->booking);
    ret[4] = slots->are_pads_waived ? pg_uuid(slots->bundle[0]->ask.firm->id) : pg_null();
}

/* ---------------------------------------------------------------- what is taken */

struct unit_row {
    const struct pg_rows *rows;
    int row;
    struct arena *arena;
};

/* A list of spans from two columns of starts and ends; those with a null stay out. */
static struct cal_spans read_spans(const struct unit_row *r, const char *starts, const char *ends)
{
    size_t count, end_count, kept = 0;
    const int64_t *from =
        pg_get_array(r->rows, r->row, pg_column(r->rows, starts), r->arena, &count);
    const int64_t *to =
        pg_get_array(r->rows, r->row, pg_column(r->rows, ends), r->arena, &end_count);
    struct cal_span *spans = arena_array(r->arena, count, sizeof(*spans));
    for (size_t i = 0; i < count && i < end_count; i++) {
        if (from[i] != INSTANT_NONE && to[i] != INSTANT_NONE)
            spans[kept++] = (struct cal_span){from[i], to[i]};
    }
    return (struct cal_spans){spans, cal_spans_join(spans, kept)};
}

static struct cal_spans less(struct cal_spans from, struct cal_spans minus, struct arena *arena)
{
    struct cal_span *rest = arena_array(arena, from.count + minus.count, sizeof(*rest));
    return (struct cal_spans){rest, cal_spans_subtract(from, minus, rest)};
}

/* Claims of the booking that is changed, which have no core. */
static struct cal_spans read_changed(const struct unit_row *r)
{
    size_t count, core_count, kept = 0;
    const int64_t *core =
        pg_get_array(r->rows, r->row, pg_column(r->rows, "core_starts"), r->arena, &core_count);
    const int64_t *from =
        pg_get_array(r->rows, r->row, pg_column(r->rows, "own_starts"), r->arena, &count);
    const int64_t *to =
        pg_get_array(r->rows, r->row, pg_column(r->rows, "own_ends"), r->arena, &count);
    struct cal_span *spans = arena_array(r->arena, count, sizeof(*spans));
    for (size_t i = 0; i < count && i < core_count; i++) {
        if (core[i] == INSTANT_NONE)
            spans[kept++] = (struct cal_span){from[i], to[i]};
    }
    return (struct cal_spans){spans, cal_spans_join(spans, kept)};
}

/* One unit's claims of this window. A firm's own bookings are kept apart where the resource has one
 * unit: of several it is the database that knows which one keeps its pads. */
static void take_row(struct slots *slots, const struct unit_row *r)
{
    size_t n = (size_t)pg_get_int(r->rows, r->row, pg_column(r->rows, "n")) - 1;
    size_t unit = (size_t)pg_get_int(r->rows, r->row, pg_column(r->rows, "ordinal")) - 1;
    if (n >= slots->taken_count || unit >= (size_t)slots->taken[n].resource->capacity)
        return;
    struct taken *taken = &slots->taken[n];
    struct cal_spans claims = read_spans(r, "starts", "ends");
    if (taken->resource->capacity == 1 && slots->are_pads_waived) {
        claims = less(claims, read_spans(r, "own_starts", "own_ends"), slots->arena);
        taken->own = join(taken->own, read_spans(r, "core_starts", "core_ends"), slots->arena);
    } else {
        claims = less(claims, read_changed(r), slots->arena);
    }
    taken->units[unit] = join(taken->units[unit], claims, slots->arena);
    taken->is_there[unit] = true;
}

static void find_full(struct slots *slots, struct taken *taken)
{
    size_t count = 0;
    size_t capacity = (size_t)taken->resource->capacity;
    struct cal_spans *units = arena_array(slots->arena, capacity, sizeof(*units));
    for (size_t i = 0; i < capacity; i++) {
        if (taken->is_there[i])
            units[count++] = taken->units[i];
    }
    taken->full = cal_units_full(units, count, 1, slots->arena);
}

/* ---------------------------------------------------------------- the search */

/* Asks what a booking would be asked: what the search knows already, and the rest. */
static bool can_be_booked(struct slots *slots, struct bundle *bundle, struct cal_span slot)
{
    struct wish_ask *ask = &bundle->ask;
    struct cal_overrides overrides;
    if (!ask->firm || !ask->person)
        return true;
    ask->start_us = slot.from_us;
    ask->end_us = slot.to_us;
    problem_init(&slots->problem, slots->arena);
    return wish_check(ask, &bundle->members, &slots->problem, &overrides) == 0;
}

/* The search goes on behind the slot, or a day later where nothing else has helped. */
static void keep_or_pass(struct slots *slots, struct bundle *bundle, struct cal_span slot)
{
    bundle->at_us = slot.to_us;
    if (can_be_booked(slots, bundle, slot)) {
        bundle->refused = 0;
        bundle->found[bundle->count++] = slot;
    } else if (++bundle->refused > REFUSED_PATIENT) {
        bundle->at_us += US_PER_DAY;
    }
}

static void search_slots(struct slots *slots, struct bundle *bundle)
{
    const struct slots_range *range = &slots->range;
    while (bundle->count < range->most && bundle->refused < REFUSED_MOST) {
        const struct cal_slot_query query = {
            .members = bundle->member,
            .member_count = bundle->members.count,
            .duration_s = range->duration_s,
            .from_us = bundle->at_us,
            .until_us = slots->known_us,
        };
        struct cal_span slot;
        if (cal_slots(&query, range->now_us, &slot, 1) == 0)
            return;
        keep_or_pass(slots, bundle, slot);
    }
    bundle->is_done = true;
}

/* Whole free spans; the last one may go on beyond what is known. */
static void search_free(const struct slots *slots, struct bundle *bundle)
{
    struct cal_span window = {slots->range.from_us, slots->known_us};
    struct cal_spans found =
        cal_free_spans(bundle->member, bundle->members.count, window, slots->arena);
    bundle->count = found.count < slots->range.most ? found.count : slots->range.most;
    if (bundle->count > 0)
        memcpy(bundle->found, found.item, bundle->count * sizeof(*found.item));
    bundle->is_done = found.count > slots->range.most;
}

static void search(struct slots *slots, struct bundle *bundle)
{
    for (size_t i = 0; i < bundle->members.count; i++) {
        if (!bundle->members.member[i].is_claimed)
            continue;
        bundle->member[i].full = slots->taken[bundle->taken[i]].full;
        bundle->member[i].own = slots->taken[bundle->taken[i]].own;
    }
    if (slots->range.duration_s > 0)
        search_slots(slots, bundle);
    else
        search_free(slots, bundle);
}

bool slots_take(struct slots *slots, const struct pg_rows *rows)
{
    for (int row = 0; row < pg_row_count(rows); row++)
        take_row(slots, &(struct unit_row){rows, row, slots->arena});
    slots->known_us = slots->window_us;
    for (size_t i = 0; i < slots->taken_count; i++) {
        if (slots->taken[i].is_wanted)
            find_full(slots, &slots->taken[i]);
    }
    bool is_done = true;
    for (size_t i = 0; i < slots->bundle_count; i++) {
        struct bundle *bundle = slots->bundle[i];
        if (!bundle->is_done)
            search(slots, bundle);
        is_done = is_done && bundle->is_done;
    }
    return is_done || slots->known_us >= slots->range.until_us;
}

size_t slots_count(const struct slots *slots)
{
    return slots->bundle_count;
}

const struct wish_ask *slots_ask(const struct slots *slots, size_t index)
{
    return &slots->bundle[index]->ask;
}

struct cal_spans slots_found(const struct slots *slots, size_t index)
{
    return (struct cal_spans){slots->bundle[index]->found, slots->bundle[index]->count};
}
