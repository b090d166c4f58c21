-- Who changes a row goes with it, as its trace does.
alter table registrations add column if not exists changed_by text;
alter table outbox add column if not exists actor text;

-- No key: a shard that went back may give a number and a version a second time, and nobody is refused for that.
create table if not exists registration_history (
    reg_id     bigint not null,
    version    bigint not null,
    changed_at timestamptz not null default clock_timestamp(),
    changed_by text,
    stno       integer not null,
    sec_no     integer not null,
    status     text not null,
    mark       numeric(4, 2)
);

create index if not exists registration_history_reg_id on registration_history (reg_id);

comment on column registrations.changed_by is
    'Who made this state: role and subject of the caller, a student by shard and number; else the database''s role. Null: from '
    'before that was kept.';
comment on column outbox.actor is 'Who caused the change, as in registrations.changed_by.';
comment on table registration_history is
    'The states of each registration since this table is there, one row each, also of those written by hand.';
