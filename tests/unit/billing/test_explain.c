#include "base/figure.h"
#include "billing/explain.h"

#include <string.h>

#include "billing/wording.h"
#include "fixture.h"

static void assert_text(struct buf *text, const char *expected)
{
    assert_string_equal(text->data != NULL ? text->data : "", expected);
    buf_reset(text);
}

static void people_read_numbers(void **state)
{
    struct buf text = {0};
    (void)state;
    figure_count(&text, 1234567);
    assert_text(&text, "1,234,567");
    figure_count(&text, -1000);
    assert_text(&text, "-1,000");
    figure_count(&text, 999);
    assert_text(&text, "999");
    figure_count(&text, INT64_MIN);
    assert_text(&text, "-9,223,372,036,854,775,808");
    wording_amount(&text, 12345, "KRW", LANG_KO);
    assert_text(&text, "12,345원");
    wording_amount(&text, 12345, "KRW", LANG_EN);
    assert_text(&text, "12,345 KRW");
    wording_amount(&text, 12345, "JPY", LANG_KO);
    assert_text(&text, "12,345 JPY");
    figure_ratio(&text, (struct ratio){-5, 2});
    assert_text(&text, "-2.5");
    figure_ratio(&text, (struct ratio){592, 5});
    assert_text(&text, "118.4");
    figure_ratio(&text, (struct ratio){1, 1000000000});
    assert_text(&text, "0.000000001");
    figure_ratio(&text, (struct ratio){6100, 3});
    assert_text(&text, "6,100/3");
    wording_duration(&text, 0, LANG_EN);
    assert_text(&text, "0 s");
    wording_duration(&text, 2 * US_PER_H + 30 * US_PER_MIN, LANG_EN);
    assert_text(&text, "2 h 30 min");
    wording_duration(&text, US_PER_H + US_PER_S / 2, LANG_KO);
    assert_text(&text, "1시간 0.5초");
    buf_fini(&text);
}

static void assert_usage_sentence(struct arena *arena, const struct bill_tariff *tariff,
                                  const struct bill_usage *usage, size_t line,
                                  enum language language, const char *expected)
{
    struct bill_fee fee;
    struct buf text = {0};
    assert_int_equal(bill_rate(tariff, 1, usage, arena, &fee), 0);
    assert_true(line < fee.count);
    bill_line_sentence(&fee.lines[line], "KRW", language, &text);
    assert_text(&text, expected);
    buf_fini(&text);
}

static void assert_sentence(struct arena *arena, const struct bill_tariff *tariff,
                            int64_t billable_s, size_t line, enum language language,
                            const char *expected)
{
    const struct bill_usage usage = {.billable_s = billable_s, .service_us = DAY_US};
    assert_usage_sentence(arena, tariff, &usage, line, language, expected);
}

static void a_corrected_line_says_what_it_was(void **state)
{
    struct bill_tariff tariff = hourly(3200);
    const struct bill_usage usage = {.billable_s = 1860, .waived_s = 1740, .service_us = DAY_US};
    tariff.rounding = BILL_BLOCK;
    tariff.block_s = 1800;
    assert_usage_sentence(*state, &tariff, &usage, 0, LANG_EN,
                          "Use of 31 min (corrected from 1 h after a dispute), charged as 1 h "
                          "(started blocks of 30 min) at 3,200 KRW per h: 3,200 KRW.");
    assert_usage_sentence(*state, &tariff, &usage, 0, LANG_KO,
                          "사용 31분(이의 신청에 따라 1시간에서 정정), 과금 1시간(30분 단위 "
                          "올림), 시간당 3,200원: 3,200원.");
}

static void a_line_is_a_sentence(void **state)
{
    struct bill_tariff tariff = hourly(1333);
    assert_sentence(*state, &tariff, 9000, 0, LANG_EN,
                    "Use of 2 h 30 min at 1,333 KRW per h: 3,333 KRW (rounded from 3,332.5).");
    assert_sentence(*state, &tariff, 9000, 0, LANG_KO,
                    "사용 2시간 30분, 시간당 1,333원: 3,333원(반올림 전 3,332.5).");
    tariff = hourly(3200);
    tariff.rounding = BILL_BLOCK;
    tariff.block_s = 1800;
    tariff.setup_fee = 500;
    tariff.minimum_fee = 5000;
    assert_sentence(*state, &tariff, 1860, 0, LANG_EN,
                    "Use of 31 min, charged as 1 h (started blocks of 30 min) at 3,200 KRW per h: "
                    "3,200 KRW.");
    assert_sentence(*state, &tariff, 1860, 0, LANG_KO,
                    "사용 31분, 과금 1시간(30분 단위 올림), 시간당 3,200원: 3,200원.");
    assert_sentence(*state, &tariff, 1860, 1, LANG_EN, "Set-up, once: 500 KRW.");
    assert_sentence(*state, &tariff, 1860, 1, LANG_KO, "준비 비용(1회): 500원.");
    assert_sentence(*state, &tariff, 1860, 2, LANG_EN,
                    "Up to the minimum charge of 5,000 KRW: 1,300 KRW.");
    assert_sentence(*state, &tariff, 1860, 2, LANG_KO, "최저 요금 5,000원까지의 차액: 1,300원.");
    tariff = hourly(100);
    tariff.time_unit_s = 1800;
    tariff.rounding = BILL_MINUTE;
    assert_sentence(*state, &tariff, 1830, 0, LANG_EN,
                    "Use of 30 min 30 s, charged as 30 min (whole minutes, at least 1) "
                    "at 100 KRW per 1800 s: 100 KRW.");
    assert_sentence(*state, &tariff, 1830, 0, LANG_KO,
                    "사용 30분 30초, 과금 30분(분 미만 버림, 최소 1분), 30분당 100원: 100원.");
}

static const struct bill_funder funder_rows[] = {
    {.id = {{1}}, .code = {"national", 8}, .weight = 2},
    {.id = {{2}}, .code = {"city", 4}, .weight = 1},
};

static struct bill_programme voucher(void)
{
    return (struct bill_programme){
        .id = {{9}},
        .code = STR("voucher"),
        .name = STR("Voucher"),
        .valid_from_day = INT32_MIN,
        .valid_to_day = INT32_MAX,
        .rate = {3, 5},
        .draws_partially = true,
        .head_count_max = BILL_NO_LIMIT,
        .funders = funder_rows,
        .funder_count = LEN(funder_rows),
    };
}

static void assert_grant_sentence(struct arena *arena, const struct bill_programme *programme,
                                  enum language language, const char *expected)
{
    int64_t left[] = {6000, 50000};
    struct bill_funds funds = {BILL_NO_LIMIT, left};
    struct bill_firm firm = {.is_known = true, .region = STR("seoul"), .head_count = 50};
    struct bill_support support;
    struct buf text = {0};
    assert_int_equal(bill_support(programme, &funds, 1, &firm, BASE_DAY, 20000, arena, &support),
                     0);
    bill_grant_sentence(&support.grants[0], "KRW", language, &text);
    assert_text(&text, expected);
    buf_fini(&text);
}

static void a_grant_is_a_sentence(void **state)
{
    const struct str regions[] = {STR("daeya")};
    struct bill_programme programme = voucher();
    assert_grant_sentence(*state, &programme, LANG_EN,
                          "Voucher (60 %) pays 10,000 KRW: national 6,000 KRW, city 4,000 KRW; "
                          "2,000 KRW is left to the firm: the budget has run dry (national).");
    assert_grant_sentence(*state, &programme, LANG_KO,
                          "Voucher (60%) 지원금 10,000원: national 6,000원, city 4,000원; "
                          "2,000원 제외: 예산 소진 (national).");
    programme.regions = (struct texts){regions, 1};
    programme.head_count_max = 9;
    assert_grant_sentence(*state, &programme, LANG_EN,
                          "Voucher does not apply: another region, too many employees.");
    assert_grant_sentence(*state, &programme, LANG_KO,
                          "Voucher 지원 대상 아님: 지역 불일치, 상시 근로자 수 초과.");
}

static const struct json *at(const struct json *value, const char *key)
{
    const struct json *member = json_get(value, key);
    if (member == NULL)
        fail_msg("there is no %s", key);
    return member;
}

static void assert_number(const struct json *object, const char *key, int64_t expected)
{
    assert_int_equal(json_type(at(object, key)), JSON_INT);
    assert_int_equal(json_int(at(object, key)), expected);
}

static void assert_word(const struct json *object, const char *key, const char *expected)
{
    assert_int_equal(json_type(at(object, key)), JSON_TEXT);
    if (!str_eq_c(json_text(at(object, key)), expected))
        fail_msg("%s: " STR_FMT " instead of %s", key, STR_ARG(json_text(at(object, key))),
                 expected);
}

static const struct json *explained(struct arena *arena, const struct bill_programme *programme,
                                    const struct bill_tariff *tariff, struct buf *out)
{
    int64_t left[] = {6000, 50000};
    struct bill_funds funds = {BILL_NO_LIMIT, left};
    struct bill_terms terms = {{{1, 10}, BILL_BASE_OWN_SHARE, ROUND_FLOOR}, 10};
    struct bill_item item = {
        .usage = {.billable_s = 9000, .service_us = DAY_US},
        .tariffs = tariff,
        .tariff_count = 1,
        .service_day = BASE_DAY,
        .programmes = programme,
        .funds = &funds,
        .programme_count = 1,
    };
    struct bill_invoice invoice;
    struct jsonw w = jsonw(out);
    const struct json *json;
    const char *fault;
    assert_int_equal(bill_quote(&terms, &item, arena, &invoice), 0);
    bill_explain(&invoice, &terms, "KRW", &w, NULL);
    if (json_parse(buf_view(out), arena, &json, &fault) != 0)
        fail_msg("%s: %s", fault, out->data);
    return json;
}

static void an_invoice_is_data(void **state)
{
    struct bill_programme programme = voucher();
    struct bill_tariff tariff = hourly(8001);
    struct buf out = {0};
    const struct json *json = explained(*state, &programme, &tariff, &out);
    assert_number(json, "fee", 20003);
    assert_number(json, "support", 10001); /* 6,000 of 8,001 and 4,001 */
    assert_number(json, "own_share", 10002);
    assert_number(json, "tax", 1000);
    assert_number(json, "truncation", -2);
    assert_number(json, "total", 11000);
    assert_number(json, "truncate_to", 10);
    assert_word(json, "currency", "KRW");
    assert_word(at(json, "taxes"), "base", "own_share");
    assert_word(at(json, "taxes"), "rounding", "floor");
    assert_number(json_first(at(at(json, "taxes"), "kinds")), "base", 10002);

    assert_int_equal(json_count(at(json, "items")), 1);
    const struct json *item = json_first(at(json, "items"));
    const struct json *line = json_first(at(item, "lines"));
    assert_word(line, "kind", "use");
    assert_word(line, "tariff_id", "07000000-0000-0000-0000-000000000000");
    assert_number(at(line, "quantity"), "num", 5);
    assert_number(at(line, "quantity"), "den", 2);
    assert_word(line, "unit", "h");
    assert_number(at(line, "price"), "num", 8001);
    assert_number(line, "fee", 20003);
    assert_number(line, "support", 10001);
    assert_number(line, "tax", 1000);
    assert_word(line, "tax_kind", "taxable");
    assert_word(at(line, "rule"), "rounding", "exact");
    assert_number(at(line, "rule"), "billed_us", 9000 * US_PER_S);
    assert_word(at(line, "text"), "en",
                "Use of 2 h 30 min at 8,001 KRW per h: 20,003 KRW (rounded from 20,002.5).");

    const struct json *grant = json_first(at(at(item, "support"), "programmes"));
    assert_word(grant, "code", "voucher");
    assert_number(grant, "wanted", 12002);
    assert_number(grant, "amount", 10001);
    assert_number(json_first(at(grant, "funders")), "amount", 6000);
    assert_word(json_first(at(grant, "cuts")), "code", "budget_exhausted");
    assert_word(json_first(at(grant, "cuts")), "funder", "national");
    assert_int_equal(json_count(at(grant, "bars")), 0);
    buf_fini(&out);
}

static void every_line_names_its_rule(void **state)
{
    struct bill_programme programme = voucher();
    struct bill_tariff tariff = hourly(1000);
    struct buf out = {0};
    tariff.rounding = BILL_BLOCK;
    tariff.block_s = 1800;
    tariff.setup_fee = 500;
    tariff.minimum_fee = 9000;
    const struct json *json = explained(*state, &programme, &tariff, &out);
    const struct json *line = json_first(at(json_first(at(json, "items")), "lines"));
    assert_number(at(line, "rule"), "block_s", 1800);
    assert_number(at(line, "rule"), "time_unit_s", 3600);
    line = json_next(line);
    assert_word(line, "kind", "setup");
    assert_number(at(line, "rule"), "setup_fee", 500);
    line = json_next(line);
    assert_word(line, "kind", "minimum");
    assert_number(at(line, "rule"), "minimum_fee", 9000);
    assert_number(line, "fee", 6000);
    assert_word(line, "unit", "each");
    assert_null(json_next(line));
    buf_fini(&out);
}

static void every_bar_has_its_name(void **state)
{
    (void)state;
    assert_string_equal(bill_bar_name(BILL_BAR_REGION), "region");
    assert_string_equal(bill_bar_name(BILL_BAR_INDUSTRY), "industry");
    assert_string_equal(bill_bar_name(BILL_BAR_HEAD_COUNT), "head_count");
}

static void bars_are_data(void **state)
{
    struct bill_programme programme = voucher();
    struct bill_tariff tariff = hourly(8001);
    struct buf out = {0};
    programme.valid_to_day = BASE_DAY;
    programme.head_count_max = 9;
    const struct json *json = explained(*state, &programme, &tariff, &out);
    const struct json *item = json_first(at(json, "items"));
    const struct json *grant = json_first(at(at(item, "support"), "programmes"));
    const struct json *bar = json_first(at(grant, "bars"));
    assert_true(str_eq_c(json_text(bar), "not_in_force"));
    assert_true(str_eq_c(json_text(json_next(bar)), "no_facts"));
    assert_null(json_next(json_next(bar)));
    buf_fini(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ARENA_TEST(people_read_numbers),
        ARENA_TEST(a_line_is_a_sentence),
        ARENA_TEST(a_corrected_line_says_what_it_was),
        ARENA_TEST(a_grant_is_a_sentence),
        ARENA_TEST(an_invoice_is_data),
        ARENA_TEST(every_line_names_its_rule),
        ARENA_TEST(every_bar_has_its_name),
        ARENA_TEST(bars_are_data),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
