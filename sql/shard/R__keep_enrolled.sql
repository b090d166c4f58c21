-- Names are qualified throughout: a session that comes from the master has search_path = pg_catalog.
create or replace function public.keep_enrolled() returns trigger
    language plpgsql
    security definer set search_path = pg_catalog, pg_temp
as $$
begin
    if new.enrolled <> (
        select count(*) from public.registrations r where r.sec_no = new.sec_no and r.status = 'registered') then
        raise exception 'enrolled is counted from the registrations'
            using errcode = 'RM007',
                  hint = 'Seats are limited by capacity.';
    end if;
    return new;
end
$$;

comment on function public.keep_enrolled() is
    'Refuses another number of seats taken than there are registrations (RM007); the true one is the repair of a wrong one.';

create or replace trigger keep_enrolled
    before update of enrolled on public.sections
    for each row
    when (old.enrolled <> new.enrolled and pg_trigger_depth() = 0) -- the registrations' own trigger counts right
    execute function public.keep_enrolled();
