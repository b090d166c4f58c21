-- psql -h localhost -p 5432 -U postgres -f sql/script_5432.sql
-- The master's tables. May be run again, before or after the services.
\set ON_ERROR_STOP on
\ir psql/open.psql
\if :behind
\ir master/beforeMigrate__readers.sql
\ir master/V001__tables.sql
\ir master/V002__jobs.sql
\ir master/V004__audit.sql
\ir master/V005__number_first.sql
\ir master/V006__no_preview.sql
\ir master/V007__lost_registrations.sql
\ir master/V008__limits.sql
\ir master/V009__less_of_students.sql
\ir master/V010__changed_by.sql
\ir master/V011__waiting.sql
\ir master/V012__starts.sql
\endif
\if :released
insert into schema_release (release) values (:release) on conflict do nothing;
\endif
\echo Tables of the master are in database enrollment_db. Next: the scripts of the shards, then mapping_method.sql.
