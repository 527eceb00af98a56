#pragma once
/* Answers of the public calendar that need no second look into the database. An answer is good as
 * long as its generation is the present one and it is young; every event and every new catalogue
 * starts a new generation. Losing hints (the LISTEN connection is down) costs at most the age
 * limit. */

#include "base/str.h"

struct calendar_cache;

#define CALENDAR_CACHE_ENTRIES   512
#define CALENDAR_CACHE_BYTES_MAX ((size_t)16 << 20)
#define CALENDAR_CACHE_AGE_US    INT64_C(5000000)

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
