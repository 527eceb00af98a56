#include "ical/feed.h"

#include <libical/ical.h>
#include <stdlib.h>

#include "base/instant.h"
#include "base/mem.h"

#define PRODUCT      "-//Labtab//Calendar//EN"
#define CALENDAR_END "END:VCALENDAR\r\n"

struct ical_feed {
    struct buf *out;
    icaltimezone *zone; /* ours; NULL: times are in UTC */
    struct buf text;    /* of one property */
};

static const icalproperty_status status_of[] = {
    [ICAL_TENTATIVE] = ICAL_STATUS_TENTATIVE,
    [ICAL_CONFIRMED] = ICAL_STATUS_CONFIRMED,
    [ICAL_CANCELLED] = ICAL_STATUS_CANCELLED,
};

/* libical gives NULL where there is no memory; that ends the process, as everywhere. */
static void *there(void *made)
{
    if (!made)
        mem_fail(0);
    return made;
}

static void add(icalcomponent *component, icalproperty *property)
{
    icalcomponent_add_property(component, there(property));
}

/* A C string without control characters, of which iCalendar knows the line feed only. Good until
 * the next one. */
static const char *text_of(struct ical_feed *feed, struct str text)
{
    buf_reset(&feed->text);
    buf_str(&feed->text, STR(""));
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c == '\t')
            buf_putc(&feed->text, ' ');
        else if ((c >= ' ' && c != 0x7F) || c == '\n')
            buf_putc(&feed->text, (char)c);
    }
    return feed->text.len > 0 ? feed->text.data : "";
}

static struct icaltimetype utc_of(int64_t at_us)
{
    return icaltime_from_timet_with_zone((time_t)(at_us / US_PER_S), 0,
                                         icaltimezone_get_utc_timezone());
}

/* The zone from that year's start on, under its own name: libical's copy has a prefix to it. */
static icaltimezone *zone_since(const char *name, int64_t since_us)
{
    icaltimezone *known = icaltimezone_get_builtin_timezone(name);
    icalcomponent *whole = known ? icaltimezone_get_component(known) : NULL;
    if (!whole)
        return NULL;
    icalcomponent *component = there(icalcomponent_new_clone(whole));
    icalproperty *id = icalcomponent_get_first_property(component, ICAL_TZID_PROPERTY);
    icalproperty_set_tzid(there(id), name);
    struct icaltimetype since = utc_of(since_us);
    since.month = since.day = 1;
    since.hour = since.minute = since.second = 0;
    icaltimezone_truncate_vtimezone(component, since, icaltime_null_time(), 0);
    icaltimezone *zone = there(icaltimezone_new());
    icaltimezone_set_component(zone, component); /* owns the component from here on */
    return zone;
}

static void write_component(struct ical_feed *feed, icalcomponent *component)
{
    char *text = there(icalcomponent_as_ical_string_r(component));
    buf_puts(feed->out, text);
    free(text);
}

/* The head is a whole calendar but for its end, which follows the events. */
static void write_head(struct ical_feed *feed, const struct ical_feed_config *config)
{
    icalcomponent *calendar = there(icalcomponent_new_vcalendar());
    add(calendar, icalproperty_new_version("2.0"));
    add(calendar, icalproperty_new_prodid(PRODUCT));
    icalproperty *name = there(icalproperty_new_x(text_of(feed, config->name)));
    icalproperty_set_x_name(name, "X-WR-CALNAME");
    add(calendar, name);
    icalproperty *refresh =
        there(icalproperty_new_refreshinterval(icaldurationtype_from_int((int)config->refresh_s)));
    icalproperty_add_parameter(refresh, there(icalparameter_new_value(ICAL_VALUE_DURATION)));
    add(calendar, refresh);
    write_component(feed, calendar);
    icalcomponent_free(calendar);
    feed->out->len -= sizeof(CALENDAR_END) - 1;
    if (feed->zone)
        write_component(feed, icaltimezone_get_component(feed->zone));
}

struct ical_feed *ical_feed_begin(const struct ical_feed_config *config, struct buf *out)
{
    icalerror_set_errors_are_fatal(0);
    struct ical_feed *feed = mem_zalloc(1, sizeof(*feed));
    feed->out = out;
    feed->zone = zone_since(config->zone, config->since_us);
    write_head(feed, config);
    return feed;
}

/* Readers disagree about the hour that comes twice in autumn: some take the first one, as RFC 5545
 * says, some the second. */
static bool is_read_back(struct icaltimetype local, icaltimezone *zone, int64_t at_us)
{
    bool is_same = true;
    for (local.is_daylight = 0; local.is_daylight < 2; local.is_daylight++)
        is_same &= icaltime_as_timet_with_zone(local, zone) == (time_t)(at_us / US_PER_S);
    return is_same;
}

/* Adds a start or an end. */
static void add_time(struct ical_feed *feed, icalcomponent *event, int64_t at_us,
                     icalproperty *(*make)(struct icaltimetype at))
{
    struct icaltimetype utc = utc_of(at_us);
    struct icaltimetype local = feed->zone ? icaltime_convert_to_zone(utc, feed->zone) : utc;
    if (!feed->zone || !is_read_back(local, feed->zone, at_us)) {
        add(event, make(utc));
        return;
    }
    icalproperty *property = there(make(local));
    const char *id = icaltimezone_get_tzid(feed->zone);
    icalproperty_add_parameter(property, there(icalparameter_new_tzid(id)));
    add(event, property);
}

static void add_text(struct ical_feed *feed, icalcomponent *event, struct str text,
                     icalproperty *(*make)(const char *text))
{
    if (text.len > 0)
        add(event, make(text_of(feed, text)));
}

void ical_feed_add(struct ical_feed *feed, const struct ical_event *event)
{
    icalcomponent *component = there(icalcomponent_new_vevent());
    add_text(feed, component, event->uid, icalproperty_new_uid);
    add(component, icalproperty_new_dtstamp(utc_of(event->stamp_us)));
    add(component, icalproperty_new_sequence((int)event->sequence));
    add_time(feed, component, event->from_us, icalproperty_new_dtstart);
    add_time(feed, component, event->to_us, icalproperty_new_dtend);
    add(component, icalproperty_new_status(status_of[event->status]));
    add_text(feed, component, event->summary, icalproperty_new_summary);
    add_text(feed, component, event->description, icalproperty_new_description);
    add_text(feed, component, event->location, icalproperty_new_location);
    add_text(feed, component, event->category, icalproperty_new_categories);
    write_component(feed, component);
    icalcomponent_free(component);
}

void ical_feed_end(struct ical_feed *feed)
{
    if (!feed)
        return;
    buf_puts(feed->out, CALENDAR_END);
    if (feed->zone)
        icaltimezone_free(feed->zone, 1);
    buf_fini(&feed->text);
    free(feed);
}
