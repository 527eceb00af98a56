#pragma once
/* The values of a field table that are written as text, in a JSON string or a query parameter. Part
 * of field.c; nobody else needs it. */

#include "base/field.h"

struct field_fault {
    enum code code;
    struct fact limit;
    struct fact actual;
};

#define FIELD_CODE_PATTERN    "^[a-z0-9][a-z0-9_-]{0,62}$"
#define FIELD_MONTH_PATTERN   "^[0-9]{4}-(0[1-9]|1[0-2])$"
#define FIELD_DECIMAL_PATTERN "^-?[0-9]+(\\.[0-9]{1,9})?$"

/* Reads `text` as a value of `row`'s type and stores it at `ret` (the member itself). FT_TEXTS
 * stands for one element. True, or false with *ret_fault, whose texts lie in `text`, in `arena` or
 * are static. A type that no text can stand for is wrong_type. */
bool field_value_parse(const struct field *row, struct str text, struct arena *arena, void *ret,
                       struct field_fault *ret_fault);
