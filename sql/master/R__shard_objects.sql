-- The readers are plpgsql with a fixed statement each: its plan is made once and ships the ids as one parameter.
-- Joined with local tables, or with now() in place of a variable, these statements would fetch or lock whole tables.
create or replace function shard_objects(shard text) returns text
    language sql
    stable
as $body$
select replace(replace($template$
drop foreign table if exists universities_:shard, courses_:shard, instructors_:shard, students_:shard, sections_:shard,
    registrations_:shard;

create foreign table universities_:shard (u_id integer, name text, sector text)
    server fdw_:shard options (schema_name 'public', table_name 'universities');

create foreign table courses_:shard (c_no integer, c_name text, credits integer)
    server fdw_:shard options (schema_name 'public', table_name 'courses');

create foreign table instructors_:shard (ins_id integer, name text)
    server fdw_:shard options (schema_name 'public', table_name 'instructors');

create foreign table students_:shard (
    stno integer, u_id integer, col_id integer, dep_id integer, fname text, mname text, lname text,
    st_address text, gender text, prog_degree text, dob date, version bigint)
    server fdw_:shard options (schema_name 'public', table_name 'students');

create foreign table sections_:shard (
    sec_no integer, year integer, semester integer, time text, hall text, c_no integer, ins_id integer,
    capacity integer, enrolled integer, version bigint)
    server fdw_:shard options (schema_name 'public', table_name 'sections');

create foreign table registrations_:shard (
    reg_id bigint, stno integer, sec_no integer, created_at timestamptz, synced_at timestamptz,
    mark numeric(4, 2), status text, version bigint, changed_by text)
    server fdw_:shard options (schema_name 'public', table_name 'registrations');

create or replace function read_students_:shard(stnos integer[]) returns setof shard_student
    language plpgsql
    set plan_cache_mode = force_generic_plan
as $$
begin
    return query
    -- Address and day of birth stay on the shard.
    select f.stno, f.u_id, f.col_id, f.dep_id, f.fname, f.mname, f.lname, null::text, f.gender, f.prog_degree,
           null::date, f.version
      from public.students_:shard f
     where f.stno = any (stnos);
end
$$;

create or replace function read_sections_:shard(sec_nos integer[]) returns setof shard_section
    language plpgsql
    set plan_cache_mode = force_generic_plan
as $$
begin
    return query
    select f.sec_no, f.year, f.semester, f.time, f.hall, f.c_no, f.ins_id, f.capacity, f.version
      from public.sections_:shard f
     where f.sec_no = any (sec_nos);
end
$$;

create or replace function read_registrations_:shard(reg_ids bigint[]) returns setof shard_registration
    language plpgsql
    -- An index look-up per row, as in sync_students_from_shard.
    set plan_cache_mode = force_generic_plan
    set enable_seqscan = off
as $$
begin
    return query
    select f.reg_id, f.stno, f.sec_no, f.created_at, f.mark, f.status, f.version,
           (select m.master_stno from public.students_map m where m.shard_stno = f.stno and m.shard_name = ':shard'),
           (select m.master_sec_no from public.sections_map m where m.shard_sec_no = f.sec_no and m.shard_name = ':shard'),
           (select r.version from public.registrations r where r.shard_reg_id = f.reg_id and r.shard_name = ':shard'),
           f.changed_by
      from public.registrations_:shard f
     where f.reg_id = any (reg_ids);
end
$$;

drop function if exists mark_registrations_:shard(bigint[], bigint[], timestamptz); -- from before times

create or replace function mark_registrations_:shard(
    reg_ids bigint[], versions bigint[], times timestamptz[], marked_at timestamptz)
    returns bigint
    language plpgsql
    set plan_cache_mode = force_generic_plan
as $$
declare
    marked bigint;
begin
    -- The time as well: a shard that went back may give number and version to another registration.
    -- The null as a number: the shard must look the rows up by reg_id. Its index of unmarked rows, which statistics from a quiet
    -- hour call empty, may hold a million.
    update public.registrations_:shard
       set synced_at = marked_at
     where reg_id = any (reg_ids)
       and version = any (versions)
       and created_at = any (times)
       and (synced_at is null)::integer = 1;
    get diagnostics marked = row_count;
    return marked;
end
$$;

comment on function read_students_:shard(integer[]) is 'The shard''s students by number, in one remote scan.';
comment on function read_sections_:shard(integer[]) is 'The shard''s sections by number, in one remote scan.';
comment on function read_registrations_:shard(bigint[]) is
    'The shard''s registrations by number, in one remote scan, with the master''s numbers beside.';
comment on function mark_registrations_:shard(bigint[], bigint[], timestamptz[], timestamptz) is
    'Marks the shard''s rows that still have these versions and times, in one remote update. Only mark_synced calls it.';
$template$, ':shard', shard), E'\r', '')
$body$;

comment on function shard_objects(text) is
    'What attach_shard creates for a shard of this (checked) name: foreign tables, readers and the marker.';
