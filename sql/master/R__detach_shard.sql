create or replace function detach_shard(name text) returns void
    language plpgsql
as $$
declare
    unsynced bigint;
begin
    perform require_shard(detach_shard.name);
    perform pg_advisory_xact_lock(hashtext('ghidanh.attach'), hashtext(detach_shard.name));

    execute format(
        'select count(*) from (select f.reg_id, f.version from public.%I f) f '
        'left join public.registrations r on r.shard_name = $1 and r.shard_reg_id = f.reg_id '
        'where r.version is distinct from f.version',
        'registrations_' || detach_shard.name)
       into unsynced
      using detach_shard.name;
    if unsynced > 0 then
        raise exception 'shard % has % registrations that the master does not show', detach_shard.name, unsynced
            using errcode = 'RM005',
                  hint = format('Run select * from sync_registrations_remapped(%L) first.', detach_shard.name);
    end if;

    execute format(
        'drop function public.%I(integer[]), public.%I(integer[]), public.%I(bigint[]), '
        'public.%I(bigint[], bigint[], timestamptz[], timestamptz)',
        'read_students_' || detach_shard.name, 'read_sections_' || detach_shard.name,
        'read_registrations_' || detach_shard.name, 'mark_registrations_' || detach_shard.name);
    execute format('drop server %I cascade', 'fdw_' || detach_shard.name);
    delete from shards s where s.name = detach_shard.name;
end
$$;

comment on function detach_shard(text) is
    'Takes away server, foreign tables and readers; the master keeps the shard''s rows and maps, so that attaching it again '
    'goes on where it was. Refused with RM005 while the master does not show all registrations.';
