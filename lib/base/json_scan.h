#pragma once
/* The strict reading of JSON (RFC 8259) that cJSON does not do: run over the bytes before cJSON
 * sees them. Part of json.c; nobody else needs it. */

#include "base/str.h"

struct json_scan {
    const char *fault; /* what is wrong, NULL when nothing is */
    size_t fault_at;   /* the byte where, from 0 */
    /* Facts that cJSON's tree does not keep, one entry each in the order of the text. */
    struct buf numbers; /* a byte a number: 1 when it is an integer within +-2^53 */
    struct buf members; /* a size_t an object's member: the byte where its key begins */
};

/* Checks all of `text`: one value, at most JSON_DEPTH_MAX deep, nothing after it. True when it is
 * well-formed; `scan` (zeroed by the caller) must be given to json_scan_fini() either way. */
bool json_scan(struct json_scan *scan, struct str text);
void json_scan_fini(struct json_scan *scan);
