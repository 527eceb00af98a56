#include "calendar/policy.h"

#include "base/instant.h"

/* One row a rule: what it is called, what it is about, whether staff may overrule it, when it is
 * asked, and the check, which is true when the rule is broken and then has filled both facts. */
struct check {
    const struct cal_rules *rules;
    const struct cal_request *request;
    int64_t now_us;
    struct arena *arena; /* of texts that are shown */
};

enum asked {
    ASKED_ALWAYS,
    ASKED_BOOKABLE,  /* of a resource that has rules */
    ASKED_IN_FUTURE, /* ... and of a start that is not past */
    ASKED_OF_SPAN,   /* ... and of a span that is one */
};

struct rule {
    enum code code;
    const char *pointer;
    bool yields;
    enum asked asked;
    bool (*is_broken)(const struct check *c, struct fact *ret_limit, struct fact *ret_actual);
};

/* Whole seconds of a time that fell short are rounded down, of one that went too far up, so that
 * the shown value never looks like the limit kept. */
static int64_t seconds_down(int64_t us)
{
    return us / US_PER_S - (us % US_PER_S < 0);
}

static int64_t seconds_up(int64_t us)
{
    return us / US_PER_S + (us % US_PER_S > 0);
}

static bool is_under(int64_t us, int64_t limit_s, struct fact *ret_limit, struct fact *ret_actual)
{
    int64_t actual_s = seconds_down(us);
    *ret_limit = fact_int(limit_s);
    *ret_actual = fact_int(actual_s);
    return actual_s < limit_s;
}

static bool is_over(int64_t us, int64_t limit_s, struct fact *ret_limit, struct fact *ret_actual)
{
    int64_t actual_s = seconds_up(us);
    *ret_limit = fact_int(limit_s);
    *ret_actual = fact_int(actual_s);
    return limit_s != CAL_NO_LIMIT && actual_s > limit_s;
}

static bool is_not_bookable(const struct check *c, struct fact *ret_limit, struct fact *ret_actual)
{
    *ret_limit = NO_FACT;
    *ret_actual = NO_FACT;
    return !c->rules->is_bookable;
}

static bool is_firm_blocked(const struct check *c, struct fact *ret_limit, struct fact *ret_actual)
{
    *ret_limit = NO_FACT;
    *ret_actual = NO_FACT;
    return c->request->is_firm_blocked;
}

static bool is_reversed(const struct check *c, struct fact *ret_limit, struct fact *ret_actual)
{
    *ret_limit = fact_instant(c->request->start_us);
    *ret_actual = fact_instant(c->request->end_us);
    return c->request->end_us <= c->request->start_us;
}

static bool is_past(const struct check *c, struct fact *ret_limit, struct fact *ret_actual)
{
    *ret_limit = fact_instant(c->now_us);
    *ret_actual = fact_instant(c->request->start_us);
    return c->request->start_us < c->now_us;
}

static bool is_too_soon(const struct check *c, struct fact *ret_limit, struct fact *ret_actual)
{
    return is_under(c->request->start_us - c->now_us, c->rules->notice_s, ret_limit, ret_actual);
}

static bool is_too_far(const struct check *c, struct fact *ret_limit, struct fact *ret_actual)
{
    return is_over(c->request->start_us - c->now_us, c->rules->horizon_s, ret_limit, ret_actual);
}

static bool is_too_short(const struct check *c, struct fact *ret_limit, struct fact *ret_actual)
{
    return is_under(c->request->end_us - c->request->start_us, c->rules->min_s, ret_limit,
                    ret_actual);
}

static bool is_too_long(const struct check *c, struct fact *ret_limit, struct fact *ret_actual)
{
    return is_over(c->request->end_us - c->request->start_us, c->rules->max_s, ret_limit,
                   ret_actual);
}

static bool is_off_grid(const struct check *c, int64_t at_us, struct fact *ret_limit,
                        struct fact *ret_actual)
{
    int64_t grid_us = cal_grid_up(c->rules, at_us);
    *ret_limit = fact_int(c->rules->grid_s);
    *ret_actual = fact_instant(at_us);
    return grid_us != INSTANT_NONE && grid_us != at_us;
}

static bool is_start_off_grid(const struct check *c, struct fact *ret_limit,
                              struct fact *ret_actual)
{
    return is_off_grid(c, c->request->start_us, ret_limit, ret_actual);
}

static bool is_end_off_grid(const struct check *c, struct fact *ret_limit, struct fact *ret_actual)
{
    return is_off_grid(c, c->request->end_us, ret_limit, ret_actual);
}

static bool is_start_closed(const struct check *c, struct fact *ret_limit, struct fact *ret_actual)
{
    struct cal_spans open = c->rules->open;
    size_t i = cal_spans_find(open, c->request->start_us);
    *ret_limit = i < open.count ? fact_instant(open.item[i].from_us) : NO_FACT;
    *ret_actual = fact_instant(c->request->start_us);
    return i == open.count || open.item[i].from_us > c->request->start_us;
}

/* The whole span counts, not only its start: a booking into a holiday is refused too. */
static bool is_end_closed(const struct check *c, struct fact *ret_limit, struct fact *ret_actual)
{
    struct cal_spans open = c->rules->open;
    size_t i = cal_spans_find(open, c->request->start_us);
    if (i == open.count || open.item[i].from_us > c->request->start_us)
        return false; /* the start is closed: said there */
    *ret_limit = fact_instant(open.item[i].to_us);
    *ret_actual = fact_instant(c->request->end_us);
    return c->request->end_us > open.item[i].to_us;
}

static bool is_unqualified(const struct check *c, struct fact *ret_limit, struct fact *ret_actual)
{
    int64_t until_us = c->request->qualified_until_us;
    *ret_limit = fact_instant(c->request->end_us);
    *ret_actual = until_us == INSTANT_NONE ? NO_FACT : fact_instant(until_us);
    return c->rules->needs_qualification &&
           (until_us == INSTANT_NONE || until_us < c->request->end_us);
}

/* ---------------------------------------------------------------- who may, and what is chosen */

static struct fact fact_texts(const struct check *c, struct texts list)
{
    if (list.count == 0)
        return NO_FACT;
    struct buf *joined = arena_alloc(c->arena, sizeof(*joined));
    arena_defer(c->arena, (void (*)(void *))buf_fini, joined);
    for (size_t i = 0; i < list.count; i++) {
        if (i > 0)
            buf_puts(joined, ", ");
        buf_str(joined, list.item[i]);
    }
    return fact_text(buf_view(joined));
}

static const struct cal_firm *known_firm(const struct check *c)
{
    return c->request->firm && c->request->firm->is_known ? c->request->firm : NULL;
}

static bool is_of_other_region(const struct check *c, struct fact *ret_limit,
                               struct fact *ret_actual)
{
    const struct cal_firm *firm = known_firm(c);
    struct texts regions = c->rules->regions;
    if (!c->request->firm || regions.count == 0 || (firm && texts_have(regions, firm->region)))
        return false;
    *ret_limit = fact_texts(c, regions);
    *ret_actual = firm ? fact_text(firm->region) : NO_FACT;
    return true;
}

static bool is_of_other_industry(const struct check *c, struct fact *ret_limit,
                                 struct fact *ret_actual)
{
    const struct cal_firm *firm = known_firm(c);
    struct texts industries = c->rules->industries;
    if (!c->request->firm || industries.count == 0 ||
        (firm && texts_begin(industries, firm->industry)))
        return false;
    *ret_limit = fact_texts(c, industries);
    *ret_actual = firm ? fact_text(firm->industry) : NO_FACT;
    return true;
}

static bool is_too_big(const struct check *c, struct fact *ret_limit, struct fact *ret_actual)
{
    const struct cal_firm *firm = known_firm(c);
    int64_t most = c->rules->head_count_max;
    *ret_limit = fact_int(most);
    *ret_actual = firm ? fact_int(firm->head_count) : NO_FACT;
    return c->request->firm && most != CAL_NO_LIMIT && (!firm || firm->head_count > most);
}

static bool is_of_other_group(const struct check *c, struct fact *ret_limit,
                              struct fact *ret_actual)
{
    const struct cal_firm *firm = c->request->firm;
    struct texts groups = c->rules->groups;
    bool is_in = !firm || groups.count == 0;
    for (size_t i = 0; i < groups.count && !is_in; i++)
        is_in = texts_have(firm->groups, groups.item[i]);
    if (is_in)
        return false;
    *ret_limit = fact_texts(c, groups);
    *ret_actual = fact_texts(c, firm->groups);
    return true;
}

static bool is_nothing_chosen(const struct check *c, struct fact *ret_limit,
                              struct fact *ret_actual)
{
    struct texts configurations = c->rules->configurations;
    if (configurations.count == 0 || c->request->configuration.ptr)
        return false;
    *ret_limit = fact_texts(c, configurations);
    *ret_actual = NO_FACT;
    return true;
}

static bool is_unknown_chosen(const struct check *c, struct fact *ret_limit,
                              struct fact *ret_actual)
{
    struct str chosen = c->request->configuration;
    if (!chosen.ptr || texts_have(c->rules->configurations, chosen))
        return false;
    *ret_limit = fact_texts(c, c->rules->configurations);
    *ret_actual = fact_text(chosen);
    return true;
}

static const struct rule policy[] = {
    {CODE_end_not_after_start, "/end", false, ASKED_ALWAYS, is_reversed},
    {CODE_in_the_past, "/start", false, ASKED_ALWAYS, is_past},
    {CODE_notice_too_short, "/start", true, ASKED_IN_FUTURE, is_too_soon},
    {CODE_beyond_horizon, "/start", true, ASKED_IN_FUTURE, is_too_far},
    {CODE_duration_too_short, "/end", true, ASKED_OF_SPAN, is_too_short},
    {CODE_duration_too_long, "/end", true, ASKED_OF_SPAN, is_too_long},
    {CODE_off_grid, "/start", true, ASKED_BOOKABLE, is_start_off_grid},
    {CODE_off_grid, "/end", true, ASKED_OF_SPAN, is_end_off_grid},
    {CODE_closed, "/start", true, ASKED_BOOKABLE, is_start_closed},
    {CODE_closed, "/end", true, ASKED_OF_SPAN, is_end_closed},
    {CODE_not_qualified, "/resource", true, ASKED_BOOKABLE, is_unqualified},
    {CODE_not_eligible, "/firm", true, ASKED_BOOKABLE, is_of_other_region},
    {CODE_not_eligible, "/firm", true, ASKED_BOOKABLE, is_of_other_industry},
    {CODE_not_eligible, "/firm", true, ASKED_BOOKABLE, is_too_big},
    {CODE_not_eligible, "/firm", true, ASKED_BOOKABLE, is_of_other_group},
    {CODE_missing_field, "/configuration", false, ASKED_BOOKABLE, is_nothing_chosen},
    {CODE_unknown_value, "/configuration", false, ASKED_BOOKABLE, is_unknown_chosen},
    {CODE_firm_blocked, "", true, ASKED_ALWAYS, is_firm_blocked},
    {CODE_not_bookable, "/resource", false, ASKED_ALWAYS, is_not_bookable},
};
_Static_assert(LEN(policy) <= CAL_OVERRIDES_MAX, "an override a rule must fit");

static bool is_asked(const struct check *c, enum asked asked)
{
    switch (asked) {
    case ASKED_ALWAYS:
        return true;
    case ASKED_BOOKABLE:
        return c->rules->is_bookable;
    case ASKED_IN_FUTURE:
        return c->rules->is_bookable && c->request->start_us >= c->now_us;
    case ASKED_OF_SPAN:
        return c->rules->is_bookable && c->request->end_us > c->request->start_us;
    }
    return true;
}

static void override_add(struct cal_overrides *overrides, enum code code)
{
    for (size_t i = 0; i < overrides->count; i++) {
        if (overrides->code[i] == code)
            return;
    }
    overrides->code[overrides->count++] = code;
}

int cal_policy_check(const struct cal_rules *rules, const struct cal_request *request,
                     int64_t now_us, struct problem *out, struct cal_overrides *ret_overrides)
{
    const struct check c = {rules, request, now_us, out->arena};
    int outcome = 0;
    ret_overrides->count = 0;
    for (size_t i = 0; i < LEN(policy); i++) {
        struct fact limit;
        struct fact actual;
        if (!is_asked(&c, policy[i].asked) || !policy[i].is_broken(&c, &limit, &actual))
            continue;
        if (request->is_override && policy[i].yields) {
            override_add(ret_overrides, policy[i].code);
            continue;
        }
        problem_add(out, policy[i].code, policy[i].pointer, limit, actual);
        outcome = CAL_E_REFUSED;
    }
    return outcome;
}

struct cal_span cal_claim_span(const struct cal_rules *rules, int64_t start_us, int64_t end_us)
{
    return (struct cal_span){start_us - rules->pad_before_s * US_PER_S,
                             end_us + rules->pad_after_s * US_PER_S};
}

int64_t cal_grid_up(const struct cal_rules *rules, int64_t at_us)
{
    struct cal_instants days = rules->day_starts;
    size_t day = cal_instants_latest(days, at_us);
    if (day == days.count)
        return INSTANT_NONE;
    int64_t grid_us = rules->grid_s * US_PER_S;
    int64_t past_us = (at_us - days.at_us[day]) % grid_us;
    if (past_us == 0)
        return at_us;
    int64_t next_us = at_us - past_us + grid_us;
    if (day + 1 < days.count && next_us > days.at_us[day + 1])
        return days.at_us[day + 1];
    return next_us;
}
