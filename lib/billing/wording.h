#pragma once
/* Amounts and durations as people read them, in English and Korean. */

#include "base/code.h"
#include "base/ratio.h"
#include "base/str.h"

/* "3,333 KRW"; in Korean "3,333원" for KRW. The currency has no decimals. */
void wording_amount(struct buf *out, int64_t amount, const char *currency, enum language language);

/* The same for an exact amount: "118.4 KRW", "100/3 KRW". */
void wording_price(struct buf *out, struct ratio amount, const char *currency,
                   enum language language);

/* "2 h 30 min", "10.5 s"; "2시간 30분". */
void wording_duration(struct buf *out, int64_t us, enum language language);
