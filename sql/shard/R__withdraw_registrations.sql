drop function if exists public.withdraw_registrations(bigint[]); -- from before traceparents
drop function if exists public.withdraw_registrations(bigint[], text[]); -- from before actors

create or replace function public.withdraw_registrations(
    reg_ids bigint[], traceparents text[] default null, actors text[] default null)
    returns table (ord integer, reg_id bigint, outcome text)
    language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    set ghidanh.actors_known = 'on'
    set ghidanh.traceparents = '' -- what is set below ends with this call
as $$
#variable_conflict use_column
declare
    actor constant text := public.current_actor();
    withdrawn bigint[];
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

    -- Sections first and in order, as register_students does.
    perform
       from public.sections s
      where s.sec_no in (select r.sec_no from public.registrations r where r.reg_id = any (reg_ids))
      order by s.sec_no
        for no key update;

    with w as (
        update public.registrations r
           set status = 'withdrawn',
               changed_by = coalesce(actors[a.ord], actor)
          from (select a.reg_id, min(a.ord) as ord from unnest(reg_ids) with ordinality as a (reg_id, ord) group by a.reg_id) a
         where r.reg_id = any (reg_ids)
           and r.reg_id = a.reg_id
           and r.status = 'registered'
        returning r.reg_id
    )
    select coalesce(array_agg(w.reg_id), '{}') into withdrawn from w;

    return query
    select a.ord::integer,
           a.reg_id,
           case when r.reg_id is null then 'unknown_registration'
                when w.reg_id is null then 'already_withdrawn'
                else 'withdrawn'
           end
      from unnest(reg_ids) with ordinality as a (reg_id, ord)
      left join public.registrations r on r.reg_id = a.reg_id
      left join unnest(withdrawn) as w (reg_id) on w.reg_id = a.reg_id
     order by a.ord;
end
$$;

comment on function public.withdraw_registrations(bigint[], text[], text[]) is
    'Frees the seats; one row per element in order: withdrawn, already_withdrawn or unknown_registration. '
    'traceparents[i], where there is one, is the W3C trace context of the request, for the outbox row; '
    'actors[i] who asks, as role:subject (public.current_actor() where there is none).';
