-- psql -h localhost -p 5434 -U postgres -f sql/script_5434.sql
-- The shard of the private universities. May be run again, before or after the services. -v sample=off: no sample.
\set ON_ERROR_STOP on
\set sector private
\ir psql/shard.psql
