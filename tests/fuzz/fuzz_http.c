/* The head of a request, hostile. However the bytes are cut into reads the outcome must be the
 * same, and what is accepted must be what the handlers rely on. */

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "http/head.h"
#include "http/target.h"

#define SIZE_LIMIT 2048
#define BODY_LIMIT 65536

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool is_right)
{
    if (!is_right)
        abort();
}

/* Reads `size` bytes in steps of `step`, each time from a block of exactly that many bytes at
 * another place, so that the sanitizer sees a read past the end and a kept pointer. */
static enum head_state read_in_steps(const uint8_t *data, size_t size, size_t step,
                                     struct head *head)
{
    head_init(head, SIZE_LIMIT, BODY_LIMIT);
    enum head_state state = HEAD_MORE;
    for (size_t len = step < size ? step : size; state == HEAD_MORE; len += step) {
        if (len > size)
            len = size;
        char *copy = malloc(len + (len == 0));
        check(copy != NULL);
        if (len > 0)
            memcpy(copy, data, len);
        state = head_read(head, (struct str){copy, len});
        free(copy);
        if (len == size)
            break;
    }
    return state;
}

static void check_same(const struct head *a, const struct head *b)
{
    check(a->code == b->code && a->fault == b->fault && a->size == b->size);
    check(a->method == b->method && a->is_close == b->is_close && a->length == b->length);
    check(a->is_http10 == b->is_http10 && a->is_expecting == b->is_expecting);
    check(a->target.at == b->target.at && a->target.len == b->target.len);
    check(a->field_count == b->field_count);
    check(memcmp(a->field, b->field, a->field_count * sizeof(a->field[0])) == 0);
}

static bool is_clean(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (((unsigned char)s.ptr[i] < ' ' && s.ptr[i] != '\t') || s.ptr[i] == 0x7f)
            return false;
    return true;
}

static void check_query(struct str query, struct arena *arena)
{
    struct str name;
    struct str value;
    bool is_faulty = false;
    while (http_query_next(&query, arena, &name, &value, &is_faulty))
        if (!is_faulty)
            check(utf8_is_valid(name) && utf8_is_valid(value) && is_clean(name) && is_clean(value));
}

static void check_done(const struct head *head, struct str bytes)
{
    check(head->size >= 4 && head->size <= SIZE_LIMIT && head->size <= bytes.len);
    check(memcmp(bytes.ptr + head->size - 4, "\r\n\r\n", 4) == 0);
    check(head->has_host || head->is_http10);
    check(head->length <= BODY_LIMIT);
    for (size_t i = 0; i < head->field_count; i++)
        check(head->field[i].name.len > 0 && is_clean(head_text(bytes, head->field[i].value)));
    check(head_find(head, bytes, "Transfer-Encoding").ptr == NULL);
    struct arena *arena = arena_new();
    struct str path;
    struct str query;
    if (target_read(head_text(bytes, head->target), arena, &path, &query) == NULL) {
        check(path.len > 0 && path.ptr[0] == '/');
        check(utf8_is_valid(path) && is_clean(path));
        check_query(query, arena);
    }
    http_accept_language(head_find(head, bytes, "Accept-Language"));
    arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct head whole;
    struct head cut;
    enum head_state state = read_in_steps(data, size, size, &whole);
    size_t steps[] = {1, (size_t)data[size - 1] % 37 + 2};
    for (size_t i = 0; i < LEN(steps); i++) {
        check(read_in_steps(data, size, steps[i], &cut) == state);
        if (state != HEAD_MORE)
            check_same(&whole, &cut);
    }
    if (state == HEAD_DONE)
        check_done(&whole, (struct str){(const char *)data, size});
    check((state == HEAD_REFUSED) == (whole.code != CODE_NONE));
    return 0;
}
