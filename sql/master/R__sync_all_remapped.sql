create or replace function sync_all_remapped()
    returns table (shard_name text, students bigint, sections bigint, registrations bigint)
    language plpgsql
as $$
#variable_conflict use_column
declare
    shard text;
begin
    for shard in select s.name from shards s order by s.name loop
        perform lock_marks(shard);
    end loop;
    for shard in select s.name from shards s order by s.name loop
        perform mark_arrived(shard);
    end loop;
    for shard in select s.name from shards s order by s.name loop
        students := sync_students_from_shard(shard);
        sections := sync_sections_from_shard(shard);
        registrations := pull_registrations(shard);
        shard_name := shard;
        return next;
    end loop;
end
$$;

comment on function sync_all_remapped() is
    'By hand: brings every new or changed student, section and registration of all shards to the master; rows inserted or '
    'updated, per shard.';
