-- Names are qualified throughout: a session that comes from the master has search_path = pg_catalog.
create or replace function public.number_beyond(numbers regclass, given bigint) returns void
    language plpgsql
as $$
begin
    if given > coalesce(pg_sequence_last_value(numbers), 0) then
        perform pg_advisory_xact_lock(hashtext('ghidanh.numbers'));
        if given > coalesce(pg_sequence_last_value(numbers), 0) then
            perform setval(numbers, given);
        end if;
    end if;
end
$$;

comment on function public.number_beyond(regclass, bigint) is
    'Lets a sequence go on above a number that somebody brought along, so that it is not given again.';

create or replace function public.give_version() returns trigger
    language plpgsql
    security definer set search_path = pg_catalog, pg_temp
as $$
begin
    new.version := nextval('public.row_version');
    if tg_table_name = 'sections' then
        new.enrolled := 0; -- its registrations count
        perform public.number_beyond('public.sections_sec_no_seq', new.sec_no);
    else
        perform public.number_beyond('public.students_stno_seq', new.stno);
    end if;
    return new;
end
$$;

comment on function public.give_version() is
    'A new student or section has the next version, whatever the writer says: one from elsewhere would be above or below all '
    'that this shard gives.';

create or replace trigger give_version
    before insert on public.students
    for each row
    execute function public.give_version();

create or replace trigger give_version
    before insert on public.sections
    for each row
    execute function public.give_version();

create or replace function public.keep_number() returns trigger
    language plpgsql
as $$
begin
    raise exception 'the numbers of % never change: topic and master know its rows by them', tg_table_name
        using errcode = 'RM006';
end
$$;

comment on function public.keep_number() is 'Refuses another primary key (RM006).';

create or replace trigger keep_number
    before update of stno on public.students
    for each row
    when (old.stno <> new.stno)
    execute function public.keep_number();

create or replace trigger keep_number
    before update of sec_no on public.sections
    for each row
    when (old.sec_no <> new.sec_no)
    execute function public.keep_number();

create or replace trigger keep_number
    before update of reg_id on public.registrations
    for each row
    when (old.reg_id <> new.reg_id)
    execute function public.keep_number();
