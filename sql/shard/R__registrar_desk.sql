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
