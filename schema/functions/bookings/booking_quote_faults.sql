-- Whether a wish is what its quote promised a price for:
--   unknown_reference  /quote: there is none, for this firm
--   quote_expired      /quote (limit: when)
--   quote_mismatch     /quote: another resource, companion, way, time or price
create function fn.booking_quote_faults(at timestamptz, w fn.wish) returns fn.violation[]
language plpgsql stable as $$
declare
  q quote;
begin
  select * into q from quote k where k.id = w.quote and k.firm_id = w.firm;
  if not found then
    return array[row('unknown_reference', '/quote', null, w.quote)::fn.violation];
  elsif q.expires_at <= at then
    return array[row('quote_expired', '/quote', fn.instant_text(q.expires_at), fn.instant_text(at))::fn.violation];
  elsif (q.resource_id, q.mode, q.during, q.price) is distinct from (w.resource, w.mode, tstzrange(w.starts, w.ends), w.price)
        or not (q.also <@ w.also and q.also @> w.also) then
    return array[row('quote_mismatch', '/quote', null, null)::fn.violation];
  end if;
  return '{}';
end $$;
