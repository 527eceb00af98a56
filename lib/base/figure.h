#pragma once
/* Numbers as people read them, exact. */

#include "base/ratio.h"
#include "base/str.h"

/* 1234567 as "1,234,567". */
void figure_count(struct buf *out, int64_t count);
void figure_unsigned(struct buf *out, uint64_t count);

/* |value|, also of INT64_MIN. */
uint64_t figure_magnitude(int64_t value);

/* A decimal where it ends within nine digits ("2.5"), a fraction where it does not ("61/60"). */
void figure_ratio(struct buf *out, struct ratio ratio);
