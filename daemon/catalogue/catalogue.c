#include "catalogue/catalogue.h"

#include <stdlib.h>
#include <string.h>

#include "base/instant.h"
#include "catalogue/snapshot.h"

const char *const cat_role_names[CAT_ROLE_COUNT + 1] = {
    "firm_member", "firm_manager", "technician", "finance", "approver", "admin", "auditor", NULL,
};

const char *const cat_holder_names[] = {"person", "firm", "group", "all", NULL};
const char *const cat_period_names[] = {"day", "week", "month", "year", "ahead", NULL};

/* ---------------------------------------------------------------- life */

struct catalogue *snapshot_new(void)
{
    struct arena *arena = arena_new();
    struct catalogue *cat = arena_alloc(arena, sizeof(*cat));
    cat->references = 1;
    cat->arena = arena;
    cat->scratch = arena_new();
    return cat;
}

struct catalogue *catalogue_ref(struct catalogue *catalogue)
{
    catalogue->references++;
    return catalogue;
}

/* The hash tables' heads are uthash's own memory; what hangs in them lives in the arena. */
void catalogue_unref(struct catalogue *catalogue)
{
    if (!catalogue || --catalogue->references > 0)
        return;
    for (size_t kind = 0; kind < SNAPSHOT_KINDS; kind++) {
        HASH_CLEAR(by_id, catalogue->ids[kind]);
        HASH_CLEAR(by_code, catalogue->codes[kind]);
    }
    HASH_CLEAR(hh, catalogue->tokens);
    HASH_CLEAR(hh, catalogue->qualified);
    arena_free(catalogue->scratch);
    arena_free(catalogue->arena);
}

int64_t catalogue_version(const struct catalogue *catalogue)
{
    return catalogue->version;
}

/* ---------------------------------------------------------------- names */

void snapshot_name(struct catalogue *cat, enum snapshot_kind kind, struct uuid id, struct str code,
                   void *object)
{
    struct snapshot_name *name = arena_alloc(cat->arena, sizeof(*name));
    name->id = id;
    name->code = code;
    name->object = object;
    HASH_ADD(by_id, cat->ids[kind], id, sizeof(name->id), name);
    HASH_ADD_KEYPTR(by_code, cat->codes[kind], name->code.ptr, name->code.len, name);
}

void *snapshot_by_id(const struct catalogue *cat, enum snapshot_kind kind, struct uuid id)
{
    struct snapshot_name *name;
    HASH_FIND(by_id, cat->ids[kind], &id, sizeof(id), name);
    return name ? name->object : NULL;
}

/* A code, or an id where no object has that code. */
static void *by_ref(const struct catalogue *cat, enum snapshot_kind kind, struct str ref)
{
    struct snapshot_name *name;
    struct uuid id;
    HASH_FIND(by_code, cat->codes[kind], ref.ptr, ref.len, name);
    if (name)
        return name->object;
    return uuid_parse(ref, &id) ? NULL : snapshot_by_id(cat, kind, id);
}

const struct cat_site *catalogue_site(const struct catalogue *catalogue, struct str ref)
{
    return by_ref(catalogue, SNAPSHOT_SITE, ref);
}

const struct cat_resource *catalogue_resource(const struct catalogue *catalogue, struct str ref)
{
    return by_ref(catalogue, SNAPSHOT_RESOURCE, ref);
}

const struct cat_resource *catalogue_resource_by_id(const struct catalogue *catalogue,
                                                    struct uuid id)
{
    return snapshot_by_id(catalogue, SNAPSHOT_RESOURCE, id);
}

const struct cat_firm *catalogue_firm(const struct catalogue *catalogue, struct str ref)
{
    return by_ref(catalogue, SNAPSHOT_FIRM, ref);
}

const struct cat_firm *catalogue_firm_by_id(const struct catalogue *catalogue, struct uuid id)
{
    return snapshot_by_id(catalogue, SNAPSHOT_FIRM, id);
}

const struct cat_person *catalogue_person(const struct catalogue *catalogue, struct str ref)
{
    return by_ref(catalogue, SNAPSHOT_PERSON, ref);
}

/* ---------------------------------------------------------------- tokens and qualifications */

void snapshot_token(struct catalogue *cat, struct snapshot_token *token)
{
    HASH_ADD(hh, cat->tokens, hash, sizeof(token->hash), token);
}

const struct cat_person *catalogue_token(const struct catalogue *catalogue, const uint8_t hash[32],
                                         int64_t now_us)
{
    struct snapshot_token *token;
    HASH_FIND(hh, catalogue->tokens, hash, sizeof(token->hash), token);
    bool is_in_force = token && (token->expires_us == INSTANT_NONE || now_us < token->expires_us);
    return is_in_force ? token->person : NULL;
}

static int by_pair(const void *a, const void *b)
{
    const struct snapshot_qualification *x = a, *y = b;
    return memcmp(&x->key, &y->key, sizeof(x->key));
}

void snapshot_qualifications(struct catalogue *cat, struct snapshot_qualification *all,
                             size_t count)
{
    qsort(all, count, sizeof(*all), by_pair);
    for (size_t i = 0; i < count;) {
        size_t end = i;
        while (end < count && by_pair(&all[i], &all[end]) == 0)
            end++;
        struct cal_span *spans = arena_array(cat->arena, end - i, sizeof(*spans));
        for (size_t k = i; k < end; k++)
            spans[k - i] = all[k].span;
        struct snapshot_qualified *entry = arena_alloc(cat->arena, sizeof(*entry));
        entry->key = all[i].key;
        entry->spans = (struct cal_spans){spans, cal_spans_join(spans, end - i)};
        HASH_ADD(hh, cat->qualified, key, sizeof(entry->key), entry);
        i = end;
    }
}

struct cal_spans catalogue_qualified(const struct catalogue *catalogue, struct uuid person,
                                     struct uuid resource)
{
    const struct snapshot_pair key = {person, resource};
    struct snapshot_qualified *entry;
    HASH_FIND(hh, catalogue->qualified, &key, sizeof(key), entry);
    return entry ? entry->spans : (struct cal_spans){NULL, 0};
}

/* ---------------------------------------------------------------- dated rows */

bool cat_holds(struct cat_validity validity, int64_t at_us)
{
    return validity.from_us <= at_us && at_us < validity.to_us;
}

const struct cat_rule *cat_rule_at(const struct cat_resource *resource, int64_t at_us)
{
    for (size_t i = 0; i < resource->rule_count; i++) {
        if (cat_holds(resource->rules[i].validity, at_us))
            return &resource->rules[i];
    }
    return NULL;
}

struct bill_firm cat_firm_at(const struct cat_firm *firm, int64_t at_us)
{
    for (size_t i = 0; i < firm->fact_count; i++) {
        const struct cat_fact *fact = &firm->facts[i];
        if (cat_holds(fact->validity, at_us))
            return (struct bill_firm){true, fact->region, fact->industry, fact->head_count};
    }
    return (struct bill_firm){.is_known = false};
}

bool cat_firm_in_group(const struct cat_firm *firm, struct str group, int64_t at_us)
{
    for (size_t i = 0; i < firm->group_count; i++) {
        if (str_eq(firm->groups[i].code, group) && cat_holds(firm->groups[i].validity, at_us))
            return true;
    }
    return false;
}

struct cal_firm cat_firm_facts(const struct cat_firm *firm, int64_t at_us, struct arena *arena)
{
    struct bill_firm facts = cat_firm_at(firm, at_us);
    struct str *groups = arena_array(arena, firm->group_count + 1, sizeof(*groups));
    size_t count = 0;
    for (size_t i = 0; i < firm->group_count; i++) {
        if (cat_holds(firm->groups[i].validity, at_us))
            groups[count++] = firm->groups[i].code;
    }
    return (struct cal_firm){
        facts.is_known, facts.region, facts.industry, facts.head_count, {groups, count}};
}

int32_t cat_local_day(const struct cat_site *site, int64_t at_us)
{
    size_t index = cal_instants_latest(site->day_starts, at_us);
    return index < site->day_starts.count ? site->first_day + (int32_t)index : INT32_MIN;
}

const struct cat_budget *catalogue_budget(const struct catalogue *catalogue, struct uuid programme,
                                          struct uuid funder, int64_t at_us)
{
    for (size_t i = 0; i < catalogue->budget_count; i++) {
        const struct cat_budget *budget = &catalogue->budgets[i];
        if (uuid_eq(budget->programme_id, programme) && uuid_eq(budget->funder_id, funder) &&
            cat_holds(budget->validity, at_us))
            return budget;
    }
    return NULL;
}

/* ---------------------------------------------------------------- lists */

const struct cat_resource *catalogue_resources(const struct catalogue *catalogue, size_t *ret_count)
{
    *ret_count = catalogue->resource_count;
    return catalogue->resources;
}

const struct bill_programme *catalogue_programmes(const struct catalogue *catalogue,
                                                  struct uuid site, size_t *ret_count)
{
    size_t first = 0;
    while (first < catalogue->programme_count && !uuid_eq(catalogue->programme_sites[first], site))
        first++;
    size_t end = first;
    while (end < catalogue->programme_count && uuid_eq(catalogue->programme_sites[end], site))
        end++;
    *ret_count = end - first;
    return catalogue->programmes + first;
}

const struct cat_quota *catalogue_quotas(const struct catalogue *catalogue, struct uuid site,
                                         size_t *ret_count)
{
    size_t first = 0;
    while (first < catalogue->quota_count && !uuid_eq(catalogue->quota_sites[first], site))
        first++;
    size_t end = first;
    while (end < catalogue->quota_count && uuid_eq(catalogue->quota_sites[end], site))
        end++;
    *ret_count = end - first;
    return catalogue->quotas + first;
}
