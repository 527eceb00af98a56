/* What a booking takes, and when each of it is open. */

#include "booking/inside.h"

#include <string.h>

#include "base/instant.h"

const char *const wish_mode_names[] = {"self", "assisted", "commissioned", NULL};

bool wish_is_staff(const struct wish_ask *ask)
{
    return ask->by && !ask->by->firm;
}

bool wish_overrules(const struct wish_ask *ask)
{
    return wish_is_staff(ask) && ask->override_reason.ptr;
}

/* ---------------------------------------------------------------- public holidays */

static struct cal_span common(struct cat_validity a, struct cat_validity b)
{
    return (struct cal_span){a.from_us > b.from_us ? a.from_us : b.from_us,
                             a.to_us < b.to_us ? a.to_us : b.to_us};
}

/* When one of the rules lets the firm use the resource on public holidays: as one of the groups
 * that the rule names, while it is one. The lab's people may whenever somebody may. */
static struct cal_spans holidays_allowed(const struct wish_ask *ask,
                                         const struct cat_resource *ruled, struct arena *arena)
{
    size_t group_count = ask->firm ? ask->firm->group_count : 0;
    struct cal_span *spans =
        arena_array(arena, ruled->rule_count * (group_count + 1) + 1, sizeof(*spans));
    size_t count = 0;
    for (size_t i = 0; i < ruled->rule_count; i++) {
        const struct cat_rule *rule = &ruled->rules[i];
        if (rule->holiday_groups.count == 0)
            continue;
        if (wish_is_staff(ask))
            spans[count++] = (struct cal_span){rule->validity.from_us, rule->validity.to_us};
        for (size_t k = 0; k < group_count; k++) {
            const struct cat_group *group = &ask->firm->groups[k];
            if (texts_have(rule->holiday_groups, group->code))
                spans[count++] = common(rule->validity, group->validity);
        }
    }
    return (struct cal_spans){spans, cal_spans_join(spans, count)};
}

/* `ruled`: whose rules hold; of what has none, those of the main resource. */
static struct cal_spans open_for(const struct wish_ask *ask, const struct cat_resource *resource,
                                 const struct cat_resource *ruled, struct arena *arena)
{
    struct cal_spans allowed = holidays_allowed(ask, ruled, arena);
    if (allowed.count == 0)
        return resource->open;
    const struct cal_spans on_holidays[] = {resource->open_on_holidays, allowed};
    const struct cal_spans both[] = {resource->open, cal_spans_shared(on_holidays, 2, 2, arena)};
    return cal_spans_shared(both, 2, 1, arena);
}

/* ---------------------------------------------------------------- members */

static struct wish_member *find(struct wish_bundle *bundle, const struct cat_resource *resource)
{
    for (size_t i = 0; i < bundle->count; i++) {
        if (bundle->member[i].resource == resource)
            return &bundle->member[i];
    }
    return NULL;
}

/* Counts beyond the most, so that the refusal can say how many there would be. */
static void add(struct wish_bundle *bundle, const struct cat_resource *resource,
                const char *pointer, bool is_named)
{
    struct wish_member *member = bundle->count <= CAL_MEMBERS_MAX ? find(bundle, resource) : NULL;
    if (member) {
        member->is_named |= is_named;
        return;
    }
    if (bundle->count < CAL_MEMBERS_MAX)
        bundle->member[bundle->count] = (struct wish_member){
            .resource = resource,
            .pointer = pointer,
            .is_named = is_named,
            .is_claimed = resource->capacity > 0,
        };
    bundle->count++;
}

static void add_with_parts(struct wish_bundle *bundle, const struct cat_resource *resource,
                           const char *pointer)
{
    add(bundle, resource, pointer, true);
    for (size_t i = 0; i < resource->part_count; i++)
        add(bundle, resource->parts[i], pointer, false);
}

/* Like any other resource; it has as many units as there are people. */
static const struct cat_resource *operator_of(const struct catalogue *catalogue,
                                              const struct cat_site *site)
{
    size_t count;
    const struct cat_resource *all = catalogue_resources(catalogue, &count);
    for (size_t i = 0; i < count; i++) {
        if (all[i].site == site && all[i].is_active && str_eq(all[i].kind, STR("operator")))
            return &all[i];
    }
    return NULL;
}

/* Why the i-th of `with` can't be: CODE_NONE when it can. */
static enum code fault_of_with(const struct wish_ask *ask, size_t i)
{
    bool is_known = ask->with[i] == ask->resource;
    for (size_t k = 0; k < i; k++)
        is_known |= ask->with[i] == ask->with[k];
    if (is_known)
        return CODE_duplicate;
    return ask->with[i]->site == ask->resource->site ? CODE_NONE : CODE_unknown_value;
}

static int refuse(struct problem *problem, enum code code, const char *pointer)
{
    problem_add(problem, code, pointer, NO_FACT, NO_FACT);
    return WISH_E_HOPELESS;
}

static int add_operator(const struct wish_ask *ask, struct problem *problem,
                        struct wish_bundle *bundle)
{
    const struct cat_resource *operator= operator_of(ask->catalogue, ask->resource->site);
    if (!operator)
        return refuse(problem, CODE_not_bookable, "/mode");
    add(bundle, operator, "/mode", false);
    return 0;
}

int wish_bundle(const struct wish_ask *ask, struct arena *arena, struct problem *problem,
                struct wish_bundle *ret)
{
    int outcome = 0;
    ret->count = 0;
    add_with_parts(ret, ask->resource, "/start");
    for (size_t i = 0; i < ask->with_count; i++) {
        const char *pointer = arena_printf(arena, "/with/%zu", i);
        enum code fault = fault_of_with(ask, i);
        if (fault)
            outcome = refuse(problem, fault, pointer);
        else
            add_with_parts(ret, ask->with[i], pointer);
    }
    if (ask->mode == WISH_ASSISTED && add_operator(ask, problem, ret))
        outcome = WISH_E_HOPELESS;
    if (ret->count > CAL_MEMBERS_MAX) {
        problem_add(problem, CODE_too_large, "/with", fact_int(CAL_MEMBERS_MAX),
                    fact_int((int64_t)ret->count));
        return WISH_E_HOPELESS;
    }
    for (size_t i = 0; i < ret->count; i++) {
        const struct cat_resource *resource = ret->member[i].resource;
        const struct cat_resource *ruled = resource->rule_count ? resource : ask->resource;
        ret->member[i].open = open_for(ask, resource, ruled, arena);
    }
    return outcome;
}

/* ---------------------------------------------------------------- rules */

static struct cal_rules hours_alone(const struct wish_member *member)
{
    return (struct cal_rules){
        .is_bookable = member->resource->is_active,
        .max_s = CAL_NO_LIMIT,
        .grid_s = 1,
        .horizon_s = CAL_NO_LIMIT,
        .head_count_max = CAL_NO_LIMIT,
        .open = member->open,
        .day_starts = member->resource->site->day_starts,
    };
}

/* `row` NULL: only the hours count, with the pads of `padded`, which may be NULL too. */
static struct cal_rules rules_of(const struct wish_member *member, const struct cat_rule *row,
                                 const struct cat_rule *padded)
{
    struct cal_rules rules = hours_alone(member);
    if (padded) {
        rules.pad_before_s = padded->pad_before_s;
        rules.pad_after_s = padded->pad_after_s;
    }
    if (!row)
        return rules;
    rules.needs_qualification = row->needs_qualification;
    rules.regions = row->regions;
    rules.industries = row->industries;
    rules.groups = row->groups;
    rules.head_count_max = row->head_count_max;
    rules.configurations = row->configurations;
    rules.min_s = row->min_s;
    rules.max_s = row->max_s;
    rules.grid_s = row->grid_s;
    rules.notice_s = row->notice_s;
    rules.horizon_s = row->horizon_s;
    return rules;
}

struct cal_rules wish_rules_at(const struct wish_bundle *bundle, const struct wish_member *member,
                               int64_t at_us)
{
    const struct cat_rule *row = cat_rule_at(member->resource, at_us);
    const struct cat_resource *padded =
        member->resource->rule_count ? member->resource : bundle->member[0].resource;
    struct cal_rules rules = rules_of(member, row, cat_rule_at(padded, at_us));
    rules.is_bookable &= row || !member->is_named;
    return rules;
}

struct cal_member wish_slot_member(const struct wish_ask *ask, const struct wish_bundle *bundle,
                                   size_t index, struct arena *arena)
{
    const struct wish_member *member = &bundle->member[index];
    bool has_rules = member->resource->rule_count > 0;
    const struct cat_resource *ruled = has_rules ? member->resource : ask->resource;
    struct cal_rules_version *versions =
        arena_array(arena, ruled->rule_count + 1, sizeof(*versions));
    for (size_t i = 0; i < ruled->rule_count; i++) {
        const struct cat_rule *row = &ruled->rules[i];
        versions[i].validity = (struct cal_span){row->validity.from_us, row->validity.to_us};
        versions[i].rules = rules_of(member, has_rules ? row : NULL, row);
    }
    return (struct cal_member){
        .versions = versions,
        .version_count = ruled->rule_count,
        .must_be_bookable = member->is_named || !member->resource->is_active,
        .open = member->open,
    };
}
