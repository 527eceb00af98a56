#include "http/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/socket.h>

#include <cmocka.h>

union any {
    struct sockaddr base;
    struct sockaddr_in in;
    struct sockaddr_in6 in6;
};

static union any address_of(const char *text)
{
    union any any = {.in6 = {.sin6_family = AF_INET6}};
    if (inet_pton(AF_INET6, text, &any.in6.sin6_addr) == 1)
        return any;
    any = (union any){.in = {.sin_family = AF_INET}};
    assert_int_equal(inet_pton(AF_INET, text, &any.in.sin_addr), 1);
    return any;
}

static void each_address_is_counted(void **state)
{
    (void)state;
    union any first = address_of("10.0.0.1");
    union any other = address_of("10.0.0.2");
    struct address *set = NULL;
    struct address *a = address_take(&set, &first.base, 2);
    assert_non_null(a);
    assert_ptr_equal(address_take(&set, &first.base, 2), a);
    assert_null(address_take(&set, &first.base, 2));
    struct address *b = address_take(&set, &other.base, 2);
    assert_non_null(b);
    address_give(&set, a);
    assert_ptr_equal(address_take(&set, &first.base, 2), a);
    address_give(&set, a);
    address_give(&set, a);
    address_give(&set, b);
    assert_null(set);
}

static void zero_is_no_limit(void **state)
{
    (void)state;
    union any from = address_of("::1");
    struct address *set = NULL;
    struct address *address = NULL;
    for (int i = 0; i < 1000; i++)
        assert_non_null(address = address_take(&set, &from.base, 0));
    for (int i = 0; i < 1000; i++)
        address_give(&set, address);
    assert_null(set);
}

static bool is_same(const char *one, const char *two)
{
    union any a = address_of(one);
    union any b = address_of(two);
    struct address *set = NULL;
    struct address *first = address_take(&set, &a.base, 0);
    struct address *second = address_take(&set, &b.base, 0);
    bool same = first == second;
    address_give(&set, second);
    address_give(&set, first);
    return same;
}

static void what_counts_as_one_address(void **state)
{
    (void)state;
    assert_true(is_same("2001:db8:1:2::1", "2001:db8:1:2:ffff::9"));
    assert_false(is_same("2001:db8:1:2::1", "2001:db8:1:3::1"));
    assert_true(is_same("::ffff:10.0.0.1", "10.0.0.1"));
    assert_false(is_same("::ffff:10.0.0.1", "::ffff:10.0.0.2"));
}

static void addresses_are_written(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"10.0.0.1", "10.0.0.1"}, {"::ffff:10.0.0.1", "10.0.0.1"}, {"2001:db8::1", "2001:db8::1"}};
    for (size_t i = 0; i < LEN(rows); i++) {
        union any from = address_of(rows[i][0]);
        char text[ADDRESS_TEXT_MAX];
        address_format(&from.base, text);
        assert_string_equal(text, rows[i][1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_address_is_counted),
        cmocka_unit_test(zero_is_no_limit),
        cmocka_unit_test(what_counts_as_one_address),
        cmocka_unit_test(addresses_are_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
