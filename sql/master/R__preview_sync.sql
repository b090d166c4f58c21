-- Index look-ups per row, as in sync_students_from_shard.
create or replace function preview_sync(from_shard text, entity text, ids bigint[])
    returns table (id bigint, outcome text)
    language plpgsql
    stable
    set plan_cache_mode = force_generic_plan
    set enable_seqscan = off
    set enable_hashjoin = off
    set enable_mergejoin = off
    set enable_material = off
as $$
#variable_conflict use_column
declare
    students      shard_student[];
    sections      shard_section[];
    registrations shard_registration[];
begin
    perform require_shard(from_shard);
    if entity = 'student' then
        execute format('select array_agg(r) from public.%I($1::integer[]) r', 'read_students_' || from_shard)
           into students
          using ids;
        return query
        select p.stno::bigint,
               case when m.version is null then 'inserted'
                    when m.version < p.version then 'updated'
                    else 'unchanged'
               end
          from unnest(students) p
          left join students_map m on m.shard_name = from_shard and m.shard_stno = p.stno;
    elsif entity = 'section' then
        execute format('select array_agg(r) from public.%I($1::integer[]) r', 'read_sections_' || from_shard)
           into sections
          using ids;
        return query
        select p.sec_no::bigint,
               case when m.version is null then 'inserted'
                    when m.version < p.version then 'updated'
                    else 'unchanged'
               end
          from unnest(sections) p
          left join sections_map m on m.shard_name = from_shard and m.shard_sec_no = p.sec_no;
    else
        execute format('select array_agg(r) from public.%I($1) r', 'read_registrations_' || from_shard)
           into registrations
          using ids;
        return query
        select p.reg_id,
               case when r.version >= p.version then 'unchanged'
                    -- A row of the same shard gives its place up on the way; another shard's does not.
                    when h.shard_name <> from_shard then 'conflict'
                    when r.version is null then 'inserted'
                    else 'updated'
               end
          from unnest(registrations) p
          left join registrations r on r.shard_name = from_shard and r.shard_reg_id = p.reg_id
          left join students_map sm on sm.shard_name = from_shard and sm.shard_stno = p.stno
          left join sections_map cm on cm.shard_name = from_shard and cm.shard_sec_no = p.sec_no
          left join registrations h on h.stno = sm.master_stno and h.sec_no = cm.master_sec_no;
    end if;

    return query
    select x.id, 'missing'
      from unnest(ids) as x (id)
     where x.id <> all (
        array(select p.stno::bigint from unnest(students) p)
        || array(select p.sec_no::bigint from unnest(sections) p)
        || array(select p.reg_id from unnest(registrations) p));
end
$$;

comment on function preview_sync(text, text, bigint[]) is
    'What the sync call of an entity (student, section or registration) would answer for these rows of a shard now; writes '
    'nothing and takes no locks.';
