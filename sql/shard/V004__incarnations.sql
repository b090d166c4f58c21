-- Each time that this database may have gone back in time, it begins anew, with numbers above all that it ever gave.
create table if not exists incarnations (
    incarnation bigint primary key,
    place       text not null,
    reason      text not null,
    began_at    timestamptz not null default clock_timestamp()
);

comment on table incarnations is 'What this database was, and is: the last one. See database_place() and begin_incarnation(reason).';
comment on column incarnations.incarnation is '0 for the first, else microseconds since 1970 at its beginning.';
