-- Why a booking can't become what is wished, whatever its time; outcome null when it can:
--   locked         by the firm's people, once it is locked (limit: since when)
--   missing_field  /reason: of staff, for somebody else's
--   in_the_past    /start: what has begun begins when it began (limit: that); /end: time that is over can't be given back, nor a
--                  booking go on that was over without a session (limit: now)
create function fn.booking_change_refusal(b booking, w fn.wish, at timestamptz, by_person uuid, reason text)
returns fn.booking_reply
language plpgsql stable as $$
declare
  has_begun boolean := b.status = 'started' or b.starts_at <= at;
begin
  if not w.is_staff and b.status <> 'started' and at >= b.locked_from then
    return fn.booking_refuse('locked', null, fn.instant_text(b.locked_from), fn.instant_text(at));
  elsif w.is_staff and by_person not in (b.person_id, b.created_by) and coalesce(reason, '') = '' then
    return fn.booking_refuse('missing_field', '/reason');
  elsif has_begun and w.starts <> b.starts_at then
    return fn.booking_refuse('in_the_past', '/start', fn.instant_text(b.starts_at), fn.instant_text(w.starts));
  elsif b.status <> 'started' and b.ends_at <= at then
    return fn.booking_refuse('in_the_past', '/end', fn.instant_text(at), fn.instant_text(b.ends_at));
  elsif has_begun and w.ends <= at then
    return fn.booking_refuse('in_the_past', '/end', fn.instant_text(at), fn.instant_text(w.ends));
  end if;
  return null;
end $$;
