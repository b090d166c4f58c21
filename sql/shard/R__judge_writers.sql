create or replace function public.judge_writers() returns trigger
    language plpgsql
    security definer set search_path = pg_catalog, pg_temp
as $$
declare
    ruling record;
begin
    if not exists (select from public.rules u where u.one and u.judge = 'database') then
        return new;
    end if;

    if new.status <> 'withdrawn' and (
            tg_op = 'INSERT'
            or old.status = 'withdrawn'
            or (old.stno, old.sec_no) is distinct from (new.stno, new.sec_no)) then
        -- In the order of register_students.
        perform from public.sections s where s.sec_no = new.sec_no for no key update;
        perform from public.students st where st.stno = new.stno for no key update;
        select j.refusal, j.details
          into ruling
          from public.judge_wish(new.stno, new.sec_no, '{}', clock_timestamp()) j
         where j.refusal not in ('already_registered', 'unknown_student', 'unknown_section'); -- constraints say it
    elsif tg_op = 'UPDATE' and old.status = 'registered' and new.status = 'withdrawn' then
        select j.refusal, j.details into ruling from public.judge_withdrawal(new.reg_id, clock_timestamp()) j;
    else
        return new;
    end if;

    if ruling.refusal is not null then
        raise exception 'student %, section %: %', new.stno, new.sec_no, ruling.refusal
            using errcode = 'RM012',
                  detail = coalesce(ruling.details, '{}'),
                  hint = 'The rules of this shard bind every writer: rules.judge. override_registration goes past them with a reason.';
    end if;
    return new;
end
$$;

comment on function public.judge_writers() is
    'Holds who writes registrations by plain SQL to the rules (RM012), where rules.judge says so.';

-- The functions have judged, and say so, to be spared this per row.
create or replace trigger judge_writers
    before insert or update of status, stno, sec_no on public.registrations
    for each row
    when (current_setting('ghidanh.actors_known', true) is distinct from 'on')
    execute function public.judge_writers();
