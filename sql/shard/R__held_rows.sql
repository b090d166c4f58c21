-- What is there and cannot be locked as register_students and withdraw_registrations would lock it is held by somebody else.
create or replace function public.held_registrations(stnos integer[], sec_nos integer[]) returns setof integer
    language sql
    security definer set search_path = pg_catalog, pg_temp
as $$
    with asked as materialized (
        select a.ord::integer - 1 as place, a.stno, a.sec_no
          from unnest(stnos, sec_nos) with ordinality as a (stno, sec_no, ord)
    ), sections_free as materialized (
        select s.sec_no from public.sections s where s.sec_no = any (sec_nos) for no key update skip locked
    ), students_free as materialized (
        select st.stno from public.students st where st.stno = any (stnos) for no key update skip locked
    ), registrations_free as materialized (
        select r.reg_id
          from public.registrations r
         where (r.stno, r.sec_no) in (select a.stno, a.sec_no from asked a)
           and r.status <> 'registered'
           for no key update of r skip locked
    )
    select a.place
      from asked a
      left join public.sections s using (sec_no)
      left join public.students st using (stno)
      left join public.registrations r on r.stno = a.stno and r.sec_no = a.sec_no and r.status <> 'registered'
     where (s.sec_no is not null and s.sec_no not in (select f.sec_no from sections_free f))
        or (st.stno is not null and st.stno not in (select f.stno from students_free f))
        or (r.reg_id is not null and r.reg_id not in (select f.reg_id from registrations_free f))
$$;

comment on function public.held_registrations(integer[], integer[]) is
    'Places, from 0, of the pairs that others hold up now by a lock on section, student or registration. Waits for nobody.';

create or replace function public.held_withdrawals(reg_ids bigint[]) returns setof integer
    language sql
    security definer set search_path = pg_catalog, pg_temp
as $$
    with asked as materialized (
        select a.ord::integer - 1 as place, r.reg_id, needed.sec_no
          from unnest(reg_ids) with ordinality as a (reg_id, ord)
          join public.registrations r using (reg_id)
         cross join lateral (
               select r.sec_no
                union
               select w.sec_no from public.registrations w where w.stno = r.stno and w.status = 'waiting') needed
    ), waiting as materialized (
        select w.sec_no, w.stno
          from public.registrations w
         where w.sec_no in (select a.sec_no from asked a)
           and w.status = 'waiting'
    ), sections_free as materialized (
        select s.sec_no
          from public.sections s
         where s.sec_no in (select a.sec_no from asked a)
           for no key update of s skip locked
    ), registrations_free as materialized (
        select r.reg_id from public.registrations r where r.reg_id = any (reg_ids) for no key update skip locked
    ), students_free as materialized (
        select st.stno
          from public.students st
         where st.stno in (select w.stno from waiting w)
           for no key update of st skip locked
    )
    select distinct a.place
      from asked a
     where a.sec_no not in (select f.sec_no from sections_free f)
        or a.reg_id not in (select f.reg_id from registrations_free f)
        or a.sec_no in (select w.sec_no from waiting w where w.stno not in (select f.stno from students_free f))
$$;

comment on function public.held_withdrawals(bigint[]) is
    'Places, from 0, of the registrations that others hold up now by a lock on section or registration, or on a student who waits '
    'for the seat. Waits for nobody.';
