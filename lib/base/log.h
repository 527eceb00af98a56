#pragma once
/* logfmt on stderr, one line an event: `time=... level=info role=api event=started pid=12`.
 * Libraries log at debug only; what is worth a line is decided by the daemon. */

#include "base/str.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

struct log_field {
    const char *key;
    enum { LOGF_TEXT, LOGF_INT } kind;
    const char *text;
    int64_t number;
};

#define LS(key, value) ((struct log_field){key, LOGF_TEXT, value, 0})
#define LI(key, value) ((struct log_field){key, LOGF_INT, NULL, (int64_t)(value)})

/* `role` (static text) stands on every line; levels below `least` are dropped. */
void log_init(const char *role, enum log_level least);
void log_write(enum log_level level, const char *event, const struct log_field *fields,
               size_t count);

#define log_event(level, event, ...)                                                               \
    log_write(level, event, (const struct log_field[]){__VA_ARGS__},                               \
              sizeof((const struct log_field[]){__VA_ARGS__}) / sizeof(struct log_field))
#define log_debug(...) log_event(LOG_DEBUG, __VA_ARGS__)
#define log_info(...)  log_event(LOG_INFO, __VA_ARGS__)
#define log_warn(...)  log_event(LOG_WARN, __VA_ARGS__)
#define log_error(...) log_event(LOG_ERROR, __VA_ARGS__)
