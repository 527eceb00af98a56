#pragma once
/* Which rule made each amount: as data and as sentences, for quotes (booking.explain) and for
 * invoice_line.explain and .text. */

#include "base/code.h"
#include "base/json.h"
#include "billing/invoice.h"

/* One sentence: "Use of 2 h 30 min at 1,333 KRW per h: 3,333 KRW (rounded from 3,332.5)." or its
 * Korean form. `currency` is an ISO 4217 code without decimals; KRW is written as won in Korean. */
void bill_line_sentence(const struct bill_line *line, const char *currency, enum language language,
                        struct buf *out);

/* One sentence for a programme: what it pays, by whom, and what cut it or bars it. */
void bill_grant_sentence(const struct bill_grant *grant, const char *currency,
                         enum language language, struct buf *out);

/* One line as an object: kind, tariff_id, rule {...}, quantity, unit, price, fee, support,
 * own_share, tax, tax_kind, text {en, ko}. Exact ratios are {"num", "den"}. */
void bill_explain_line(const struct bill_line *line, const char *currency, struct jsonw *w,
                       const char *key);

/* The support of one item as an object: fee, support, own_share, programmes [{id, code, rate,
 * wanted, amount, funders [{id, code, amount}], cuts [{code, amount, funder}], bars, text {en,
 * ko}}]. */
void bill_explain_support(const struct bill_support *support, const char *currency, struct jsonw *w,
                          const char *key);

/* The whole: items [{lines, support}], taxes {...}, truncate_to, currency, and the totals fee,
 * support, own_share, tax, truncation, total. `terms` are those it was made with. */
void bill_explain(const struct bill_invoice *invoice, const struct bill_terms *terms,
                  const char *currency, struct jsonw *w, const char *key);
