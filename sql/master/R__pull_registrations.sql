create or replace function pull_registrations(from_shard text) returns bigint
    language plpgsql
as $$
declare
    stale   bigint[];
    changed bigint := 0;
begin
    perform require_shard(from_shard);
    -- By comparison with the master's own rows: a mark on the shard is no reason to skip one.
    execute format(
        'select array_agg(f.reg_id order by f.reg_id) from public.%I f '
        'left join public.registrations r on r.shard_name = $1 and r.shard_reg_id = f.reg_id '
        'where r.version is null or r.version < f.version',
        'registrations_' || from_shard)
       into stale
      using from_shard;
    if stale is null then
        return 0;
    end if;

    -- Students and sections as a whole first, so that no call below waits for one while it holds registrations.
    perform sync_students_from_shard(from_shard);
    perform sync_sections_from_shard(from_shard);
    for start in 1 .. cardinality(stale) by 10000 loop
        changed := changed + (
            select count(*)
              from sync_registrations_remapped(from_shard, stale[start : start + 9999]) r
             where r.outcome in ('inserted', 'updated'));
    end loop;
    return changed;
end
$$;

comment on function pull_registrations(text) is
    'Brings every registration of a shard that the master lacks or shows in an older state; the number of rows.';
