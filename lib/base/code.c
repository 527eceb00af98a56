#include "base/code.h"

#include <string.h>

struct code_row {
    const char *name;
    int status;
    const char *message[2]; /* by enum language */
};

static const struct code_row code_rows[CODE_COUNT] = {
    [CODE_NONE] = {"none", 200, {"Nothing is wrong.", "문제가 없습니다."}},
#define CODE(symbol, status, en, ko) [CODE_##symbol] = {#symbol, status, {en, ko}},
    CODE_TABLE(CODE)
#undef CODE
};

const char *code_name(enum code code)
{
    return code_rows[code].name;
}

int code_status(enum code code)
{
    return code_rows[code].status;
}

const char *code_message(enum code code, enum language language)
{
    return code_rows[code].message[language];
}

enum code code_of(const char *name)
{
    for (int code = CODE_NONE + 1; code < CODE_COUNT; code++) {
        if (strcmp(code_rows[code].name, name) == 0)
            return (enum code)code;
    }
    return CODE_NONE;
}
