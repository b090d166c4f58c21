drop function if exists public.withdraw_registrations(bigint[]); -- from before traceparents
drop function if exists public.withdraw_registrations(bigint[], text[]); -- from before actors

create or replace function public.withdraw_registrations(
    reg_ids bigint[], traceparents text[] default null, actors text[] default null)
    returns table (ord integer, reg_id bigint, outcome text, details jsonb)
    language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    set ghidanh.actors_known = 'on'
    set ghidanh.traceparents = '' -- what is set below ends with this call
as $$
#variable_conflict use_column
declare
    actor  constant text := public.current_actor();
    moment timestamptz;
begin
    if traceparents is not null then
        if cardinality(reg_ids) <> cardinality(traceparents) then
            raise exception '% registrations but % trace contexts', cardinality(reg_ids), cardinality(traceparents)
                using errcode = 'RM001';
        end if;

        -- For the trigger that writes the outbox.
        perform set_config(
                    'ghidanh.traceparents',
                    (select json_object_agg(r.stno || ':' || r.sec_no, a.traceparent order by a.ord desc)::text
                       from unnest(reg_ids, traceparents) with ordinality as a (reg_id, traceparent, ord)
                       join public.registrations r on r.reg_id = a.reg_id
                      where a.traceparent is not null),
                    true);
    end if;

    if cardinality(actors) <> cardinality(reg_ids) then
        raise exception '% registrations but % actors', cardinality(reg_ids), cardinality(actors)
            using errcode = 'RM001';
    end if;

    -- Sections first and in order, as register_students does; also those that the students wait for and may get by this. A caller who
    -- has them says so: one that was joined meanwhile would come out of order.
    perform
       from public.sections s
      where s.sec_no in (
            select needed.sec_no
              from public.registrations r
             cross join lateral (
                   select r.sec_no
                    union all
                   select w.sec_no from public.registrations w where w.stno = r.stno and w.status = 'waiting'
                      and current_setting('ghidanh.waits_locked', true) is distinct from 'on') needed
             where r.reg_id = any (reg_ids))
      order by s.sec_no
        for no key update;

    -- Judged as they are now, and changed as judged.
    perform
       from public.registrations r
      where r.reg_id = any (reg_ids)
      order by r.reg_id
        for no key update;
    moment := clock_timestamp();

    return query
    with judged as materialized (
        select a.ord::integer as ord,
               a.reg_id,
               case when r.reg_id is null then 'unknown_registration'
                    when r.status = 'withdrawn' then 'already_withdrawn'
                    when r.status = 'waiting' then null -- at any time
                    when r.mark is not null then 'graded'
                    when (s.year, s.semester) < (select u.year, u.semester from public.rules u where u.one) then 'past_term'
                    when w.drop_until <= moment and not s.cancelled then 'too_late'
               end as refusal,
               s.year,
               s.semester,
               w.drop_until
          from unnest(reg_ids) with ordinality as a (reg_id, ord)
          left join public.registrations r on r.reg_id = a.reg_id
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
    ), withdrawn as (
        update public.registrations r
           set status = 'withdrawn',
               changed_by = coalesce(actors[w.ord], actor)
          from (select j.reg_id, min(j.ord) as ord from judged j where j.refusal is null group by j.reg_id) w
         where r.reg_id = w.reg_id
    )
    select j.ord,
           j.reg_id,
           coalesce(j.refusal, 'withdrawn'),
           case j.refusal
                when 'past_term' then jsonb_build_object('year', j.year, 'semester', j.semester)
                when 'too_late' then jsonb_build_object('dropUntil', public.utc_text(j.drop_until))
           end
      from judged j
     order by j.ord;
end
$$;

comment on function public.withdraw_registrations(bigint[], text[], text[]) is
    'Frees the seats and gives them to those who wait, or leaves a waiting list; one row per element in order: withdrawn, already_withdrawn, unknown_registration, graded, past_term or '
    'too_late, with what a person needs to understand it in details. '
    'traceparents[i], where there is one, is the W3C trace context of the request, for the outbox row; '
    'actors[i] who asks, as role:subject (public.current_actor() where there is none).';
