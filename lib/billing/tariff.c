#include "billing/tariff.h"

const char *const bill_rounding_names[] = {"exact", "minute", "block", NULL};
const char *const bill_tax_kind_names[] = {"taxable", "zero_rated", "exempt", NULL};
