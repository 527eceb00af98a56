#include "http/router.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define GET_BIT  (1U << HTTP_GET)
#define HEAD_BIT (1U << HTTP_HEAD)
#define POST_BIT (1U << HTTP_POST)

static char row_list[] = "list", row_create[] = "create", row_one[] = "one",
            row_cancel[] = "cancel";
static char row_search[] = "search", row_deep[] = "deep", row_root[] = "root",
            row_delete[] = "delete";

static struct http_router *sample(void)
{
    struct http_router *router = http_router_new();
    http_router_add(router, HTTP_GET, "/", row_root);
    http_router_add(router, HTTP_GET, "/v1/bookings", row_list);
    http_router_add(router, HTTP_POST, "/v1/bookings", row_create);
    http_router_add(router, HTTP_GET, "/v1/bookings/{id}", row_one);
    http_router_add(router, HTTP_DELETE, "/v1/bookings/{booking}", row_delete);
    http_router_add(router, HTTP_POST, "/v1/bookings/search", row_search);
    http_router_add(router, HTTP_POST, "/v1/bookings/{id}/cancel", row_cancel);
    http_router_add(router, HTTP_GET, "/{a}/{b}/{c}/x/{d}", row_deep);
    return router;
}

static void rows_are_found(void **state)
{
    (void)state;
    static const struct {
        enum http_method method;
        const char *path;
        const char *row; /* NULL: none */
        unsigned allowed;
    } rows[] = {
        {HTTP_GET, "/", row_root, GET_BIT | HEAD_BIT},
        {HTTP_GET, "/v1/bookings", row_list, GET_BIT | HEAD_BIT | POST_BIT},
        {HTTP_HEAD, "/v1/bookings", row_list, GET_BIT | HEAD_BIT | POST_BIT},
        {HTTP_POST, "/v1/bookings", row_create, GET_BIT | HEAD_BIT | POST_BIT},
        {HTTP_PUT, "/v1/bookings", NULL, GET_BIT | HEAD_BIT | POST_BIT},
        {HTTP_POST, "/v1/bookings/search", row_search, POST_BIT},
        {HTTP_GET, "/v1/bookings/search", row_one,
         POST_BIT | GET_BIT | HEAD_BIT | 1U << HTTP_DELETE},
        {HTTP_HEAD, "/v1/bookings/7", row_one, GET_BIT | HEAD_BIT | 1U << HTTP_DELETE},
        {HTTP_DELETE, "/v1/bookings/7", row_delete, GET_BIT | HEAD_BIT | 1U << HTTP_DELETE},
        {HTTP_HEAD, "/v1/bookings/7/cancel", NULL, POST_BIT},
        {HTTP_GET, "/v1/bookings/7/x/8", row_deep, GET_BIT | HEAD_BIT}, /* back from a dead end */
        {HTTP_GET, "/v1/bookings/", NULL, 0},
        {HTTP_GET, "/v1/bookings//cancel", NULL, 0},
        {HTTP_GET, "/v1", NULL, 0},
        {HTTP_GET, "/v1/bookings/7/", NULL, 0},
        {HTTP_GET, "//v1/bookings", NULL, 0},
        {HTTP_GET, "/V1/bookings", NULL, 0},
        {HTTP_GET, "v1/bookings", NULL, 0},
        {HTTP_GET, "", NULL, 0},
    };
    struct http_router *router = sample();
    for (size_t i = 0; i < LEN(rows); i++) {
        struct route_match match;
        bool is_found = http_router_match(router, rows[i].method, str_of(rows[i].path), &match);
        if (is_found != (rows[i].row != NULL) || match.row != rows[i].row ||
            match.allowed != rows[i].allowed)
            fail_msg("%s %s: row %s, allowed %x", http_method_name(rows[i].method), rows[i].path,
                     match.row == NULL ? "none" : (const char *)match.row, match.allowed);
    }
    http_router_free(router);
}

static void parameters_are_in_order(void **state)
{
    (void)state;
    struct http_router *router = sample();
    struct route_match match;
    assert_true(
        http_router_match(router, HTTP_GET, STR("/v1/bookings/a b/x/\xec\x95\x84"), &match));
    assert_int_equal(match.param_count, 4);
    assert_true(str_eq_c(match.param[0], "v1"));
    assert_true(str_eq_c(match.param[1], "bookings"));
    assert_true(str_eq_c(match.param[2], "a b"));
    assert_true(str_eq_c(match.param[3], "\xec\x95\x84"));
    assert_true(http_router_match(router, HTTP_POST, STR("/v1/bookings/7/cancel"), &match));
    assert_int_equal(match.param_count, 1);
    assert_true(str_eq_c(match.param[0], "7"));
    assert_false(http_router_match(router, HTTP_GET, STR("/a/b/c/y/d"), &match));
    assert_int_equal(match.param_count, 0);
    http_router_free(router);
}

/* True when adding the route ends the process. */
static bool aborts(enum http_method method, const char *template, void *row)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        signal(SIGABRT, SIG_DFL);
        fclose(stderr);
        struct http_router *router = sample();
        http_router_add(router, method, template, row);
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

static void bad_templates_end_the_process(void **state)
{
    (void)state;
    assert_true(aborts(HTTP_GET, "/v1/bookings", row_list));
    assert_true(aborts(HTTP_GET, "/v1/bookings/{other}", row_list));
    assert_true(aborts(HTTP_GET, "v1", row_list));
    assert_true(aborts(HTTP_GET, "", row_list));
    assert_true(aborts(HTTP_GET, "/v1/x{id}", row_list));
    assert_true(aborts(HTTP_GET, "/{a}/{b}/{c}/{d}/{e}", row_list));
    assert_true(aborts(HTTP_GET, "/v1/x", NULL));
    assert_false(aborts(HTTP_PUT, "/v1/bookings", row_list));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_found),
        cmocka_unit_test(parameters_are_in_order),
        cmocka_unit_test(bad_templates_end_the_process),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
