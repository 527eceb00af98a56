#include <stdlib.h>

#include "cmocka_all.h"
#include "metering/profile.h"

/* What the wire says and what it means; scales and units as a profile would have them. */
static const struct vector {
    const char *what;
    struct profile_channel channel;
    size_t count;
    uint16_t words[6];
    bool is_valid;
    int64_t value;
} vectors[] = {
#define CH(t, o, u, num, den)                                                                      \
    {                                                                                              \
        .type = t, .order = o, .unit = u, .scale_address = -1, .scale = { num, den }               \
    }
#define F_HIGH  CH(PROFILE_FLOAT32, PROFILE_HIGH_FIRST, PROFILE_W, 1, 1)
#define CG      CH(PROFILE_INT32, PROFILE_LOW_FIRST, PROFILE_W, 1, 10)
#define ABB_KWH CH(PROFILE_UINT64, PROFILE_HIGH_FIRST, PROFILE_KWH, 1, 100)
    {"float high-first", F_HIGH, 2, {0x4366, 0x3333}, true, 230200},
    {"float low-first",
     CH(PROFILE_FLOAT32, PROFILE_LOW_FIRST, PROFILE_W, 1, 1),
     2,
     {0x3333, 0x4366},
     true,
     230200},
    {"int32 low-first", CG, 2, {0x04d2, 0x0000}, true, 123400},
    {"negative int32 low-first", CG, 2, {0xfb2e, 0xffff}, true, -123400},
    {"uint64", ABB_KWH, 4, {0, 0, 0x0012, 0xd687}, true, INT64_C(12345670000)},
    {"float NaN", F_HIGH, 2, {0x7fc0, 0}, false, 0},
    {"float NaN with sign", F_HIGH, 2, {0xffc0, 0}, false, 0},
    {"float infinity", F_HIGH, 2, {0x7f80, 0}, false, 0},
    {"float minus infinity", F_HIGH, 2, {0xff80, 0}, false, 0},
    {"float zero", F_HIGH, 2, {0, 0}, true, 0},
    {"float minus zero", F_HIGH, 2, {0x8000, 0}, true, 0},
    {"smallest float", F_HIGH, 2, {0, 1}, true, 0},
    {"largest float", F_HIGH, 2, {0x7f7f, 0xffff}, false, 0},
    {"float half a mW rounds away", F_HIGH, 2, {0x3a03, 0x126f}, true, 1}, /* 0.0005 */
    {"minus half", F_HIGH, 2, {0xba03, 0x126f}, true, -1},
    {"an exact half", CH(PROFILE_INT16, PROFILE_HIGH_FIRST, PROFILE_W, 1, 2000), 1, {1}, true, 1},
    {"minus an exact half",
     CH(PROFILE_INT16, PROFILE_HIGH_FIRST, PROFILE_W, 1, 2000),
     1,
     {0xffff},
     true,
     -1},
    {"kW as W: 2.5 MW",
     CH(PROFILE_FLOAT32, PROFILE_HIGH_FIRST, PROFILE_KW, 1, 1),
     2,
     {0x451c, 0x4000},
     true,
     INT64_C(2500000000)},
    {"int16", CH(PROFILE_INT16, PROFILE_HIGH_FIRST, PROFILE_W, 1, 1), 1, {0x8001}, true, -32767000},
    {"uint32 at its top",
     CH(PROFILE_UINT32, PROFILE_HIGH_FIRST, PROFILE_WH, 1, 1),
     2,
     {0xffff, 0xffff},
     true,
     INT64_C(4294967295000)},
    {"int64 minimum",
     CH(PROFILE_INT64, PROFILE_HIGH_FIRST, PROFILE_WH, 1, 1),
     4,
     {0x8000, 0, 0, 0},
     false,
     0},
    {"int64 beyond what is kept exactly",
     CH(PROFILE_INT64, PROFILE_HIGH_FIRST, PROFILE_WH, 1, 1),
     4,
     {0x7fff, 0xffff, 0xffff, 0xffff},
     false,
     0},
    {"too few words", F_HIGH, 1, {0x4366}, false, 0},
    {"closed", CH(PROFILE_BIT, 0, PROFILE_NO_UNIT, 1, 1), 1, {1}, true, 1},
    {"open", CH(PROFILE_BIT, 0, PROFILE_NO_UNIT, 1, 1), 1, {0}, true, 0},
    {"no bit", CH(PROFILE_BIT, 0, PROFILE_NO_UNIT, 1, 1), 1, {2}, false, 0},
};

static void decodes_exactly(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < LEN(vectors); i++) {
        const struct vector *v = &vectors[i];
        int64_t value = 42;
        bool is_valid = profile_value(&v->channel, v->words, v->count, &value) == 0;
        if (is_valid != v->is_valid || value != (is_valid ? v->value : 42))
            fail_msg("%s: %s %lld", v->what, is_valid ? "valid" : "invalid", (long long)value);
    }
}

static void sentinels_are_no_values(void **unused)
{
    (void)unused;
    static const struct {
        enum profile_type type;
        enum profile_order order;
        struct profile_sentinel sentinel;
        uint16_t words[4];
        bool is_valid;
    } rows[] = {
        {PROFILE_INT32, PROFILE_LOW_FIRST, {0x7fff0000, 0xffff0000}, {0xffff, 0x7fff}, false},
        {PROFILE_INT32, PROFILE_LOW_FIRST, {0x7fff0000, 0xffff0000}, {0x1234, 0x7fff}, false},
        {PROFILE_INT32, PROFILE_LOW_FIRST, {0x7fff0000, 0xffff0000}, {0xffff, 0x7ffe}, true},
        {PROFILE_UINT64,
         PROFILE_HIGH_FIRST,
         {UINT64_MAX, UINT64_MAX},
         {0xffff, 0xffff, 0xffff, 0xffff},
         false},
        {PROFILE_INT32, PROFILE_HIGH_FIRST, {0x7fffffff, 0xffffffff}, {0x7fff, 0xffff}, false},
        {PROFILE_INT16, PROFILE_HIGH_FIRST, {0x8000, 0xffff}, {0x8000}, false},
        {PROFILE_UINT32, PROFILE_HIGH_FIRST, {0, 0xffffffff}, {0, 0}, false}, /* not accumulated */
    };
    for (size_t i = 0; i < LEN(rows); i++) {
        struct profile_channel channel = {.type = rows[i].type,
                                          .order = rows[i].order,
                                          .unit = PROFILE_WH,
                                          .scale = RATIO_ONE,
                                          .scale_address = -1,
                                          .sentinel_count = 1,
                                          .sentinel = {rows[i].sentinel}};
        int64_t value;
        bool is_valid = profile_value(&channel, rows[i].words, 4, &value) == 0;
        if (is_valid != rows[i].is_valid)
            fail_msg("row %zu", i);
    }
}

/* Value and power of ten come from one request; the register may lie on either side. */
static void scale_registers_are_read_with_the_value(void **unused)
{
    (void)unused;
    struct profile_channel channel = {.type = PROFILE_INT16,
                                      .unit = PROFILE_W,
                                      .function = 3,
                                      .address = 40018,
                                      .scale = RATIO_ONE,
                                      .scale_address = 40022,
                                      .sentinel_count = 1,
                                      .sentinel = {{0x8000, 0xffff}}};
    struct profile_span span = profile_span(&channel);
    int64_t value = 0;

    assert_int_equal(span.address, 40018);
    assert_int_equal(span.count, 5);
    assert_int_equal(profile_value(&channel, (uint16_t[]){0x04d2, 0, 0, 0, 0xffff}, 5, &value), 0);
    assert_int_equal(value, 123400);
    assert_int_equal(profile_value(&channel, (uint16_t[]){0x04d2, 0, 0, 0, 2}, 5, &value), 0);
    assert_int_equal(value, 123400000);
    assert_int_equal(profile_value(&channel, (uint16_t[]){0x8000, 0, 0, 0, 1}, 5, &value), 1);
    assert_int_equal(profile_value(&channel, (uint16_t[]){0x04d2, 0, 0, 0, 0x8000}, 5, &value), 1);
    assert_int_equal(profile_value(&channel, (uint16_t[]){0x04d2, 0, 0, 0, 11}, 5, &value), 1);
    assert_int_equal(profile_value(&channel, (uint16_t[]){0x04d2, 0, 0, 0}, 4, &value), 1);
    channel.scale_address = 40016;
    span = profile_span(&channel);
    assert_int_equal(span.address, 40016);
    assert_int_equal(profile_value(&channel, (uint16_t[]){0xffff, 0, 0x04d2}, 3, &value), 0);
    assert_int_equal(value, 123400);
}

static int read_text(const char *text, struct arena *arena, struct profile *ret,
                     struct problem *problem)
{
    const struct json *doc;
    const char *why;

    problem_init(problem, arena);
    if (json_parse(str_of(text), arena, &doc, &why))
        fail_msg("%s", why);
    return profile_read(doc, arena, ret, problem);
}

static char *shipped(const char *name, struct arena *arena)
{
    const char *folder = getenv("PROFILES");
    char *path = arena_printf(arena, "%s/%s.json", folder ? folder : "schema/profiles", name);
    FILE *file = fopen(path, "r");
    char *text = arena_alloc(arena, 8192);

    if (!file)
        fail_msg("%s can't be read", path);
    text[fread(text, 1, 8191, file)] = '\0';
    fclose(file);
    return text;
}

static void shipped_profiles_are_sound(void **unused)
{
    (void)unused;
    struct arena *arena = arena_new();
    struct problem problem;
    struct profile profile;

    assert_int_equal(read_text(shipped("eastron_sdm630", arena), arena, &profile, &problem), 0);
    assert_string_equal(profile.code, "eastron_sdm630");
    assert_int_equal(profile.max_registers, 80);
    assert_true(profile.has_identity);
    const struct profile_channel *power = profile_find(&profile, PROFILE_POWER);
    const struct profile_channel *energy = profile_find(&profile, PROFILE_ENERGY_IMPORT);
    assert_int_equal(profile_span(power).address, 0x34);
    assert_int_equal(profile_span(power).function, 4);
    assert_int_equal(profile_span(energy).address, 0x48);
    assert_int_equal(profile_span(energy).count, 2);
    struct counter_rule rule = profile_counter_rule(energy, 5000000, 3);
    assert_int_equal(rule.resolution_mwh, 10000);
    assert_int_equal(rule.significant_bits, 24);

    struct meter_sample sample = {0};
    assert_int_equal(profile_sample(power, (uint16_t[]){0x4366, 0x3333}, 2, &sample), 0);
    assert_int_equal(profile_sample(energy, (uint16_t[]){0x7fc0, 0}, 2, &sample), 1);
    assert_int_equal(sample.has, SAMPLE_POWER);
    assert_int_equal(sample.power_mw, 230200);

    assert_int_equal(read_text(shipped("contact_8ch", arena), arena, &profile, &problem), 0);
    const struct profile_channel *contact = profile_find(&profile, PROFILE_CONTACT);
    assert_int_equal(profile_span(contact).function, 2);
    assert_int_equal(profile_sample(contact, (uint16_t[]){1}, 1, &sample), 0);
    assert_true(sample.contact);
    assert_null(profile_find(&profile, PROFILE_POWER));
    arena_free(arena);
}

static void words_become_a_rule(void **unused)
{
    (void)unused;
    struct arena *arena = arena_new();
    struct problem problem;
    struct profile profile;

    assert_int_equal(
        read_text("{\"code\":\"em24\",\"name\":\"EM24\",\"max_registers\":11,\"channels\":["
                  "{\"name\":\"energy_import\",\"function\":3,\"address\":62,\"type\":\"int32\","
                  "\"order\":\"low_first\",\"unit\":\"kWh\",\"scale\":\"0.1\","
                  "\"sentinels\":[\"7fff....\"],\"modulus\":\"1000000\"},"
                  "{\"name\":\"contact\",\"function\":1,\"address\":0,\"type\":\"bit\","
                  "\"is_inverted\":true}]}",
                  arena, &profile, &problem),
        0);
    const struct profile_channel *energy = &profile.channel[0];
    assert_int_equal(energy->resolution_mwh, 100000);
    assert_int_equal(energy->modulus_mwh, INT64_C(1000000000000));
    int64_t value = 0;
    assert_int_equal(profile_value(energy, (uint16_t[]){0xffff, 0x7fff}, 2, &value), 1);
    assert_int_equal(profile_value(energy, (uint16_t[]){0x04d2, 0}, 2, &value), 0);
    assert_int_equal(value, 123400000);
    assert_int_equal(profile_value(&profile.channel[1], (uint16_t[]){0}, 1, &value), 0);
    assert_int_equal(value, 1);
    assert_int_equal(profile_counter_rule(energy, 0, 3).significant_bits, 0);
    arena_free(arena);
}

static bool has_fault(const struct problem *problem, enum code code, const char *pointer)
{
    for (size_t i = 0; i < problem->count; i++)
        if (problem->violation[i].code == code && str_eq_c(problem->violation[i].pointer, pointer))
            return true;
    return false;
}

static void all_faults_are_named(void **unused)
{
    (void)unused;
    struct arena *arena = arena_new();
    struct problem problem;
    struct profile profile;

    assert_int_equal(
        read_text("{\"code\":\"x\",\"name\":\"x\",\"max_registers\":11,"
                  "\"identity\":{\"function\":3,\"address\":65530,\"count\":12},\"channels\":["
                  "{\"name\":\"power\",\"function\":2,\"address\":65535,\"type\":\"int32\","
                  "\"unit\":\"kWh\",\"scale\":\"-1\",\"sentinels\":[\"7fff\"]},"
                  "{\"name\":\"power\",\"function\":3,\"address\":0,\"type\":\"int16\","
                  "\"unit\":\"W\",\"scale_address\":65535},"
                  "{\"name\":\"energy_import\",\"function\":3,\"address\":66,\"type\":\"int32\","
                  "\"unit\":\"kWh\",\"is_partial\":true,\"modulus\":\"-5\"},"
                  "{\"name\":\"contact\",\"function\":3,\"address\":0,\"type\":\"int16\"}]}",
                  arena, &profile, &problem),
        1);
    static const struct {
        enum code code;
        const char *pointer;
    } wanted[] = {
        {CODE_unknown_value, "/channels/0/function"},
        {CODE_too_large, "/channels/0/address"},
        {CODE_unknown_value, "/channels/0/unit"},
        {CODE_too_small, "/channels/0/scale"},
        {CODE_bad_format, "/channels/0/sentinels"},
        {CODE_duplicate, "/channels/1/name"},
        {CODE_too_large, "/channels/1/address"},
        {CODE_unknown_value, "/channels/2/is_partial"},
        {CODE_too_small, "/channels/2/modulus"},
        {CODE_unknown_value, "/channels/3/type"},
        {CODE_too_large, "/identity/count"},
        {CODE_too_large, "/identity/address"},
    };
    for (size_t i = 0; i < LEN(wanted); i++)
        if (!has_fault(&problem, wanted[i].code, wanted[i].pointer))
            fail_msg("%s at %s is missing", code_name(wanted[i].code), wanted[i].pointer);
    assert_int_equal(
        read_text("{\"code\":\"x\",\"name\":\"x\",\"channels\":[]}", arena, &profile, &problem), 1);
    assert_int_equal(
        read_text("{\"code\":\"x\",\"name\":\"x\",\"channels\":[{\"name\":\"volts\"}]}", arena,
                  &profile, &problem),
        1);
    assert_true(has_fault(&problem, CODE_unknown_value, "/channels/0/name"));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decodes_exactly),
        cmocka_unit_test(sentinels_are_no_values),
        cmocka_unit_test(scale_registers_are_read_with_the_value),
        cmocka_unit_test(shipped_profiles_are_sound),
        cmocka_unit_test(words_become_a_rule),
        cmocka_unit_test(all_faults_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
