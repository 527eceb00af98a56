-- A UUIDv7 (RFC 9562) of the milliseconds of `at`, for rows that the database makes by itself.
create function fn.id_new(at timestamptz) returns uuid
language sql volatile
return (lpad(to_hex(floor(extract(epoch from at) * 1000)::bigint), 12, '0') || '7'
        || substr(replace(gen_random_uuid()::text, '-', ''), 14))::uuid;
