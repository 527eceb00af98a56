#include "base/instant.h"

#include <stdio.h>

#define YEAR_MIN 1970
#define YEAR_MAX 2199

/* The year begins in March, so that the leap day is its last; 719468 days lie between 0000-03-01
 * and 1970-01-01. */
int64_t civil_to_day(struct civil date)
{
    int64_t year = date.month <= 2 ? date.year - 1 : date.year;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t month = (date.month + 9) % 12;
    int64_t day_of_year = (153 * month + 2) / 5 + date.day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

struct civil civil_of_day(int64_t days)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t day_of_era = days - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month = (5 * day_of_year + 2) / 153;
    struct civil date = {.month = month < 10 ? month + 3 : month - 9,
                         .day = day_of_year - (153 * month + 2) / 5 + 1};
    date.year = year_of_era + era * 400 + (date.month <= 2 ? 1 : 0);
    return date;
}

/* Takes `count` digits off the front of `text`. */
static bool take_digits(struct str *text, size_t count, int64_t *ret)
{
    if (text->len < count || str_to_int((struct str){text->ptr, count}, 0, INT64_MAX, ret) != 0)
        return false;
    *text = (struct str){text->ptr + count, text->len - count};
    return true;
}

static bool take_one_of(struct str *text, char a, char b, char *ret)
{
    if (text->len == 0 || (text->ptr[0] != a && text->ptr[0] != b))
        return false;
    *ret = text->ptr[0];
    *text = (struct str){text->ptr + 1, text->len - 1};
    return true;
}

static bool take_char(struct str *text, char c)
{
    char taken = 0;
    return take_one_of(text, c, c, &taken);
}

/* Takes "YYYY-MM-DD", of any year, off the front of `text`. */
static bool take_date(struct str *text, int64_t *ret_day)
{
    struct civil date;
    if (!take_digits(text, 4, &date.year) || !take_char(text, '-') ||
        !take_digits(text, 2, &date.month) || !take_char(text, '-') ||
        !take_digits(text, 2, &date.day))
        return false;
    /* The day exists if it comes back unchanged: 02-30 would come back as 03-01 or 03-02. */
    if (date.month < 1 || date.month > 12 || date.day < 1 || date.day > 31)
        return false;
    *ret_day = civil_to_day(date);
    struct civil back = civil_of_day(*ret_day);
    return back.month == date.month && back.day == date.day;
}

static bool is_year_in_range(int64_t day)
{
    return day >= civil_to_day((struct civil){YEAR_MIN, 1, 1}) &&
           day < civil_to_day((struct civil){YEAR_MAX + 1, 1, 1});
}

/* Takes "HH:MM:SS" and up to six fraction digits off the front of `text`. A leap second is refused:
 * an instant here counts POSIX seconds, which have none. */
static bool take_time(struct str *text, int64_t *ret_us)
{
    int64_t hour = 0;
    int64_t minute = 0;
    int64_t second = 0;
    if (!take_digits(text, 2, &hour) || !take_char(text, ':') || !take_digits(text, 2, &minute) ||
        !take_char(text, ':') || !take_digits(text, 2, &second))
        return false;
    if (hour > 23 || minute > 59 || second > 59)
        return false;
    *ret_us = hour * US_PER_H + minute * US_PER_MIN + second * US_PER_S;
    if (!take_char(text, '.'))
        return true;
    int64_t scale = US_PER_S;
    int64_t digit = 0;
    while (scale > 1 && take_digits(text, 1, &digit)) {
        scale /= 10;
        *ret_us += digit * scale;
    }
    return scale < US_PER_S;
}

static bool take_offset(struct str *text, int64_t *ret_us)
{
    char sign = 0;
    *ret_us = 0;
    if (take_one_of(text, 'Z', 'z', &sign))
        return true;
    int64_t hour = 0;
    int64_t minute = 0;
    if (!take_one_of(text, '+', '-', &sign) || !take_digits(text, 2, &hour) ||
        !take_char(text, ':') || !take_digits(text, 2, &minute) || hour > 23 || minute > 59)
        return false;
    *ret_us = hour * US_PER_H + minute * US_PER_MIN;
    if (sign == '-')
        *ret_us = -*ret_us;
    return true;
}

int instant_parse(struct str text, int64_t *ret_us)
{
    int64_t day = 0;
    int64_t time_us = 0;
    int64_t offset_us = 0;
    char t = 0;
    if (!take_date(&text, &day) || !take_one_of(&text, 'T', 't', &t) ||
        !take_time(&text, &time_us) || !take_offset(&text, &offset_us) || text.len > 0)
        return 1;
    int64_t at_us = day * US_PER_DAY + time_us - offset_us;
    if (at_us < 0 || !is_year_in_range(at_us / US_PER_DAY))
        return 1;
    *ret_us = at_us;
    return 0;
}

/* `count` decimal digits of `value` at `text`, zeros in front. Formatting by hand: a page of a
 * calendar is mostly instants, and printf was a quarter of its time. */
static char *put_digits(char *text, uint64_t value, int count)
{
    for (int i = count - 1; i >= 0; i--) {
        text[i] = (char)('0' + value % 10);
        value /= 10;
    }
    return text + count;
}

/* "2026-11-24"; years beyond four digits, which no parser of ours lets in, have as many as they
 * need. */
static char *put_date(char *text, struct civil date)
{
    if (date.year < 0 || date.year > 9999)
        text += sprintf(text, "%lld", (long long)date.year);
    else
        text = put_digits(text, (uint64_t)date.year, 4);
    *text++ = '-';
    text = put_digits(text, (uint64_t)date.month, 2);
    *text++ = '-';
    return put_digits(text, (uint64_t)date.day, 2);
}

size_t instant_format(int64_t at_us, char text[INSTANT_TEXT_MAX])
{
    int64_t day = at_us / US_PER_DAY;
    int64_t us = at_us % US_PER_DAY;
    if (us < 0) {
        us += US_PER_DAY;
        day--;
    }
    char *end = put_date(text, civil_of_day(day));
    *end++ = 'T';
    end = put_digits(end, (uint64_t)(us / US_PER_H), 2);
    *end++ = ':';
    end = put_digits(end, (uint64_t)(us / US_PER_MIN % 60), 2);
    *end++ = ':';
    end = put_digits(end, (uint64_t)(us / US_PER_S % 60), 2);
    if (us % US_PER_S != 0) {
        *end++ = '.';
        end = put_digits(end, (uint64_t)(us % US_PER_S), 6);
    }
    *end++ = 'Z';
    *end = '\0';
    return (size_t)(end - text);
}

int date_parse(struct str text, int32_t *ret_day)
{
    int64_t day = 0;
    if (!take_date(&text, &day) || text.len > 0 || !is_year_in_range(day))
        return 1;
    *ret_day = (int32_t)day;
    return 0;
}

size_t date_format(int32_t day, char text[DATE_TEXT_MAX])
{
    char *end = put_date(text, civil_of_day(day));
    *end = '\0';
    return (size_t)(end - text);
}

int month_parse(struct str text, int32_t *ret_day)
{
    char first[] = "YYYY-MM-01";
    if (text.len != 7)
        return 1;
    for (size_t i = 0; i < text.len; i++)
        first[i] = text.ptr[i];
    return date_parse((struct str){first, sizeof(first) - 1}, ret_day);
}
