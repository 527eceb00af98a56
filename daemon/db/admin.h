#pragma once
#include "base/str.h"

/* Makes the administrator of this code in `database` (a conninfo without a user), as labtab_owner,
 * unless there is one, and a fresh token, which is appended to `ret_token`: it is not kept
 * anywhere. 0, or 1 with a sentence in `fault`. */
must_check int admin_token(const char *database, const char *code, struct buf *ret_token,
                           struct buf *fault);
