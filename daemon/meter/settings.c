#include "meter/settings.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/secret.h"
#include "meter/settings_parts.h"

void settings_free(struct settings *settings)
{
    if (settings)
        arena_free(settings->arena);
}

static int by_uuid(const void *key, const void *item)
{
    return memcmp(key, item, sizeof(struct uuid));
}

struct resource_settings *settings_resource(const struct settings *settings, struct uuid id)
{
    return bsearch(&id, settings->resources, settings->resource_count, sizeof(*settings->resources),
                   by_uuid);
}

/* ---------------------------------------------------------------- profiles */

static const char *profile_fault(struct arena *arena, const struct problem *problem)
{
    const struct violation *first = &problem->violation[0];

    return arena_printf(arena, "its profile is not valid: %s at " STR_FMT, code_name(first->code),
                        STR_ARG(first->pointer));
}

static void read_profile(struct arena *arena, struct settings_profile *profile)
{
    struct problem problem;
    const struct json *doc;
    const char *fault;

    profile->is_read = true;
    problem_init(&problem, arena);
    if (json_parse(profile->doc, arena, &doc, &fault))
        profile->fault = arena_printf(arena, "its profile is not valid: %s", fault);
    else if (profile_read(doc, arena, &profile->profile, &problem))
        profile->fault = profile_fault(arena, &problem);
}

static struct settings_profile *find_profile(struct settings_build *build, struct str code)
{
    for (size_t i = 0; i < build->profile_count; i++) {
        struct settings_profile *profile = &build->profiles[i];
        if (!str_eq(profile->code, code))
            continue;
        if (!profile->is_read)
            read_profile(build->settings->arena, profile);
        return profile;
    }
    return NULL;
}

/* ---------------------------------------------------------------- one meter */

static bool is_same_counter(const struct counter_rule *a, const struct counter_rule *b)
{
    return a->modulus_mwh == b->modulus_mwh && a->resolution_mwh == b->resolution_mwh &&
           a->significant_bits == b->significant_bits && a->rated_mw == b->rated_mw;
}

/* The machine knows one counter rule a resource: meters that count differently can't share it. */
static const char *add_counter(struct resource_settings *resource, const struct profile *profile,
                               const struct settings_row *row)
{
    const struct profile_channel *channel = profile_find(profile, PROFILE_ENERGY_IMPORT);

    if (!channel)
        return NULL;
    struct counter_rule rule =
        profile_counter_rule(channel, row->rated_w * 1000, resource->rule.counter.confirm_count);
    if (resource->has_counter && !is_same_counter(&resource->rule.counter, &rule))
        return "its counter is of another kind than that of another meter of its resource";
    resource->has_counter = true;
    resource->rule.counter = rule;
    return NULL;
}

/* Everything that the polling depends on but the line's time-out, which others have a say in. */
static void take_fingerprint(struct meter_settings *meter, struct str profile)
{
    char resource[UUID_TEXT_MAX];
    struct buf text = {0};

    uuid_format(meter->resource, resource);
    buf_printf(&text, "%s %s %s %u %u %lld %lld ", resource, meter->code, meter->host, meter->port,
               meter->unit, (long long)meter->period_us, (long long)meter->timeout_us);
    buf_str(&text, profile);
    secret_hash(buf_view(&text), meter->fingerprint);
    buf_fini(&text);
}

/* NULL, or why this meter is not polled. */
static const char *admit(struct settings_build *build, struct settings_row *row)
{
    struct settings_profile *profile = find_profile(build, row->profile);
    struct resource_settings *resource = bsearch(&row->meter.resource, build->rules,
                                                 build->rule_count, sizeof(*build->rules), by_uuid);

    if (!profile)
        return "it has no profile";
    if (profile->fault)
        return profile->fault;
    if (!resource)
        return "its resource has no run rule";
    if (resource->meter_count == RUN_SOURCES_MAX)
        return "its resource has too many meters";
    if (row->host.len >= sizeof(row->meter.host))
        return "its host is too long for an address";
    if (reads_plan(&profile->profile, &row->meter.reads))
        return "its profile has neither power nor energy nor a contact";
    const char *fault = add_counter(resource, &profile->profile, row);
    if (fault)
        return fault;
    memcpy(row->meter.host, row->host.ptr, row->host.len);
    row->meter.gap_us = (int64_t)profile->profile.min_gap_ms * 1000;
    take_fingerprint(&row->meter, profile->doc);
    resource->meter_count++;
    return NULL;
}

static void admit_all(struct settings_build *build)
{
    struct settings *settings = build->settings;

    settings->meters =
        arena_array(settings->arena, build->row_count + 1, sizeof(*settings->meters));
    settings->faults =
        arena_array(settings->arena, build->row_count + 1, sizeof(*settings->faults));
    for (size_t i = 0; i < build->row_count; i++) {
        struct settings_row *row = &build->rows[i];
        const char *reason = admit(build, row);
        if (reason)
            settings->faults[settings->fault_count++] =
                (struct settings_fault){row->meter.code, reason};
        else
            settings->meters[settings->meter_count++] = row->meter;
    }
}

/* ---------------------------------------------------------------- all of them */

static int by_line(const void *a, const void *b)
{
    const struct meter_settings *x = a, *y = b;
    int order = strcmp(x->host, y->host);

    return order ? order : x->port - y->port;
}

/* One connection has one time-out: its slowest meter's. */
static void share_timeouts(struct settings *settings)
{
    struct meter_settings *meters = settings->meters;

    qsort(meters, settings->meter_count, sizeof(*meters), by_line);
    for (size_t i = 0, end; i < settings->meter_count; i = end) {
        int64_t longest_us = 0;
        for (end = i; end < settings->meter_count && by_line(&meters[i], &meters[end]) == 0; end++)
            if (meters[end].timeout_us > longest_us)
                longest_us = meters[end].timeout_us;
        for (size_t k = i; k < end; k++)
            meters[k].line_timeout_us = longest_us;
    }
}

static void keep_used_resources(struct settings_build *build)
{
    struct settings *settings = build->settings;

    settings->resources =
        arena_array(settings->arena, build->rule_count + 1, sizeof(*settings->resources));
    for (size_t i = 0; i < build->rule_count; i++)
        if (build->rules[i].meter_count > 0)
            settings->resources[settings->resource_count++] = build->rules[i];
}

void settings_assemble(struct settings_build *build)
{
    struct settings *settings = build->settings;

    admit_all(build);
    share_timeouts(settings);
    qsort(settings->meters, settings->meter_count, sizeof(*settings->meters), by_uuid);
    keep_used_resources(build);
}
