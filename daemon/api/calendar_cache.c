#include "api/calendar_cache.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <uthash.h>

#include "base/mem.h"

struct entry {
    UT_hash_handle hh;
    uint64_t generation;
    int64_t kept_us;
    size_t json_len;
    char etag[32];
    size_t target_len;
    char bytes[]; /* target, then json */
};

struct calendar_cache {
    struct entry *entries;
    uint64_t generation;
    size_t bytes;
};

struct calendar_cache *calendar_cache_new(void)
{
    return mem_zalloc(1, sizeof(struct calendar_cache));
}

static void drop(struct calendar_cache *cache, struct entry *entry)
{
    HASH_DEL(cache->entries, entry);
    cache->bytes -= entry->target_len + entry->json_len;
    free(entry);
}

static void drop_all(struct calendar_cache *cache)
{
    struct entry *entry, *next;
    HASH_ITER(hh, cache->entries, entry, next)
    {
        drop(cache, entry);
    }
}

void calendar_cache_free(struct calendar_cache *cache)
{
    if (!cache)
        return;
    drop_all(cache);
    free(cache);
}

void calendar_cache_next(struct calendar_cache *cache)
{
    cache->generation++;
}

uint64_t calendar_cache_generation(const struct calendar_cache *cache)
{
    return cache->generation;
}

bool calendar_cache_get(struct calendar_cache *cache, struct str target, int64_t mono_us,
                        struct str *ret_json, const char **ret_etag)
{
    struct entry *entry;
    HASH_FIND(hh, cache->entries, target.ptr, target.len, entry);
    if (!entry)
        return false;
    if (entry->generation != cache->generation ||
        mono_us - entry->kept_us > CALENDAR_CACHE_AGE_US) {
        drop(cache, entry);
        return false;
    }
    *ret_json = (struct str){entry->bytes + entry->target_len, entry->json_len};
    *ret_etag = entry->etag;
    return true;
}

void calendar_cache_put(struct calendar_cache *cache, struct str target, uint64_t generation,
                        int64_t mono_us, struct str json, const char *etag)
{
    if (generation != cache->generation || json.len > CALENDAR_CACHE_BYTES_MAX / 16)
        return;
    if (HASH_COUNT(cache->entries) >= CALENDAR_CACHE_ENTRIES ||
        cache->bytes + target.len + json.len > CALENDAR_CACHE_BYTES_MAX)
        drop_all(cache);
    struct entry *entry;
    HASH_FIND(hh, cache->entries, target.ptr, target.len, entry);
    if (entry)
        drop(cache, entry);
    entry = mem_zalloc(1, sizeof(*entry) + target.len + json.len);
    entry->generation = generation;
    entry->kept_us = mono_us;
    entry->json_len = json.len;
    entry->target_len = target.len;
    snprintf(entry->etag, sizeof(entry->etag), "%s", etag);
    memcpy(entry->bytes, target.ptr, target.len);
    memcpy(entry->bytes + target.len, json.ptr, json.len);
    HASH_ADD_KEYPTR(hh, cache->entries, entry->bytes, entry->target_len, entry);
    cache->bytes += target.len + json.len;
}
