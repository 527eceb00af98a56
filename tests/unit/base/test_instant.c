#include "base/instant.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct instant_case {
    const char *text;
    int64_t us;
    const char *formatted;
};

static void instants(void **state)
{
    (void)state;
    static const struct instant_case cases[] = {
        {"1970-01-01T00:00:00Z", 0, "1970-01-01T00:00:00Z"},
        {"1970-01-01T09:00:00+09:00", 0, "1970-01-01T00:00:00Z"},
        {"1969-12-31T19:00:00-05:00", 0, "1970-01-01T00:00:00Z"},
        {"2026-11-24T10:00:00+09:00", INT64_C(1795482000) * US_PER_S, "2026-11-24T01:00:00Z"},
        {"2026-11-24t01:00:00z", INT64_C(1795482000) * US_PER_S, "2026-11-24T01:00:00Z"},
        {"2026-11-24T01:00:00-00:00", INT64_C(1795482000) * US_PER_S, "2026-11-24T01:00:00Z"},
        {"2000-02-29T12:34:56.7Z", INT64_C(951827696) * US_PER_S + 700000,
         "2000-02-29T12:34:56.700000Z"},
        {"2000-02-29T12:34:56.000001Z", INT64_C(951827696) * US_PER_S + 1,
         "2000-02-29T12:34:56.000001Z"},
        {"2024-02-29T00:00:00Z", INT64_C(1709164800) * US_PER_S, "2024-02-29T00:00:00Z"},
        {"2038-01-19T03:14:08Z", INT64_C(2147483648) * US_PER_S, "2038-01-19T03:14:08Z"},
        {"2199-12-31T23:59:59.999999Z", INT64_C(7258118399) * US_PER_S + 999999,
         "2199-12-31T23:59:59.999999Z"},
        {"2200-01-01T08:59:59+09:00", INT64_C(7258118399) * US_PER_S, "2199-12-31T23:59:59Z"},
        {"1970-01-01T23:59:00+23:59", 0, "1970-01-01T00:00:00Z"},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        int64_t us = 0;
        char text[INSTANT_TEXT_MAX];
        if (instant_parse(str_of(cases[i].text), &us) != 0)
            fail_msg("%s is refused", cases[i].text);
        if (us != cases[i].us)
            fail_msg("%s is %lld", cases[i].text, (long long)us);
        assert_int_equal(instant_format(us, text), strlen(cases[i].formatted));
        assert_string_equal(text, cases[i].formatted);
    }
}

static void what_is_no_instant(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "",
        "2026-11-24",
        "2026-11-24T10:00:00",  /* no offset */
        "2026-11-24T10:00Z",    /* no seconds */
        "2026-11-24 10:00:00Z", /* a space for the T */
        "2026-11-24T10:00:00 Z",
        " 2026-11-24T10:00:00Z",
        "2026-11-24T10:00:00Z ",
        "2026-11-24T10:00:00Z0",
        "2026-11-24T24:00:00Z", /* hour 24 */
        "2026-11-24T10:60:00Z",
        "2016-12-31T23:59:60Z", /* the leap second of 2016 */
        "2026-11-24T10:00:61Z",
        "2026-11-24T10:00:00.Z",
        "2026-11-24T10:00:00.1234567Z", /* seven fraction digits */
        "2026-11-24T10:00:00,5Z",
        "2026-11-24T10:00:00+9:00",
        "2026-11-24T10:00:00+0900",
        "2026-11-24T10:00:00+09",
        "2026-11-24T10:00:00+24:00",
        "2026-11-24T10:00:00+09:60",
        "2026-11-24T10:00:00+09:00Z",
        "2026-1-24T10:00:00Z",
        "+2026-11-24T10:00:00Z",
        "-026-11-24T10:00:00Z",
        "2026-11--4T10:00:00Z",
        "2026-00-24T10:00:00Z",
        "2026-13-24T10:00:00Z",
        "2026-11-00T10:00:00Z",
        "2026-11-31T10:00:00Z",
        "2026-02-29T10:00:00Z",
        "2100-02-29T10:00:00Z", /* no leap year */
        "1969-12-31T23:59:59Z",
        "1970-01-01T00:00:00+00:01", /* the last minute of 1969 */
        "2200-01-01T00:00:00Z",
        "2199-12-31T23:59:59-00:01", /* already 2200 */
        "0000-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "20261124T100000Z",
        "2026-W48-2T10:00:00Z",
        "1795482000",
        "２026-11-24T10:00:00Z",
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        int64_t us = 77;
        if (instant_parse(str_of(cases[i]), &us) != 1 || us != 77)
            fail_msg("\"%s\" gives %lld", cases[i], (long long)us);
    }
    int64_t us = 0;
    assert_int_equal(instant_parse(STR("2026-11-24T10:00:00\0Z"), &us), 1);
    assert_int_equal(instant_parse((struct str){NULL, 0}, &us), 1);
}

/* Walks through all days of the range by a plain calendar, not by the arithmetic under test. */
static void every_day_goes_there_and_back(void **state)
{
    (void)state;
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int32_t expected = 0;
    for (int year = 1970; year <= 2199; year++) {
        bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        for (int month = 1; month <= 12; month++) {
            int length = lengths[month - 1] + (month == 2 && is_leap ? 1 : 0);
            for (int day = 1; day <= 31; day++) {
                char text[DATE_TEXT_MAX];
                char back[DATE_TEXT_MAX];
                int32_t parsed = 0;
                snprintf(text, sizeof(text), "%04d-%02d-%02d", year, month, day);
                int result = date_parse(str_of(text), &parsed);
                assert_int_equal(result, day <= length ? 0 : 1);
                if (result != 0)
                    continue;
                assert_int_equal(parsed, expected++);
                assert_int_equal(date_format(parsed, back), 10);
                assert_string_equal(back, text);
            }
        }
    }
}

static void dates_and_months(void **state)
{
    (void)state;
    static const char *const bad_dates[] = {"",          "1969-12-31", "2200-01-01",  "2026-11-24 ",
                                            "2026-11-2", "2026/11/24", "2026-11-24T", "+026-11-24",
                                            "2026-02-30"};
    static const char *const bad_months[] = {"",           "2026-00", "2026-13", "2026-1",
                                             "2026-111",   "2026/11", "1969-12", "2200-01",
                                             "2026-11-01", "-026-11"};
    int32_t day = 5;
    for (size_t i = 0; i < LEN(bad_dates); i++)
        assert_int_equal(date_parse(str_of(bad_dates[i]), &day), 1);
    for (size_t i = 0; i < LEN(bad_months); i++)
        assert_int_equal(month_parse(str_of(bad_months[i]), &day), 1);
    assert_int_equal(day, 5);
    assert_int_equal(month_parse(STR("1970-02"), &day), 0);
    assert_int_equal(day, 31);
    assert_int_equal(date_parse(STR("2026-11-24"), &day), 0);
    assert_int_equal(day, 20781);
}

/* Instants outside the range that is read, as arithmetic may make them, are still printed. */
static void formatting_never_fails(void **state)
{
    (void)state;
    char text[INSTANT_TEXT_MAX];
    assert_int_equal(instant_format(-1, text), 27);
    assert_string_equal(text, "1969-12-31T23:59:59.999999Z");
    assert_true(instant_format(INT64_MIN + 1, text) < INSTANT_TEXT_MAX);
    assert_true(instant_format(INT64_MAX, text) < INSTANT_TEXT_MAX);
    assert_string_equal(text, "294247-01-10T04:00:54.775807Z");
    char date[DATE_TEXT_MAX];
    assert_true(date_format(INT32_MAX, date) < DATE_TEXT_MAX);
    assert_true(date_format(INT32_MIN, date) < DATE_TEXT_MAX);
    assert_string_equal(date, "-5877641-06-23");
}

static void a_civil_date_counts_days_both_ways(void **state)
{
    (void)state;
    assert_int_equal(civil_to_day((struct civil){1970, 1, 1}), 0);
    assert_int_equal(civil_to_day((struct civil){2000, 2, 29}), 11016);
    assert_int_equal(civil_to_day((struct civil){2001, 2, 29}), /* counts on: 1 March */
                     civil_to_day((struct civil){2001, 3, 1}));
    for (int64_t day = -200000; day < 200000; day += 37)
        assert_int_equal(civil_to_day(civil_of_day(day)), day);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(instants),
        cmocka_unit_test(what_is_no_instant),
        cmocka_unit_test(every_day_goes_there_and_back),
        cmocka_unit_test(dates_and_months),
        cmocka_unit_test(formatting_never_fails),
        cmocka_unit_test(a_civil_date_counts_days_both_ways),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
