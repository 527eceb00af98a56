#pragma once
#include "base/str.h"

/* The target of the first link with the relation "next" in the value of a Link header (RFC 8288),
 * between its angle brackets. False when there is none, or the value is malformed before it. */
bool link_next(struct str value, struct str *ret_target);

/* True when `target` is a path on the same host: from one "/" on, printable, without fragment. */
bool link_is_path(struct str target);
