create or replace function public.withdraw_registrations(reg_ids bigint[])
    returns table (ord integer, reg_id bigint, outcome text)
    language plpgsql
as $$
#variable_conflict use_column
declare
    withdrawn bigint[];
begin
    -- Sections first and in order, as register_students does.
    perform
       from public.sections s
      where s.sec_no in (select r.sec_no from public.registrations r where r.reg_id = any (reg_ids))
      order by s.sec_no
        for no key update;

    with w as (
        update public.registrations r
           set status = 'withdrawn'
         where r.reg_id = any (reg_ids)
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

comment on function public.withdraw_registrations(bigint[]) is
    'Frees the seats; one row per element in order: withdrawn, already_withdrawn or unknown_registration.';
