-- What the master once showed and a shard, back in time, does not have any more.
create table if not exists lost_registrations (
    shard_name    text not null,
    shard_reg_id  bigint not null,
    version       bigint not null,
    created_at    timestamptz not null,
    mark          numeric(4, 2),
    status        text not null,
    student_name  text not null,
    university    text not null,
    c_name        text not null,
    year          integer not null,
    semester      integer not null,
    time          text not null,
    hall          text not null,
    master_reg_id bigint not null,
    master_stno   integer not null,
    master_sec_no integer not null,
    lost_at       timestamptz not null default clock_timestamp(),
    found_at      timestamptz,
    primary key (shard_name, shard_reg_id, version)
);

comment on table lost_registrations is
    'Registrations, or later states of them, that a shard lost when it went back in time: for the registrar. Never deleted.';
comment on column lost_registrations.master_reg_id is 'Its number in registrations here, where its row stays unless another one needs its place.';
comment on column lost_registrations.lost_at is 'When it was noticed.';
comment on column lost_registrations.found_at is 'When the shard was seen to have it again.';

alter table shards add column if not exists compared text;

comment on column shards.compared is
    'What shard and master were when they were last compared as a whole: whatever makes either another one asks for a comparison.';
