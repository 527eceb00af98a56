/* The rules of all members: what of the request each violation is about, told once. */

#include <string.h>

#include "base/instant.h"
#include "booking/inside.h"

/* Of the firm or of the clock alone: asked of the first member only. */
static bool is_told_once(enum code code)
{
    return code == CODE_end_not_after_start || code == CODE_in_the_past ||
           code == CODE_firm_blocked;
}

static bool is_same_fact(struct fact a, struct fact b)
{
    return a.kind == b.kind && a.number == b.number && a.text.len == b.text.len &&
           (a.text.len == 0 || str_eq(a.text, b.text));
}

static bool is_told(const struct problem *problem, const struct violation *violation)
{
    for (size_t i = 0; i < problem->count; i++) {
        const struct violation *known = &problem->violation[i];
        if (known->code == violation->code && str_eq(known->pointer, violation->pointer) &&
            is_same_fact(known->limit, violation->limit) &&
            is_same_fact(known->actual, violation->actual))
            return true;
    }
    return false;
}

/* What of the request a member's violation is about. The resource's parts are it in this. */
static const char *pointer_of(const struct wish_member *member, struct str pointer,
                              struct arena *arena)
{
    if (str_eq_c(pointer, "") || strcmp(member->pointer, "/start") == 0)
        return arena_strndup(arena, pointer.ptr, pointer.len);
    return member->pointer;
}

/* The violations found of one member, as they are told. */
static int tell(const struct wish_ask *ask, const struct wish_member *member, bool is_first,
                const struct problem *found, struct problem *problem)
{
    int outcome = 0;
    for (size_t i = 0; i < found->count; i++) {
        struct violation violation = found->violation[i];
        bool is_of_start = str_eq_c(violation.pointer, "/start");
        if ((!is_first && is_told_once(violation.code)) || (ask->has_started && is_of_start))
            continue;
        const char *pointer = pointer_of(member, violation.pointer, problem->arena);
        violation.pointer = str_of(pointer);
        outcome = WISH_E_REFUSED;
        if (!is_told(problem, &violation))
            problem_add(problem, violation.code, pointer, violation.limit, violation.actual);
    }
    return outcome;
}

static void join_overrides(struct cal_overrides *all, const struct cal_overrides *more)
{
    for (size_t i = 0; i < more->count; i++) {
        size_t k = 0;
        while (k < all->count && all->code[k] != more->code[i])
            k++;
        if (k == all->count && k < CAL_OVERRIDES_MAX)
            all->code[all->count++] = more->code[i];
    }
}

static int64_t qualified_until(const struct wish_ask *ask, const struct cat_resource *resource)
{
    struct cal_spans spans = catalogue_qualified(ask->catalogue, ask->person->id, resource->id);
    return cal_spans_hold(spans, ask->start_us)
               ? spans.item[cal_spans_find(spans, ask->start_us)].to_us
               : INSTANT_NONE;
}

bool wish_needs_qualification(const struct wish_ask *ask)
{
    return ask->mode == WISH_SELF && ask->person->firm;
}

/* What is chosen for the resource; of what is booked along with it nothing is chosen. */
static void choose(const struct wish_ask *ask, bool is_first, struct cal_rules *rules,
                   struct cal_request *request)
{
    if (is_first)
        request->configuration = ask->configuration;
    else
        rules->configurations = (struct texts){NULL, 0};
}

int wish_check(const struct wish_ask *ask, const struct wish_bundle *bundle,
               struct problem *problem, struct cal_overrides *ret_overrides)
{
    int outcome = 0;
    struct problem *found = arena_alloc(problem->arena, sizeof(*found));
    ret_overrides->count = 0;
    /* What runs began in its time: its end alone is asked, by the rules as of then. */
    int64_t now_us = ask->has_started ? ask->start_us : ask->now_us;
    if (ask->end_us <= ask->now_us && ask->has_started) {
        problem_add(problem, CODE_in_the_past, "/end", fact_instant(ask->now_us),
                    fact_instant(ask->end_us));
        outcome = WISH_E_REFUSED;
    }
    struct cal_firm firm = cat_firm_facts(ask->firm, ask->start_us, problem->arena);
    for (size_t i = 0; i < bundle->count; i++) {
        const struct wish_member *member = &bundle->member[i];
        struct cal_rules rules = wish_rules_at(bundle, member, ask->start_us);
        struct cal_request request = {
            .start_us = ask->start_us,
            .end_us = ask->end_us,
            .qualified_until_us = qualified_until(ask, member->resource),
            .firm = &firm,
            .is_firm_blocked = ask->firm->is_blocked,
            .is_override = wish_overrules(ask),
        };
        struct cal_overrides overrides;
        rules.needs_qualification &= wish_needs_qualification(ask);
        choose(ask, i == 0, &rules, &request);
        problem_init(found, problem->arena);
        if (cal_policy_check(&rules, &request, now_us, found, &overrides) &&
            tell(ask, member, i == 0, found, problem))
            outcome = WISH_E_REFUSED;
        join_overrides(ret_overrides, &overrides);
    }
    return outcome;
}

bool wish_is_lasting(enum code code)
{
    switch ((int)code) {
    case CODE_end_not_after_start:
    case CODE_in_the_past:
    case CODE_notice_too_short:
    case CODE_beyond_horizon:
    case CODE_off_grid:
    case CODE_closed:
        return false;
    default:
        return true;
    }
}
