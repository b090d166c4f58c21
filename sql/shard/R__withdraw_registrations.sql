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
        select a.ord::integer as ord, a.reg_id, j.refusal, j.details
          from unnest(reg_ids) with ordinality as a (reg_id, ord)
         cross join lateral public.judge_withdrawal(a.reg_id, moment) j
    ), withdrawn as (
        update public.registrations r
           set status = 'withdrawn',
               changed_by = coalesce(actors[w.ord], actor)
          from (select j.reg_id, min(j.ord) as ord from judged j where j.refusal is null group by j.reg_id) w
         where r.reg_id = w.reg_id
    )
    select j.ord, j.reg_id, coalesce(j.refusal, 'withdrawn'), j.details
      from judged j
     order by j.ord;
end
$$;

comment on function public.withdraw_registrations(bigint[], text[], text[]) is
    'Frees the seats and gives them to those who wait, or leaves a waiting list; one row per element in order: withdrawn, already_withdrawn, unknown_registration, graded, past_term or '
    'too_late, with what a person needs to understand it in details. '
    'traceparents[i], where there is one, is the W3C trace context of the request, for the outbox row; '
    'actors[i] who asks, as role:subject (public.current_actor() where there is none).';
