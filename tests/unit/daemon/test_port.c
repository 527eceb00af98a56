#include "cmocka_all.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "process/port.h"

/* A socket that listens on the port, or -1. */
static int listen_on(int port, bool is_shared)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    int yes = is_shared;

    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &yes, sizeof(yes));
    if (bind(fd, (const struct sockaddr *)&at, sizeof(at)) == 0 && listen(fd, 1) == 0)
        return fd;
    close(fd);
    return -1;
}

static void test_held_port_is_for_those_who_share(void **state unused_arg)
{
    struct port_hold hold = {.fd = -1};
    struct buf fault = {0};

    assert_int_equal(port_hold(&hold, "127.0.0.1", &fault), 0);
    assert_in_range(hold.port, 1, 65535);
    assert_int_equal(listen_on(hold.port, false), -1);
    int fd = listen_on(hold.port, true);

    assert_true(fd >= 0);
    close(fd);
    fd = listen_on(hold.port, true); /* and again: the port is the same for the next process */
    assert_true(fd >= 0);
    close(fd);
    port_release(&hold);
}

static void test_two_holds_differ(void **state unused_arg)
{
    struct port_hold a = {.fd = -1};
    struct port_hold b = {.fd = -1};
    struct buf fault = {0};

    assert_int_equal(port_hold(&a, "::1", &fault), 0);
    assert_int_equal(port_hold(&b, "::1", &fault), 0);
    assert_int_not_equal(a.port, b.port);
    port_release(&a);
    port_release(&b);
}

static void test_address_that_is_not_ours(void **state unused_arg)
{
    struct port_hold hold = {.fd = -1};
    struct buf fault = {0};

    assert_int_equal(port_hold(&hold, "192.0.2.1", &fault), 1);
    assert_non_null(fault.data);
    assert_int_equal(hold.fd, -1);
    buf_fini(&fault);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_held_port_is_for_those_who_share),
        cmocka_unit_test(test_two_holds_differ),
        cmocka_unit_test(test_address_that_is_not_ours),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
