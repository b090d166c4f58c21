create or replace function public.hold_student(stno integer, held boolean, reason text, actor text default null) returns boolean
    language plpgsql
    security definer set search_path = pg_catalog, pg_temp
as $$
begin
    update public.students s
       set hold_reason = case when held then reason end
     where s.stno = hold_student.stno;
    if not found then
        return false;
    end if;

    insert into public.registrar_log (actor, action, stno, reason)
    values (coalesce(actor, public.current_actor()), case when held then 'hold' else 'release' end, stno, reason);
    return true;
end
$$;

comment on function public.hold_student(integer, boolean, text, text) is
    'Keeps a student from registering, for a reason that the student is told, or lets them again; 1 to 200 characters, kept in '
    'registrar_log. False if there is no such student.';

create or replace function public.cancel_section(
    sec_no integer, reason text, most integer default 500, traceparent text default null, actor text default null)
    returns table (outcome text, withdrawn integer, remaining integer, graded integer)
    language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    set ghidanh.waits_locked = 'on'
    set ghidanh.reason = '' -- what is set below ends with this call
as $$
#variable_conflict use_column
declare
    who       constant text := coalesce(actor, public.current_actor());
    cancelled boolean;
    past      boolean;
    leaving   bigint[];
begin
    -- Also what those wait for who will be let go: all sections in number order, as everywhere.
    perform
       from public.sections s
      where s.sec_no = cancel_section.sec_no
         or s.sec_no in (
            select w.sec_no
              from public.registrations w
             where w.status = 'waiting'
               and exists (
                   select
                     from public.registrations r
                    where r.stno = w.stno
                      and r.sec_no = cancel_section.sec_no
                      and r.status = 'registered'))
      order by s.sec_no
        for no key update;

    select s.cancelled, coalesce((s.year, s.semester) < (u.year, u.semester), false)
      into cancelled, past
      from public.sections s
      left join public.rules u on u.one
     where s.sec_no = cancel_section.sec_no;
    outcome := case when not found then 'unknown_section' when past then 'past_term' else 'cancelled' end;
    if outcome <> 'cancelled' then
        return next;
        return;
    end if;

    if not cancelled then
        update public.sections s set cancelled = true where s.sec_no = cancel_section.sec_no;
        insert into public.registrar_log (actor, action, sec_no, reason)
        values (who, 'cancel', cancel_section.sec_no, cancel_section.reason);
    end if;

    perform set_config('ghidanh.reason', cancel_section.reason, true); -- for the history
    leaving := array(
        select r.reg_id
          from public.registrations r
         where r.sec_no = cancel_section.sec_no
           and (r.status = 'waiting' or r.status = 'registered' and r.mark is null)
         order by r.reg_id
         limit most);
    select count(*) filter (where w.outcome = 'withdrawn')
      into withdrawn
      from public.withdraw_registrations(
               leaving, array_fill(traceparent, array[cardinality(leaving)]), array_fill(who, array[cardinality(leaving)])) w;
    select count(*) filter (where r.status = 'waiting' or r.mark is null),
           count(*) filter (where r.status = 'registered' and r.mark is not null)
      into remaining, graded
      from public.registrations r
     where r.sec_no = cancel_section.sec_no
       and r.status <> 'withdrawn';
    return next;
end
$$;

comment on function public.cancel_section(integer, text, integer, text, text) is
    'Cancels a section and withdraws up to so many of its registrations, and of who waits for it, each with its event: call it until none remains. '
    'cancelled, unknown_section or past_term; graded registrations stay. The reason, 1 to 200 characters, is kept in registrar_log '
    'and in the history of each registration.';

create or replace function public.open_registration(
    year integer, semester integer, u_id integer, cohort integer, opens timestamptz, closes timestamptz, drop_until timestamptz,
    reason text, actor text default null)
    returns integer
    language plpgsql
    security definer set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_variable
declare
    opened integer;
begin
    if u_id is not null and not exists (select from public.universities u where u.u_id = open_registration.u_id) then
        return null;
    end if;

    insert into public.registration_windows as w (year, semester, u_id, cohort, opens, closes, drop_until)
    values (year, semester, u_id, cohort, opens, coalesce(closes, 'infinity'), coalesce(drop_until, 'infinity'))
    returning w.window_id into opened;
    insert into public.registrar_log (actor, action, window_id, reason)
    values (coalesce(actor, public.current_actor()), 'open', opened, reason);
    return opened;
end
$$;

comment on function public.open_registration(integer, integer, integer, integer, timestamptz, timestamptz, timestamptz, text, text) is
    'Opens registration for a term from one moment to another (null: without an end), for students of a university or cohort '
    '(null: all). The window''s number; null if the shard has no such university. The first window of a term closes the term '
    'to everybody whose it is not. The reason, 1 to 200 characters, is kept in registrar_log.';

create or replace function public.close_registration(window_id integer, reason text, actor text default null)
    returns boolean
    language plpgsql
    security definer set search_path = pg_catalog, pg_temp
as $$
declare
    moment constant timestamptz := clock_timestamp();
begin
    delete from public.registration_windows w
     where w.window_id = close_registration.window_id
       and w.opens >= moment;
    if not found then
        update public.registration_windows w
           set closes = least(w.closes, moment)
         where w.window_id = close_registration.window_id;
        if not found then
            return false;
        end if;
    end if;

    insert into public.registrar_log (actor, action, window_id, reason)
    values (coalesce(actor, public.current_actor()), 'close', close_registration.window_id, close_registration.reason);
    return true;
end
$$;

comment on function public.close_registration(integer, text, text) is
    'Closes a registration window at once; until when its students may withdraw stays. One that has not begun is deleted: of a '
    'term that has no other, registration is then open to all. False if there is no such window. The reason, 1 to 200 '
    'characters, is kept in registrar_log.';

create or replace function public.set_extra_seats(sec_no integer, seats integer, reason text, actor text default null)
    returns text
    language plpgsql
    security definer set search_path = pg_catalog, pg_temp
as $$
declare
    section record;
begin
    select s.enrolled, s.capacity
      into section
      from public.sections s
     where s.sec_no = set_extra_seats.sec_no
       for no key update;
    if not found then
        return 'unknown_section';
    end if;
    if section.enrolled > section.capacity + seats then
        return 'seats_taken';
    end if;

    insert into public.registrar_log (actor, action, sec_no, extra_seats, reason)
    values (
        coalesce(actor, public.current_actor()), 'seats', set_extra_seats.sec_no, set_extra_seats.seats, set_extra_seats.reason);
    update public.sections s set extra_seats = set_extra_seats.seats where s.sec_no = set_extra_seats.sec_no;
    return 'set';
end
$$;

comment on function public.set_extra_seats(integer, integer, text, text) is
    'Gives a section so many seats above its capacity, which who waits gets first, or takes them back: set, unknown_section or '
    'seats_taken, and then nothing was changed. The reason, 1 to 200 characters, is kept in registrar_log.';
