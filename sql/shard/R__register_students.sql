drop function if exists public.register_students(integer[], integer[]); -- from before traceparents
drop function if exists public.register_students(integer[], integer[], text[]); -- from before actors
drop function if exists public.register_students(integer[], integer[], text[], text[]); -- from before waiting lists

create or replace function public.register_students(
    stnos integer[], sec_nos integer[], traceparents text[] default null, actors text[] default null,
    waits boolean[] default null)
    returns table (
        ord integer, outcome text, reg_id bigint, created_at timestamptz, synced_at timestamptz, details jsonb)
    language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    set ghidanh.sections_locked = 'on'
    set ghidanh.actors_known = 'on'
    set enable_seqscan = off -- plans outlive the table they were made for
    set jit = off
    set plan_cache_mode = force_generic_plan -- to plan a call costs more than to run it
    set ghidanh.traceparents = '' -- what is set below ends with this call
as $$
#variable_conflict use_column
declare
    actor      constant text := public.current_actor();
    moment     timestamptz;
    -- Of each wish by its place; of a pair asked for again, the first place alone.
    first_ords integer[];
    refusals   text[];
    facts      jsonb[];
    seats      integer[];
    reg_ids    bigint[];
    created    timestamptz[];
    synced     timestamptz[];
    several    boolean; -- has a student who wishes for several sections
    wish       record;
    ruling     record;
    beside     integer[];
    given      boolean[] := '{}';
    seats_left integer[];
    -- Of those who wait now: their wishes' places, their numbers, and which of these are new.
    queued     integer[];
    listed     bigint[];
    joined     bigint[];
    waiting    record;
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

    if cardinality(waits) <> cardinality(stnos) then
        raise exception '% students but % wishes to wait', cardinality(stnos), cardinality(waits)
            using errcode = 'RM001';
    end if;

    -- In number order, so that two callers can wait for each other only one way round.
    perform
       from public.sections s
      where s.sec_no = any (sec_nos)
      order by s.sec_no
        for no key update;

    -- Two requests of one student are judged one after the other. The row will be locked for its registrations anyway, and a
    -- stronger lock of the same transaction spares that: this one lets writers of plain SQL pass, as their foreign key asks.
    perform
       from public.students st
      where st.stno = any (stnos)
      order by st.stno
        for no key update;

    -- A statement of its own: its snapshot is younger than the locks.
    moment := clock_timestamp();
    select array_agg(a.first_ord order by a.ord),
           array_agg(j.refusal order by a.ord),
           array_agg(j.details order by a.ord),
           array_agg(j.seats_left order by a.ord),
           array_agg(j.reg_id order by a.ord),
           array_agg(j.created_at order by a.ord),
           array_agg(j.synced_at order by a.ord),
           bool_or(a.several)
      into first_ords, refusals, facts, seats, reg_ids, created, synced, several
      from (select a.ord::integer as ord,
                   a.stno,
                   a.sec_no,
                   min(a.ord) over (partition by a.stno, a.sec_no)::integer as first_ord,
                   min(a.sec_no) over (partition by a.stno) <> a.sec_no as several
              from unnest(stnos, sec_nos) with ordinality as a (stno, sec_no, ord)) a
      left join lateral public.judge_wish(a.stno, a.sec_no, '{}', moment) j on a.ord = a.first_ord;

    -- Each against those before it that were given. Who gets the last seats decides that: all are counted, in their order.
    if several then
        seats_left := seats;
        for wish in
            select a.ord::integer as ord,
                   a.stno,
                   a.sec_no,
                   min(a.ord) over (partition by a.sec_no)::integer as counted_at,
                   array_agg(a.ord) over (
                       partition by a.stno order by a.ord rows between unbounded preceding and 1 preceding) as earlier
              from unnest(stnos, sec_nos, first_ords, refusals) with ordinality as a (stno, sec_no, first_ord, refusal, ord)
             where a.ord = a.first_ord
               and a.refusal is null
             order by a.ord
        loop
            select array_agg(sec_nos[e.ord]) into beside from unnest(wish.earlier) as e (ord) where given[e.ord];
            if beside is not null then
                select * into ruling from public.judge_wish(wish.stno, wish.sec_no, beside, moment);
                refusals[wish.ord] := ruling.refusal;
                facts[wish.ord] := ruling.details;
            end if;
            if refusals[wish.ord] is null then
                given[wish.ord] := seats_left[wish.counted_at] > 0;
                seats_left[wish.counted_at] := seats_left[wish.counted_at] - 1;
            end if;
        end loop;
    end if;

    -- Who finds no seat and would wait for one; of a pair asked for again, who would at any place.
    if true = any (waits) then
        with ranked as materialized (
            select w.*, row_number() over (partition by w.sec_no order by w.ord) as place
              from (select a.*, bool_or(a.waits) over (partition by a.first_ord) as would_wait
                      from unnest(stnos, sec_nos, first_ords, refusals, seats, reg_ids, waits) with ordinality
                        as a (stno, sec_no, first_ord, refusal, seats_left, reg_id, waits, ord)) w
             where w.ord = w.first_ord
               and w.refusal is null
        ), joining as (
            insert into public.registrations as r (stno, sec_no, status, changed_by)
            select k.stno, k.sec_no, 'waiting', coalesce(actors[k.ord], actor)
              from ranked k
             where k.place > k.seats_left
               and k.would_wait
             order by k.ord
            on conflict (stno, sec_no) do update
               set status = 'waiting',
                   created_at = excluded.created_at,
                   changed_by = excluded.changed_by
             where r.status = 'withdrawn'
            returning r.stno, r.sec_no, r.reg_id
        )
        select array_agg(coalesce(j.reg_id, k.reg_id) order by k.ord), array_agg(k.ord order by k.ord), array_agg(j.reg_id)
          into listed, queued, joined
          from ranked k
          left join joining j on j.stno = k.stno and j.sec_no = k.sec_no
         where k.place > k.seats_left
           and k.would_wait;

        for waiting in
            select q.ord, q.reg_id, w.created_at, w.synced_at, w.place
              from unnest(queued, listed) as q (ord, reg_id)
              join (select r.reg_id, r.created_at, r.synced_at,
                           row_number() over (partition by r.sec_no order by r.created_at, r.reg_id) as place
                      from public.registrations r
                     where r.sec_no = any (sec_nos)
                       and r.status = 'waiting') w on w.reg_id = q.reg_id
        loop
            refusals[waiting.ord] := case when waiting.reg_id = any (joined) then 'waiting' else 'already_waiting' end;
            facts[waiting.ord] := jsonb_build_object('place', waiting.place);
            reg_ids[waiting.ord] := waiting.reg_id;
            created[waiting.ord] := waiting.created_at;
            synced[waiting.ord] := waiting.synced_at;
        end loop;
    end if;

    return query
    with judged as materialized (
        select *
          from unnest(stnos, sec_nos, first_ords, refusals, facts, seats, reg_ids, created, synced) with ordinality
            as a (stno, sec_no, first_ord, refusal, details, seats_left, reg_id, created_at, synced_at, ord)
    ), winners as materialized (
        select w.ord, w.stno, w.sec_no
          from (select j.*, row_number() over (partition by j.sec_no order by j.ord) as place
                  from judged j
                 where j.ord = j.first_ord
                   and j.refusal is null) w
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
         where r.status <> 'registered'
        returning r.stno, r.sec_no, r.reg_id, r.created_at
    )
    select a.ord::integer,
           case when d.reg_id is null then coalesce(j.refusal, 'section_full')
                when a.ord = a.first_ord then 'registered'
                else 'already_registered'
           end,
           coalesce(d.reg_id, case when j.refusal in ('already_registered', 'waiting', 'already_waiting') then j.reg_id end),
           coalesce(d.created_at, case when j.refusal in ('already_registered', 'waiting', 'already_waiting') then j.created_at end),
           case when d.reg_id is null and j.refusal in ('already_registered', 'waiting', 'already_waiting') then j.synced_at end,
           j.details
      from judged a
      join judged j on j.ord = a.first_ord
      left join registered d on d.stno = j.stno and d.sec_no = j.sec_no
     order by a.ord;
end
$$;

comment on function public.register_students(integer[], integer[], text[], text[], boolean[]) is
    'Registers stnos[i] for sec_nos[i]; one row per element in order: registered, already_registered, unknown_student, '
    'unknown_section, section_cancelled, past_term, not_open, closed, on_hold, not_eligible, same_course, time_clash, credit_limit '
    'or section_full, or with waits[i] in its place waiting or already_waiting, with the place in details; the first that holds, with what a person needs to understand it in details. Seats go by order of the arrays, '
    'and so are the wishes of one student judged; repeating a call is harmless. '
    'traceparents[i], where there is one, is the W3C trace context of the request, for the outbox row; '
    'actors[i] who asks, as role:subject (public.current_actor() where there is none).';
