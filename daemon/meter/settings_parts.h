#pragma once
/* Between settings_load.c (rows) and settings.c (what they mean together). Not for others. */

#include "meter/settings.h"

/* A profile, read when a meter of it is met. */
struct settings_profile {
    struct str code;
    struct str doc;
    bool is_read;
    const char *fault; /* why it can't be used, or NULL */
    struct profile profile;
};

/* A row of the catalogue's meters. */
struct settings_row {
    struct meter_settings meter; /* without what is found when it is admitted */
    struct str profile;
    struct str host;
    int64_t rated_w; /* 0: unknown */
};

struct settings_build {
    struct settings *settings;
    struct settings_profile *profiles;
    size_t profile_count;
    struct settings_row *rows; /* by code */
    size_t row_count;
    struct resource_settings *rules; /* every run rule, by resource */
    size_t rule_count;
};

/* From the rows to what is polled: fills meters, resources and faults. */
void settings_assemble(struct settings_build *build);
