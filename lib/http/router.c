#include "http/router.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"

/* One segment of the templates' tree. */
struct node {
    struct str segment; /* empty for "{...}" */
    struct node *first_child;
    struct node *next;
    struct node *param; /* the child that takes any segment */
    void *row[HTTP_METHOD_COUNT];
    unsigned allowed; /* bit per method that has a row; HEAD with GET */
};

struct http_router {
    struct arena *arena;
    struct node root;
};

struct http_router *http_router_new(void)
{
    struct http_router *router = mem_zalloc(1, sizeof(*router));
    router->arena = arena_new();
    return router;
}

void http_router_free(struct http_router *router)
{
    if (router == NULL)
        return;
    arena_free(router->arena);
    free(router);
}

static noreturn_fn void bad_template(const char *template, const char *fault)
{
    log_error("bad_route", LS("template", template), LS("fault", fault));
    abort();
}

static bool is_param(struct str segment)
{
    return segment.len > 2 && segment.ptr[0] == '{' && segment.ptr[segment.len - 1] == '}';
}

static struct node *child_of(const struct node *parent, struct str segment)
{
    struct node *child = parent->first_child;
    while (child != NULL && !str_eq(child->segment, segment))
        child = child->next;
    return child;
}

static struct node *child_or_new(struct http_router *router, struct node *parent,
                                 struct str segment)
{
    struct node *child = is_param(segment) ? parent->param : child_of(parent, segment);
    if (child != NULL)
        return child;
    child = arena_alloc(router->arena, sizeof(*child));
    if (is_param(segment)) {
        parent->param = child;
        return child;
    }
    child->segment =
        (struct str){arena_strndup(router->arena, segment.ptr, segment.len), segment.len};
    child->next = parent->first_child;
    parent->first_child = child;
    return child;
}

void http_router_add(struct http_router *router, enum http_method method, const char *template,
                     void *row)
{
    struct str rest = str_of(template);
    struct str segment;
    if (row == NULL || template[0] != '/' || !str_cut(&rest, '/', &segment))
        bad_template(template, "has no row or no slash in front");
    struct node *node = &router->root;
    unsigned params = 0;
    while (str_cut(&rest, '/', &segment)) {
        params += is_param(segment);
        if (params > ROUTER_PARAMS_MAX)
            bad_template(template, "has too many parameters");
        if (!is_param(segment) && memchr(segment.ptr, '{', segment.len) != NULL)
            bad_template(template, "has a parameter that is not a whole segment");
        node = child_or_new(router, node, segment);
    }
    if (node->row[method] != NULL)
        bad_template(template, "is given twice");
    node->row[method] = row;
    node->allowed |= 1U << method;
    if (method == HTTP_GET)
        node->allowed |= 1U << HTTP_HEAD;
}

static bool take(const struct node *node, enum http_method method, struct route_match *ret)
{
    ret->allowed |= node->allowed;
    ret->row = node->row[method];
    if (ret->row == NULL && method == HTTP_HEAD)
        ret->row = node->row[HTTP_GET];
    return ret->row != NULL;
}

/* Literal segments go before parameters, unless only the parameter's branch has the method. The
 * depth of the recursion is that of the templates. */
static bool walk(const struct node *node, enum http_method method, struct str rest,
                 struct route_match *ret)
{
    struct str segment;
    if (!str_cut(&rest, '/', &segment))
        return take(node, method, ret);
    const struct node *child = child_of(node, segment);
    if (child != NULL && walk(child, method, rest, ret))
        return true;
    if (node->param == NULL || segment.len == 0)
        return false;
    ret->param[ret->param_count++] = segment;
    if (walk(node->param, method, rest, ret))
        return true;
    ret->param_count--;
    return false;
}

bool http_router_match(const struct http_router *router, enum http_method method, struct str path,
                       struct route_match *ret)
{
    memset(ret, 0, sizeof(*ret));
    struct str lead;
    if (path.len == 0 || path.ptr[0] != '/' || !str_cut(&path, '/', &lead))
        return false;
    return walk(&router->root, method, path, ret);
}
