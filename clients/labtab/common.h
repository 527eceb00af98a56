#pragma once
/* What every command can be told. */

#include "base/arena.h"
#include "base/conf.h"

struct common {
    const char *url;
    const char *token; /* never printed */
    const char *token_file;
    bool json;
    int language;
    int64_t timeout_s;
    bool help;
    bool version;
};

extern const struct conf_option common_table[];

/* "en" or "ko". */
const char *common_language(const struct common *common);

/* Fills in what the environment or the token file says, and checks it. Every fault is a line in
 * `faults`; texts live in the arena. */
void common_complete(struct common *common, struct arena *arena, struct buf *faults);
