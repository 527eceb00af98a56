#include "pg/request.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/mem.h"

static int calls;

static void on_done(void *arg, const struct pg_reply *reply)
{
    calls++;
    *(enum pg_outcome *)arg = reply->outcome;
}

static struct request *request_at(struct request_list *list, uint64_t arrival)
{
    static enum pg_outcome outcome;
    struct request *request = mem_zalloc(1, sizeof(*request));

    request->arrival = arrival;
    request->done = on_done;
    request->arg = &outcome;
    request_move(request, list);
    return request;
}

static PGresult *result_of(ExecStatusType status)
{
    return PQmakeEmptyPGresult(NULL, status);
}

static void drop_all(struct request_list *list)
{
    while (request_first(list))
        request_free(request_first(list));
}

/* What is sent again finds the place that it had. */
static void test_return_keeps_order(void **state unused_arg)
{
    static const uint64_t arrivals[] = {1, 3, 4, 6, 7, 9};
    struct request_list waiting, under_way;
    const struct request *request;
    size_t seen = 0;

    request_list_init(&waiting);
    request_list_init(&under_way);
    request_at(&waiting, 3);
    request_at(&waiting, 6);
    request_at(&waiting, 7);
    struct request *again[] = {request_at(&under_way, 1), request_at(&under_way, 9),
                               request_at(&under_way, 4)};
    for (size_t i = 0; i < LEN(again); i++)
        request_return(again[i], &waiting);
    TAILQ_FOREACH(request, &waiting.head, entry)
    assert_true(request->arrival == arrivals[seen++]);
    assert_int_equal(seen, LEN(arrivals));
    assert_int_equal(waiting.count, LEN(arrivals));
    assert_int_equal(under_way.count, 0);
    drop_all(&waiting);
}

/* Nothing of the first try is left. */
static void test_return_forgets(void **state unused_arg)
{
    struct request_list waiting, under_way;

    request_list_init(&waiting);
    request_list_init(&under_way);
    struct request *request = request_at(&under_way, 1);
    request->is_shared = true;
    request->due = 2;
    request_take(request, result_of(PGRES_TUPLES_OK));
    request_take(request, result_of(PGRES_FATAL_ERROR));
    assert_true(request->is_spoilt && request->rows && request->failure);
    assert_int_equal(request->due, 0);
    request_return(request, &waiting);
    assert_false(request->is_spoilt || request->rows || request->failure || request->is_shared);
    drop_all(&waiting);
}

/* A placeholder stands where the request stood, takes its late results, and calls nobody. */
static void test_placeholder(void **state unused_arg)
{
    struct request_list under_way, ended;

    request_list_init(&under_way);
    request_list_init(&ended);
    struct request *request = request_at(&under_way, 1);
    request_at(&under_way, 2);
    request->is_shared = true;
    request->due = 2;
    request_take(request, result_of(PGRES_TUPLES_OK));
    request_leave_placeholder(request, 77);
    request_end(request, &ended, PG_TIMEOUT, "late");
    struct request *placeholder = request_first(&under_way);
    assert_int_equal(under_way.count, 2);
    assert_null(placeholder->done);
    assert_true(placeholder->is_shared && !placeholder->is_last && !placeholder->is_spoilt);
    assert_int_equal(placeholder->due, 1);
    assert_int_equal(placeholder->deadline_us, 77);
    request_take(placeholder, result_of(PGRES_FATAL_ERROR));
    assert_true(placeholder->is_spoilt && !placeholder->failure);
    request_end(placeholder, &ended, PG_DONE, NULL);
    assert_int_equal(under_way.count, 1);
    assert_int_equal(ended.count, 1);

    calls = 0;
    request_deliver(request_first(&ended));
    assert_int_equal(calls, 1);
    assert_int_equal(ended.count, 0);
    drop_all(&under_way);
}

/* Of errors the first counts; what was passed over after it is none. */
static void test_take(void **state unused_arg)
{
    struct request_list under_way;

    request_list_init(&under_way);
    struct request *request = request_at(&under_way, 1);
    PGresult *first = result_of(PGRES_FATAL_ERROR);
    request->due = 2;
    request_take(request, first);
    request_take(request, result_of(PGRES_PIPELINE_ABORTED));
    request_take(request, result_of(PGRES_FATAL_ERROR)); /* comes with the sync */
    assert_ptr_equal(request->failure, first);
    assert_int_equal(request->due, 0);

    struct request *passed_over = request_at(&under_way, 2);
    passed_over->due = 1;
    request_take(passed_over, result_of(PGRES_PIPELINE_ABORTED));
    assert_false(passed_over->is_spoilt);
    drop_all(&under_way);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_return_keeps_order),
        cmocka_unit_test(test_return_forgets),
        cmocka_unit_test(test_placeholder),
        cmocka_unit_test(test_take),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
