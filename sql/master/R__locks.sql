-- Locks until the end of the transaction, always taken in this order, so that no two callers wait for each other:
-- marks, shard by shard; students, shard by shard; sections; then rows of registrations by reg_id.
create or replace function lock_marks(from_shard text) returns void
    language sql
as $$
    select pg_advisory_xact_lock(hashtext('ghidanh.marks'), hashtext(from_shard))
$$;

comment on function lock_marks(text) is
    'One marking transaction per shard at a time. Taken before the first foreign statement, whose snapshot on the shard '
    'then sees the marks of the one before; two at once would fail with 40001.';

create or replace function lock_students(from_shard text) returns void
    language sql
as $$
    select pg_advisory_xact_lock(hashtext('ghidanh.students'), hashtext(from_shard))
$$;

comment on function lock_students(text) is
    'One transaction at a time writes students of a shard: two that both miss one would both number it; the second waits '
    'and finds it mapped.';

create or replace function lock_sections(from_shard text) returns void
    language sql
as $$
    select lock_students(from_shard);
    select pg_advisory_xact_lock(hashtext('ghidanh.sections'))
$$;

comment on function lock_sections(text) is
    'One transaction at a time writes sections, of all shards: one that two shards bring at once is created once, and the '
    'sum of the allotments is taken over all of them. Sections change seldom. Students first, since a registration of the '
    'same transaction may bring one.';
