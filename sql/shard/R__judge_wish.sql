create or replace function public.section_facts(sec_no integer) returns jsonb
    language sql stable
as $$
    select jsonb_build_object('secNo', s.sec_no, 'courseName', c.c_name, 'time', s.time)
      from public.sections s
      join public.courses c using (c_no)
     where s.sec_no = section_facts.sec_no
$$;

comment on function public.section_facts(integer) is 'How a refusal names a section.';

create or replace function public.utc_text(moment timestamptz) returns text
    language sql immutable strict parallel safe
    return to_char(moment at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"');

comment on function public.utc_text(timestamptz) is 'A time as refusals give it, in the time zone of nobody.';

-- No setting and no "security definer": so it becomes part of the statement that calls it. A look-up by key for each, whatever
-- the statistics say: plans outlive the table they were made for. One made when it was empty would read all of it in every call
-- of the rush that fills it; "offset 0" prevents that.
create or replace function public.judge_wish(stno integer, sec_no integer, beside integer[], moment timestamptz)
    returns table (
        refusal text, details jsonb, seats_left integer, reg_id bigint, created_at timestamptz, synced_at timestamptz)
    language sql stable
as $$
    select v.refusal,
           case v.refusal
                when 'past_term' then jsonb_build_object('year', s.year, 'semester', s.semester)
                when 'not_open' then jsonb_strip_nulls(jsonb_build_object('opens', public.utc_text(w.opens)))
                when 'closed' then jsonb_build_object('closed', public.utc_text(w.closed))
                when 'on_hold' then jsonb_build_object('reason', st.hold_reason)
                when 'same_course' then jsonb_build_object('holds', public.section_facts(h.same_course))
                when 'time_clash' then jsonb_build_object('clashesWith', public.section_facts(h.clash))
                when 'credit_limit' then jsonb_build_object('limit', l.credits, 'held', h.credits, 'asked', s.credits)
           end,
           s.capacity + s.extra_seats - s.enrolled,
           r.reg_id,
           r.created_at,
           r.synced_at
      from (select 1) one
      left join lateral (
            select st.stno, st.u_id, st.prog_degree, st.cohort, st.hold_reason, st.credit_limit
              from public.students st
             where st.stno = judge_wish.stno
            offset 0) st on true
      left join lateral (
            select s.sec_no, s.year, s.semester, s.c_no, s.slots, s.cancelled, s.capacity, s.extra_seats, s.enrolled,
                   (select c.credits from public.courses c where c.c_no = s.c_no) as credits
              from public.sections s
             where s.sec_no = judge_wish.sec_no
            offset 0) s on true
      left join lateral (
            select r.reg_id, r.created_at, r.synced_at, r.status
              from public.registrations r
             where r.stno = judge_wish.stno
               and r.sec_no = judge_wish.sec_no
            offset 0) r on true
      left join lateral (
            select count(*) > 0 as kept,
                   bool_or(coalesce(w.mine and moment >= w.opens and moment < w.closes, false)) as open,
                   min(w.opens) filter (where w.mine and w.opens > moment) as opens,
                   max(w.closes) filter (where w.mine and w.closes <= moment) as closed
              from (select w.opens,
                           w.closes,
                           (w.u_id is null or w.u_id = st.u_id) and (w.cohort is null or w.cohort = st.cohort) as mine
                      from public.registration_windows w
                     where w.year = s.year
                       and w.semester = s.semester) w) w on true
      left join lateral (
            select bool_or((a.u_id is null or a.u_id = st.u_id)
                           and (a.prog_degree is null or coalesce(a.prog_degree = st.prog_degree, false))) as fits
              from public.section_audience a
             where a.sec_no = s.sec_no) a on true
      left join lateral (
            select coalesce(
                       st.credit_limit,
                       (select t.credit_limit from public.term_limits t where t.year = s.year and t.semester = s.semester),
                       (select u.credit_limit from public.rules u where u.one)) as credits
            offset 0) l on true
      left join lateral (
            select min(o.sec_no) filter (where o.c_no = s.c_no) as same_course,
                   min(o.sec_no) filter (where (o.slots & s.slots) <> 0::bit(112)) as clash,
                   coalesce(
                       sum((select c.credits from public.courses c where c.c_no = o.c_no))
                           filter (where l.credits is not null),
                       0) as credits
              from (select r.sec_no
                      from public.registrations r
                     where r.stno = st.stno
                       and r.status = 'registered'
                     union all
                    select b.sec_no
                      from unnest(beside) as b (sec_no)) taken
             cross join lateral (
                   select o.sec_no, o.c_no, o.slots
                     from public.sections o
                    where o.sec_no = taken.sec_no
                      and o.year = s.year
                      and o.semester = s.semester
                      and not o.cancelled
                   offset 0) o) h on true
     cross join lateral (
           select case when st.stno is null then 'unknown_student'
                       when s.sec_no is null then 'unknown_section'
                       when r.status = 'registered' then 'already_registered'
                       when current_setting('ghidanh.override', true) = 'on' then null -- override_registration
                       when s.cancelled then 'section_cancelled'
                       when (s.year, s.semester) < (select u.year, u.semester from public.rules u where u.one) then 'past_term'
                       when w.kept and not w.open and (w.opens is not null or w.closed is null) then 'not_open'
                       when w.kept and not w.open then 'closed'
                       when st.hold_reason is not null then 'on_hold'
                       when not a.fits then 'not_eligible'
                       when h.same_course is not null then 'same_course'
                       when h.clash is not null then 'time_clash'
                       when h.credits + s.credits > l.credits then 'credit_limit'
                  end as refusal) v
$$;

comment on function public.judge_wish(integer, integer, integer[], timestamptz) is
    'What stands at this moment against a student''s wish for a section, seats apart, and what a person needs to understand it; '
    'nulls where nothing does. beside: sections given to the student that are not written yet.';

create or replace function public.judge_withdrawal(reg_id bigint, moment timestamptz)
    returns table (refusal text, details jsonb)
    language sql stable
as $$
    select v.refusal,
           case v.refusal
                when 'past_term' then jsonb_build_object('year', s.year, 'semester', s.semester)
                when 'too_late' then jsonb_build_object('dropUntil', public.utc_text(w.drop_until))
           end
      from (select 1) one
      left join public.registrations r on r.reg_id = judge_withdrawal.reg_id
      left join public.sections s on s.sec_no = r.sec_no
      left join lateral (
            select max(w.drop_until) as drop_until
              from public.students st
              join public.registration_windows w
                on (w.u_id is null or w.u_id = st.u_id)
               and (w.cohort is null or w.cohort = st.cohort)
             where st.stno = r.stno
               and w.year = s.year
               and w.semester = s.semester) w on true
     cross join lateral (
           select case when r.reg_id is null then 'unknown_registration'
                       when r.status = 'withdrawn' then 'already_withdrawn'
                       when r.status = 'waiting' then null -- at any time
                       when r.mark is not null then 'graded'
                       when (s.year, s.semester) < (select u.year, u.semester from public.rules u where u.one) then 'past_term'
                       when w.drop_until <= moment and not s.cancelled then 'too_late'
                  end as refusal) v
$$;

comment on function public.judge_withdrawal(bigint, timestamptz) is
    'What stands at this moment against a withdrawal, and what a person needs to understand it; nulls where nothing does.';
