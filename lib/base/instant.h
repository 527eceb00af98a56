#pragma once
/* Instants: microseconds since 1970-01-01T00:00:00Z, UTC, int64_t, named `_us`.
 * Dates: days since 1970-01-01, int32_t, named `_day`. No time zones here: PostgreSQL turns local
 * rules into instants. */

#include "base/str.h"

#define US_PER_S   INT64_C(1000000)
#define US_PER_MIN (60 * US_PER_S)
#define US_PER_H   (60 * US_PER_MIN)
#define US_PER_DAY (24 * US_PER_H)

#define INSTANT_NONE     INT64_MIN /* no instant: absent, open end */
#define INSTANT_TEXT_MAX 40
#define DATE_TEXT_MAX    16

/* RFC 3339 date-time with an offset ("2026-11-24T10:00:00+09:00", "...Z", up to 6 fraction digits).
 * 0, or 1 when it is not one, has no offset, or lies outside the years 1970 to 2199. */
must_check int instant_parse(struct str text, int64_t *ret_us);

/* Writes "2026-11-24T01:00:00Z" (fraction only when not zero); returns the length. */
size_t instant_format(int64_t at_us, char text[INSTANT_TEXT_MAX]);

/* "2026-11-24", a date that exists, years 1970 to 2199. 0 or 1. */
must_check int date_parse(struct str text, int32_t *ret_day);
size_t date_format(int32_t day, char text[DATE_TEXT_MAX]);

/* A date of the proleptic Gregorian calendar, month 1 to 12, day 1 to 31, and its days since
 * 1970-01-01; a day that the month does not have counts on into the next. */
struct civil {
    int64_t year;
    int64_t month;
    int64_t day;
};

int64_t civil_to_day(struct civil date);
struct civil civil_of_day(int64_t days);

/* "2026-11": *ret_day is the month's first day. 0 or 1. */
must_check int month_parse(struct str text, int32_t *ret_day);
