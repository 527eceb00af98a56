-- Ends a qualification at `at`; one that has not begun by then is as if it had never been.
-- Runs as the owner, for a caller who sees everything: nobody else writes the catalogue.
create function fn.qualification_end(id uuid, at timestamptz) returns void
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if not scope_sees(null) then
    raise insufficient_privilege using message = 'qualifications need the scope of the whole lab';
  end if;
  perform from catalogue for update; -- as fn.qualification_give
  delete from qualification k where k.id = qualification_end.id and lower(k.valid) >= qualification_end.at;
  update qualification k set valid = k.valid * tstzrange(null, qualification_end.at)
    where k.id = qualification_end.id and k.valid @> qualification_end.at;
end $$;
