-- What only the database knows of the rules. Every broken one; none when it may be booked.
create function fn.booking_judge(at timestamptz, w fn.wish, changed uuid) returns fn.violation[]
language plpgsql stable as $$
begin
  return '{}';
end $$;
