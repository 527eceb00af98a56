#include "billing/absence.h"

#include <string.h>

#include "billing/explain.h"
#include "fixture.h"

static struct bill_absence late(int64_t agreed, int64_t resold_s, int64_t fee)
{
    return (struct bill_absence){
        .kind = BILL_LATE_CANCELLATION,
        .booking = {{5}},
        .booked = {CLOCK(10, 0), CLOCK(12, 0)},
        .since_us = CLOCK(8, 0),
        .agreed = agreed,
        .resold_s = resold_s,
        .fee = fee,
    };
}

static struct bill_item item_of(const struct bill_tariff *tariff,
                                const struct bill_absence *absence)
{
    return (struct bill_item){
        .usage = {.service_us = CLOCK(10, 0), .absence = absence},
        .tariffs = tariff,
        .tariff_count = 1,
        .service_day = BASE_DAY,
    };
}

static const struct bill_terms terms = {{{10, 100}, BILL_BASE_FULL_FEE, ROUND_FLOOR}, 1};

/* Neither set-up nor minimum come on top of it, and the programme that would pay a use pays none.
 */
static void absence_is_one_unsupported_line(void **state)
{
    const struct bill_funder funder = {.id = {{1}}, .code = STR("city"), .weight = 1};
    const struct bill_programme programme = {
        .valid_from_day = INT32_MIN,
        .valid_to_day = INT32_MAX,
        .rate = {1, 2},
        .draws_partially = true,
        .head_count_max = BILL_NO_LIMIT,
        .funders = &funder,
        .funder_count = 1,
    };
    int64_t left = 1000000;
    struct bill_funds funds = {BILL_NO_LIMIT, &left};
    struct bill_tariff tariff = hourly(20000);
    tariff.setup_fee = 500;
    tariff.minimum_fee = 30000;
    tariff.charges_unused = true;
    const struct bill_absence absence = late(10000, 0, 10000);
    struct bill_item item = item_of(&tariff, &absence);
    item.programmes = &programme;
    item.programme_count = 1;
    item.funds = &funds;
    struct bill_invoice invoice;
    assert_int_equal(bill_quote(&terms, &item, *state, &invoice), 0);
    assert_int_equal(invoice.line_count, 1);
    assert_int_equal(invoice.lines[0].kind, BILL_LINE_FEE);
    assert_int_equal(invoice.lines[0].fee, 10000);
    assert_int_equal(invoice.lines[0].own_share, 10000);
    assert_int_equal(invoice.support, 0);
    assert_int_equal(invoice.supports[0].grant_count, 0);
    assert_int_equal(invoice.tax, 1000);
    assert_int_equal(invoice.total, 11000);
    assert_int_equal(left, 1000000);
}

static void its_tax_is_the_tariffs_of_that_day(void **state)
{
    struct bill_tariff tariffs[] = {hourly(1), hourly(1)};
    tariffs[0].valid.to_us = CLOCK(10, 0);
    tariffs[1].valid.from_us = CLOCK(10, 0);
    tariffs[1].tax_kind = BILL_EXEMPT;
    const struct bill_absence absence = late(10000, 0, 10000);
    struct bill_item item = item_of(tariffs, &absence);
    struct bill_invoice invoice;
    item.tariff_count = LEN(tariffs);
    assert_int_equal(bill_quote(&terms, &item, *state, &invoice), 0);
    assert_ptr_equal(invoice.lines[0].tariff, &tariffs[1]);
    assert_int_equal(invoice.tax, 0);
    item.tariff_count = 0;
    assert_int_equal(bill_quote(&terms, &item, *state, &invoice), BILL_E_UNPRICED);
}

static void what_was_credited_whole_has_no_line(void **state)
{
    struct bill_tariff tariff = hourly(20000);
    const struct bill_absence absence = late(10000, 7200, 0);
    struct bill_item item = item_of(&tariff, &absence);
    struct bill_invoice invoice;
    assert_int_equal(bill_quote(&terms, &item, *state, &invoice), 0);
    assert_int_equal(invoice.line_count, 0);
    assert_int_equal(invoice.total, 0);
}

static void assert_sentence(const struct bill_absence *absence, enum language language,
                            const char *expected)
{
    struct buf text = {0};
    bill_absence_sentence(absence, "KRW", language, &text);
    assert_string_equal(text.data, expected);
    buf_fini(&text);
}

static void a_fee_is_a_sentence(void **state)
{
    (void)state;
    struct bill_absence absence = late(10000, 3600, 5000);
    assert_sentence(&absence, LANG_EN,
                    "Late cancellation, 2 h booked: 5,000 KRW (10,000 KRW, less 5,000 KRW for 1 h "
                    "that others used)");
    assert_sentence(&absence, LANG_KO,
                    "예약 취소 수수료(예약 2시간): 5,000원 (10,000원에서 다른 기업이 이용한 "
                    "1시간분 5,000원 차감)");
    absence = late(10000, 0, 10000);
    absence.kind = BILL_NO_SHOW;
    assert_sentence(&absence, LANG_EN, "No-show, 2 h booked: 10,000 KRW");
    assert_sentence(&absence, LANG_KO, "미이용(노쇼) 수수료(예약 2시간): 10,000원");
}

static void what_a_dispute_took_off_is_said(void **state)
{
    (void)state;
    struct bill_absence absence = late(10000, 3600, 3000);
    absence.waived = 2000;
    assert_sentence(&absence, LANG_EN,
                    "Late cancellation, 2 h booked: 3,000 KRW (10,000 KRW, less 5,000 KRW for 1 h "
                    "that others used, less 2,000 KRW after a dispute)");
    assert_sentence(&absence, LANG_KO,
                    "예약 취소 수수료(예약 2시간): 3,000원 (10,000원에서 다른 기업이 이용한 "
                    "1시간분 5,000원, 이의 신청에 따른 2,000원 차감)");
    absence = late(10000, 0, 4000);
    absence.waived = 6000;
    assert_sentence(&absence, LANG_EN,
                    "Late cancellation, 2 h booked: 4,000 KRW (10,000 KRW, less 6,000 KRW after a "
                    "dispute)");
    assert_sentence(&absence, LANG_KO,
                    "예약 취소 수수료(예약 2시간): 4,000원 (10,000원에서 이의 신청에 따른 6,000원 "
                    "차감)");
}

static void a_fee_is_data(void **state)
{
    struct bill_tariff tariff = hourly(20000);
    struct bill_absence absence = late(10000, 3600, 5000);
    struct bill_item item = item_of(&tariff, &absence);
    struct bill_invoice invoice;
    struct buf text = {0};
    struct jsonw w = jsonw(&text);
    assert_int_equal(bill_quote(&terms, &item, *state, &invoice), 0);
    bill_explain_line(&invoice.lines[0], "KRW", &w, NULL);
    assert_null(strstr(text.data, "waived"));
    assert_non_null(strstr(text.data, "\"kind\":\"fee\""));
    assert_non_null(strstr(text.data, "\"absence\":\"late_cancellation\""));
    assert_non_null(strstr(text.data, "\"agreed\":10000,\"resold_s\":3600,\"credit\":5000"));
    assert_non_null(strstr(text.data, "\"en\":\"Late cancellation, 2 h booked"));
    absence.waived = 2000;
    absence.fee = 3000;
    buf_reset(&text);
    w = jsonw(&text);
    bill_explain_line(&invoice.lines[0], "KRW", &w, NULL);
    assert_non_null(strstr(text.data, "\"credit\":5000,\"waived\":2000"));
    buf_fini(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ARENA_TEST(absence_is_one_unsupported_line),
        ARENA_TEST(its_tax_is_the_tariffs_of_that_day),
        ARENA_TEST(what_was_credited_whole_has_no_line),
        ARENA_TEST(a_fee_is_a_sentence),
        ARENA_TEST(what_a_dispute_took_off_is_said),
        ARENA_TEST(a_fee_is_data),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
