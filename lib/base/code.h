#pragma once
/* Problem codes: one row each. Codes are the API's contract and never change; messages may.
 *
 *   CODE(symbol, HTTP status, English, Korean)
 *
 * The status is what the code means when it is the gravest one of an answer. */

#include "base/attr.h"

/* clang-format off */
#define CODE_TABLE(CODE)                                                                            \
    /* reading the request */                                                                       \
    CODE(bad_request, 400, "The request is not well-formed.", "요청 형식이 올바르지 않습니다.")                   \
    CODE(bad_json, 400, "The body is not valid JSON.", "본문이 올바른 JSON이 아닙니다.")                        \
    CODE(unauthenticated, 401, "A valid bearer token is needed.", "유효한 인증 토큰이 필요합니다.")               \
    CODE(forbidden, 403, "This action is not yours to take.", "이 작업을 할 권한이 없습니다.")                   \
    CODE(not_found, 404, "There is no such thing here.", "대상을 찾을 수 없습니다.")                           \
    CODE(method_not_allowed, 405, "This method is not available here.", "허용되지 않는 메서드입니다.")           \
    CODE(request_timeout, 408, "The request did not arrive in time.", "요청이 제시간에 도착하지 않았습니다.")        \
    CODE(conflict, 409, "The state of the object does not allow this.", "현재 상태에서는 할 수 없습니다.")         \
    CODE(length_required, 411, "A Content-Length is needed.", "Content-Length가 필요합니다.")              \
    CODE(stale_version, 412, "The object has changed since you read it.", "읽은 뒤에 대상이 변경되었습니다.")       \
    CODE(body_too_large, 413, "The body is too large.", "본문이 너무 큽니다.")                               \
    CODE(target_too_long, 414, "The address is too long.", "주소가 너무 깁니다.")                            \
    CODE(media_type, 415, "The body must be application/json.", "본문은 application/json이어야 합니다.")      \
    CODE(expectation_failed, 417, "Only Expect: 100-continue is known.", "Expect: 100-continue만 지원합니다.")   \
    CODE(version_required, 428, "If-Match is needed.", "If-Match 헤더가 필요합니다.")                        \
    CODE(too_many_requests, 429, "Too many requests.", "요청이 너무 많습니다.")                               \
    CODE(head_too_large, 431, "The header is too large.", "헤더가 너무 큽니다.")                             \
    CODE(internal, 500, "Something failed on our side.", "서버 내부 오류입니다.")                             \
    CODE(not_implemented, 501, "This method is unknown.", "알 수 없는 메서드입니다.")                          \
    CODE(http_version, 505, "Only HTTP/1.1 and HTTP/1.0 are spoken here.", "HTTP/1.1과 HTTP/1.0만 지원합니다.") \
    CODE(overloaded, 503, "Too much work at the moment; try again.", "지금은 처리할 수 없습니다. 다시 시도하세요.")   \
    CODE(outcome_unknown, 503, "The database was lost while this ran; repeat it with the same key.",   \
         "처리 중 데이터베이스 연결이 끊어졌습니다. 같은 키로 다시 시도하세요.")                                        \
    /* fields */                                                                                    \
    CODE(unknown_field, 422, "There is no such field.", "알 수 없는 필드입니다.")                              \
    CODE(missing_field, 422, "This field is needed.", "필수 필드입니다.")                                    \
    CODE(wrong_type, 422, "The value has the wrong type.", "값의 형식이 잘못되었습니다.")                        \
    CODE(too_small, 422, "The value is below its limit.", "값이 하한보다 작습니다.")                           \
    CODE(too_large, 422, "The value is above its limit.", "값이 상한보다 큽니다.")                             \
    CODE(too_long, 422, "The text is too long.", "글자 수가 너무 많습니다.")                                  \
    CODE(too_short, 422, "The text is too short.", "글자 수가 너무 적습니다.")                                \
    CODE(bad_format, 422, "The text has the wrong form.", "글의 형식이 잘못되었습니다.")                         \
    CODE(no_offset, 422, "An instant needs an offset (Z or +09:00).", "시각에는 시간대 표시(Z 또는 +09:00)가 필요합니다.") \
    CODE(unknown_value, 422, "The value is not one of the known ones.", "허용된 값이 아닙니다.")                \
    CODE(unknown_reference, 422, "It refers to something that does not exist.", "존재하지 않는 대상을 가리킵니다.")    \
    CODE(duplicate, 422, "The same thing is given twice.", "중복된 값입니다.")                                \
    CODE(key_reused, 422, "The Idempotency-Key was used with another body.", "같은 Idempotency-Key가 다른 본문에 사용되었습니다.") \
    /* booking */                                                                                   \
    CODE(taken, 409, "The time is taken.", "이미 예약된 시간입니다.")                                         \
    CODE(end_not_after_start, 422, "The end must be after the start.", "종료는 시작보다 뒤여야 합니다.")            \
    CODE(in_the_past, 422, "The start is in the past.", "시작 시각이 이미 지났습니다.")                          \
    CODE(beyond_horizon, 422, "The start is too far ahead.", "예약 가능 기간을 넘었습니다.")                     \
    CODE(notice_too_short, 422, "The start is too soon.", "사전 예약 시간이 부족합니다.")                        \
    CODE(duration_too_short, 422, "The booking is too short.", "예약 시간이 너무 짧습니다.")                     \
    CODE(duration_too_long, 422, "The booking is too long.", "예약 시간이 너무 깁니다.")                        \
    CODE(off_grid, 422, "Start and end must lie on the grid.", "시작과 종료는 정해진 간격에 맞아야 합니다.")             \
    CODE(closed, 422, "The lab is closed during part of this time.", "운영 시간이 아닙니다.")                    \
    CODE(not_qualified, 422, "A valid qualification for this resource is needed.", "해당 장비 사용 자격이 필요합니다.") \
    CODE(firm_blocked, 422, "The firm may not book at present.", "현재 예약이 제한된 기업입니다.")                 \
    CODE(not_bookable, 422, "This resource cannot be booked.", "예약할 수 없는 자원입니다.")                     \
    CODE(not_eligible, 422, "The firm is not one of those that may book this.", "이 자원을 예약할 수 있는 대상 기업이 아닙니다.") \
    CODE(quota_count, 422, "That would be more bookings than the quota allows.", "예약 한도(건수)를 넘습니다.") \
    CODE(quota_time, 422, "That would be more time than the quota allows.", "예약 한도(시간)를 넘습니다.")    \
    CODE(gap_too_short, 422, "It is too close to another booking of this person.", "같은 사람의 다른 예약과 간격이 너무 짧습니다.") \
    CODE(firm_suspended, 422, "The firm missed too many bookings and may not book yet.", "미사용 예약이 많아 예약이 일시 정지된 기업입니다.") \
    CODE(firm_unpaid, 422, "The firm has an invoice that is long overdue.", "기한이 지난 미납 청구서가 있습니다.") \
    CODE(locked, 422, "It is too late to change or cancel this booking.", "변경 또는 취소할 수 있는 기한이 지났습니다.") \
    CODE(too_early, 422, "It is too early for this.", "아직 할 수 없는 시각입니다.")                          \
    CODE(already_missed, 409, "The booking was missed.", "이미 미사용 처리된 예약입니다.")                    \
    CODE(awaits_approval, 409, "The booking awaits approval.", "승인을 기다리는 예약입니다.")                 \
    CODE(offer_expired, 409, "The offer has expired.", "제안의 유효 기간이 지났습니다.")                      \
    CODE(quote_expired, 409, "The quote has expired.", "견적의 유효 기간이 지났습니다.")                      \
    CODE(quote_mismatch, 422, "The quote is for something else.", "견적의 내용과 다릅니다.")                  \
    CODE(already_waiting, 409, "This person waits for that already.", "이미 대기 중입니다.")                  \
    CODE(not_waiting, 409, "This entry waits no longer.", "더 이상 대기 중이 아닙니다.")                      \
    CODE(series_too_long, 422, "The series has too many instances.", "반복 횟수가 너무 많습니다.")            \
    /* courses */                                                                                   \
    CODE(course_full, 409, "The course is full.", "정원이 찼습니다.")                                         \
    CODE(already_enrolled, 409, "This person is enrolled already.", "이미 등록되어 있습니다.")                \
    /* sessions, usage */                                                                           \
    CODE(already_started, 409, "The session has started already.", "이미 시작되었습니다.")                       \
    CODE(already_finished, 409, "The session has finished already.", "이미 종료되었습니다.")                     \
    CODE(already_cancelled, 409, "The booking is cancelled already.", "이미 취소되었습니다.")                    \
    /* billing */                                                                                   \
    CODE(already_disputed, 409, "This charge was disputed already.", "이미 이의를 신청한 요금입니다.")           \
    CODE(review_over, 422, "The time to dispute this charge is over.", "이의 신청 기간이 지났습니다.")           \
    CODE(unpriced, 422, "There is no tariff for this date.", "해당 날짜의 요금표가 없습니다.")                     \
    CODE(budget_exhausted, 409, "The budget has run dry.", "예산이 소진되었습니다.")                           \
    CODE(closed_period, 409, "The period is closed.", "마감된 기간입니다.")
/* clang-format on */

enum code {
    CODE_NONE,
#define CODE(symbol, status, en, ko) CODE_##symbol,
    CODE_TABLE(CODE)
#undef CODE
        CODE_COUNT
};

enum language { LANG_EN, LANG_KO };

/* The code's wire name ("taken"), HTTP status and message. */
const char *code_name(enum code code);
int code_status(enum code code);
const char *code_message(enum code code, enum language language);

/* The code of a wire name, CODE_NONE when there is none. */
enum code code_of(const char *name);
