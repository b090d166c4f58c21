drop function if exists public.register_students(integer[], integer[]); -- from before traceparents
drop function if exists public.register_students(integer[], integer[], text[]); -- from before actors

create or replace function public.register_students(
    stnos integer[], sec_nos integer[], traceparents text[] default null, actors text[] default null)
    returns table (ord integer, outcome text, reg_id bigint, created_at timestamptz, synced_at timestamptz)
    language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    set ghidanh.sections_locked = 'on'
    set ghidanh.actors_known = 'on'
    set enable_seqscan = off -- plans outlive the table they were made for
    set ghidanh.traceparents = '' -- what is set below ends with this call
as $$
#variable_conflict use_column
declare
    actor constant text := public.current_actor();
begin
    if cardinality(stnos) <> cardinality(sec_nos) then
        raise exception '% students but % sections', cardinality(stnos), cardinality(sec_nos)
            using errcode = 'RM001';
    end if;

    if traceparents is not null then
        if cardinality(stnos) <> cardinality(traceparents) then
            raise exception '% students but % trace contexts', cardinality(stnos), cardinality(traceparents)
                using errcode = 'RM001';
        end if;

        -- For the trigger that writes the outbox. A pair asked for twice is registered by the first: the last of its kind here.
        perform set_config(
                    'ghidanh.traceparents',
                    (select json_object_agg(a.stno || ':' || a.sec_no, a.traceparent order by a.ord desc)::text
                       from unnest(stnos, sec_nos, traceparents) with ordinality as a (stno, sec_no, traceparent, ord)
                      where a.traceparent is not null),
                    true);
    end if;

    if cardinality(actors) <> cardinality(stnos) then
        raise exception '% students but % actors', cardinality(stnos), cardinality(actors)
            using errcode = 'RM001';
    end if;

    -- In sec_no order, so that two callers can wait for each other only one way round.
    perform
       from public.sections s
      where s.sec_no = any (sec_nos)
      order by s.sec_no
        for no key update;

    -- A statement of its own: its snapshot is younger than the locks.
    return query
    with asked as materialized (
        select a.ord::integer as ord,
               a.stno,
               a.sec_no,
               min(a.ord) over (partition by a.stno, a.sec_no)::integer as first_ord
          from unnest(stnos, sec_nos) with ordinality as a (stno, sec_no, ord)
    ), judged as materialized (
        select a.ord,
               a.stno,
               a.sec_no,
               s.capacity - s.enrolled as seats_left,
               r.reg_id,
               r.created_at,
               r.synced_at,
               case when st.stno is null then 'unknown_student'
                    when s.sec_no is null then 'unknown_section'
                    when r.status = 'registered' then 'already_registered'
               end as refusal
          from asked a
          -- A look-up by key for each, whatever the statistics say. Plans outlive the table they were made for: one made when
          -- it was empty would read all of it in every call of the rush that fills it; "offset 0" prevents that.
          left join lateral (
                select st.stno
                  from public.students st
                 where st.stno = a.stno
                offset 0) st on true
          left join lateral (
                select s.sec_no, s.capacity, s.enrolled
                  from public.sections s
                 where s.sec_no = a.sec_no
                offset 0) s on true
          left join lateral (
                select r.reg_id, r.created_at, r.synced_at, r.status
                  from public.registrations r
                 where r.stno = a.stno
                   and r.sec_no = a.sec_no
                offset 0) r on true
         where a.ord = a.first_ord
    ), winners as materialized (
        select w.ord, w.stno, w.sec_no
          from (select j.*, row_number() over (partition by j.sec_no order by j.ord) as place
                  from judged j
                 where j.refusal is null) w
         where w.place <= w.seats_left
    ), registered as (
        insert into public.registrations as r (stno, sec_no, changed_by)
        select w.stno, w.sec_no, coalesce(actors[w.ord], actor)
          from winners w
         order by w.ord
        on conflict (stno, sec_no) do update
           set status = 'registered',
               created_at = excluded.created_at,
               changed_by = excluded.changed_by
         where r.status = 'withdrawn'
        returning r.stno, r.sec_no, r.reg_id, r.created_at
    )
    select a.ord,
           case when d.reg_id is null then coalesce(j.refusal, 'section_full')
                when a.ord = a.first_ord then 'registered'
                else 'already_registered'
           end,
           coalesce(d.reg_id, case when j.refusal = 'already_registered' then j.reg_id end),
           coalesce(d.created_at, case when j.refusal = 'already_registered' then j.created_at end),
           case when d.reg_id is null and j.refusal = 'already_registered' then j.synced_at end
      from asked a
      join judged j on j.ord = a.first_ord
      left join registered d on d.stno = j.stno and d.sec_no = j.sec_no
     order by a.ord;
end
$$;

comment on function public.register_students(integer[], integer[], text[], text[]) is
    'Registers stnos[i] for sec_nos[i]; one row per element in order: registered, already_registered, section_full, '
    'unknown_student or unknown_section. Seats go by order of the arrays; repeating a call is harmless. '
    'traceparents[i], where there is one, is the W3C trace context of the request, for the outbox row; '
    'actors[i] who asks, as role:subject (public.current_actor() where there is none).';
