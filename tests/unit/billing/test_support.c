#include "billing/support.h"

#include <string.h>

#include "fixture.h"

#define FUNDERS 3

/* The nation, the city and a third one. */
static struct bill_funder funders[FUNDERS] = {
    {.id = {{1}}, .code = {"national", 8}, .weight = 50},
    {.id = {{2}}, .code = {"city", 4}, .weight = 30},
    {.id = {{3}}, .code = {"fund", 4}, .weight = 20},
};

static struct bill_programme percent(int64_t rate, size_t funder_count)
{
    return (struct bill_programme){
        .code = STR("voucher"),
        .name = STR("Voucher"),
        .valid_from_day = INT32_MIN,
        .valid_to_day = INT32_MAX,
        .priority = 1,
        .rate = {rate, 100},
        .draws_partially = true,
        .head_count_max = BILL_NO_LIMIT,
        .funders = funders,
        .funder_count = funder_count,
    };
}

static const struct bill_firm unknown_firm = {.is_known = false};

static void support_of(struct arena *arena, const struct bill_programme *programmes,
                       struct bill_funds *funds, size_t count, int64_t fee,
                       struct bill_support *ret)
{
    assert_int_equal(
        bill_support(programmes, funds, count, &unknown_firm, BASE_DAY, fee, arena, ret), 0);
    assert_int_equal(ret->own_share, fee - ret->total);
}

static void funders_share_by_largest_remainder(void **state)
{
    static const struct {
        int64_t rate, fee;
        size_t funder_count;
        int64_t weights[FUNDERS], shares[FUNDERS];
    } rows[] = {
        {80, 100000, 2, {50, 30}, {50000, 30000}},
        {100, 10001, 3, {50, 30, 20}, {5001, 3000, 2000}},
        {100, 10, 3, {1, 1, 1}, {4, 3, 3}},
        {100, 5, 3, {1, 1, 1}, {2, 2, 1}},
        {100, 7, 3, {0, 1, 0}, {0, 7, 0}},
        {50, 3333, 1, {1}, {1667}},
        {70, 0, 1, {1}, {0}},
    };
    for (size_t i = 0; i < LEN(rows); i++) {
        int64_t left[] = {1000000, 1000000, 1000000};
        struct bill_funder own[FUNDERS];
        struct bill_funds funds = {BILL_NO_LIMIT, left};
        struct bill_programme programme = percent(rows[i].rate, rows[i].funder_count);
        struct bill_support support;
        memcpy(own, funders, sizeof(own));
        for (size_t j = 0; j < rows[i].funder_count; j++)
            own[j].weight = rows[i].weights[j];
        programme.funders = own;
        support_of(*state, &programme, &funds, 1, rows[i].fee, &support);
        for (size_t j = 0; j < rows[i].funder_count; j++) {
            assert_int_equal(support.grants[0].shares[j], rows[i].shares[j]);
            assert_int_equal(left[j], 1000000 - rows[i].shares[j]);
        }
        assert_int_equal(support.grants[0].cut_count, 0);
    }
}

static void assert_cut(const struct bill_grant *grant, size_t i, enum bill_cut_reason reason,
                       const struct bill_funder *funder, int64_t amount)
{
    assert_true(i < grant->cut_count);
    assert_int_equal(grant->cuts[i].reason, reason);
    assert_ptr_equal(grant->cuts[i].funder, funder);
    assert_int_equal(grant->cuts[i].amount, amount);
}

static void a_dry_budget_leaves_the_rest_to_the_firm(void **state)
{
    int64_t left[] = {10000};
    struct bill_funds funds = {BILL_NO_LIMIT, left};
    struct bill_programme programme = percent(60, 1);
    struct bill_support support;
    support_of(*state, &programme, &funds, 1, 20000, &support);
    assert_int_equal(support.total, 10000);
    assert_int_equal(support.own_share, 10000);
    assert_int_equal(support.grants[0].wanted, 12000);
    assert_cut(&support.grants[0], 0, BILL_CUT_BUDGET, &funders[0], 2000);
    assert_string_equal(bill_cut_name(BILL_CUT_BUDGET), "budget_exhausted");

    support_of(*state, &programme, &funds, 1, 20000, &support);
    assert_int_equal(support.total, 0);
    left[0] = -5; /* never drawn on */
    support_of(*state, &programme, &funds, 1, 20000, &support);
    assert_int_equal(support.total, 0);
    assert_int_equal(left[0], -5);
}

/* Three usages each want 50,000 of 120,000. */
static void what_one_draws_the_next_does_not_find(void **state)
{
    int64_t left[] = {120000};
    struct bill_funds funds = {BILL_NO_LIMIT, left};
    struct bill_programme programme = percent(50, 1);
    const int64_t expected[] = {50000, 50000, 20000};
    for (size_t i = 0; i < LEN(expected); i++) {
        struct bill_support support;
        support_of(*state, &programme, &funds, 1, 100000, &support);
        assert_int_equal(support.total, expected[i]);
    }
    assert_int_equal(left[0], 0);
}

static void a_whole_fee_is_paid_once(void **state)
{
    int64_t first_left[] = {1000000};
    int64_t second_left[] = {1000000};
    struct bill_funds funds[] = {{BILL_NO_LIMIT, first_left}, {BILL_NO_LIMIT, second_left}};
    struct bill_programme programmes[] = {percent(60, 1), percent(60, 1)};
    struct bill_support support;
    support_of(*state, programmes, funds, 2, 1000, &support);
    assert_int_equal(support.grants[0].amount, 600);
    assert_int_equal(support.grants[1].amount, 400);
    assert_cut(&support.grants[1], 0, BILL_CUT_WHOLE_FEE, NULL, 200);
    assert_int_equal(support.own_share, 0);

    /* Priority, not the order of the list, decides who is first; each keeps its own funds. */
    programmes[0].priority = 2;
    support_of(*state, programmes, funds, 2, 1000, &support);
    assert_ptr_equal(support.grants[0].programme, &programmes[1]);
    assert_int_equal(support.grants[0].amount, 600);
    assert_int_equal(first_left[0], 1000000 - 600 - 400);
    assert_int_equal(second_left[0], 1000000 - 400 - 600);
}

static void the_firms_cap_is_kept(void **state)
{
    int64_t left[] = {1000000};
    struct bill_funds funds = {5000, left};
    struct bill_programme programme = percent(60, 1);
    struct bill_support support;
    support_of(*state, &programme, &funds, 1, 6000, &support);
    assert_int_equal(support.total, 3600);
    assert_int_equal(funds.firm_left, 1400);
    support_of(*state, &programme, &funds, 1, 6000, &support);
    assert_int_equal(support.total, 1400);
    assert_cut(&support.grants[0], 0, BILL_CUT_FIRM_CAP, NULL, 2200);
    assert_int_equal(funds.firm_left, 0);
}

static void loose_funders_pay_alone(void **state)
{
    int64_t left[] = {1000000, 100, 1000000};
    struct bill_funds funds = {BILL_NO_LIMIT, left};
    struct bill_programme programme = percent(100, 3);
    struct bill_support support;
    support_of(*state, &programme, &funds, 1, 1000, &support);
    assert_int_equal(support.grants[0].shares[0], 500);
    assert_int_equal(support.grants[0].shares[1], 100);
    assert_int_equal(support.grants[0].shares[2], 200);
    assert_cut(&support.grants[0], 0, BILL_CUT_BUDGET, &funders[1], 200);
}

static void strict_funders_shrink_together(void **state)
{
    int64_t left[] = {1000000, 150, 1000000};
    struct bill_funds funds = {BILL_NO_LIMIT, left};
    struct bill_programme programme = percent(100, 3);
    struct bill_support support;
    programme.matching = BILL_STRICT;
    support_of(*state, &programme, &funds, 1, 1000, &support);
    assert_int_equal(support.total, 500);
    assert_int_equal(support.grants[0].shares[0], 250);
    assert_int_equal(support.grants[0].shares[1], 150);
    assert_int_equal(support.grants[0].shares[2], 100);
    assert_cut(&support.grants[0], 0, BILL_CUT_BUDGET, &funders[1], 150);
    assert_cut(&support.grants[0], 1, BILL_CUT_MATCHING, &funders[1], 350);

    /* A budget beyond all need limits nobody, however large. */
    left[0] = INT64_MAX;
    left[1] = 30;
    support_of(*state, &programme, &funds, 1, 1000, &support);
    assert_int_equal(support.total, 100);
    assert_int_equal(left[0], INT64_MAX - 50);
}

static void some_programmes_give_all_or_nothing(void **state)
{
    int64_t left[] = {1000, 299, 1000};
    struct bill_funds funds = {BILL_NO_LIMIT, left};
    struct bill_programme programme = percent(100, 3);
    struct bill_support support;
    programme.draws_partially = false;
    support_of(*state, &programme, &funds, 1, 1000, &support);
    assert_int_equal(support.total, 0);
    assert_cut(&support.grants[0], 0, BILL_CUT_ALL_OR_NOTHING, &funders[1], 1000);
    assert_int_equal(left[0], 1000);
    left[1] = 300;
    support_of(*state, &programme, &funds, 1, 1000, &support);
    assert_int_equal(support.total, 1000);
}

static void conditions_are_all_named(void **state)
{
    (void)state;
    const struct str regions[] = {STR("sincheon"), STR("daeya")};
    const struct str industries[] = {STR("C25"), STR("C29")};
    struct bill_programme programme = percent(60, 1);
    programme.regions = (struct texts){regions, LEN(regions)};
    programme.industries = (struct texts){industries, LEN(industries)};
    programme.head_count_max = 9;
    programme.valid_from_day = BASE_DAY;
    programme.valid_to_day = BASE_DAY + 1;
    static const struct {
        struct bill_firm firm;
        int32_t day;
        unsigned bars;
    } rows[] = {
        {{true, {"daeya", 5}, {"C29", 3}, 9}, BASE_DAY, 0},
        {{true, {"daeya", 5}, {"C25911", 6}, 0}, BASE_DAY, 0},
        {{true, {"daeya", 5}, {"C2", 2}, 9}, BASE_DAY, BILL_BAR_INDUSTRY},
        {{true, {"daeyadong", 9}, {"C25", 3}, 9}, BASE_DAY, BILL_BAR_REGION},
        {{true, {"daeya", 5}, {"C25", 3}, 10}, BASE_DAY, BILL_BAR_HEAD_COUNT},
        {{true, {"daeya", 5}, {"C25", 3}, 9}, BASE_DAY - 1, BILL_BAR_NOT_IN_FORCE},
        {{true, {"daeya", 5}, {"C25", 3}, 9}, BASE_DAY + 1, BILL_BAR_NOT_IN_FORCE},
        {{true, {"seoul", 5}, {"G46", 3}, 50},
         BASE_DAY,
         BILL_BAR_REGION | BILL_BAR_INDUSTRY | BILL_BAR_HEAD_COUNT},
        {{false, {NULL, 0}, {NULL, 0}, 0}, BASE_DAY, BILL_BAR_NO_FACTS},
    };
    for (size_t i = 0; i < LEN(rows); i++) {
        unsigned bars;
        bool is_eligible = bill_eligible(&programme, &rows[i].firm, rows[i].day, &bars);
        assert_int_equal(bars, rows[i].bars);
        assert_int_equal(is_eligible, rows[i].bars == 0);
    }
    unsigned bars;
    programme = percent(60, 1); /* no condition: nothing needs to be known */
    assert_true(bill_eligible(&programme, &unknown_firm, BASE_DAY, &bars));
}

static void a_barred_programme_draws_nothing(void **state)
{
    int64_t left[] = {1000};
    struct bill_funds funds = {1000, left};
    struct bill_programme programme = percent(60, 1);
    struct bill_support support;
    programme.head_count_max = 9;
    support_of(*state, &programme, &funds, 1, 1000, &support);
    assert_int_equal(support.total, 0);
    assert_int_equal(support.grants[0].bars, BILL_BAR_NO_FACTS);
    assert_int_equal(left[0], 1000);
    assert_int_equal(funds.firm_left, 1000);
}

static void impossible_programmes_are_refused(void **state)
{
    int64_t left[] = {1000, 1000, 1000};
    struct bill_funds funds = {BILL_NO_LIMIT, left};
    struct bill_programme programme = percent(60, 1);
    struct bill_funder weightless = {.code = {"none", 4}, .weight = 0};
    struct bill_support support;
    assert_int_equal(
        bill_support(&programme, &funds, 1, &unknown_firm, BASE_DAY, -1, *state, &support),
        BILL_E_RANGE);
    programme.funders = &weightless;
    assert_int_equal(
        bill_support(&programme, &funds, 1, &unknown_firm, BASE_DAY, 100, *state, &support),
        BILL_E_RANGE);
    weightless.weight = INT64_C(1) << 40;
    assert_int_equal(
        bill_support(&programme, &funds, 1, &unknown_firm, BASE_DAY, 100, *state, &support),
        BILL_E_RANGE);
    programme.funder_count = 0; /* nobody pays */
    support_of(*state, &programme, &funds, 1, 100, &support);
    assert_int_equal(support.total, 0);
    assert_cut(&support.grants[0], 0, BILL_CUT_BUDGET, NULL, 60);
}

/* The exact share of nobody passes its budget, and one won more would pass somebody's. */
static void assert_matched(const struct bill_grant *grant, const int64_t *left_before)
{
    int64_t weights = 0;
    bool is_tight = grant->cut_count == 0;
    for (size_t i = 0; i < FUNDERS; i++)
        weights += grant->programme->funders[i].weight;
    for (size_t i = 0; i < FUNDERS; i++) {
        int64_t weight = grant->programme->funders[i].weight;
        if ((grant->amount + 1) * weight > left_before[i] * weights)
            is_tight = true;
    }
    assert_true(is_tight || grant->cuts[0].reason == BILL_CUT_WHOLE_FEE ||
                grant->cuts[0].reason == BILL_CUT_FIRM_CAP);
}

static void assert_grant(const struct bill_grant *grant, const int64_t *left_before,
                         const int64_t *left_after)
{
    int64_t shares = 0;
    int64_t cuts = 0;
    bool is_refused = false;
    for (size_t i = 0; i < FUNDERS; i++) {
        assert_true(grant->shares[i] >= 0);
        assert_true(grant->shares[i] <= left_before[i]);
        assert_int_equal(left_after[i], left_before[i] - grant->shares[i]);
        shares += grant->shares[i];
    }
    for (size_t i = 0; i < grant->cut_count; i++) {
        assert_true(grant->cuts[i].amount > 0);
        cuts += grant->cuts[i].amount;
        is_refused = is_refused || grant->cuts[i].reason == BILL_CUT_ALL_OR_NOTHING;
        if (!grant->programme->draws_partially)
            assert_int_not_equal(grant->cuts[i].reason, BILL_CUT_BUDGET);
    }
    assert_int_equal(grant->amount, shares);
    assert_int_equal(grant->amount, grant->wanted - cuts);
    if (is_refused)
        assert_int_equal(grant->amount, 0);
    if (grant->programme->matching == BILL_STRICT && grant->programme->draws_partially)
        assert_matched(grant, left_before);
}

static void parts_always_add_up(void **state)
{
    uint64_t seed = 4711;
    for (int round = 0; round < 5000; round++) {
        struct bill_programme programmes[3];
        struct bill_funder own[3][FUNDERS];
        struct bill_funds funds[3];
        int64_t left[3][FUNDERS];
        int64_t before[3][FUNDERS];
        struct bill_support support;
        int64_t fee = random_below(&seed, 200000);
        for (size_t i = 0; i < 3; i++) {
            programmes[i] = percent(0, FUNDERS);
            programmes[i].rate = (struct ratio){random_below(&seed, 1000), 999};
            programmes[i].priority = random_below(&seed, 2);
            programmes[i].matching = random_below(&seed, 2) ? BILL_STRICT : BILL_LOOSE;
            programmes[i].draws_partially = random_below(&seed, 4) > 0;
            programmes[i].funders = own[i];
            for (size_t j = 0; j < FUNDERS; j++) {
                own[i][j] = funders[j];
                own[i][j].weight = random_below(&seed, 9) + (j == 0);
                left[i][j] = random_below(&seed, 80000);
            }
            funds[i] = (struct bill_funds){
                random_below(&seed, 3) ? BILL_NO_LIMIT : random_below(&seed, 90000), left[i]};
        }
        memcpy(before, left, sizeof(left));
        support_of(*state, programmes, funds, 3, fee, &support);
        int64_t total = 0;
        for (size_t i = 0; i < 3; i++) {
            size_t which = (size_t)(support.grants[i].programme - programmes);
            assert_grant(&support.grants[i], before[which], left[which]);
            assert_true(funds[which].firm_left >= 0);
            total += support.grants[i].amount;
        }
        assert_int_equal(total, support.total);
        assert_true(support.total >= 0 && support.total <= fee);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ARENA_TEST(funders_share_by_largest_remainder),
        ARENA_TEST(a_dry_budget_leaves_the_rest_to_the_firm),
        ARENA_TEST(what_one_draws_the_next_does_not_find),
        ARENA_TEST(a_whole_fee_is_paid_once),
        ARENA_TEST(the_firms_cap_is_kept),
        ARENA_TEST(loose_funders_pay_alone),
        ARENA_TEST(strict_funders_shrink_together),
        ARENA_TEST(some_programmes_give_all_or_nothing),
        ARENA_TEST(conditions_are_all_named),
        ARENA_TEST(a_barred_programme_draws_nothing),
        ARENA_TEST(impossible_programmes_are_refused),
        ARENA_TEST(parts_always_add_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
