create table if not exists schema_release (
    release    integer primary key,
    applied_at timestamptz not null default clock_timestamp()
);

comment on table schema_release is
    'The releases of sql/ that were applied here. An older one leaves the tables and functions of a newer one as they are.';
