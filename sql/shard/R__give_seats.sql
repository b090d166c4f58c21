create or replace function public.next_in_line(sec_nos integer[])
    returns table (reg_id bigint, stno integer, sec_no integer)
    language plpgsql
    set enable_seqscan = off -- plans outlive the table they were made for
    set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
declare
    moment   constant timestamptz := clock_timestamp();
    vacant   record;
    waiting  record;
    students integer[] := '{}';
    gains    integer[] := '{}';
begin
    for vacant in
        select s.sec_no, s.capacity + s.extra_seats - s.enrolled as seats
          from public.sections s
         where s.sec_no = any (next_in_line.sec_nos)
           and s.enrolled < s.capacity + s.extra_seats
           and not s.cancelled
         order by s.sec_no
    loop
        for waiting in
            select r.reg_id, r.stno, r.sec_no
              from public.registrations r
             where r.sec_no = vacant.sec_no
               and r.status = 'waiting'
             order by r.created_at, r.reg_id
        loop
            exit when vacant.seats = 0;
            continue when (
                select j.refusal
                  from public.judge_wish(
                           waiting.stno,
                           waiting.sec_no,
                           array(select g.sec_no from unnest(students, gains) as g (stno, sec_no) where g.stno = waiting.stno),
                           moment) j) is not null;
            vacant.seats := vacant.seats - 1;
            students := students || waiting.stno;
            gains := gains || waiting.sec_no;
            reg_id := waiting.reg_id;
            stno := waiting.stno;
            sec_no := waiting.sec_no;
            return next;
        end loop;
    end loop;
end
$$;

comment on function public.next_in_line(integer[]) is
    'Who would get the free seats of these sections now: of each section''s waiting list the first who pass the rules.';

create or replace function public.give_seats(sec_nos integer[], locked integer[] default null) returns integer
    language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    set ghidanh.actors_known = 'on' -- a seat is given to who asked for it, by the wish of then
    set ghidanh.override = ''
    set ghidanh.reason = ''
as $$
declare
    vacant   integer[];
    students integer[];
    heirs    bigint[];
    others   boolean;
    given    integer := 0;
begin
    -- Callers hold those whose seats they free. Another one may come out of order: nobody waits for it, and who holds it, or the next
    -- call, gives its seats.
    vacant := array(
        select s.sec_no
          from public.sections s
         where s.sec_no = any (sec_nos)
           for no key update skip locked);

    loop
        students := array(select n.stno from public.next_in_line(vacant) n);
        exit when students = '{}';
        if not students <@ locked then
            raise exception 'the next in line are not locked'
                using errcode = 'RM011',
                      detail = students;
        end if;

        begin
            perform
               from public.students st
              where st.stno = any (students)
              order by st.stno
                for no key update;

            -- Asked again, now that nobody else decides for them. Is it somebody else's turn, then all begins anew: to lock one more
            -- would be out of order, and what undoes this block takes its locks away.
            select array_agg(n.reg_id), bool_or(n.stno <> all (students))
              into heirs, others
              from public.next_in_line(vacant) n;
            if others then
                raise exception 'somebody else is the next in line'
                    using errcode = 'RM011';
            end if;

            update public.registrations r
               set status = 'registered',
                   created_at = clock_timestamp()
             where r.reg_id = any (heirs)
               and r.status = 'waiting';
            get diagnostics given = row_count;
            exit;
        exception
            when sqlstate 'RM011' then -- The next round finds who it is.
        end;
    end loop;
    return given;
end
$$;

comment on function public.give_seats(integer[], integer[]) is
    'Gives the free seats of these sections to the first of their waiting lists who pass the rules; how many. Every withdrawal does '
    'it by itself; what else lets somebody pass, such as a hold that is lifted or time, needs this call. locked: students that the '
    'caller holds, who alone may get a seat (else RM011, with all who would in its detail); null: it locks them itself.';

create or replace function public.give_new_seats() returns trigger
    language plpgsql
    security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform public.give_seats(array[new.sec_no]);
    return null;
end
$$;

comment on function public.give_new_seats() is 'Gives a section''s new seats to those who wait for it.';

create or replace trigger give_new_seats
    after update of capacity, extra_seats, cancelled on public.sections
    for each row
    when (new.enrolled < new.capacity + new.extra_seats and not new.cancelled)
    execute function public.give_new_seats();
