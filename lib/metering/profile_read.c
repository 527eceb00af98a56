#include "metering/profile.h"

#include <string.h>

#include "metering/profile_rows.h"

/* A profile document as its fields stand; turned into struct profile below. */
struct channel_in {
    int name;
    int type;
    int order;
    int unit;
    int64_t function;
    int64_t address;
    int64_t scale_address;
    struct ratio scale;
    bool is_inverted;
    bool is_partial;
    struct field_list sentinels;
    struct ratio modulus;
    struct ratio resolution;
};

struct identity_in {
    int64_t function;
    int64_t address;
    int64_t count;
};

struct profile_in {
    struct str code;
    struct str name;
    int64_t max_registers;
    int64_t min_gap_ms;
    struct identity_in identity;
    struct field_list channels;
};

static const struct field channel_fields[] = {
    FIELD_ENUM(struct channel_in, name, FIELD_NEEDED, profile_role_names, 0,
               "What the channel measures."),
    FIELD_INT(struct channel_in, function, FIELD_NEEDED, 1, 4, 0, "Modbus read function."),
    FIELD_INT(struct channel_in, address, FIELD_NEEDED, 0, 65535, 0,
              "Address as on the wire, counted from 0."),
    FIELD_ENUM(struct channel_in, type, FIELD_NEEDED, profile_type_names, 0,
               "Type of the raw value."),
    FIELD_ENUM(struct channel_in, order, FIELD_DEFAULT, profile_order_names, PROFILE_HIGH_FIRST,
               "Order of the value's words."),
    FIELD_ENUM(struct channel_in, unit, FIELD_DEFAULT, profile_unit_names, PROFILE_NO_UNIT,
               "Unit of the scaled value."),
    FIELD_DECIMAL(struct channel_in, scale, 0,
                  "Value in the unit = raw value x scale; 1 if absent."),
    FIELD_INT(struct channel_in, scale_address, FIELD_DEFAULT, 0, 65535, -1,
              "Register with a further power of ten, read in the same request."),
    FIELD_BOOL(struct channel_in, is_inverted, false,
               "The contact opens when the instrument runs."),
    FIELD_BOOL(struct channel_in, is_partial, false,
               "A user can reset it: never used for billing."),
    FIELD_TEXTS(struct channel_in, sentinels, 0, 1, 16, PROFILE_SENTINELS_MAX,
                "Raw values that mean none, as hexadecimal digits; a dot is any digit."),
    FIELD_DECIMAL(struct channel_in, modulus, 0, "Counters: where it wraps to 0, in the unit."),
    FIELD_DECIMAL(struct channel_in, resolution, 0,
                  "Counters: one step in the unit; the scale if absent."),
    FIELD_END};

static const struct field identity_fields[] = {
    FIELD_INT(struct identity_in, function, FIELD_NEEDED, 3, 4, 0, "Modbus read function."),
    FIELD_INT(struct identity_in, address, FIELD_NEEDED, 0, 65535, 0, "First register."),
    FIELD_INT(struct identity_in, count, FIELD_NEEDED, 1, PROFILE_WORDS_MAX, 0, "Registers."),
    FIELD_END};

const struct field profile_fields[] = {
    FIELD_CODE(struct profile_in, code, FIELD_NEEDED, "What meters refer to."),
    FIELD_TEXT(struct profile_in, name, FIELD_NEEDED, 1, 60, "Maker and model."),
    FIELD_INT(struct profile_in, max_registers, FIELD_DEFAULT, 1, PROFILE_WORDS_MAX,
              PROFILE_WORDS_MAX, "Most registers in one request."),
    FIELD_INT(struct profile_in, min_gap_ms, FIELD_DEFAULT, 0, 60000, 0,
              "Silence that the device wants between two requests."),
    FIELD_OBJECT(struct profile_in, identity, 0, identity_fields,
                 "Registers that tell this device from another of its kind."),
    FIELD_OBJECTS(struct profile_in, channels, FIELD_NEEDED, PROFILE_CHANNELS_MAX,
                  struct channel_in, channel_fields, "What can be read."),
    FIELD_END};

static void fault(struct problem *problem, enum code code, size_t index, const char *member,
                  struct fact limit, struct fact actual)
{
    char *pointer = arena_printf(problem->arena, "/channels/%zu/%s", index, member);
    problem_add(problem, code, pointer, limit, actual);
}

static struct fact fact_name(const char *name)
{
    return fact_text(str_of(name));
}

/* ---------------------------------------------------------------- reading */

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* "7fff...." -> bits and mask. 0, or 1 when it is no pattern of `words` words. */
static int read_sentinel(struct str text, size_t words, struct profile_sentinel *ret)
{
    struct profile_sentinel sentinel = {0, 0};

    if (text.len != 4 * words)
        return 1;
    for (size_t i = 0; i < text.len; i++) {
        int digit = hex_digit(text.ptr[i]);
        if (digit < 0 && text.ptr[i] != '.')
            return 1;
        sentinel.bits = sentinel.bits << 4 | (digit < 0 ? 0 : (uint64_t)digit);
        sentinel.mask = sentinel.mask << 4 | (digit < 0 ? 0 : UINT64_C(15));
    }
    *ret = sentinel;
    return 0;
}

static void read_sentinels(const struct channel_in *in, size_t index, struct profile_channel *ret,
                           struct problem *problem)
{
    const struct str *texts = in->sentinels.items;

    for (size_t i = 0; i < in->sentinels.count && i < PROFILE_SENTINELS_MAX; i++) {
        size_t words = profile_type_rows[ret->type].words;
        if (ret->type == PROFILE_BIT || read_sentinel(texts[i], words, &ret->sentinel[i]))
            fault(problem, CODE_bad_format, index, "sentinels", NO_FACT, fact_text(texts[i]));
        ret->sentinel_count = i + 1;
    }
}

/* An energy in the channel's unit as whole mWh; `otherwise` when absent, a violation when it is
 * not positive or too large. Less than 1 mWh counts as 1. */
static int64_t read_energy(struct ratio value, const struct profile_channel *channel,
                           const char *member, size_t index, int64_t otherwise,
                           struct problem *problem)
{
    struct ratio energy;

    if (value.den == 0)
        return otherwise;
    struct ratio unit = {profile_unit_rows[channel->unit].factor, 1};
    if (value.num <= 0) {
        fault(problem, CODE_too_small, index, member, fact_int(0), NO_FACT);
        return otherwise;
    }
    if (ratio_mul(value, unit, &energy) ||
        ratio_round(energy, ROUND_HALF_AWAY) > SAMPLE_VALUE_MAX) {
        fault(problem, CODE_too_large, index, member, NO_FACT, NO_FACT);
        return otherwise;
    }
    int64_t whole = ratio_round(energy, ROUND_HALF_AWAY);
    return whole > 0 ? whole : 1;
}

static struct profile_channel read_channel(const struct channel_in *in, size_t index,
                                           struct problem *problem)
{
    struct profile_channel channel = {
        .role = (enum profile_role)in->name,
        .type = (enum profile_type)in->type,
        .order = (enum profile_order)in->order,
        .unit = (enum profile_unit)in->unit,
        .function = (uint8_t)in->function,
        .address = (uint16_t)in->address,
        .scale_address = (int32_t)in->scale_address,
        .scale = in->scale.den == 0 ? RATIO_ONE : in->scale,
        .is_inverted = in->is_inverted,
        .is_partial = in->is_partial,
    };

    read_sentinels(in, index, &channel, problem);
    if (profile_role_rows[channel.role].measure == MEASURE_ENERGY) {
        /* A float's own step is known from its type: a scale of 1 says nothing about it. */
        bool is_float = profile_type_rows[channel.type].is_float;
        int64_t step =
            is_float ? 1 : read_energy(channel.scale, &channel, "scale", index, 1, problem);
        channel.modulus_mwh = read_energy(in->modulus, &channel, "modulus", index, 0, problem);
        channel.resolution_mwh =
            read_energy(in->resolution, &channel, "resolution", index, step, problem);
    }
    return channel;
}

static void copy_text(struct str from, char *to, size_t size)
{
    size_t len = from.len < size - 1 ? from.len : size - 1;
    memcpy(to, from.ptr, len);
    to[len] = '\0';
}

int profile_read(const struct json *doc, struct arena *arena, struct profile *ret,
                 struct problem *problem)
{
    struct profile_in in = {0};
    size_t before = problem->count;

    if (!field_decode(profile_fields, doc, arena, &in, problem))
        return 1;
    memset(ret, 0, sizeof(*ret));
    copy_text(in.code, ret->code, sizeof(ret->code));
    copy_text(in.name, ret->name, sizeof(ret->name));
    ret->max_registers = (int32_t)in.max_registers;
    ret->min_gap_ms = (int32_t)in.min_gap_ms;
    ret->has_identity = json_get(doc, "identity") && in.identity.count > 0;
    if (ret->has_identity)
        ret->identity =
            (struct profile_span){(uint8_t)in.identity.function, (uint16_t)in.identity.address,
                                  (uint16_t)in.identity.count};
    const struct channel_in *channels = in.channels.items;
    for (size_t i = 0; i < in.channels.count && i < PROFILE_CHANNELS_MAX; i++)
        ret->channel[ret->channel_count++] = read_channel(&channels[i], i, problem);
    if (profile_check(ret, problem))
        return 1;
    return problem->count > before;
}

/* ---------------------------------------------------------------- checking */

static void check_access(const struct profile *profile, size_t index, struct problem *problem)
{
    const struct profile_channel *channel = &profile->channel[index];
    bool is_bit = channel->type == PROFILE_BIT;
    uint32_t words = profile_type_rows[channel->type].words;
    struct profile_span span = profile_span(channel);

    if (is_bit != (channel->function <= 2))
        fault(problem, CODE_unknown_value, index, "function",
              fact_name(is_bit ? "1 or 2" : "3 or 4"), fact_int(channel->function));
    if (channel->address + words > 65536)
        fault(problem, CODE_too_large, index, "address", fact_int(65536 - (int64_t)words),
              fact_int(channel->address));
    else if (!is_bit && span.count > profile->max_registers)
        fault(problem, CODE_too_large, index, "address", fact_int(profile->max_registers),
              fact_int(span.count));
    bool is_plain = is_bit || profile_type_rows[channel->type].is_float;
    int64_t value_end = (int64_t)channel->address + words;
    if (channel->scale_address >= 0 && (is_plain || (channel->scale_address >= channel->address &&
                                                     channel->scale_address < value_end)))
        fault(problem, CODE_unknown_value, index, "scale_address", NO_FACT,
              fact_int(channel->scale_address));
}

static void check_meaning(const struct profile *profile, size_t index, struct problem *problem)
{
    const struct profile_channel *channel = &profile->channel[index];
    enum profile_measure measure = profile_role_rows[channel->role].measure;

    if (profile_unit_rows[channel->unit].measure != measure)
        fault(problem, CODE_unknown_value, index, "unit", NO_FACT,
              fact_name(profile_unit_names[channel->unit]));
    if ((channel->type == PROFILE_BIT) != (measure == MEASURE_STATE))
        fault(problem, CODE_unknown_value, index, "type", NO_FACT,
              fact_name(profile_type_names[channel->type]));
    if (channel->scale.num <= 0)
        fault(problem, CODE_too_small, index, "scale", fact_int(0), fact_int(channel->scale.num));
    else if (channel->scale.num > PROFILE_SCALE_MAX || channel->scale.den > PROFILE_SCALE_MAX)
        fault(problem, CODE_too_large, index, "scale", fact_int(PROFILE_SCALE_MAX), NO_FACT);
    if (channel->is_partial && measure == MEASURE_ENERGY)
        fault(problem, CODE_unknown_value, index, "is_partial", NO_FACT, fact_name("true"));
    for (size_t i = 0; i < index; i++)
        if (profile->channel[i].role == channel->role) {
            fault(problem, CODE_duplicate, index, "name", NO_FACT,
                  fact_name(profile_role_names[channel->role]));
            break;
        }
}

int profile_check(const struct profile *profile, struct problem *problem)
{
    size_t before = problem->count + problem->dropped;

    if (profile->channel_count == 0)
        problem_add(problem, CODE_too_short, "/channels", fact_int(1), fact_int(0));
    if (profile->has_identity && profile->identity.count > profile->max_registers)
        problem_add(problem, CODE_too_large, "/identity/count", fact_int(profile->max_registers),
                    fact_int(profile->identity.count));
    if (profile->has_identity && profile->identity.address + profile->identity.count > 65536)
        problem_add(problem, CODE_too_large, "/identity/address", NO_FACT,
                    fact_int(profile->identity.address));
    for (size_t i = 0; i < profile->channel_count; i++) {
        check_access(profile, i, problem);
        check_meaning(profile, i, problem);
    }
    return problem->count + problem->dropped > before;
}
