#pragma once
/* A calendar to subscribe to: RFC 5545, with times in the lab's own zone. The same input gives the
 * same bytes, so that they can have an ETag. */

#include "base/str.h"

enum ical_status { ICAL_TENTATIVE, ICAL_CONFIRMED, ICAL_CANCELLED };

/* Texts are UTF-8; control characters but line feeds are left out. Empty ones make no property. */
struct ical_event {
    struct str uid;   /* the same for ever: "<id>@labtab" */
    int64_t sequence; /* goes up with each change */
    int64_t stamp_us; /* when it changed last */
    int64_t from_us;
    int64_t to_us;
    enum ical_status status;
    struct str summary;
    struct str description;
    struct str location;
    struct str category;
};

struct ical_feed_config {
    struct str name;   /* that programs show */
    const char *zone;  /* IANA's name; one that is not known here gives times in UTC */
    int64_t since_us;  /* no event begins before: the zone is described from that year on */
    int64_t refresh_s; /* how often a program should look */
};

struct ical_feed;

/* Begins a calendar in `out`, which the caller owns and lends until ical_feed_end(). */
struct ical_feed *ical_feed_begin(const struct ical_feed_config *config, struct buf *out);

/* Adds an event. Its start and end are local times with TZID, but in UTC in the hour that comes
 * twice when the clocks go back. */
void ical_feed_add(struct ical_feed *feed, const struct ical_event *event);

/* Ends the calendar and frees the feed. NULL is accepted. */
void ical_feed_end(struct ical_feed *feed);
