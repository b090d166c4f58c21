-- V010 adds a column to what the readers of the shards return. Attaching the shards anew makes them return it; until then whoever
-- calls one must not take the error for its rows' fault (42804), but find none and wait (42883).
do $$
declare
    reader regprocedure;
begin
    if exists (select from pg_attribute a where a.attrelid = to_regclass('shard_registration') and a.attname = 'changed_by') then
        return;
    end if;
    for reader in
        select p.oid from pg_proc p where p.pronamespace = 'public'::regnamespace and p.proname like 'read\_registrations\_%'
    loop
        execute format('drop function %s', reader);
    end loop;
end
$$;
