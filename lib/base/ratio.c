#include "base/ratio.h"

/* 128-bit integers are an extension that both gcc and clang have on every 64-bit machine. The
 * product of two 64-bit numbers always fits, and so does the sum of two such products of which each
 * has a positive 64-bit denominator in it. */
__extension__ typedef __int128 wide;

#define FRACTION_DIGITS_MAX 9
#define WIDE_LIMIT          ((wide)INT64_MAX * 1000000000)

static wide wide_abs(wide value)
{
    return value < 0 ? -value : value;
}

static wide gcd(wide a, wide b)
{
    a = wide_abs(a);
    b = wide_abs(b);
    while (b != 0) {
        wide rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

static int reduce(wide num, wide den, struct ratio *ret)
{
    if (den == 0)
        return RATIO_E_RANGE;
    wide divisor = gcd(num, den);
    if (den < 0)
        divisor = -divisor;
    num /= divisor;
    den /= divisor;
    if (num < INT64_MIN || num > INT64_MAX || den > INT64_MAX)
        return RATIO_E_RANGE;
    *ret = (struct ratio){(int64_t)num, (int64_t)den};
    return 0;
}

int ratio_make(int64_t num, int64_t den, struct ratio *ret)
{
    return reduce(num, den, ret);
}

int ratio_add(struct ratio a, struct ratio b, struct ratio *ret)
{
    return reduce((wide)a.num * b.den + (wide)b.num * a.den, (wide)a.den * b.den, ret);
}

int ratio_mul(struct ratio a, struct ratio b, struct ratio *ret)
{
    return reduce((wide)a.num * b.num, (wide)a.den * b.den, ret);
}

int ratio_div(struct ratio a, struct ratio b, struct ratio *ret)
{
    return reduce((wide)a.num * b.den, (wide)a.den * b.num, ret);
}

int ratio_cmp(struct ratio a, struct ratio b)
{
    wide left = (wide)a.num * b.den;
    wide right = (wide)b.num * a.den;
    return (left > right) - (left < right);
}

/* Appends the decimal digits at the front of `text` to `value`; returns how many, or -1 when there
 * are too many to count. */
static int take_digits(struct str *text, wide *value)
{
    int count = 0;
    while (text->len > 0 && text->ptr[0] >= '0' && text->ptr[0] <= '9') {
        *value = *value * 10 + (text->ptr[0] - '0');
        if (*value > WIDE_LIMIT)
            return -1;
        *text = (struct str){text->ptr + 1, text->len - 1};
        count++;
    }
    return count;
}

int ratio_parse(struct str text, struct ratio *ret)
{
    bool is_negative = text.len > 0 && text.ptr[0] == '-';
    wide num = 0;
    wide den = 1;
    if (is_negative)
        text = (struct str){text.ptr + 1, text.len - 1};
    if (take_digits(&text, &num) <= 0)
        return 1;
    if (text.len > 0) {
        if (text.ptr[0] != '.')
            return 1;
        text = (struct str){text.ptr + 1, text.len - 1};
        int digits = take_digits(&text, &num);
        if (digits <= 0 || digits > FRACTION_DIGITS_MAX || text.len > 0)
            return 1;
        while (digits-- > 0)
            den *= 10;
    }
    return reduce(is_negative ? -num : num, den, ret) != 0 ? 1 : 0;
}

/* The quotient toward minus infinity; the divisor is positive. */
static wide floor_div(wide num, wide den)
{
    wide quotient = num / den;
    return num % den < 0 ? quotient - 1 : quotient;
}

int64_t ratio_round(struct ratio r, enum ratio_rounding how)
{
    wide half_up = floor_div(2 * wide_abs(r.num) + r.den, 2 * (wide)r.den);
    switch (how) {
    case ROUND_HALF_AWAY:
        return (int64_t)(r.num < 0 ? -half_up : half_up);
    case ROUND_FLOOR:
        return (int64_t)floor_div(r.num, r.den);
    case ROUND_CEIL:
        return (int64_t)-floor_div(-(wide)r.num, r.den);
    case ROUND_TRUNC:
        break;
    }
    return r.num / r.den;
}
