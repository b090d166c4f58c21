-- Plain expressions of built-in immutable functions: the planner inlines them, so that postgres_fdw finds nothing it
-- cannot ship. The version alone names a state; the rest finds what was changed past the sync.
create or replace function student_state(stno integer, version bigint, lname text, mname text, fname text)
    returns bigint
    language sql immutable
as $$
    select hashint8extended(version, stno::bigint) # hashtextextended(lname || '|' || mname || '|' || fname, stno::bigint)
$$;

comment on function student_state(integer, bigint, text, text, text) is 'Digest of a student by the shard''s numbers.';

create or replace function section_state(sec_no integer, version bigint, capacity integer)
    returns bigint
    language sql immutable
as $$
    select hashint8extended(version, sec_no::bigint) # hashint4extended(capacity, sec_no::bigint)
$$;

comment on function section_state(integer, bigint, integer) is 'Digest of a section by the shard''s numbers.';

create or replace function registration_state(
    reg_id bigint, version bigint, stno integer, sec_no integer, created_at timestamptz, mark numeric, status text)
    returns bigint
    language sql immutable
as $$
    select hashint8extended(version, reg_id)
           # hashint8extended(stno::bigint * 4294967296 + sec_no::bigint, reg_id)
           # interval_hash_extended(created_at - timestamptz '2000-01-01 00:00:00+00', reg_id)
           # case when mark is null then 0::bigint else hash_numeric_extended(mark, reg_id) end
           # hashtextextended(status, reg_id)
$$;

comment on function registration_state(bigint, bigint, integer, integer, timestamptz, numeric, text) is
    'Digest of a registration by the shard''s numbers.';

create or replace view student_states as
select m.shard_name, m.shard_stno::bigint as id, m.version,
       student_state(m.shard_stno, m.version, s.lname, s.mname, s.fname) as state
  from students_map m
  join students s on s.stno = m.master_stno;

create or replace view section_states as
select m.shard_name, m.shard_sec_no::bigint as id, m.version,
       section_state(m.shard_sec_no, m.version, m.capacity) as state
  from sections_map m;

-- Another shard's student or section, which no map of this shard has, makes the row differ.
create or replace view registration_states as
select r.shard_name, r.shard_reg_id as id, r.version,
       registration_state(r.shard_reg_id, r.version, coalesce(sm.shard_stno, 0), coalesce(cm.shard_sec_no, 0),
                          r.created_at, r.mark, r.status) as state
  from registrations r
  left join students_map sm on sm.shard_name = r.shard_name and sm.master_stno = r.stno
  left join sections_map cm on cm.shard_name = r.shard_name and cm.master_sec_no = r.sec_no;

comment on view student_states is 'The master''s students as their shard would show them.';
comment on view section_states is 'The master''s sections as their shard would show them.';
comment on view registration_states is 'The master''s registrations as their shard would show them.';

create or replace function drift_buckets(from_shard text, entity text)
    returns table (bucket bigint, shard_rows bigint, master_rows bigint, same boolean)
    language plpgsql
    stable
as $$
declare
    comparison text := $sql$
        select coalesce(s.bucket, m.bucket), coalesce(s.n, 0), coalesce(m.n, 0), s.n = m.n and s.states = m.states
          from (%s) s
          full join (select v.id / 4096 as bucket, count(*) as n, sum(v.state) as states
                       from public.%I v
                      where v.shard_name = $1
                      group by v.id / 4096) m on m.bucket = s.bucket
         order by 1
        $sql$;
    on_shard text;
begin
    perform require_shard(from_shard);
    on_shard := format(
        case entity
            when 'student' then
                'select (f.stno / 4096)::bigint as bucket, count(*) as n, '
                'sum(public.student_state(f.stno, f.version, f.lname, f.mname, f.fname)) as states '
                'from public.%I f group by f.stno / 4096'
            when 'section' then
                'select (f.sec_no / 4096)::bigint as bucket, count(*) as n, '
                'sum(public.section_state(f.sec_no, f.version, f.capacity)) as states '
                'from public.%I f group by f.sec_no / 4096'
            when 'registration' then
                'select f.reg_id / 4096 as bucket, count(*) as n, sum(public.registration_state('
                'f.reg_id, f.version, f.stno, f.sec_no, f.created_at, f.mark, f.status)) as states '
                'from public.%I f group by f.reg_id / 4096'
        end,
        entity || 's_' || from_shard);
    return query execute format(comparison, on_shard, entity || '_states') using from_shard;
end
$$;

comment on function drift_buckets(text, text) is
    'Compares a shard''s students, sections or registrations with the master''s by count and sum of digests, per 4096 '
    'numbers. The shard adds its own up; what comes over is a row per bucket.';

create or replace function drift_rows(from_shard text, entity text, first_id bigint, last_id bigint)
    returns table (id bigint, kind text, shard_version bigint)
    language plpgsql
    stable
as $$
declare
    comparison text := $sql$
        select coalesce(s.id, m.id),
               case when m.id is null then 'missing' when s.id is null then 'extra' else 'different' end,
               coalesce(s.version, 0)
          from (%s) s
          full join (select v.id, v.state
                       from public.%I v
                      where v.shard_name = $1
                        and v.id between $2 and $3) m on m.id = s.id
         where s.state is distinct from m.state
         order by 1
        $sql$;
    on_shard text;
begin
    perform require_shard(from_shard);
    on_shard := format(
        case entity
            when 'student' then
                'select f.stno::bigint as id, f.version, '
                'public.student_state(f.stno, f.version, f.lname, f.mname, f.fname) as state '
                'from public.%I f where f.stno between $2::integer and $3::integer'
            when 'section' then
                'select f.sec_no::bigint as id, f.version, '
                'public.section_state(f.sec_no, f.version, f.capacity) as state '
                'from public.%I f where f.sec_no between $2::integer and $3::integer'
            when 'registration' then
                'select f.reg_id as id, f.version, public.registration_state('
                'f.reg_id, f.version, f.stno, f.sec_no, f.created_at, f.mark, f.status) as state '
                'from public.%I f where f.reg_id between $2 and $3'
        end,
        entity || 's_' || from_shard);
    return query execute format(comparison, on_shard, entity || '_states') using from_shard, first_id, last_id;
end
$$;

comment on function drift_rows(text, text, bigint, bigint) is
    'The rows of a range of a shard''s numbers that the master lacks (missing), has alone (extra) or shows otherwise '
    '(different), with the shard''s version.';

create or replace function forget_versions(from_shard text, entity text, ids bigint[]) returns void
    language plpgsql
as $$
begin
    if entity = 'student' then
        perform lock_students(from_shard);
        update students_map m set version = 0 where m.shard_name = from_shard and m.shard_stno = any (ids);
    elsif entity = 'section' then
        perform lock_sections(from_shard);
        update sections_map m set version = 0 where m.shard_name = from_shard and m.shard_sec_no = any (ids);
    else
        update registrations r set version = 0 where r.shard_name = from_shard and r.shard_reg_id = any (ids);
    end if;
end
$$;

comment on function forget_versions(text, text, bigint[]) is
    'Lets the next sync of these rows win, whatever version the master shows: for rows that were changed on the master, or '
    'whose shard went back to a backup.';

create or replace function remove_extra(from_shard text, entity text, ids bigint[]) returns bigint
    language plpgsql
as $$
declare
    present bigint[];
    gone    integer[];
    removed bigint;
begin
    perform require_shard(from_shard);
    execute format(
        case entity
            when 'student' then 'select array_agg(r.stno) from public.%I($1::integer[]) r'
            when 'section' then 'select array_agg(r.sec_no) from public.%I($1::integer[]) r'
            when 'registration' then 'select array_agg(r.reg_id) from public.%I($1) r'
        end,
        'read_' || entity || 's_' || from_shard)
       into present
      using ids;
    ids := array(select unnest(ids) except select unnest(present));

    if entity = 'registration' then
        perform note_lost(array(select r from registrations r where r.shard_name = from_shard and r.shard_reg_id = any (ids)));
        delete from registrations r where r.shard_name = from_shard and r.shard_reg_id = any (ids);
        get diagnostics removed = row_count;
        return removed;
    end if;
    if entity = 'student' then
        perform lock_students(from_shard);
        with unmapped as (
            delete from students_map m
             where m.shard_name = from_shard
               and m.shard_stno = any (ids)
               and not exists (select from registrations r where r.stno = m.master_stno)
            returning m.master_stno
        )
        select array_agg(u.master_stno) into gone from unmapped u;
        delete from students s where s.stno = any (gone);
    else
        perform lock_sections(from_shard);
        with unmapped as (
            delete from sections_map m
             where m.shard_name = from_shard
               and m.shard_sec_no = any (ids)
               and not exists (
                    select from registrations r where r.sec_no = m.master_sec_no and r.shard_name = from_shard)
            returning m.master_sec_no
        )
        select array_agg(u.master_sec_no) into gone from unmapped u;
        update sections s
           set capacity = (select sum(m.capacity) from sections_map m where m.master_sec_no = s.sec_no)
         where s.sec_no = any (gone)
           and exists (select from sections_map m where m.master_sec_no = s.sec_no);
        delete from sections s
         where s.sec_no = any (gone)
           and not exists (select from sections_map m where m.master_sec_no = s.sec_no);
    end if;
    return coalesce(cardinality(gone), 0);
end
$$;

comment on function remove_extra(text, text, bigint[]) is
    'Removes from the master those of these rows that the shard, asked again, does not have; the number removed. A student '
    'or section with registrations stays; a registration is named in lost_registrations.';
