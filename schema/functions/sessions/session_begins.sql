-- What the start of a session does to its booking: its person uses the resource, and a hold that expired before somebody came is
-- taken anew, as far as there still is money. For the owner's functions.
create function fn.session_begins(b booking, at timestamptz) returns void
language plpgsql volatile as $$
begin
  update booking k set status = 'started', version = k.version + 1 where k.id = b.id;
  perform fn.qualification_used(b, session_begins.at);
  if b.holds <> '[]' and not exists (select from budget_entry e where e.booking_id = b.id having sum(e.amount) < 0) then
    perform fn.budget_hold(array_agg((h ->> 'budget_id')::uuid order by n), array_agg((h ->> 'wanted')::bigint order by n),
                           b.firm_id, b.id, session_begins.at)
      from jsonb_array_elements(b.holds) with ordinality d (h, n);
  end if;
end $$;
