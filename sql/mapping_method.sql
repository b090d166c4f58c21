-- psql -h localhost -p 5432 -U postgres -f sql/mapping_method.sql
-- The master's functions, and the shards 5433 and 5434 attached by postgres_fdw. May be run again, before or after the
-- services. Where the shards are, as the master sees them, with -v NAME=VALUE: shard_host, shard_user, shard_password, or
-- for one of them host_5433, port_5433, password_5433, host_5434, port_5434, password_5434.
\set ON_ERROR_STOP on
\if :{?shard_host}
\else
\set shard_host localhost
\endif
\if :{?shard_user}
\else
\set shard_user postgres
\endif
\if :{?shard_password}
\else
\set shard_password 12
\endif
\if :{?host_5433}
\else
\set host_5433 :shard_host
\endif
\if :{?port_5433}
\else
\set port_5433 5433
\endif
\if :{?password_5433}
\else
\set password_5433 :shard_password
\endif
\if :{?host_5434}
\else
\set host_5434 :shard_host
\endif
\if :{?port_5434}
\else
\set port_5434 5434
\endif
\if :{?password_5434}
\else
\set password_5434 :shard_password
\endif

\ir psql/open.psql
do $$
begin
    if to_regclass('public.shards') is null then
        raise exception 'the master has no tables yet'
            using hint = 'Run script_5432.sql first.';
    end if;
end
$$;
select 'do $x$ begin raise exception ''the master has the tables of an older release'' using hint = ''Run script_5432.sql first.''; end $x$'
 where :'released'::boolean and :'behind'::boolean
\gexec

\ir common/R__database_place.sql
\ir common/R__roles.sql
\ir common/R__schema_release.sql
\ir master/R__attach_shard.sql
\ir master/R__bring_reference_data.sql
\ir master/R__detach_shard.sql
\ir master/R__drift.sql
\ir master/R__late_rows.sql
\ir master/R__locks.sql
\ir master/R__mark_synced.sql
\ir master/R__place_registrations.sql
\ir master/R__pull_registrations.sql
\ir master/R__registration_details.sql
\ir master/R__require_shard.sql
\ir master/R__seats.sql
\ir master/R__settle_registrations.sql
\ir master/R__shard_objects.sql
\ir master/R__shard_page.sql
\ir master/R__sync_all_remapped.sql
\ir master/R__sync_registrations_remapped.sql
\ir master/R__sync_sections_from_shard.sql
\ir master/R__sync_students_from_shard.sql
\ir master/afterMigrate__rights.sql
insert into schema_release (release) values (:release) on conflict do nothing;
\echo Functions of the master are in database enrollment_db.

select log_no_statements() \gset
select attach_shard('5433', :'host_5433', :'port_5433', :'shard_user', :'password_5433') as shard_5433,
       attach_shard('5434', :'host_5434', :'port_5434', :'shard_user', :'password_5434') as shard_5434
\gset
\echo Shard 5433 at :host_5433 port :port_5433: :shard_5433
\echo Shard 5434 at :host_5434 port :port_5434: :shard_5434
\ir psql/window.psql
\echo 'Now, in database enrollment_db: SELECT sync_registrations_remapped();'
