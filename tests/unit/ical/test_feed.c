#include "ical/feed.h"

#include <libical/ical.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/instant.h"

static int64_t at(const char *text)
{
    int64_t at_us = 0;
    assert_int_equal(instant_parse(str_of(text), &at_us), 0);
    return at_us;
}

static struct ical_feed_config config_of(const char *zone)
{
    return (struct ical_feed_config){STR("3D \xEC\xB8\xA1\xEC\xA0\x95; \"CMM\""), zone,
                                     at("2026-01-15T00:00:00Z"), 900};
}

static struct ical_event event_of(const char *from, const char *to)
{
    return (struct ical_event){.uid = STR("0192@labtab"),
                               .sequence = 3,
                               .stamp_us = at("2026-02-01T01:02:03Z"),
                               .from_us = at(from),
                               .to_us = at(to),
                               .status = ICAL_CONFIRMED,
                               .summary = STR("Measuring"),
                               .category = STR("booking")};
}

static void write_feed(const char *zone, const struct ical_event *events, size_t count,
                       struct buf *out)
{
    struct ical_feed_config config = config_of(zone);
    struct ical_feed *feed = ical_feed_begin(&config, out);
    for (size_t i = 0; i < count; i++)
        ical_feed_add(feed, &events[i]);
    ical_feed_end(feed);
}

/* RFC 5545 section 3.1: CRLF, at most 75 octets, folded between characters. */
static void check_lines(const struct buf *out)
{
    assert_true(out->len > 2);
    assert_memory_equal(out->data + out->len - 2, "\r\n", 2);
    const char *line = out->data;
    for (const char *end = NULL; *line; line = end + 2) {
        end = strstr(line, "\r\n");
        assert_non_null(end);
        assert_true(end - line <= 75);
        for (const char *c = line; c < end; c++)
            assert_true((unsigned char)*c >= ' ' && *c != 0x7F);
        assert_false(((unsigned char)*line & 0xC0) == 0x80);
        if (*line == ' ')
            assert_false(((unsigned char)line[1] & 0xC0) == 0x80);
    }
}

/* The calendar as libical reads it, without any error and by the restrictions of RFC 5546. */
static icalcomponent *parse(const struct buf *out)
{
    check_lines(out);
    icalcomponent *calendar = icalparser_parse_string(out->data);
    assert_non_null(calendar);
    assert_int_equal(icalcomponent_count_errors(calendar), 0);
    return calendar;
}

static time_t time_of(icalcomponent *event, icalproperty_kind kind)
{
    icalproperty *property = icalcomponent_get_first_property(event, kind);
    assert_non_null(property);
    struct icaltimetype time = icalproperty_get_datetime_with_component(property, NULL);
    return icaltime_as_timet_with_zone(time, icaltime_get_timezone(time));
}

static void an_event_says_what_it_was_given(void **state)
{
    (void)state;
    struct ical_event event = event_of("2026-02-02T00:00:00Z", "2026-02-02T01:30:00Z");
    struct buf out = {NULL, 0, 0};
    write_feed("Asia/Seoul", &event, 1, &out);
    icalcomponent *calendar = parse(&out);
    assert_non_null(strstr(out.data, "\r\nPRODID:-//Labtab//Calendar//EN\r\n"));
    assert_non_null(strstr(out.data, "\r\nREFRESH-INTERVAL;VALUE=DURATION:PT15M\r\n"));
    assert_non_null(strstr(out.data, "\r\nDTSTAMP:20260201T010203Z\r\n"));
    assert_non_null(strstr(out.data, "\r\nSEQUENCE:3\r\n"));
    assert_non_null(strstr(out.data, "\r\nDTSTART;TZID=Asia/Seoul:20260202T090000\r\n"));
    assert_non_null(strstr(out.data, "\r\nDTEND;TZID=Asia/Seoul:20260202T103000\r\n"));
    assert_non_null(strstr(out.data, "\r\nSTATUS:CONFIRMED\r\n"));
    assert_null(strstr(out.data, "METHOD"));
    assert_null(strstr(out.data, "\r\nLOCATION"));
    icalcomponent *read = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT);
    assert_string_equal(icalcomponent_get_uid(read), "0192@labtab");
    assert_string_equal(icalcomponent_get_summary(read), "Measuring");
    assert_int_equal(time_of(read, ICAL_DTSTART_PROPERTY), event.from_us / US_PER_S);
    icalproperty *name = icalcomponent_get_first_property(calendar, ICAL_X_PROPERTY);
    assert_string_equal(icalproperty_get_x_name(name), "X-WR-CALNAME");
    icalcomponent_free(calendar);
    buf_fini(&out);
}

static void texts_are_escaped_and_folded(void **state)
{
    (void)state;
    struct buf korean = {NULL, 0, 0};
    for (int i = 0; i < 100; i++)
        buf_puts(&korean, "\xEC\x9D\xB4\xEC\xB0\xA8\xEC\xA0\x84\xEC\xA7\x80");
    struct ical_event event = event_of("2026-02-02T00:00:00Z", "2026-02-02T01:00:00Z");
    event.summary = buf_view(&korean);
    event.description = STR("a\\b; c, d\r\nBEGIN:VEVENT\nend\x01\x7F\tx");
    event.location = STR("\xF0\x9F\x94\xAC 3, floor; east");
    event.status = ICAL_CANCELLED;
    struct buf out = {NULL, 0, 0};
    write_feed("Asia/Seoul", &event, 1, &out);
    icalcomponent *calendar = parse(&out);
    assert_int_equal(icalcomponent_count_components(calendar, ICAL_VEVENT_COMPONENT), 1);
    icalcomponent *read = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT);
    assert_string_equal(icalcomponent_get_summary(read), korean.data);
    assert_string_equal(icalcomponent_get_description(read), "a\\b; c, d\nBEGIN:VEVENT\nend x");
    assert_string_equal(icalcomponent_get_location(read), "\xF0\x9F\x94\xAC 3, floor; east");
    assert_int_equal(icalcomponent_get_status(read), ICAL_STATUS_CANCELLED);
    icalcomponent_free(calendar);
    buf_fini(&korean);
    buf_fini(&out);
}

/* Every hour around both changes of the clocks comes back as the instant that it was. */
static void every_zone_gives_the_instant_back(void **state)
{
    (void)state;
    static const struct {
        const char *zone;
        const char *around[2];
    } rows[] = {
        {"Asia/Seoul", {"2026-03-01T00:00:00Z", "2026-10-01T00:00:00Z"}},
        {"Europe/Berlin", {"2026-03-28T00:00:00Z", "2026-10-24T00:00:00Z"}},
        {"America/New_York", {"2026-03-07T00:00:00Z", "2026-10-31T00:00:00Z"}},
        {"America/New_York", {"2027-03-13T00:00:00Z", "2027-11-06T00:00:00Z"}},
        {"Pacific/Auckland", {"2026-04-04T00:00:00Z", "2026-09-26T00:00:00Z"}},
        {"Asia/Kolkata", {"2026-04-04T00:00:00Z", "2026-09-26T00:00:00Z"}},
        {"Etc/UTC", {"2026-04-04T00:00:00Z", "2026-09-26T00:00:00Z"}},
        {"UTC", {"2026-04-04T00:00:00Z", "2026-09-26T00:00:00Z"}},
        {"Mars/Olympus", {"2026-04-04T00:00:00Z", "2026-09-26T00:00:00Z"}},
        {"../../../etc/passwd", {"2026-04-04T00:00:00Z", "2026-09-26T00:00:00Z"}},
    };
    for (size_t i = 0; i < LEN(rows) * 2; i++) {
        struct ical_event events[72];
        for (size_t j = 0; j < LEN(events); j++) {
            events[j] = event_of(rows[i / 2].around[i % 2], rows[i / 2].around[i % 2]);
            events[j].from_us += (int64_t)j * US_PER_H;
            events[j].to_us = events[j].from_us + US_PER_H / 2;
        }
        struct buf out = {NULL, 0, 0};
        write_feed(rows[i / 2].zone, events, LEN(events), &out);
        icalcomponent *calendar = parse(&out);
        icalcomponent *read = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT);
        for (size_t j = 0; j < LEN(events); j++) {
            assert_non_null(read);
            assert_int_equal(time_of(read, ICAL_DTSTART_PROPERTY), events[j].from_us / US_PER_S);
            assert_int_equal(time_of(read, ICAL_DTEND_PROPERTY), events[j].to_us / US_PER_S);
            read = icalcomponent_get_next_component(calendar, ICAL_VEVENT_COMPONENT);
        }
        icalcomponent_free(calendar);
        buf_fini(&out);
    }
}

/* 25 October 2026, 02:30 comes twice in Berlin, and readers disagree which one is meant. */
static void the_repeated_hour_is_given_in_utc(void **state)
{
    (void)state;
    const struct ical_event events[] = {
        event_of("2026-10-25T00:30:00Z", "2026-10-25T01:00:00Z"),
        event_of("2026-10-25T01:30:00Z", "2026-10-25T02:00:00Z"),
    };
    struct buf out = {NULL, 0, 0};
    write_feed("Europe/Berlin", events, LEN(events), &out);
    assert_non_null(strstr(out.data, "\r\nDTSTART:20261025T003000Z\r\n"));
    assert_non_null(strstr(out.data, "\r\nDTSTART:20261025T013000Z\r\n"));
    assert_non_null(strstr(out.data, "\r\nDTEND;TZID=Europe/Berlin:20261025T030000\r\n"));
    icalcomponent_free(parse(&out));
    buf_fini(&out);
}

static void an_unknown_zone_gives_utc(void **state)
{
    (void)state;
    struct ical_event event = event_of("2026-02-02T00:00:00Z", "2026-02-02T01:00:00Z");
    struct buf out = {NULL, 0, 0};
    write_feed("Mars/Olympus", &event, 1, &out);
    assert_non_null(strstr(out.data, "\r\nDTSTART:20260202T000000Z\r\n"));
    assert_null(strstr(out.data, "VTIMEZONE"));
    icalcomponent_free(parse(&out));
    buf_fini(&out);
}

static void the_same_input_gives_the_same_bytes(void **state)
{
    (void)state;
    struct ical_event event = event_of("2026-02-02T00:00:00Z", "2026-02-02T01:00:00Z");
    struct buf first = {NULL, 0, 0};
    struct buf second = {NULL, 0, 0};
    write_feed("Europe/Berlin", &event, 1, &first);
    write_feed("Europe/Berlin", &event, 1, &second);
    assert_int_equal(first.len, second.len);
    assert_memory_equal(first.data, second.data, first.len);
    buf_fini(&first);
    buf_fini(&second);
}

static void an_empty_calendar_is_one(void **state)
{
    (void)state;
    struct buf out = {NULL, 0, 0};
    write_feed("America/New_York", NULL, 0, &out);
    icalcomponent *calendar = parse(&out);
    assert_int_equal(icalcomponent_count_components(calendar, ICAL_VTIMEZONE_COMPONENT), 1);
    assert_int_equal(icalcomponent_count_components(calendar, ICAL_VEVENT_COMPONENT), 0);
    icalcomponent_free(calendar);
    buf_fini(&out);
    ical_feed_end(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_event_says_what_it_was_given),
        cmocka_unit_test(texts_are_escaped_and_folded),
        cmocka_unit_test(every_zone_gives_the_instant_back),
        cmocka_unit_test(the_repeated_hour_is_given_in_utc),
        cmocka_unit_test(an_unknown_zone_gives_utc),
        cmocka_unit_test(the_same_input_gives_the_same_bytes),
        cmocka_unit_test(an_empty_calendar_is_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
