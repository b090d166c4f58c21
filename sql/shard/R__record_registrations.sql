-- Names are qualified throughout: a session that comes from the master has search_path = pg_catalog.
create or replace function public.record_registrations() returns trigger
    language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    set enable_seqscan = off -- plans outlive the table they were made for
as $$
declare
    -- Of all rows of the session, or of each pair on its own where register_students or withdraw_registrations tells them.
    trace  text  := nullif(current_setting('ghidanh.traceparent', true), '');
    traces jsonb := nullif(current_setting('ghidanh.traceparents', true), '');
    why    constant text := nullif(current_setting('ghidanh.reason', true), '');
    vacant integer[];
begin
    if tg_op = 'INSERT' then
        insert into public.outbox (entity, entity_id, traceparent, actor)
        select 'registration', n.reg_id, coalesce(traces ->> (n.stno || ':' || n.sec_no), trace), n.changed_by
          from changed n
         order by n.reg_id;

        insert into public.registration_history (reg_id, version, changed_by, stno, sec_no, status, mark, reason)
        select n.reg_id, n.version, n.changed_by, n.stno, n.sec_no, n.status, n.mark, why
          from changed n;

        update public.sections s
           set enrolled = s.enrolled + t.taken
          from (select n.sec_no, count(*) as taken
                  from changed n
                 where n.status = 'registered'
                 group by n.sec_no) t
         where s.sec_no = t.sec_no;
    else
        with fresh as (
            insert into public.registration_history (reg_id, version, changed_by, stno, sec_no, status, mark, reason)
            select c.reg_id, c.version, c.changed_by, c.stno, c.sec_no, c.status, c.mark, why
              from changed c
             -- A version is given once. No join: one planned for a single row would compare each with each of a thousand.
             where c.version not in (select f.version from former f)
            returning *
        )
        insert into public.outbox (entity, entity_id, traceparent, actor)
        select 'registration', n.reg_id, coalesce(traces ->> (n.stno || ':' || n.sec_no), trace), n.changed_by
          from fresh n
         order by n.reg_id;

        if found then
            update public.sections s
               set enrolled = s.enrolled + t.taken
              from (select u.sec_no, sum(u.seat) as taken
                      from (select n.sec_no, 1 as seat from changed n where n.status = 'registered'
                             union all
                            select o.sec_no, -1 from former o where o.status = 'registered') u
                     group by u.sec_no
                    having sum(u.seat) <> 0) t
             where s.sec_no = t.sec_no;

            -- Those who wait for a seat that was given up, and what those wait for who may have it now that they gave up another.
            if current_setting('ghidanh.seats_later', true) is distinct from 'on' then
                vacant := array(
                    select distinct w.sec_no
                      from former f
                     cross join lateral (
                           (select w.sec_no
                              from public.registrations w
                             where w.sec_no = f.sec_no
                               and w.status = 'waiting'
                             limit 1)
                             union all
                            select w.sec_no
                              from public.registrations w
                             where w.stno = f.stno
                               and w.status = 'waiting') w
                     where f.status = 'registered'
                       and (f.reg_id, f.stno, f.sec_no) not in (
                           select c.reg_id, c.stno, c.sec_no from changed c where c.status = 'registered'));
                if cardinality(vacant) > 0 then
                    perform public.give_seats(vacant);
                end if;
            end if;
        end if;
    end if;
    return null;
end
$$;

comment on function public.record_registrations() is
    'One row of outbox and history per new or changed registration, sections.enrolled kept right, and seats that are given up '
    'given to those who wait for them, in the writer''s transaction.';

create or replace trigger record_insert
    after insert on public.registrations
    referencing new table as changed
    for each statement
    execute function public.record_registrations();

create or replace trigger record_update
    after update on public.registrations
    referencing old table as former new table as changed
    for each statement
    execute function public.record_registrations();
