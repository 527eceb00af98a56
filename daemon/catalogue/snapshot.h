#pragma once
/* The inside of a catalogue: seen by this folder only. */

#include <uthash.h>

#include "catalogue/catalogue.h"

enum snapshot_kind {
    SNAPSHOT_SITE,
    SNAPSHOT_RESOURCE,
    SNAPSHOT_FIRM,
    SNAPSHOT_PERSON,
    SNAPSHOT_KINDS
};

/* One object under its id and its code. */
struct snapshot_name {
    struct uuid id;
    struct str code;
    void *object;
    UT_hash_handle by_id;
    UT_hash_handle by_code;
};

struct snapshot_token {
    uint8_t hash[32];
    const struct cat_person *person;
    int64_t expires_us; /* INSTANT_NONE: never */
    UT_hash_handle hh;
};

struct snapshot_qualification {
    struct snapshot_pair {
        struct uuid person;
        struct uuid resource;
    } key;
    struct cal_span span;
};

/* All spans of one person and resource. */
struct snapshot_qualified {
    struct snapshot_pair key;
    struct cal_spans spans;
    UT_hash_handle hh;
};

struct catalogue {
    unsigned references;
    int64_t version;
    struct arena *arena;
    struct arena *scratch; /* while loading */
    struct snapshot_name *ids[SNAPSHOT_KINDS];
    struct snapshot_name *codes[SNAPSHOT_KINDS];
    struct snapshot_token *tokens;
    struct snapshot_qualified *qualified;
    struct cat_site *sites;
    size_t site_count;
    struct cat_resource *resources;
    size_t resource_count;
    struct bill_programme *programmes; /* by site, then priority */
    struct uuid *programme_sites;      /* of each programme */
    size_t programme_count;
    struct cat_budget *budgets;
    size_t budget_count;
    struct cat_quota *quotas; /* by site, then code */
    struct uuid *quota_sites; /* of each quota */
    size_t quota_count;
};

struct catalogue *snapshot_new(void);

/* Makes `object` findable by its id and code. */
void snapshot_name(struct catalogue *cat, enum snapshot_kind kind, struct uuid id, struct str code,
                   void *object);
void *snapshot_by_id(const struct catalogue *cat, enum snapshot_kind kind, struct uuid id);

/* The token lives in the arena. */
void snapshot_token(struct catalogue *cat, struct snapshot_token *token);

/* Groups and joins the spans; `all` is sorted in place. */
void snapshot_qualifications(struct catalogue *cat, struct snapshot_qualification *all,
                             size_t count);
