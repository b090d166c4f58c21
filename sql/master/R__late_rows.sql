create or replace function late_rows(from_shard text, entity text, above bigint, most integer)
    returns table (id bigint, version bigint)
    language plpgsql
    stable
as $$
begin
    perform require_shard(from_shard);
    return query execute format(
        case entity
            when 'student' then
                'select f.stno::bigint, f.version from (select r.stno, r.version from public.%I r where r.version > $1) f '
                'left join public.students_map m on m.shard_name = $2 and m.shard_stno = f.stno '
                'where m.version is null or m.version < f.version order by f.version limit $3'
            when 'section' then
                'select f.sec_no::bigint, f.version from (select r.sec_no, r.version from public.%I r where r.version > $1) f '
                'left join public.sections_map m on m.shard_name = $2 and m.shard_sec_no = f.sec_no '
                'where m.version is null or m.version < f.version order by f.version limit $3'
        end,
        entity || 's_' || from_shard)
      using above, from_shard, most;
end
$$;

comment on function late_rows(text, text, bigint, integer) is
    'Students or sections of a shard that the master lacks or shows in an older state, of those with a version above the given '
    'one: oldest versions first.';

create or replace function newest_version(from_shard text, entity text) returns bigint
    language plpgsql
    stable
as $$
declare
    newest bigint;
begin
    perform require_shard(from_shard);
    execute format('select coalesce(max(f.version), 0) from public.%I f', entity || 's_' || from_shard) into newest;
    return newest;
end
$$;

comment on function newest_version(text, text) is 'The highest version of a shard''s students or sections; by its index.';
