create or replace function public.database_place() returns text
    language sql
    stable
as $$
    select pg_catalog.concat_ws(
               '/',
               (select c.system_identifier from pg_catalog.pg_control_system() c),
               (select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database()),
               pg_catalog.substr(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()), 1, 8))
$$;

comment on function public.database_place() is
    'Where this database is: cluster, number in it, timeline. A standby that was promoted, a backup that was restored and a '
    'database made anew are at another place. A copy of the disk that runs on as if nothing had happened is not.';
