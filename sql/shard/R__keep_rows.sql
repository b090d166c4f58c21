create or replace function public.keep_rows() returns trigger
    language plpgsql
as $$
begin
    raise exception 'rows of % are never deleted: topic and master could not follow', tg_table_name
        using errcode = 'RM003',
              hint = 'Use withdraw_registrations(reg_ids) for registrations.';
end
$$;

comment on function public.keep_rows() is 'Refuses delete and truncate (RM003).';

create or replace trigger keep_rows
    before delete or truncate on public.registrations
    for each statement
    execute function public.keep_rows();

create or replace trigger keep_rows
    before delete or truncate on public.students
    for each statement
    execute function public.keep_rows();

create or replace trigger keep_rows
    before delete or truncate on public.sections
    for each statement
    execute function public.keep_rows();
