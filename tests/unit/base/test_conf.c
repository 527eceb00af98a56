#include "base/conf.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "child.h"

struct options {
    const char *config;
    const char *address;
    int64_t port;
    int64_t grace_s;
    bool is_dev;
    bool is_quiet;
    int level;
    int mode;
    const char *site;
};

static const char *const level_names[] = {"debug", "info", "warn", NULL};

static const struct conf_option rows[] = {
    {NULL, "config", 'c', CT_TEXT, 0, 0, NULL, NULL, offsetof(struct options, config), NULL,
     "Where the options are."},
    {"http", "listen-address", 0, CT_TEXT, 0, 0, "127.0.0.1", NULL,
     offsetof(struct options, address), NULL, "Where to listen."},
    {"http", "listen-port", 'p', CT_INT, 1, 65535, "8080", NULL, offsetof(struct options, port),
     NULL, "The port to listen on."},
    {"jobs", "grace", 0, CT_INT, 5, 3600, NULL, NULL, offsetof(struct options, grace_s), "s",
     "How long to wait."},
    {"http", "dev", 'd', CT_BOOL, 0, 0, "no", NULL, offsetof(struct options, is_dev), NULL,
     "For development."},
    {NULL, "quiet", 'q', CT_BOOL, 0, 0, NULL, NULL, offsetof(struct options, is_quiet), NULL,
     "Say less."},
    {"log", "level", 0, CT_ENUM, 0, 0, "info", level_names, offsetof(struct options, level), NULL,
     "What is logged."},
    {"log", "mode", 0, CT_ENUM, 0, 0, NULL, level_names, offsetof(struct options, mode), NULL,
     "Another choice."},
    {"jobs", "site", 0, CT_TEXT, 0, 0, NULL, NULL, offsetof(struct options, site), NULL,
     "The site's code."},
    CONF_END,
};

struct fixture {
    struct options options;
    struct buf faults;
    char path[64];
};

static struct fixture fixture;

static int setup(void **state)
{
    struct fixture *f = &fixture;
    memset(&f->options, 0x5a, sizeof(f->options));
    f->faults = (struct buf){0};
    buf_puts(&f->faults, "");
    strcpy(f->path, "/tmp/test_conf.XXXXXX");
    int fd = mkstemp(f->path);
    assert_true(fd >= 0);
    close(fd);
    conf_defaults(rows, &f->options);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    unlink(f->path);
    buf_fini(&f->faults);
    return 0;
}

static int read_file(struct fixture *f, struct str text)
{
    FILE *file = fopen(f->path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(text.ptr, 1, text.len, file), text.len);
    assert_int_equal(fclose(file), 0);
    buf_reset(&f->faults);
    return conf_file(rows, f->path, &f->options, &f->faults);
}

/* The faults with PATH for the file's path. */
static const char *shown_faults(struct fixture *f)
{
    static struct buf shown;
    buf_reset(&shown);
    const char *rest = f->faults.data;
    for (const char *at = strstr(rest, f->path); at != NULL; at = strstr(rest, f->path)) {
        buf_add(&shown, rest, (size_t)(at - rest));
        buf_puts(&shown, "PATH");
        rest = at + strlen(f->path);
    }
    buf_puts(&shown, rest);
    return shown.data;
}

static void defaults(void **state)
{
    struct fixture *f = *state;
    assert_null(f->options.config);
    assert_string_equal(f->options.address, "127.0.0.1");
    assert_int_equal(f->options.port, 8080);
    assert_int_equal(f->options.grace_s, 0);
    assert_false(f->options.is_dev);
    assert_false(f->options.is_quiet);
    assert_int_equal(f->options.level, 1);
    assert_int_equal(f->options.mode, -1);
    assert_null(f->options.site);
}

static void a_file_sets_what_it_names(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(read_file(f, STR("\xef\xbb\xbf# a comment\r\n"
                                      "[http]\r\n"
                                      "listen-port=9000\n"
                                      "listen-address =   a b = c:d   \n"
                                      "dev: yes ; why not\n"
                                      "   ; an indented comment\n"
                                      "   \n"
                                      "[jobs]\n"
                                      "site=\n"
                                      "[log]\n"
                                      "level = warn\n"
                                      "[jobs]\n"
                                      "grace = 60")),
                     0);
    assert_string_equal(f->faults.data, "");
    assert_int_equal(f->options.port, 9000);
    assert_string_equal(f->options.address, "a b = c:d");
    assert_true(f->options.is_dev);
    assert_string_equal(f->options.site, "");
    assert_int_equal(f->options.level, 2);
    assert_int_equal(f->options.mode, -1);
    assert_int_equal(f->options.grace_s, 60);
}

struct file_case {
    struct str text;
    const char *faults;
};

#define FILE_CASE(text, faults)                                                                    \
    {                                                                                              \
        {text, sizeof(text) - 1}, faults                                                           \
    }

static void faults_of_files(void **state)
{
    static const struct file_case cases[] = {
        FILE_CASE("[http]\nlisten-port = 70000\n", "listen-port: 70000 is above 65535 (PATH:2)\n"),
        FILE_CASE("[http]\nlisten-port = 0\n", "listen-port: 0 is below 1 (PATH:2)\n"),
        FILE_CASE("[http]\nlisten-port = 80 81\n",
                  "listen-port: \"80 81\" is not an integer (PATH:2)\n"),
        FILE_CASE("[http]\nlisten-port =\n", "listen-port: \"\" is not an integer (PATH:2)\n"),
        FILE_CASE("[http]\ndev = true\n", "dev: \"true\" is neither yes nor no (PATH:2)\n"),
        FILE_CASE("[log]\nlevel = x\n", "level: \"x\" is none of debug, info, warn (PATH:2)\n"),
        FILE_CASE("[http]\nlisten-prot = 1\n",
                  "listen-prot: there is no such option in [http] (PATH:2)\n"),
        FILE_CASE("listen-port = 1\n", "listen-port: there is no such option in [] (PATH:1)\n"),
        FILE_CASE("[htpt]\nlisten-port = 1\n",
                  "listen-port: there is no such option in [htpt] (PATH:2)\n"),
        FILE_CASE("[]\nconfig = x\n", "config: there is no such option in [] (PATH:2)\n"),
        FILE_CASE("[http]\ndev = no\nlisten-port = 1\ndev = no\n", "dev: given twice (PATH:4)\n"),
        FILE_CASE("[http]\nlisten-port = 5\n 6\n", "the line must not be indented (PATH:3)\n"),
        FILE_CASE("[http\nlisten-port = 5\n",
                  "the section's name needs a ] (PATH:1)\n"
                  "listen-port: there is no such option in [] (PATH:2)\n"),
        FILE_CASE("[http]\ndev\n", "the line is neither [section] nor name = value (PATH:2)\n"),
        FILE_CASE("[http ;]\nlisten-port = x\n",
                  "listen-port: there is no such option in [] (PATH:2)\n"
                  "the line cannot be understood (PATH:1)\n"),
        FILE_CASE("[http]\ndev ;= yes\n", "the line cannot be understood (PATH:2)\n"),
        FILE_CASE("[jobs]\nsite = a\xff\n", "the line is not UTF-8 (PATH:2)\n"),
        FILE_CASE("[jobs]\nsite = a\0b\n", "the line has a NUL byte (PATH:2)\n"),
        FILE_CASE("[jobs]\nsite = a\x1b[0m\n",
                  "site: the text is too long or has characters that an INI file cannot hold "
                  "(PATH:2)\n"),
        /* all of them, not only the first */
        FILE_CASE("[http]\nlisten-port = x\nbad\n[log]\nlevel = y\nz = 1\n",
                  "listen-port: \"x\" is not an integer (PATH:2)\n"
                  "the line is neither [section] nor name = value (PATH:3)\n"
                  "level: \"y\" is none of debug, info, warn (PATH:5)\n"
                  "z: there is no such option in [log] (PATH:6)\n"),
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < LEN(cases); i++) {
        assert_int_equal(read_file(f, cases[i].text), 1);
        assert_string_equal(shown_faults(f), cases[i].faults);
    }
    assert_int_equal(f->options.level, 1);
}

static void long_lines_are_refused_not_cut(void **state)
{
    struct fixture *f = *state;
    struct buf text = {0};
    for (size_t len = 197; len <= 202; len++) {
        buf_reset(&text);
        buf_puts(&text, "[jobs]\nsite = ");
        while (text.len < strlen("[jobs]\n") + len)
            buf_putc(&text, 'x');
        buf_puts(&text, "\n[log]\nlevel = warn\n");
        f->options.level = 0;
        assert_int_equal(read_file(f, buf_view(&text)), len <= 198 ? 0 : 1);
        assert_string_equal(shown_faults(f),
                            len <= 198 ? "" : "the line is longer than 198 bytes (PATH:2)\n");
        assert_int_equal(f->options.level, 2); /* what follows is read all the same */
        if (len <= 198)
            assert_int_equal(strlen(f->options.site), len - strlen("site = "));
    }
    /* The last line, without a newline; and a comment of any length. */
    buf_reset(&text);
    buf_printf(&text, "# %0*d\n[jobs]\nsite = %0*d", 500, 0, 191, 0);
    assert_int_equal(read_file(f, buf_view(&text)), 0);
    buf_putc(&text, '0');
    assert_int_equal(read_file(f, buf_view(&text)), 1);
    buf_fini(&text);
}

static void enormous_files_are_refused(void **state)
{
    struct fixture *f = *state;
    struct buf text = {0};
    while (text.len < 1024 * 1024)
        buf_puts(&text, "# 0123456789\n");
    assert_int_equal(read_file(f, buf_view(&text)), 1);
    assert_non_null(strstr(f->faults.data, "the file is larger than 1 MiB"));
    buf_fini(&text);
    buf_reset(&f->faults);
    assert_int_equal(conf_file(rows, "/dev/zero", &f->options, &f->faults), 1);
}

static void files_that_cannot_be_read(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(conf_file(rows, "/nonexistent/x", &f->options, &f->faults), 1);
    assert_string_equal(f->faults.data,
                        "/nonexistent/x: cannot be read: No such file or directory\n");
    buf_reset(&f->faults);
    assert_int_equal(conf_file(rows, "/tmp", &f->options, &f->faults), 1);
    assert_string_equal(f->faults.data, "/tmp: cannot be read: Is a directory\n");
}

static int parse_args(struct fixture *f, const char *const *args, char **argv, int *ret_rest)
{
    static char copies[16][64];
    int argc = 0;
    for (; args[argc] != NULL; argc++)
        argv[argc] = strncpy(copies[argc], args[argc], sizeof(copies[argc]) - 1);
    return conf_args(rows, argc, argv, &f->options, ret_rest, &f->faults);
}

static void arguments_set_what_they_name(void **state)
{
    static const char *const args[] = {"one", "--listen-port=1", "-d", "--level", "warn",
                                       "two", "-qp99",           "-c", "-x",      "--grace=5",
                                       "--",  "--level=debug",   "-",  NULL};
    struct fixture *f = *state;
    char *argv[LEN(args)];
    int rest = 0;
    assert_int_equal(parse_args(f, args, argv, &rest), 0);
    assert_int_equal(f->options.port, 99);
    assert_true(f->options.is_dev);
    assert_true(f->options.is_quiet);
    assert_int_equal(f->options.level, 2);
    assert_int_equal(f->options.grace_s, 5);
    assert_string_equal(f->options.config, "-x");
    assert_int_equal(rest, 4);
    assert_string_equal(argv[0], "one");
    assert_string_equal(argv[1], "two");
    assert_string_equal(argv[2], "--level=debug");
    assert_string_equal(argv[3], "-");
}

static void a_yes_can_be_taken_back(void **state)
{
    static const char *const args[] = {"--dev", "--quiet=yes", "--dev=no", NULL};
    struct fixture *f = *state;
    char *argv[LEN(args)];
    assert_int_equal(parse_args(f, args, argv, NULL), 0);
    assert_false(f->options.is_dev);
    assert_true(f->options.is_quiet);
}

struct args_case {
    const char *args[6];
    const char *faults;
};

static void faults_of_arguments(void **state)
{
    static const struct args_case cases[] = {
        {{"--listen-port=70000"}, "listen-port: 70000 is above 65535 (command line)\n"},
        {{"--listen-port"}, "listen-port: a value is needed (command line)\n"},
        {{"-p"}, "listen-port: a value is needed (command line)\n"},
        {{"--nope=1"}, "--nope: there is no such option (command line)\n"},
        {{"--listen-por=1"}, "--listen-por: there is no such option (command line)\n"},
        {{"--listen-portx"}, "--listen-portx: there is no such option (command line)\n"},
        {{"-dz"}, "-z: there is no such option (command line)\n"},
        {{"--dev=maybe"}, "dev: \"maybe\" is neither yes nor no (command line)\n"},
        {{"--site= a"},
         "site: the text is too long or has characters that an INI file cannot "
         "hold (command line)\n"},
        {{"x", "--level=y", "--=", "z"},
         "level: \"y\" is none of debug, info, warn (command line)\n"
         "--: there is no such option (command line)\n"
         "\"x\": not expected here (command line)\n"
         "\"z\": not expected here (command line)\n"},
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < LEN(cases); i++) {
        char *argv[LEN(cases[i].args)];
        buf_reset(&f->faults);
        assert_int_equal(parse_args(f, cases[i].args, argv, NULL), 1);
        assert_string_equal(f->faults.data, cases[i].faults);
    }
}

static void durations(void **state)
{
    static const struct {
        const char *text;
        int64_t expected_s;
        const char *faults;
    } cases[] = {
        {"5400", 5400, ""},
        {"2h", 7200, ""},
        {"90m", 5400, ""},
        {"1h30m", 5400, ""},
        {"1d0h1s", 86401, ""},
        {"7d", 604800, ""},
        {"0", -1, "length: 0 is below 1 (command line)\n"},
        {"8d", -1, "length: 8d is above 604800 (command line)\n"},
        {"", -1, "length: \"\" is no duration, as 2h, 90m or 5400 are (command line)\n"},
        {"h", -1, "length: \"h\" is no duration, as 2h, 90m or 5400 are (command line)\n"},
        {"2h3", -1, "length: \"2h3\" is no duration, as 2h, 90m or 5400 are (command line)\n"},
        {"1.5h", -1, "length: \"1.5h\" is no duration, as 2h, 90m or 5400 are (command line)\n"},
        {"-2h", -1, "length: \"-2h\" is no duration, as 2h, 90m or 5400 are (command line)\n"},
        {"9223372036854775807s1s", -1,
         "length: \"9223372036854775807s1s\" is no duration, as 2h, 90m or 5400 are (command "
         "line)\n"},
    };
    static const struct conf_option table[] = {
        {NULL, "length", 0, CT_DURATION, 1, 604800, NULL, NULL, 0, "s", "How long."}, CONF_END};
    struct fixture *f = *state;
    for (size_t i = 0; i < LEN(cases); i++) {
        char argument[64];
        char *argv[] = {argument, NULL};
        int64_t length_s = -1;
        snprintf(argument, sizeof(argument), "--length=%s", cases[i].text);
        buf_reset(&f->faults);
        buf_str(&f->faults, STR(""));
        int outcome = conf_args(table, 1, argv, &length_s, NULL, &f->faults);
        assert_string_equal(f->faults.len > 0 ? f->faults.data : "", cases[i].faults);
        assert_int_equal(outcome, cases[i].faults[0] != '\0');
        assert_int_equal(length_s, cases[i].expected_s);
    }
    buf_reset(&f->faults);
    conf_help(table, &f->faults);
    assert_string_equal(f->faults.data, "      --length=DURATION\n          How long. "
                                        "(as 2h, 1h30m or 90m; 1 to 604800 s)\n");
}

static void the_help(void **state)
{
    (void)state;
    struct buf out = {0};
    conf_help(rows, &out);
    assert_non_null(strstr(out.data, "  -c, --config=TEXT\n          Where the options are.\n"));
    assert_non_null(strstr(out.data, "  -p, --listen-port=N\n          The port to listen on. "
                                     "(1 to 65535, default 8080)\n"));
    assert_non_null(
        strstr(out.data, "      --grace=N\n          How long to wait. (5 to 3600 s)\n"));
    assert_non_null(
        strstr(out.data, "  -d, --dev[=yes|no]\n          For development. (default no)\n"));
    assert_non_null(strstr(out.data, "      --level=NAME\n          What is logged. "
                                     "(debug|info|warn, default info)\n"));
    buf_fini(&out);
}

static void what_is_printed(void **state)
{
    struct fixture *f = *state;
    struct buf out = {0};
    conf_print(rows, &f->options, &out);
    assert_string_equal(out.data, "[http]\n"
                                  "# Where to listen. (default 127.0.0.1)\n"
                                  "listen-address = 127.0.0.1\n"
                                  "# The port to listen on. (1 to 65535, default 8080)\n"
                                  "listen-port = 8080\n"
                                  "# For development. (default no)\n"
                                  "dev = no\n"
                                  "\n"
                                  "[jobs]\n"
                                  "# How long to wait. (5 to 3600 s)\n"
                                  "# grace =\n"
                                  "# The site's code.\n"
                                  "# site =\n"
                                  "\n"
                                  "[log]\n"
                                  "# What is logged. (debug|info|warn, default info)\n"
                                  "level = info\n"
                                  "# Another choice. (debug|info|warn)\n"
                                  "# mode =\n");
    buf_fini(&out);
}

static void assert_same_options(const struct options *a, const struct options *b)
{
    assert_string_equal(a->address, b->address);
    assert_int_equal(a->port, b->port);
    assert_int_equal(a->grace_s, b->grace_s);
    assert_int_equal(a->is_dev, b->is_dev);
    assert_int_equal(a->level, b->level);
    assert_int_equal(a->mode, b->mode);
    assert_int_equal(a->site == NULL, b->site == NULL);
    if (a->site != NULL)
        assert_string_equal(a->site, b->site);
}

/* Whatever the command line accepts, the printed file gives back. */
static void what_is_printed_reads_back(void **state)
{
    static const char *const sites[] = {
        "--site=a;b",   "--site=#x", "--site=[x]",  "--site=a = b",
        "--site=\"q\"", "--site=",   "--site=a\tb", "--site=시흥 센터",
        "--site=a ; b", "--site=;",  "--site=a ",   "--site=a\nb"};
    struct fixture *f = *state;
    size_t accepted = 0;
    for (size_t i = 0; i < LEN(sites); i++) {
        const char *const args[] = {"--listen-port=7", "--dev", "--mode=debug", sites[i], NULL};
        char *argv[LEN(args)];
        struct buf out = {0};
        conf_defaults(rows, &f->options);
        buf_reset(&f->faults);
        if (parse_args(f, args, argv, NULL) == 0) {
            struct options before = f->options;
            accepted++;
            conf_print(rows, &f->options, &out);
            conf_defaults(rows, &f->options);
            assert_int_equal(read_file(f, buf_view(&out)), 0);
            assert_same_options(&f->options, &before);
        }
        buf_fini(&out);
    }
    assert_int_equal(accepted, 8);
}

static void bad_fallback(void)
{
    static const struct conf_option bad[] = {
        {"a", "n", 0, CT_INT, 1, 2, "3", NULL, 0, NULL, "A number."}, CONF_END};
    int64_t value = 0;
    conf_defaults(bad, &value);
}

static void a_bad_fallback_is_a_bug(void **state)
{
    (void)state;
    assert_aborts(bad_fallback, "option table: n: 3 is above 2");
}

#define CONF_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONF_TEST(defaults),
        CONF_TEST(a_file_sets_what_it_names),
        CONF_TEST(faults_of_files),
        CONF_TEST(long_lines_are_refused_not_cut),
        CONF_TEST(enormous_files_are_refused),
        CONF_TEST(files_that_cannot_be_read),
        CONF_TEST(arguments_set_what_they_name),
        CONF_TEST(a_yes_can_be_taken_back),
        CONF_TEST(faults_of_arguments),
        CONF_TEST(durations),
        CONF_TEST(the_help),
        CONF_TEST(what_is_printed),
        CONF_TEST(what_is_printed_reads_back),
        CONF_TEST(a_bad_fallback_is_a_bug),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
