#include "base/problem.h"

#include <stdio.h>

#include "base/instant.h"

struct fact fact_int(int64_t value)
{
    return (struct fact){FACT_INT, value, {NULL, 0}};
}

struct fact fact_instant(int64_t at_us)
{
    return (struct fact){FACT_INSTANT, at_us, {NULL, 0}};
}

struct fact fact_text(struct str text)
{
    return (struct fact){FACT_TEXT, 0, text};
}

void problem_init(struct problem *problem, struct arena *arena)
{
    problem->arena = arena;
    problem->count = 0;
    problem->dropped = 0;
    problem->next_count = 0;
}

static struct fact copy_fact(struct arena *arena, struct fact fact)
{
    if (fact.kind == FACT_TEXT)
        fact.text.ptr = arena_strndup(arena, fact.text.ptr, fact.text.len);
    return fact;
}

void problem_add(struct problem *problem, enum code code, const char *pointer, struct fact limit,
                 struct fact actual)
{
    if (problem->count == PROBLEM_VIOLATIONS_MAX) {
        problem->dropped++;
        return;
    }
    struct violation *violation = &problem->violation[problem->count++];
    violation->code = code;
    violation->pointer = str_of(pointer != NULL ? arena_strdup(problem->arena, pointer) : "");
    violation->limit = copy_fact(problem->arena, limit);
    violation->actual = copy_fact(problem->arena, actual);
}

/* Smaller is graver: who asks comes before what is asked, and both before faults of our own. */
static int gravity(enum code code)
{
    switch (code_status(code)) {
    case 401:
        return 0;
    case 403:
        return 1;
    case 404:
        return 2;
    default:
        return code_status(code) < 500 ? 3 : 4;
    }
}

enum code problem_code(const struct problem *problem)
{
    enum code gravest = CODE_NONE;
    for (size_t i = 0; i < problem->count; i++) {
        enum code code = problem->violation[i].code;
        if (gravest == CODE_NONE || gravity(code) < gravity(gravest))
            gravest = code;
    }
    return gravest;
}

static void add_fact(struct buf *out, struct fact fact)
{
    char text[INSTANT_TEXT_MAX];
    switch (fact.kind) {
    case FACT_NONE:
        break;
    case FACT_INT:
        buf_int(out, fact.number);
        break;
    case FACT_INSTANT:
        buf_add(out, text, instant_format(fact.number, text));
        break;
    case FACT_TEXT:
        buf_str(out, fact.text);
        break;
    }
}

static void encode_fact(struct jsonw *w, const char *key, struct fact fact)
{
    switch (fact.kind) {
    case FACT_NONE:
        break;
    case FACT_INT:
        jw_int(w, key, fact.number);
        break;
    case FACT_INSTANT:
        jw_instant(w, key, fact.number);
        break;
    case FACT_TEXT:
        jw_text(w, key, fact.text);
        break;
    }
}

/* One sentence for people who see only it: the first violation, and how many more there are. */
static void encode_detail(const struct problem *problem, enum language language, struct jsonw *w)
{
    const struct violation *first = &problem->violation[0];
    size_t more = problem->count + problem->dropped - 1;
    struct buf text = {0};
    if (first->pointer.len > 0)
        buf_printf(&text, STR_FMT ": ", STR_ARG(first->pointer));
    buf_puts(&text, code_message(first->code, language));
    if (first->limit.kind != FACT_NONE) {
        buf_puts(&text, language == LANG_KO ? " 기준: " : " Limit: ");
        add_fact(&text, first->limit);
        buf_putc(&text, '.');
    }
    if (more > 0)
        buf_printf(&text, language == LANG_KO ? " 외 %zu건." : " And %zu more.", more);
    jw_text(w, "detail", buf_view(&text));
    buf_fini(&text);
}

static void encode_violation(const struct violation *violation, enum language language,
                             struct jsonw *w)
{
    jw_object(w, NULL);
    jw_cstr(w, "code", code_name(violation->code));
    jw_text(w, "pointer", violation->pointer);
    encode_fact(w, "limit", violation->limit);
    encode_fact(w, "actual", violation->actual);
    jw_cstr(w, "message", code_message(violation->code, language));
    jw_end_object(w);
}

static void encode_next(const struct problem *problem, struct jsonw *w)
{
    jw_array(w, "next");
    for (size_t i = 0; i < problem->next_count; i++) {
        jw_object(w, NULL);
        jw_instant(w, "start", problem->next[i].start_us);
        jw_instant(w, "end", problem->next[i].end_us);
        jw_end_object(w);
    }
    jw_end_array(w);
}

void problem_encode(const struct problem *problem, enum language language, struct str instance,
                    struct buf *out)
{
    enum code code = problem_code(problem);
    char type[64];
    struct jsonw w = jsonw(out);
    snprintf(type, sizeof(type), "urn:labtab:problem:%s", code_name(code));
    jw_object(&w, NULL);
    jw_cstr(&w, "type", type);
    jw_cstr(&w, "title", code_message(code, language));
    jw_int(&w, "status", code_status(code));
    if (problem->count > 0)
        encode_detail(problem, language, &w);
    jw_text(&w, "instance", instance);
    jw_array(&w, "violations");
    for (size_t i = 0; i < problem->count; i++)
        encode_violation(&problem->violation[i], language, &w);
    jw_end_array(&w);
    if (problem->dropped > 0)
        jw_int(&w, "violations_dropped", (int64_t)problem->dropped);
    if (problem->next_count > 0)
        encode_next(problem, &w);
    jw_end_object(&w);
}
