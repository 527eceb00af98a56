#pragma once
/* What people see of the objects that more than one command shows. */

#include "view.h"

extern const struct column quote_columns[], booking_columns[], cohort_columns[], session_columns[],
    token_columns[];
