create or replace function public.swap_registration(
    reg_id bigint, sec_no integer, traceparent text default null, actor text default null)
    returns table (
        withdrawal text, registration text, stno integer, new_reg_id bigint, created_at timestamptz, synced_at timestamptz,
        details jsonb)
    language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    set ghidanh.waits_locked = 'on'
    set ghidanh.seats_later = 'on' -- given here, once the student has the other section
as $$
#variable_conflict use_column
declare
    old_sec_no integer;
    others     integer[]; -- sections that the student waits for
    locked     integer[];
    told       text;
begin
    select r.stno, r.sec_no
      into stno, old_sec_no
      from public.registrations r
     where r.reg_id = swap_registration.reg_id;

    -- All sections in number order, then the students: the order in which the functions called below take each for itself.
    others := array(
        select w.sec_no from public.registrations w where w.stno = swap_registration.stno and w.status = 'waiting');
    perform
       from public.sections s
      where s.sec_no = any (array[old_sec_no, swap_registration.sec_no] || others)
      order by s.sec_no
        for no key update;
    locked := array[stno];

    loop begin
        perform from public.students st where st.stno = any (locked) order by st.stno for no key update;
        if old_sec_no is distinct from swap_registration.sec_no then
            select w.outcome, w.details
              into withdrawal, details
              from public.withdraw_registrations(
                       array[swap_registration.reg_id], array[traceparent], array[actor]) w;
            if withdrawal not in ('withdrawn', 'already_withdrawn') then
                return next;
                return;
            end if;
        end if;
        select t.outcome, t.reg_id, t.created_at, t.synced_at, t.details
          into registration, new_reg_id, created_at, synced_at, details
          from public.register_students(
                   array[swap_registration.stno], array[swap_registration.sec_no], array[traceparent], array[actor]) t;
        if registration not in ('registered', 'already_registered') then
            raise exception 'section % is refused: %', swap_registration.sec_no, registration
                using errcode = 'RM009';
        end if;
        if withdrawal = 'withdrawn' then
            perform public.give_seats(old_sec_no || others, locked);
        end if;
        return next;
        return;
    exception
        when sqlstate 'RM009' then -- The withdrawal is undone; variables keep what they have.
            return next;
            return;
        when sqlstate 'RM011' then -- All is undone, to be done again with those locked who get seats by it.
            get stacked diagnostics told = pg_exception_detail;
            locked := locked || told::integer[];
    end; end loop;
end
$$;

comment on function public.swap_registration(bigint, integer, text, text) is
    'Gives up one registration and takes another section for its student, or changes nothing. One row: what '
    'withdraw_registrations said, null where the section is the same; what register_students said of a student without that '
    'registration, null where the withdrawal was refused; and the new registration, or the details of the refusal. One that is '
    'withdrawn already is given up, so repeating a call is harmless: already_withdrawn and already_registered. '
    'traceparent and actor as there.';
