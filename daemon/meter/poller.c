#include "meter/poller.h"

#include <stdlib.h>
#include <string.h>

#include <uthash.h>

#include "base/mem.h"

struct polled {
    struct uuid id;
    struct poll *poll;
    struct polled_resource *resource;
    bool is_wanted; /* by the settings being applied */
    UT_hash_handle hh;
};

struct polled_resource {
    struct uuid id;
    struct order order;
    unsigned meters;
    UT_hash_handle hh;
};

struct poller {
    struct poll_env env;
    struct polled *meters;
    struct polled_resource *resources;
};

struct poller *poller_new(struct event_base *base, struct report *report, order_out_fn *out,
                          void *out_arg)
{
    struct poller *poller = mem_zalloc(1, sizeof(*poller));
    poller->env = (struct poll_env){
        .base = base,
        .lines = lines_new(base),
        .report = report,
        .out = out,
        .out_arg = out_arg,
    };
    return poller;
}

static struct polled_resource *join_resource(struct poller *poller, struct uuid id)
{
    struct polled_resource *resource;

    HASH_FIND(hh, poller->resources, &id, sizeof(id), resource);
    if (!resource) {
        resource = mem_zalloc(1, sizeof(*resource));
        resource->id = id;
        order_init(&resource->order);
        HASH_ADD(hh, poller->resources, id, sizeof(resource->id), resource);
    }
    resource->meters++;
    return resource;
}

static void leave_resource(struct poller *poller, struct polled_resource *resource)
{
    if (--resource->meters > 0)
        return;
    HASH_DEL(poller->resources, resource);
    free(resource);
}

static void remove_meter(struct poller *poller, struct polled *meter)
{
    HASH_DEL(poller->meters, meter);
    poll_free(meter->poll);
    leave_resource(poller, meter->resource);
    free(meter);
}

static bool is_unchanged(const struct polled *meter, const struct meter_settings *settings)
{
    const struct meter_settings *old = poll_settings(meter->poll);

    return old->line_timeout_us == settings->line_timeout_us &&
           !memcmp(old->fingerprint, settings->fingerprint, sizeof(old->fingerprint));
}

static void add_meter(struct poller *poller, const struct meter_settings *settings,
                      int64_t seq_floor)
{
    struct polled *meter = mem_zalloc(1, sizeof(*meter));

    meter->id = settings->id;
    meter->is_wanted = true;
    meter->resource = join_resource(poller, settings->resource);
    if (settings->last_seq > seq_floor)
        seq_floor = settings->last_seq;
    if (poll_new(&poller->env, settings, &meter->resource->order, seq_floor, &meter->poll)) {
        log_error("meter_left_out", LS("meter", settings->code), LS("host", settings->host),
                  LS("reason", "its host is no IPv4 or IPv6 address"));
        leave_resource(poller, meter->resource);
        free(meter);
        return;
    }
    HASH_ADD(hh, poller->meters, id, sizeof(meter->id), meter);
}

static void apply_meter(struct poller *poller, const struct meter_settings *settings,
                        int64_t seq_floor)
{
    struct polled *meter;

    HASH_FIND(hh, poller->meters, &settings->id, sizeof(settings->id), meter);
    if (meter && is_unchanged(meter, settings)) {
        meter->is_wanted = true;
        return;
    }
    if (meter) {
        if (poll_last_seq(meter->poll) > seq_floor)
            seq_floor = poll_last_seq(meter->poll);
        remove_meter(poller, meter);
    }
    add_meter(poller, settings, seq_floor);
}

size_t poller_apply(struct poller *poller, const struct settings *settings, int64_t seq_floor)
{
    struct polled *meter, *next;

    HASH_ITER(hh, poller->meters, meter, next)
    meter->is_wanted = false;
    for (size_t i = 0; i < settings->meter_count; i++)
        apply_meter(poller, &settings->meters[i], seq_floor);
    HASH_ITER(hh, poller->meters, meter, next)
    {
        if (!meter->is_wanted)
            remove_meter(poller, meter);
    }
    return HASH_COUNT(poller->meters);
}

void poller_stop(struct poller *poller)
{
    struct polled *meter, *next;

    HASH_ITER(hh, poller->meters, meter, next)
    remove_meter(poller, meter);
}

void poller_free(struct poller *poller)
{
    if (!poller)
        return;
    poller_stop(poller);
    lines_free(poller->env.lines);
    free(poller);
}

const struct poll_stats *poller_stats(const struct poller *poller)
{
    return &poller->env.stats;
}
