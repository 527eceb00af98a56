/* A wish for a booking: what it takes, what it costs to give it up, what has to be agreed to. */

#include "cmocka_all.h"

#include <string.h>

#include "base/instant.h"
#include "booking/wish.h"
#include "catalogue/snapshot.h"

#define HOUR_US (3600 * US_PER_S)
#define NOW_US  (INT64_C(1700000000) * US_PER_S)

/* A lab: resources 0 to 19 of one site, always open, each with one rule that allows everything. */
enum { RESOURCES = 20 };

struct lab {
    struct arena *arena;
    struct catalogue *catalogue;
    struct cat_site site;
    struct cal_span always;
    struct cat_resource resources[RESOURCES];
    struct cat_rule rules[RESOURCES];
    struct cat_firm firm;
    struct cat_person person, staff;
    struct problem problem;
    struct wish_ask ask;
};

static struct lab lab;

static int set_up(void **state unused_arg)
{
    memset(&lab, 0, sizeof(lab));
    lab.arena = arena_new();
    lab.catalogue = snapshot_new();
    lab.catalogue->resources = lab.resources;
    lab.catalogue->resource_count = RESOURCES;
    lab.always = (struct cal_span){NOW_US - 1000 * HOUR_US, NOW_US + 9000 * HOUR_US};
    lab.site.offer_expiry_s = 7200;
    for (size_t i = 0; i < RESOURCES; i++) {
        lab.rules[i] = (struct cat_rule){
            .validity = {INT64_MIN, INT64_MAX},
            .max_s = CAL_NO_LIMIT,
            .grid_s = 1,
            .horizon_s = CAL_NO_LIMIT,
            .head_count_max = CAL_NO_LIMIT,
            .unused_limit_s = CAL_NO_LIMIT,
            .never_used_limit_s = CAL_NO_LIMIT,
            .check_in_s = CAL_NO_LIMIT,
            .no_show_s = CAL_NO_LIMIT,
            .cancel_share = {0, 100},
            .no_show_share = {0, 100},
            .approval_expiry_s = 48 * 3600,
        };
        lab.resources[i] = (struct cat_resource){
            .id = {{(uint8_t)(i + 1)}},
            .site = &lab.site,
            .kind = STR("instrument"),
            .charge_basis = STR("used"),
            .is_active = true,
            .capacity = 1,
            .open = {&lab.always, 1},
            .open_on_holidays = {&lab.always, 1},
            .rules = &lab.rules[i],
            .rule_count = 1,
        };
    }
    lab.firm.id = (struct uuid){{100}};
    lab.person = (struct cat_person){.id = {{101}}, .firm = &lab.firm};
    lab.staff = (struct cat_person){.id = {{102}}};
    problem_init(&lab.problem, lab.arena);
    lab.ask = (struct wish_ask){
        .catalogue = lab.catalogue,
        .now_us = NOW_US,
        .by = &lab.person,
        .person = &lab.person,
        .firm = &lab.firm,
        .resource = &lab.resources[0],
        .start_us = NOW_US + 100 * HOUR_US,
        .end_us = NOW_US + 102 * HOUR_US,
        .has_price = true,
        .fee = 10000,
        .price = STR("{}"),
    };
    return 0;
}

static int tear_down(void **state unused_arg)
{
    catalogue_unref(lab.catalogue);
    arena_free(lab.arena);
    return 0;
}

static struct wish make(int expected)
{
    struct wish wish;
    int outcome = wish_make(&lab.ask, lab.arena, &lab.problem, &wish);
    assert_int_equal(outcome, expected);
    return wish;
}

static bool claims(const struct wish *wish, size_t resource)
{
    const struct uuid *ids = wish->claims.items;
    for (size_t i = 0; i < wish->claims.count; i++) {
        if (uuid_eq(ids[i], lab.resources[resource].id))
            return true;
    }
    return false;
}

/* ---------------------------------------------------------------- fees and deadlines */

static void test_fees(void **state unused_arg)
{
    static const struct {
        int64_t fixed;
        struct ratio share;
        int64_t price, expected;
    } table[] = {
        {0, {0, 100}, 10000, 0},
        {4575, {0, 100}, 10000, 4575},
        {0, {50, 100}, 10000, 5000},
        {0, {1, 3}, 10001, 3334},         /* 3333.67 */
        {0, {1, 2}, 10001, 5001},         /* half away from zero */
        {3000, {100, 100}, 10000, 10000}, /* at most the price */
        {30000, {0, 100}, 10000, 30000},  /* unless the fixed part is more */
        {30000, {100, 100}, 10000, 30000},
        {0, {1, 1}, 0, 0},
        {0, {999999, 1000000}, 1000000000000000, 999999000000000},
    };
    for (size_t i = 0; i < LEN(table); i++) {
        lab.rules[0].cancel_fee = lab.rules[0].no_show_fee = table[i].fixed;
        lab.rules[0].cancel_share = lab.rules[0].no_show_share = table[i].share;
        lab.ask.fee = table[i].price;
        struct wish wish = make(0);
        assert_int_equal(wish.late_fee, table[i].expected);
        assert_int_equal(wish.no_show_fee, wish.late_fee);
    }
}

static void test_deadlines(void **state unused_arg)
{
    struct cat_rule *rule = &lab.rules[0];
    struct wish wish = make(0);
    assert_int_equal(wish.locked_from_us, INSTANT_NONE);
    assert_int_equal(wish.free_until_us, lab.ask.start_us);
    assert_int_equal(wish.check_in_from_us, INSTANT_NONE);
    assert_int_equal(wish.no_show_at_us, INSTANT_NONE);
    assert_false(wish.finishes_itself);

    rule->lock_s = 3600;
    rule->cancel_free_s = 7200;
    rule->check_in_s = 600;
    rule->no_show_s = 900;
    lab.resources[0].charge_basis = STR("reserved");
    wish = make(0);
    assert_int_equal(wish.locked_from_us, lab.ask.start_us - HOUR_US);
    assert_int_equal(wish.free_until_us, lab.ask.start_us - 2 * HOUR_US);
    assert_int_equal(wish.check_in_from_us, lab.ask.start_us - 600 * US_PER_S);
    assert_int_equal(wish.no_show_at_us, lab.ask.start_us + 900 * US_PER_S);
    assert_true(wish.finishes_itself);

    lab.ask.mode = WISH_COMMISSIONED;
    assert_int_equal(make(0).no_show_at_us, INSTANT_NONE);
}

static void test_approvals(void **state unused_arg)
{
    const struct str first[] = {STR("technician"), STR("finance")};
    const struct str second[] = {STR("finance"), STR("approver")};
    lab.rules[0].approvals = (struct texts){first, 2};
    lab.rules[1].approvals = (struct texts){second, 2};
    lab.ask.with[lab.ask.with_count++] = &lab.resources[1];
    struct wish wish = make(0);
    const struct str *roles = wish.approvals.items;
    assert_int_equal(wish.approvals.count, 3);
    assert_true(str_eq_c(roles[0], "technician") && str_eq_c(roles[1], "finance"));
    assert_true(str_eq_c(roles[2], "approver"));
    assert_true(str_eq_c(wish.status, "pending"));
    assert_int_equal(wish.expires_us, NOW_US + 48 * HOUR_US);

    lab.ask.start_us = NOW_US + HOUR_US;
    assert_int_equal(make(0).expires_us, NOW_US + HOUR_US); /* never beyond the start */
    lab.ask.is_offer = true;
    assert_true(str_eq_c(make(0).status, "offered"));
    lab.ask.is_offer = false;
    lab.ask.keeps_approvals = true;
    assert_true(str_eq_c(make(0).status, "confirmed"));
    lab.ask.keeps_approvals = false;
    lab.ask.by = &lab.staff;
    assert_true(str_eq_c(make(0).status, "pending"));
    lab.ask.override_reason = STR("agreed");
    wish = make(0);
    assert_true(str_eq_c(wish.status, "confirmed"));
    assert_int_equal(wish.approvals.count, 0);
}

/* ---------------------------------------------------------------- what it takes */

static void test_parts_are_taken_once(void **state unused_arg)
{
    static const struct cat_resource *parts[2];
    parts[0] = &lab.resources[2];
    parts[1] = &lab.resources[3];
    lab.resources[0].parts = parts; /* 2 and 3 */
    lab.resources[0].part_count = 2;
    lab.resources[0].capacity = 0;
    lab.resources[1].parts = parts; /* 2 */
    lab.resources[1].part_count = 1;
    lab.ask.with[0] = &lab.resources[1];
    lab.ask.with[1] = &lab.resources[3];
    lab.ask.with_count = 2;
    struct wish wish = make(0);
    assert_false(claims(&wish, 0)); /* no unit of its own */
    assert_int_equal(wish.claims.count, 3);
    assert_true(claims(&wish, 1) && claims(&wish, 2) && claims(&wish, 3));
    assert_int_equal(wish.also.count, 2);
}

static void test_pads(void **state unused_arg)
{
    lab.rules[0].pad_before_s = 600;
    lab.rules[1].pad_before_s = 60;
    lab.resources[2].rule_count = 0; /* a part without rules: padded as the main one */
    static const struct cat_resource *parts[1];
    parts[0] = &lab.resources[2];
    lab.resources[0].parts = parts;
    lab.resources[0].part_count = 1;
    lab.ask.with[lab.ask.with_count++] = &lab.resources[1];
    struct wish wish = make(0);
    const int64_t *from = wish.claim_from.items;
    assert_int_equal(wish.claim_from.count, 3);
    assert_int_equal(from[0], lab.ask.start_us - 600 * US_PER_S);
    assert_int_equal(from[1], lab.ask.start_us - 600 * US_PER_S);
    assert_int_equal(from[2], lab.ask.start_us - 60 * US_PER_S);
}

static void test_what_can_not_be_asked_for(void **state unused_arg)
{
    static const struct cat_resource *parts[CAL_MEMBERS_MAX];
    static struct cat_site elsewhere;
    static struct cat_resource there;

    lab.ask.mode = WISH_ASSISTED; /* there is no operator */
    make(WISH_E_HOPELESS);
    assert_int_equal(lab.problem.violation[0].code, CODE_not_bookable);
    lab.ask.mode = WISH_SELF;

    there = lab.resources[1];
    there.site = &elsewhere;
    lab.ask.with[0] = &there;
    lab.ask.with[1] = &lab.resources[0];
    lab.ask.with_count = 2;
    make(WISH_E_HOPELESS);
    assert_int_equal(lab.problem.violation[1].code, CODE_unknown_value);
    assert_int_equal(lab.problem.violation[2].code, CODE_duplicate);
    lab.ask.with_count = 0;

    for (size_t i = 0; i < LEN(parts); i++)
        parts[i] = &lab.resources[i + 1];
    lab.resources[0].parts = parts;
    lab.resources[0].part_count = LEN(parts);
    make(WISH_E_HOPELESS);
    assert_int_equal(lab.problem.violation[3].code, CODE_too_large);
    assert_int_equal(lab.problem.violation[3].actual.number, CAL_MEMBERS_MAX + 1);
    lab.resources[0].part_count = 0;

    lab.ask.end_us = lab.ask.start_us + WISH_SPAN_MAX_US + US_PER_S;
    make(WISH_E_HOPELESS);
    assert_int_equal(lab.problem.violation[4].code, CODE_duration_too_long);
    lab.ask.end_us = lab.ask.start_us;
    make(WISH_E_HOPELESS);
    assert_int_equal(lab.problem.violation[5].code, CODE_end_not_after_start);
}

static void test_an_operator_goes_along(void **state unused_arg)
{
    lab.resources[5].kind = STR("operator");
    lab.resources[5].rule_count = 0;
    lab.ask.mode = WISH_ASSISTED;
    struct wish wish = make(0);
    const struct str *pointers = wish.claim_pointers.items;
    assert_true(claims(&wish, 5));
    assert_true(str_eq_c(pointers[1], "/mode"));
    assert_int_equal(wish.also.count, 1);
}

static void test_rules_of_all_are_told(void **state unused_arg)
{
    lab.rules[0].min_s = lab.rules[1].min_s = 4 * 3600;
    lab.rules[1].needs_qualification = true;
    lab.firm.is_blocked = true;
    lab.ask.with[lab.ask.with_count++] = &lab.resources[1];
    make(WISH_E_REFUSED);
    static const struct {
        enum code code;
        const char *pointer;
    } expected[] = {
        {CODE_duration_too_short, "/end"},
        {CODE_firm_blocked, ""},
        {CODE_duration_too_short, "/with/0"},
        {CODE_not_qualified, "/with/0"},
    };
    assert_int_equal(lab.problem.count, LEN(expected));
    for (size_t i = 0; i < LEN(expected); i++) {
        assert_int_equal(lab.problem.violation[i].code, expected[i].code);
        assert_true(str_eq_c(lab.problem.violation[i].pointer, expected[i].pointer));
    }
}

/* ---------------------------------------------------------------- for SQL */

static void test_parameters_and_json_agree(void **state unused_arg)
{
    struct pg_param params[WISH_PARAMS];
    struct buf text = {0};
    struct jsonw w = jsonw(&text);
    const struct json *json;
    const char *fault;
    struct wish wish = make(0);
    assert_int_equal(wish_params(&wish, params), WISH_PARAMS);
    wish_json(&wish, &w);
    assert_int_equal(json_parse(buf_view(&text), lab.arena, &json, &fault), 0);
    assert_int_equal(json_count(json), WISH_PARAMS);
    const struct json *member = json_first(json);
    for (size_t i = 0; i < WISH_PARAMS; i++, member = json_next(member)) {
        bool is_list = params[i].kind >= PG_INT_ARRAY;
        assert_int_equal(json_type(member) == JSON_ARRAY, is_list);
        if (is_list)
            assert_int_equal(json_count(member), params[i].count);
        if (params[i].kind == PG_INT)
            assert_int_equal(json_int(member), params[i].number);
        if (params[i].kind == PG_NULL)
            assert_int_equal(json_type(member), JSON_NULL);
    }
    buf_fini(&text);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_fees),
        TEST(test_deadlines),
        TEST(test_approvals),
        TEST(test_parts_are_taken_once),
        TEST(test_pads),
        TEST(test_what_can_not_be_asked_for),
        TEST(test_an_operator_goes_along),
        TEST(test_rules_of_all_are_told),
        TEST(test_parameters_and_json_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
