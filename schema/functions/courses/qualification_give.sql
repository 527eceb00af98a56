-- Qualifies a person for a resource from one instant to another (null: without end), and tells. What was given before is not
-- taken away: one that is in force ends where the new one begins, and where an old one lasts longer the new one does too. So
-- a new one counts from its own beginning, also for limits of last use. The qualification as it then is.
--
-- Runs as the owner, for a caller who sees everything: nobody else writes the catalogue.
create function fn.qualification_give(person uuid, resource uuid, from_at timestamptz, to_at timestamptz, cohort uuid,
                                      at timestamptz)
returns qualification
language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
#variable_conflict use_column
declare
  wanted tstzrange := tstzrange(from_at, to_at);
  firm uuid;
  q qualification;
begin
  if not scope_sees(null) then
    raise insufficient_privilege using message = 'qualifications need the scope of the whole lab';
  end if;
  perform from catalogue for update; -- which is raised anyway: one change of it at a time, as in fn.site_apply
  select p.firm_id into firm from person p where p.id = qualification_give.person;
  select k.* into q from qualification k
    where k.person_id = qualification_give.person and k.resource_id = qualification_give.resource
      and lower(k.valid) = from_at and k.valid @> wanted;
  if found then
    return q;
  end if;

  select range_merge(range_agg(k.valid * tstzrange(from_at, null)) + tstzmultirange(wanted)) into wanted
    from qualification k
    where k.person_id = qualification_give.person and k.resource_id = qualification_give.resource and k.valid && wanted
    having count(*) > 0;
  wanted := coalesce(wanted, tstzrange(from_at, to_at));
  delete from qualification k
    where k.person_id = qualification_give.person and k.resource_id = qualification_give.resource and k.valid <@ wanted;
  update qualification k set valid = tstzrange(lower(k.valid), from_at)
    where k.person_id = qualification_give.person and k.resource_id = qualification_give.resource and k.valid && wanted;
  insert into qualification (id, person_id, firm_id, resource_id, valid, cohort_id)
    values (fn.id_new(qualification_give.at), qualification_give.person, firm, qualification_give.resource, wanted,
            qualification_give.cohort)
    returning * into q;
  insert into event (at, kind, firm_id, object_id, data)
    select qualification_give.at, 'qualification.granted', firm, q.id,
        jsonb_build_object('person', p.code, 'resource', r.code, 'valid_from', fn.instant_text(lower(wanted)),
                           'valid_to', fn.instant_text(upper(wanted)), 'cohort', qualification_give.cohort)
      from person p, resource r where p.id = qualification_give.person and r.id = qualification_give.resource;
  return q;
end $$;
