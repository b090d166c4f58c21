-- The settings and the scalar and lateral subqueries mean one thing: an index look-up per row. A plan that a session made
-- while the map was small would be kept, and scan it when it has a hundred thousand students.
create or replace function sync_students_from_shard(from_shard text, stnos integer[])
    returns table (stno integer, outcome text)
    language plpgsql
    set plan_cache_mode = force_generic_plan
    set enable_seqscan = off
    set enable_hashjoin = off
    set enable_mergejoin = off
    set enable_material = off
as $$
#variable_conflict use_column
declare
    pulled   shard_student[];
    inserted integer[];
    updated  integer[];
begin
    perform require_shard(from_shard);
    execute format('select array_agg(r order by r.stno) from public.%I($1) r', 'read_students_' || from_shard)
       into pulled
      using stnos;

    if exists (
        select from unnest(pulled) p
         where coalesce((select m.version from students_map m
                          where m.shard_name = from_shard and m.shard_stno = p.stno), 0) < p.version) then
        perform lock_students(from_shard);
        perform bring_universities(from_shard, array(select distinct p.u_id from unnest(pulled) p));

        with fresh as materialized (
            select p.*, nextval(pg_get_serial_sequence('students', 'stno'))::integer as master_stno
              from unnest(pulled) p
             where (select m.version from students_map m
                     where m.shard_name = from_shard and m.shard_stno = p.stno) is null
        ), numbered as (
            insert into students
                   (stno, u_id, col_id, dep_id, fname, mname, lname, gender, prog_degree)
            select f.master_stno, f.u_id, f.col_id, f.dep_id, f.fname, f.mname, f.lname, f.gender, f.prog_degree
              from fresh f
        ), mapped as (
            insert into students_map (shard_name, shard_stno, master_stno, version)
            select from_shard, f.stno, f.master_stno, f.version
              from fresh f
            returning shard_stno
        )
        select array_agg(m.shard_stno) into inserted from mapped m;

        with newer as materialized (
            select m.master_stno, p.*
              from unnest(pulled) p
             cross join lateral (
                select m.master_stno
                  from students_map m
                 where m.shard_name = from_shard
                   and m.shard_stno = p.stno
                   and m.version < p.version
                   for no key update) m
        ), mapped as (
            update students_map m
               set version = n.version
              from newer n
             where m.shard_name = from_shard
               and m.shard_stno = n.stno
        ), changed as (
            update students s
               set u_id = n.u_id,
                   col_id = n.col_id,
                   dep_id = n.dep_id,
                   fname = n.fname,
                   mname = n.mname,
                   lname = n.lname,
                   st_address = null,
                   gender = n.gender,
                   prog_degree = n.prog_degree,
                   dob = null
              from newer n
             where s.stno = n.master_stno
        ), renamed as (
            -- A name that is gone is gone here, too.
            update lost_registrations l
               set student_name = concat_ws(' ', n.lname, nullif(n.mname, ''), n.fname)
              from newer n
             where l.master_stno = n.master_stno
               and l.shard_name = from_shard
        )
        select array_agg(n.stno) into updated from newer n;
    end if;

    return query
    select i.i, 'inserted' from unnest(inserted) as i
     union all
    select u.u, 'updated' from unnest(updated) as u
     union all
    select x.stno, 'unchanged'
      from (select p.stno from unnest(pulled) p
            except select unnest(inserted)
            except select unnest(updated)) x
     union all
    select x.stno, 'missing'
      from (select unnest(stnos) as stno
            except select p.stno from unnest(pulled) p) x;
end
$$;

comment on function sync_students_from_shard(text, integer[]) is
    'Brings these students of a shard to the master; idempotent. One row per number: inserted, updated, unchanged or '
    'missing (not on the shard).';

create or replace function sync_students_from_shard(from_shard text) returns bigint
    language plpgsql
as $$
declare
    stale   integer[];
    changed bigint := 0;
begin
    perform require_shard(from_shard);
    execute format(
        'select array_agg(f.stno order by f.stno) from public.%I f '
        'left join public.students_map m on m.shard_name = $1 and m.shard_stno = f.stno '
        'where m.version is null or m.version < f.version',
        'students_' || from_shard)
       into stale
      using from_shard;

    for start in 1 .. coalesce(cardinality(stale), 0) by 10000 loop
        changed := changed + (
            select count(*)
              from sync_students_from_shard(from_shard, stale[start : start + 9999]) s
             where s.outcome in ('inserted', 'updated'));
    end loop;
    return changed;
end
$$;

comment on function sync_students_from_shard(text) is
    'By hand: brings every new or changed student of a shard to the master; the number of rows inserted or updated.';
