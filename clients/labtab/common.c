#include "common.h"

#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "remote.h"

#define DEFAULT_URL    "http://127.0.0.1:8080"
#define TOKEN_MAX      512
#define TOKEN_FILE_MAX ((size_t)4096)

static const char *const language_names[] = {"en", "ko", NULL};

#define ROW(name, letter, type, min, max, fallback, names, member, unit, help)                     \
    {                                                                                              \
        NULL, name, letter, type, min, max, fallback, names, offsetof(struct common, member),      \
            unit, help                                                                             \
    }

const struct conf_option common_table[] = {
    ROW("url", 0, CT_TEXT, 0, 0, NULL, NULL, url, NULL,
        "Where labtabd answers; otherwise LABTAB_URL, otherwise " DEFAULT_URL "."),
    ROW("token", 0, CT_TEXT, 0, 0, NULL, NULL, token, NULL,
        "Bearer token; otherwise LABTAB_TOKEN. Other users of the machine can see it here."),
    ROW("token-file", 0, CT_TEXT, 0, 0, NULL, NULL, token_file, NULL,
        "File whose first line is the token."),
    ROW("json", 0, CT_BOOL, 0, 0, "no", NULL, json, NULL, "Print the reply's JSON as it came."),
    ROW("lang", 0, CT_ENUM, 0, 0, "en", language_names, language, NULL,
        "Language of the server's messages."),
    ROW("timeout", 0, CT_DURATION, 1, 3600, "30", NULL, timeout_s, "s",
        "Deadline of each request."),
    ROW("help", 'h', CT_BOOL, 0, 0, "no", NULL, help, NULL, "Print this and exit."),
    ROW("version", 'V', CT_BOOL, 0, 0, "no", NULL, version, NULL, "Print the version and exit."),
    CONF_END,
};

const char *common_language(const struct common *common)
{
    return language_names[common->language];
}

static const char *from_environment(const char *name)
{
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

/* It becomes a header: one word of printable ASCII. The fault does not repeat it. */
static void check_token(const char *token, struct buf *faults)
{
    size_t len = strlen(token);
    bool is_word = len > 0 && len <= TOKEN_MAX;
    for (size_t i = 0; i < len; i++)
        is_word = is_word && token[i] > ' ' && token[i] < 0x7f;
    if (!is_word)
        buf_printf(faults, "token: not a token: 1 to %d printable characters\n", TOKEN_MAX);
}

static const char *read_token(const char *path, struct arena *arena, struct buf *faults)
{
    struct str text;
    if (file_read(path, TOKEN_FILE_MAX, arena, &text, faults))
        return NULL;
    struct str line = {NULL, 0};
    if (str_cut(&text, '\n', &line) && line.len > 0 && line.ptr[line.len - 1] == '\r')
        line.len--;
    return arena_strndup(arena, line.ptr, line.len);
}

void common_complete(struct common *common, struct arena *arena, struct buf *faults)
{
    if (!common->url)
        common->url = from_environment("LABTAB_URL");
    if (!common->url)
        common->url = DEFAULT_URL;
    remote_check_url(common->url, faults);
    if (common->token && common->token_file)
        buf_puts(faults, "token-file: not together with token\n");
    else if (common->token_file)
        common->token = read_token(common->token_file, arena, faults);
    else if (!common->token)
        common->token = from_environment("LABTAB_TOKEN");
    if (common->token)
        check_token(common->token, faults);
}
