create or replace function pull_registrations(from_shard text) returns bigint
    language plpgsql
as $$
declare
    fresh   bigint[];
    newer   bigint[];
    stale   bigint[];
    changed bigint := 0;
begin
    perform require_shard(from_shard);
    -- By comparison with the master's own rows: a mark on the shard is no reason to skip one.
    execute format(
        'select array_agg(f.reg_id order by f.reg_id) filter (where r.version is null), '
        'array_agg(f.reg_id order by f.reg_id) filter (where r.version < f.version) '
        'from public.%I f '
        'left join public.registrations r on r.shard_name = $1 and r.shard_reg_id = f.reg_id '
        'where r.version is null or r.version < f.version',
        'registrations_' || from_shard)
       into fresh, newer
      using from_shard;

    -- All inserts before the first update, as within one call: nobody else locks the other way round.
    stale := fresh || newer;
    for start in 1 .. coalesce(cardinality(stale), 0) by 10000 loop
        changed := changed + (
            select count(*)
              from sync_registrations_remapped(from_shard, stale[start : start + 9999]) r
             where r.outcome in ('inserted', 'updated'));
    end loop;
    return changed;
end
$$;

comment on function pull_registrations(text) is
    'Brings every registration of a shard that the master lacks or shows in an older state; the number of rows. Its callers '
    'bring students and sections first.';
