-- The settings and the scalar and lateral subqueries mean an index look-up per row, as in sync_students_from_shard.
create or replace function sync_sections_from_shard(from_shard text, sec_nos integer[])
    returns table (sec_no integer, outcome text)
    language plpgsql
    set plan_cache_mode = force_generic_plan
    set enable_seqscan = off
    set enable_hashjoin = off
    set enable_mergejoin = off
    set enable_material = off
as $$
#variable_conflict use_column
declare
    pulled   shard_section[];
    inserted integer[];
    updated  integer[];
begin
    perform require_shard(from_shard);
    execute format('select array_agg(r order by r.sec_no) from public.%I($1) r', 'read_sections_' || from_shard)
       into pulled
      using sec_nos;

    if exists (
        select from unnest(pulled) p
         where coalesce((select m.version from sections_map m
                          where m.shard_name = from_shard and m.shard_sec_no = p.sec_no), 0) < p.version) then
        perform lock_sections(from_shard);
        perform bring_courses(from_shard, array(select distinct p.c_no from unnest(pulled) p));
        perform bring_instructors(from_shard, array(select distinct p.ins_id from unnest(pulled) p));

        with fresh as materialized (
            select p.*,
                   row_number() over (partition by p.year, p.semester, p.c_no, p.time, p.hall order by p.sec_no) as nth
              from unnest(pulled) p
             where (select m.version from sections_map m
                     where m.shard_name = from_shard and m.shard_sec_no = p.sec_no) is null
        ), matched as materialized (
            -- The same class of another shard, if it has one; alike classes of this shard stay apart.
            select f.*,
                   known.sec_no as known_sec_no,
                   coalesce(known.sec_no, nextval(pg_get_serial_sequence('sections', 'sec_no'))::integer) as master_sec_no
              from fresh f
              left join lateral (
                select s.sec_no
                  from sections s
                 where (s.year, s.semester, s.c_no, s.time, s.hall) = (f.year, f.semester, f.c_no, f.time, f.hall)
                   and not exists (
                    select from sections_map m
                     where m.shard_name = from_shard
                       and m.master_sec_no = s.sec_no)
                 order by s.sec_no
                offset f.nth - 1
                 limit 1) known on true
        ), numbered as (
            insert into sections (sec_no, year, semester, time, hall, c_no, ins_id, capacity)
            select m.master_sec_no, m.year, m.semester, m.time, m.hall, m.c_no, m.ins_id, m.capacity
              from matched m
             where m.known_sec_no is null
        ), mapped as (
            insert into sections_map (shard_name, shard_sec_no, master_sec_no, capacity, version)
            select from_shard, m.sec_no, m.master_sec_no, m.capacity, m.version
              from matched m
            returning shard_sec_no
        )
        select array_agg(m.shard_sec_no) into inserted from mapped m;

        with newer as materialized (
            select m.master_sec_no, p.*
              from unnest(pulled) p
             cross join lateral (
                select m.master_sec_no
                  from sections_map m
                 where m.shard_name = from_shard
                   and m.shard_sec_no = p.sec_no
                   and m.version < p.version
                   for no key update) m
        ), mapped as (
            update sections_map m
               set version = n.version,
                   capacity = n.capacity
              from newer n
             where m.shard_name = from_shard
               and m.shard_sec_no = n.sec_no
        ), changed as (
            update sections s
               set year = n.year,
                   semester = n.semester,
                   time = n.time,
                   hall = n.hall,
                   c_no = n.c_no,
                   ins_id = n.ins_id
              from newer n
             where s.sec_no = n.master_sec_no
        )
        select array_agg(n.sec_no) into updated from newer n;

        update sections s
           set capacity = t.capacity
          from (select m.master_sec_no, sum(m.capacity) as capacity
                  from sections_map m
                 where m.master_sec_no in (
                    select o.master_sec_no
                      from sections_map o
                     where o.shard_name = from_shard
                       and o.shard_sec_no = any (inserted || updated))
                 group by m.master_sec_no) t
         where s.sec_no = t.master_sec_no
           and s.capacity <> t.capacity;
    end if;

    return query
    select i.i, 'inserted' from unnest(inserted) as i
     union all
    select u.u, 'updated' from unnest(updated) as u
     union all
    select x.sec_no, 'unchanged'
      from (select p.sec_no from unnest(pulled) p
            except select unnest(inserted)
            except select unnest(updated)) x
     union all
    select x.sec_no, 'missing'
      from (select unnest(sec_nos) as sec_no
            except select p.sec_no from unnest(pulled) p) x;
end
$$;

comment on function sync_sections_from_shard(text, integer[]) is
    'Brings these sections of a shard to the master; idempotent. A section is the same on two shards when year, semester, '
    'c_no, time and hall agree at first sight; then only the map counts. One row per number: inserted, updated, unchanged '
    'or missing (not on the shard).';

create or replace function sync_sections_from_shard(from_shard text) returns bigint
    language plpgsql
as $$
declare
    stale   integer[];
    changed bigint := 0;
begin
    perform require_shard(from_shard);
    execute format(
        'select array_agg(f.sec_no order by f.sec_no) from public.%I f '
        'left join public.sections_map m on m.shard_name = $1 and m.shard_sec_no = f.sec_no '
        'where m.version is null or m.version < f.version',
        'sections_' || from_shard)
       into stale
      using from_shard;

    if stale is not null then
        select count(*)
          into changed
          from sync_sections_from_shard(from_shard, stale) s
         where s.outcome in ('inserted', 'updated');
    end if;
    return changed;
end
$$;

comment on function sync_sections_from_shard(text) is
    'By hand: brings every new or changed section of a shard to the master; the number of rows inserted or updated.';
