-- The core: everything that brings registrations to the master comes through here. The settings and the
-- scalar and lateral subqueries mean an index look-up per row, as in sync_students_from_shard.
create or replace function sync_registrations_remapped(from_shard text, reg_ids bigint[])
    returns table (reg_id bigint, outcome text)
    language plpgsql
    set plan_cache_mode = force_generic_plan
    set enable_seqscan = off
    set enable_hashjoin = off
    set enable_mergejoin = off
    set enable_material = off
as $$
#variable_conflict use_column
declare
    pulled   shard_registration[];
    strange  integer[];
    inserted bigint[];
    updated  bigint[];
begin
    perform require_shard(from_shard);
    execute format('select array_agg(r order by r.reg_id) from public.%I($1) r', 'read_registrations_' || from_shard)
       into pulled
      using reg_ids;

    strange := array(
        select distinct p.stno
          from unnest(pulled) p
         where (select m.version from students_map m
                 where m.shard_name = from_shard and m.shard_stno = p.stno) is null);
    if cardinality(strange) > 0 then
        perform sync_students_from_shard(from_shard, strange);
    end if;

    strange := array(
        select distinct p.sec_no
          from unnest(pulled) p
         where (select m.version from sections_map m
                 where m.shard_name = from_shard and m.shard_sec_no = p.sec_no) is null);
    if cardinality(strange) > 0 then
        perform sync_sections_from_shard(from_shard, strange);
    end if;

    with landed as (
        insert into registrations (stno, sec_no, created_at, mark, status, shard_name, shard_reg_id, version)
        select (select m.master_stno from students_map m where m.shard_name = from_shard and m.shard_stno = p.stno),
               (select m.master_sec_no from sections_map m where m.shard_name = from_shard and m.shard_sec_no = p.sec_no),
               p.created_at,
               p.mark,
               p.status,
               from_shard,
               p.reg_id,
               p.version
          from unnest(pulled) p
         where (select r.version from registrations r
                 where r.shard_name = from_shard and r.shard_reg_id = p.reg_id) is null
         order by p.reg_id
        on conflict do nothing
        returning shard_reg_id
    )
    select array_agg(l.shard_reg_id) into inserted from landed l;

    -- Also finds what another call inserted meanwhile with an older state.
    if coalesce(cardinality(inserted), 0) < cardinality(pulled) then
        with newer as materialized (
            select r.master_reg_id, p.*
              from unnest(pulled) p -- in order of reg_id: two callers lock one way round
             cross join lateral (
                select r.reg_id as master_reg_id
                  from registrations r
                 where r.shard_name = from_shard
                   and r.shard_reg_id = p.reg_id
                   and r.version < p.version
                   for no key update) r
        ), changed as (
            update registrations r
               set stno = (select m.master_stno from students_map m
                            where m.shard_name = from_shard and m.shard_stno = n.stno),
                   sec_no = (select m.master_sec_no from sections_map m
                              where m.shard_name = from_shard and m.shard_sec_no = n.sec_no),
                   -- Registered again is a new arrival; a mark or a withdrawal is not.
                   synced_at = case when r.created_at = n.created_at then r.synced_at else clock_timestamp() end,
                   created_at = n.created_at,
                   mark = n.mark,
                   status = n.status,
                   version = n.version
              from newer n
             where r.reg_id = n.master_reg_id
        )
        select array_agg(n.reg_id) into updated from newer n;
    end if;

    return query
    select i.i, 'inserted' from unnest(inserted) as i
     union all
    select u.u, 'updated' from unnest(updated) as u;

    if coalesce(cardinality(inserted), 0) + coalesce(cardinality(updated), 0) < cardinality(reg_ids) then
        return query
        select x.reg_id,
               case when (select r.version from registrations r
                           where r.shard_name = from_shard and r.shard_reg_id = x.reg_id) is null then 'conflict'
                    else 'unchanged'
               end
          from (select p.reg_id from unnest(pulled) p
                except select unnest(inserted)
                except select unnest(updated)) x
         union all
        select x.reg_id, 'missing'
          from (select unnest(reg_ids) as reg_id
                except select p.reg_id from unnest(pulled) p) x;
    end if;
end
$$;

comment on function sync_registrations_remapped(text, bigint[]) is
    'Brings these registrations of a shard to the master, with the students and sections they need; idempotent, and a newer '
    'state is never undone. One row per number: inserted, updated, unchanged, missing (not on the shard) or conflict '
    '(another row of the master has this student and section).';

create or replace function sync_registrations_remapped(from_shard text) returns bigint
    language plpgsql
as $$
begin
    perform lock_marks(from_shard);
    perform mark_arrived(from_shard);
    return pull_registrations(from_shard);
end
$$;

comment on function sync_registrations_remapped(text) is
    'By hand: brings every new or changed registration of a shard to the master; the number of rows inserted or updated. '
    'Marks on the shard what earlier calls brought.';

create or replace function sync_registrations_remapped() returns bigint
    language plpgsql
as $$
declare
    shard   text;
    changed bigint := 0;
    detail  text;
begin
    for shard in select s.name from shards s order by s.name loop
        perform lock_marks(shard);
    end loop;
    -- All marks before the first row: a mark is for what was committed before this transaction.
    for shard in select s.name from shards s order by s.name loop
        begin
            perform mark_arrived(shard);
        exception
            when connection_exception or sqlclient_unable_to_establish_sqlconnection or fdw_error then
                null; -- told below, where the shard is tried again
        end;
    end loop;
    for shard in select s.name from shards s order by s.name loop
        begin
            changed := changed + pull_registrations(shard);
        exception
            when connection_exception or sqlclient_unable_to_establish_sqlconnection or fdw_error then
                get stacked diagnostics detail = pg_exception_detail;
                raise warning 'shard % cannot be reached and is left out: %. %', shard, sqlerrm, detail;
        end;
    end loop;
    return changed;
end
$$;

comment on function sync_registrations_remapped() is
    'By hand, over all shards; the number of rows inserted or updated. A shard that is down is left out with a warning.';
