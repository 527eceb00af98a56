/* Sites and resources: parts, hours, prices. */

#include "catalogue/table.h"

#include <string.h>

#include "base/instant.h"

static struct cat_site *site_of(struct catalogue *cat, struct uuid id)
{
    for (size_t i = 0; i < cat->site_count; i++) {
        if (uuid_eq(cat->sites[i].id, id))
            return &cat->sites[i];
    }
    return NULL;
}

int load_sites(struct catalogue *cat, struct pg_row *t, size_t count)
{
    cat->sites = arena_array(cat->arena, count + 1, sizeof(*cat->sites));
    cat->site_count = count;
    for (size_t i = 0; i < count; i++, t->row++) {
        struct cat_site *site = &cat->sites[i];
        site->id = pg_row_uuid(*t, "id");
        site->code = snapshot_text(cat, *t, "code");
        site->name = snapshot_text(cat, *t, "name");
        site->zone = snapshot_text(cat, *t, "zone");
        site->currency = snapshot_text(cat, *t, "currency").ptr;
        site->strike_count = pg_row_int_or(*t, "strike_count", CAL_NO_LIMIT);
        site->strike_window_s = pg_row_int_or(*t, "strike_window_s", CAL_NO_LIMIT);
        site->strike_ban_s = pg_row_int_or(*t, "strike_ban_s", CAL_NO_LIMIT);
        site->unpaid_grace_s = pg_row_int_or(*t, "unpaid_grace_s", CAL_NO_LIMIT);
        site->offer_expiry_s = pg_row_int(*t, "offer_expiry_s");
        site->terms.truncate_to = pg_row_int(*t, "truncate_to");
        int base, rounding;
        if (pg_row_enum(*t, "tax_base", bill_tax_base_names, &base) ||
            pg_row_enum(*t, "tax_rounding", bill_tax_rounding_names, &rounding))
            return 1;
        site->terms.tax.base = (enum bill_tax_base)base;
        site->terms.tax.rounding = bill_tax_roundings[rounding];
        if (ratio_make(pg_row_int(*t, "tax_rate_num"), pg_row_int(*t, "tax_rate_den"),
                       &site->terms.tax.rate))
            return 1;
        snapshot_name(cat, SNAPSHOT_SITE, site->id, site->code, site);
    }
    return 0;
}

int load_days(struct catalogue *cat, struct pg_row *t, size_t count)
{
    int64_t *starts = arena_array(cat->arena, count + 1, sizeof(*starts));
    for (size_t i = 0; i < count; i++, t->row++) {
        struct cat_site *site = site_of(cat, pg_row_uuid(*t, "site_id"));
        starts[i] = pg_row_instant(*t, "day_start");
        if (!site)
            return 1;
        if (site->day_starts.count == 0) {
            site->day_starts.at_us = &starts[i];
            site->first_day = pg_row_date(*t, "day");
        }
        site->day_starts.count++;
    }
    return 0;
}

int load_offsets(struct catalogue *cat, struct pg_row *t, size_t count)
{
    while ((size_t)t->row < count) {
        size_t size = row_group(*t, "site_id");
        struct cat_site *site = site_of(cat, pg_row_uuid(*t, "site_id"));
        struct cal_offset *offsets = arena_array(cat->arena, size, sizeof(*offsets));
        int64_t until_us = pg_row_instant(*t, "until_at");
        for (size_t i = 0; i < size; i++, t->row++)
            offsets[i] =
                (struct cal_offset){pg_row_instant(*t, "at"), (int32_t)pg_row_int(*t, "offset_s")};
        if (!site)
            return 1;
        site->offsets = (struct cal_offsets){offsets, size, until_us};
    }
    return 0;
}

static struct cat_resource *resource_of(struct catalogue *cat, struct uuid id)
{
    return snapshot_by_id(cat, SNAPSHOT_RESOURCE, id);
}

int load_resources(struct catalogue *cat, struct pg_row *t, size_t count)
{
    cat->resources = arena_array(cat->arena, count + 1, sizeof(*cat->resources));
    cat->resource_count = count;
    for (size_t i = 0; i < count; i++, t->row++) {
        struct cat_resource *resource = &cat->resources[i];
        resource->id = pg_row_uuid(*t, "id");
        resource->site = site_of(cat, pg_row_uuid(*t, "site_id"));
        resource->code = snapshot_text(cat, *t, "code");
        resource->kind = snapshot_text(cat, *t, "kind");
        resource->name = snapshot_text(cat, *t, "name");
        resource->name_en = snapshot_text(cat, *t, "name_en");
        resource->charge_basis = snapshot_text(cat, *t, "charge_basis");
        resource->tolerance_s = pg_row_int(*t, "tolerance_s");
        resource->is_active = pg_row_bool(*t, "is_active");
        resource->bills_unobserved = pg_row_bool(*t, "bills_unobserved");
        resource->capacity = pg_row_int(*t, "capacity");
        resource->has_meter = pg_row_bool(*t, "has_meter");
        if (!resource->site)
            return 1;
        snapshot_name(cat, SNAPSHOT_RESOURCE, resource->id, resource->code, resource);
    }
    return 0;
}

int load_parts(struct catalogue *cat, struct pg_row *t, size_t count)
{
    while ((size_t)t->row < count) {
        size_t size = row_group(*t, "resource_id");
        struct cat_resource *resource = resource_of(cat, pg_row_uuid(*t, "resource_id"));
        const struct cat_resource **parts = arena_array(cat->arena, size, sizeof(*parts));
        for (size_t i = 0; i < size; i++, t->row++) {
            parts[i] = resource_of(cat, pg_row_uuid(*t, "part_id"));
            if (!parts[i])
                return 1;
        }
        if (!resource)
            return 1;
        resource->parts = parts;
        resource->part_count = size;
    }
    return 0;
}

/* The rows from here on that are of one set of the resource's hours; `most` are of the resource. */
static struct cal_spans read_openings(struct catalogue *cat, struct pg_row *t, size_t most,
                                      bool on_holidays)
{
    struct cal_span *spans = arena_array(cat->scratch, most + 1, sizeof(*spans));
    size_t count = 0;
    for (; count < most && pg_row_bool(*t, "on_holidays") == on_holidays; count++, t->row++)
        spans[count] =
            (struct cal_span){pg_row_instant(*t, "open_from"), pg_row_instant(*t, "open_to")};
    return (struct cal_spans){spans, cal_spans_join(spans, count)};
}

static struct cal_spans keep_spans(struct catalogue *cat, struct cal_spans read)
{
    struct cal_span *spans = arena_array(cat->arena, read.count + 1, sizeof(*spans));
    memcpy(spans, read.item, read.count * sizeof(*spans));
    return (struct cal_spans){spans, read.count};
}

static bool are_same(struct cal_spans a, struct cal_spans b)
{
    return a.count == b.count && memcmp(a.item, b.item, a.count * sizeof(*a.item)) == 0;
}

int load_openings(struct catalogue *cat, struct pg_row *t, size_t count)
{
    while ((size_t)t->row < count) {
        size_t size = row_group(*t, "resource_id");
        struct cat_resource *resource = resource_of(cat, pg_row_uuid(*t, "resource_id"));
        if (!resource)
            return 1;
        int first = t->row;
        struct cal_spans open = read_openings(cat, t, size, false);
        struct cal_spans on_holidays = read_openings(cat, t, size - (size_t)(t->row - first), true);
        resource->open = keep_spans(cat, open);
        resource->open_on_holidays =
            are_same(open, on_holidays) ? resource->open : keep_spans(cat, on_holidays);
    }
    return 0;
}

static int read_tariff(struct pg_row row, struct bill_tariff *ret)
{
    struct cat_validity validity = row_validity(row);
    int rounding, tax_kind;
    if (pg_row_enum(row, "rounding", bill_rounding_names, &rounding) ||
        pg_row_enum(row, "tax_kind", bill_tax_kind_names, &tax_kind))
        return 1;
    *ret = (struct bill_tariff){
        .id = pg_row_uuid(row, "id"),
        .valid = {validity.from_us, validity.to_us},
        .time_unit_s = pg_row_int(row, "time_unit_s"),
        .rounding = (enum bill_rounding)rounding,
        .block_s = pg_row_int(row, "block_s"),
        .setup_fee = pg_row_int(row, "setup_fee"),
        .minimum_fee = pg_row_int(row, "minimum_fee"),
        .tax_kind = (enum bill_tax_kind)tax_kind,
        .charges_unused = pg_row_bool(row, "charges_unused"),
    };
    return ratio_make(pg_row_int(row, "price_num"), pg_row_int(row, "price_den"), &ret->price);
}

int load_tariffs(struct catalogue *cat, struct pg_row *t, size_t count)
{
    while ((size_t)t->row < count) {
        size_t size = row_group(*t, "resource_id");
        struct cat_resource *resource = resource_of(cat, pg_row_uuid(*t, "resource_id"));
        struct bill_tariff *tariffs = arena_array(cat->arena, size, sizeof(*tariffs));
        for (size_t i = 0; i < size; i++, t->row++) {
            if (read_tariff(*t, &tariffs[i]))
                return 1;
        }
        if (!resource)
            return 1;
        resource->tariffs = tariffs;
        resource->tariff_count = size;
    }
    return 0;
}
