#include "base/log.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "base/instant.h"
#include "child.h"

static const char *logged_text;

static void log_text(void)
{
    log_init("api", LOG_INFO);
    log_info("e", LS("k", logged_text));
}

struct value_case {
    const char *text;
    const char *shown;
};

static void values_are_escaped(void **state)
{
    (void)state;
    static const struct value_case cases[] = {
        {"plain", "plain"},
        {"/v1/x?y", "/v1/x?y"},
        {"", "\"\""},
        {NULL, "\"\""},
        {"two words", "\"two words\""},
        {"a=b", "\"a=b\""},
        {"say \"hi\"", "\"say \\\"hi\\\"\""},
        {"back\\slash", "\"back\\\\slash\""},
        {"line\nlevel=error", "\"line\\nlevel=error\""},
        {"\t\r\x1b[31m\x7f", "\"\\x09\\x0d\\x1b[31m\\x7f\""},
        {"장비", "장비"},
        {"\xff장", "\"\\xff장\""},
        {"\xe1\x80", "\"\\xe1\\x80\""},
    };
    for (size_t i = 0; i < LEN(cases); i++) {
        struct child child;
        char expected[256];
        logged_text = cases[i].text;
        child_run(log_text, &child);
        snprintf(expected, sizeof(expected), " level=info role=api event=e k=%s\n", cases[i].shown);
        const char *at = strstr(child.output, " level=");
        assert_non_null(at);
        assert_string_equal(at, expected);
    }
}

static void log_one(void)
{
    log_init("jobs", LOG_INFO);
    errno = ENOENT;
    log_warn("started", LI("pid", 12), LI("least", INT64_MIN), LS("dir", "/var"));
    if (errno != ENOENT)
        _exit(1);
}

static void a_line_begins_with_its_time(void **state)
{
    (void)state;
    struct child child;
    int64_t at_us = 0;
    child_run(log_one, &child);
    assert_int_equal(child.status, 0);
    assert_memory_equal(child.output, "time=", 5);
    char *end = strchr(child.output, ' ');
    assert_non_null(end);
    struct str time_text = {child.output + 5, (size_t)(end - child.output) - 5};
    assert_int_equal(instant_parse(time_text, &at_us), 0);
    assert_string_equal(end, " level=warn role=jobs event=started pid=12 "
                             "least=-9223372036854775808 dir=/var\n");
}

static void log_all_levels(void)
{
    log_init("meter", LOG_WARN);
    log_debug("d", LI("n", 0));
    log_info("i", LI("n", 1));
    log_warn("w", LI("n", 2));
    log_error("e", LI("n", 3));
}

static void lower_levels_are_dropped(void **state)
{
    (void)state;
    struct child child;
    child_run(log_all_levels, &child);
    assert_null(strstr(child.output, "event=d"));
    assert_null(strstr(child.output, "event=i"));
    assert_non_null(strstr(child.output, "level=warn role=meter event=w"));
    assert_non_null(strstr(child.output, "level=error role=meter event=e"));
}

static char long_text[20000];

static void log_long(void)
{
    log_init("api", LOG_INFO);
    log_info("e", LS("k", long_text), LI("after", 1));
}

static void a_long_value_is_marked(void **state)
{
    (void)state;
    struct child child;
    memset(long_text, 'x', sizeof(long_text) - 1);
    child_run(log_long, &child);
    assert_non_null(strstr(child.output, "x... after=1\n"));
    assert_true(strlen(child.output) <= 4096);
}

/* Characters of three bytes: the cut must not split one. */
static void a_long_value_is_cut_between_characters(void **state)
{
    (void)state;
    struct child child;
    for (size_t i = 0; i + 3 < sizeof(long_text); i += 3)
        memcpy(long_text + i, "장", 4);
    child_run(log_long, &child);
    assert_non_null(strstr(child.output, "장... after=1\n"));
}

static void log_many(void)
{
    struct log_field fields[40];
    log_init("api", LOG_INFO);
    memset(long_text, 'y', 500);
    long_text[500] = '\0';
    for (size_t i = 0; i < LEN(fields); i++)
        fields[i] = LS("k", long_text);
    log_write(LOG_INFO, "e", fields, LEN(fields));
}

static void a_long_line_is_marked(void **state)
{
    (void)state;
    struct child child;
    child_run(log_many, &child);
    /* About 60 bytes, then as many fields of 503 bytes as fit below 4,064. */
    assert_non_null(strstr(child.output, "y cut=33\n"));
    assert_true(strlen(child.output) <= 4096);
}

/* Packets keep the borders of writes, which a pipe does not. */
static void a_line_is_one_write(void **state)
{
    (void)state;
    int ends[2];
    char packet[5000];
    int saved = dup(STDERR_FILENO);
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
    dup2(ends[1], STDERR_FILENO);
    log_many();
    dup2(saved, STDERR_FILENO);
    ssize_t len = recv(ends[0], packet, sizeof(packet), 0);
    assert_true(len > 3000);
    assert_int_equal(packet[len - 1], '\n');
    close(ends[0]);
    close(ends[1]);
    close(saved);
}

static void log_nowhere(void)
{
    close(STDERR_FILENO);
    log_init("api", LOG_INFO);
    log_error("lost", LI("n", 1));
}

static void a_closed_stderr_is_survived(void **state)
{
    (void)state;
    struct child child;
    child_run(log_nowhere, &child);
    assert_int_equal(child.status, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_escaped),
        cmocka_unit_test(a_line_begins_with_its_time),
        cmocka_unit_test(lower_levels_are_dropped),
        cmocka_unit_test(a_long_value_is_marked),
        cmocka_unit_test(a_long_value_is_cut_between_characters),
        cmocka_unit_test(a_long_line_is_marked),
        cmocka_unit_test(a_line_is_one_write),
        cmocka_unit_test(a_closed_stderr_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
