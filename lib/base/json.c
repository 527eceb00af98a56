#include "base/json.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_scan.h"
#include "base/mem.h"

/* `struct json` is cJSON's node under another name. One bit of its type is ours: cJSON uses the low
 * ten and leaves the others alone. */
#define TYPE_MASK  0xff
#define TYPE_EXACT (1 << 16) /* a number that is an integer within +-2^53 */

static const cJSON *node(const struct json *value)
{
    return (const cJSON *)value;
}

static const struct json *wrap(const cJSON *item)
{
    return (const struct json *)item;
}

struct key_place {
    const char *key;
    size_t at;
};

#define NO_DUPLICATE SIZE_MAX

/* The walk over cJSON's tree after parsing, in the order of the text: marks exact integers and
 * looks for keys that are given twice. */
struct walk {
    const char *is_exact; /* the scan's facts that are still to come */
    const size_t *member_at;
    size_t duplicate_at; /* the first one's place; NO_DUPLICATE when there is none */
};

static int compare_keys(const void *a, const void *b)
{
    const struct key_place *x = a;
    const struct key_place *y = b;
    int order = strcmp(x->key, y->key);
    return order != 0 ? order : (x->at > y->at) - (x->at < y->at);
}

/* Sorting keeps an object of very many keys from costing the square of their number. */
static void find_duplicate(struct walk *walk, struct key_place *keys, size_t count)
{
    qsort(keys, count, sizeof(*keys), compare_keys);
    for (size_t i = 1; i < count; i++) {
        if (strcmp(keys[i - 1].key, keys[i].key) == 0 && keys[i].at < walk->duplicate_at)
            walk->duplicate_at = keys[i].at;
    }
}

static void walk_value(struct walk *walk, cJSON *item);

static void walk_object(struct walk *walk, const cJSON *object)
{
    size_t count = json_count(wrap(object));
    struct key_place *keys = mem_zalloc(count, sizeof(*keys));
    size_t i = 0;
    for (cJSON *child = object->child; child != NULL; child = child->next) {
        keys[i++] = (struct key_place){child->string, *walk->member_at++};
        walk_value(walk, child);
    }
    find_duplicate(walk, keys, count);
    free(keys);
}

/* JSON_DEPTH_MAX bounds the recursion. */
static void walk_value(struct walk *walk, cJSON *item)
{
    switch (item->type & TYPE_MASK) {
    case cJSON_Number:
        if (*walk->is_exact++ != 0)
            item->type |= TYPE_EXACT;
        break;
    case cJSON_Array:
        for (cJSON *child = item->child; child != NULL; child = child->next)
            walk_value(walk, child);
        break;
    case cJSON_Object:
        walk_object(walk, item);
        break;
    default:
        break;
    }
}

static void destroy_tree(void *tree)
{
    cJSON_Delete(tree);
}

static int build_tree(const struct json_scan *scan, struct str text, struct arena *arena,
                      const struct json **ret, const char **ret_fault)
{
    cJSON *tree = cJSON_ParseWithLength(text.ptr, text.len);
    if (tree == NULL) /* well-formed text fails for one reason only */
        mem_fail(text.len);
    arena_defer(arena, destroy_tree, tree);
    struct walk walk = {.is_exact = scan->numbers.data,
                        .member_at = (const size_t *)(const void *)scan->members.data,
                        .duplicate_at = NO_DUPLICATE};
    walk_value(&walk, tree);
    if (walk.duplicate_at != NO_DUPLICATE) {
        *ret_fault = arena_printf(arena, "At byte %zu: the key is given twice.", walk.duplicate_at);
        return 1;
    }
    *ret = wrap(tree);
    return 0;
}

int json_parse(struct str text, struct arena *arena, const struct json **ret,
               const char **ret_fault)
{
    struct json_scan scan = {0};
    int result = 1;
    if (json_scan(&scan, text))
        result = build_tree(&scan, text, arena, ret, ret_fault);
    else
        *ret_fault = arena_printf(arena, "At byte %zu: %s.", scan.fault_at, scan.fault);
    json_scan_fini(&scan);
    return result;
}

enum json_type json_type(const struct json *value)
{
    switch (node(value)->type & TYPE_MASK) {
    case cJSON_False:
    case cJSON_True:
        return JSON_BOOL;
    case cJSON_Number:
        return (node(value)->type & TYPE_EXACT) != 0 ? JSON_INT : JSON_NUMBER;
    case cJSON_String:
        return JSON_TEXT;
    case cJSON_Array:
        return JSON_ARRAY;
    case cJSON_Object:
        return JSON_OBJECT;
    default:
        return JSON_NULL;
    }
}

bool json_bool(const struct json *value)
{
    return (node(value)->type & TYPE_MASK) == cJSON_True;
}

int64_t json_int(const struct json *value)
{
    return (int64_t)node(value)->valuedouble;
}

struct str json_text(const struct json *value)
{
    return str_of(node(value)->valuestring);
}

double json_number(const struct json *value)
{
    return node(value)->valuedouble;
}

const struct json *json_first(const struct json *parent)
{
    return wrap(node(parent)->child);
}

const struct json *json_next(const struct json *child)
{
    return wrap(node(child)->next);
}

struct str json_key(const struct json *member)
{
    return str_of(node(member)->string);
}

const struct json *json_get(const struct json *object, const char *key)
{
    const struct json *member = json_first(object);
    while (member != NULL && !str_eq_c(json_key(member), key))
        member = json_next(member);
    return member;
}

size_t json_count(const struct json *parent)
{
    size_t count = 0;
    for (const struct json *child = json_first(parent); child != NULL; child = json_next(child))
        count++;
    return count;
}
