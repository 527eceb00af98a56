#include "columns.h"

const struct column booking_columns[] = {
    {"Booking", "id", SHAPE_PLAIN},
    {"Status", "status", SHAPE_PLAIN},
    {"Resource", "resource", SHAPE_PLAIN},
    {"Firm", "firm", SHAPE_PLAIN},
    {"Mode", "mode", SHAPE_PLAIN},
    {"Start", "start", SHAPE_PLAIN},
    {"End", "end", SHAPE_PLAIN},
    {"Purpose", "purpose", SHAPE_PLAIN},
    {"Expected price", "price", SHAPE_AMOUNT},
    {"Support held", "support", SHAPE_AMOUNT},
    {"Own share", "own_share", SHAPE_AMOUNT},
    {"Overridden", "override_reason", SHAPE_PLAIN},
    {"Made", "created_at", SHAPE_PLAIN},
    {"Cancelled", "cancelled_at", SHAPE_PLAIN},
    {"Reason", "cancel_reason", SHAPE_PLAIN},
    {"Version", "version", SHAPE_PLAIN},
    COLUMN_END,
};

const struct column session_columns[] = {
    {"Session", "id", SHAPE_PLAIN},
    {"Resource", "resource", SHAPE_PLAIN},
    {"Firm", "firm", SHAPE_PLAIN},
    {"Booking", "booking", SHAPE_PLAIN},
    {"Technician", "technician", SHAPE_PLAIN},
    {"Started", "started_at", SHAPE_PLAIN},
    {"Finished", "finished_at", SHAPE_PLAIN},
    {"Samples", "sample_count", SHAPE_COUNT},
    {"Staff time", "operator_s", SHAPE_DURATION},
    {"Outcome", "outcome", SHAPE_PLAIN},
    {"Notes", "notes", SHAPE_PLAIN},
    {"Version", "version", SHAPE_PLAIN},
    COLUMN_END,
};

const struct column token_columns[] = {
    {"Id", "id", SHAPE_PLAIN},
    {"Person", "person", SHAPE_PLAIN},
    {"Label", "label", SHAPE_PLAIN},
    {"Made", "created_at", SHAPE_PLAIN},
    {"Expires", "expires_at", SHAPE_PLAIN},
    {"Revoked", "revoked_at", SHAPE_PLAIN},
    {"Token", "token", SHAPE_PLAIN},
    COLUMN_END,
};
