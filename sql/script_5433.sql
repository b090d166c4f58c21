-- psql -h localhost -p 5433 -U postgres -f sql/script_5433.sql
-- The shard of the public universities. May be run again, before or after the services. -v sample=off: no sample.
\set ON_ERROR_STOP on
\set sector public
\ir psql/shard.psql
