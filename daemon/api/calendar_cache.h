#pragma once
/* Answers of the public calendar that need no second look into the database. An answer is good as
 * long as its generation is the present one and it is young. Every write of this process and every
 * new catalogue start a new generation, so that nobody misses what they wrote themselves; what
 * other processes write is seen after the age limit. A NOTIFY on every write would be quicker and
 * cost far more: PostgreSQL lets transactions that notify commit one at a time. */

#include "base/str.h"

struct calendar_cache;

#define CALENDAR_CACHE_ENTRIES   512
#define CALENDAR_CACHE_BYTES_MAX ((size_t)16 << 20)
#define CALENDAR_CACHE_AGE_US    INT64_C(250000)

struct calendar_cache *calendar_cache_new(void);
void calendar_cache_free(struct calendar_cache *cache);

/* Everything kept so far is out of date. */
void calendar_cache_next(struct calendar_cache *cache);

/* The generation to give to calendar_cache_put: taken before the database is asked, so that an
 * event in between makes the answer old at once. */
uint64_t calendar_cache_generation(const struct calendar_cache *cache);

/* The kept answer to `target` (path and query); false when there is none or it is too old. */
bool calendar_cache_get(struct calendar_cache *cache, struct str target, int64_t mono_us,
                        struct str *ret_json, const char **ret_etag);

void calendar_cache_put(struct calendar_cache *cache, struct str target, uint64_t generation,
                        int64_t mono_us, struct str json, const char *etag);
