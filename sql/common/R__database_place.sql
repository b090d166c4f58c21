create or replace function public.database_place() returns text
    language plpgsql
    stable
    security definer set search_path = pg_catalog, pg_temp
as $$
declare
    disk timestamptz;
begin
    -- Superusers may, and owners to whom one of them granted it.
    if has_function_privilege('pg_stat_file(text)', 'execute') then
        -- Never written after initdb. A copy has a time of its own, whatever else it keeps; Windows calls it creation.
        select coalesce(f.change, f.creation) into disk from pg_stat_file('PG_VERSION') f;
    end if;
    return concat_ws(
        '/',
        (select c.system_identifier from pg_control_system() c),
        (select d.oid from pg_database d where d.datname = current_database()),
        substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8),
        extract(epoch from disk)::bigint);
end
$$;

comment on function public.database_place() is
    'Where this database is: cluster, number in it, timeline, and when its files were put where they are. A standby that was '
    'promoted, a backup that was restored, a database made anew and a copy of the files are at another place. A snapshot of the '
    'whole disk that runs on as if nothing had happened is not.';
