create or replace function public.touch_version() returns trigger
    language plpgsql
    security definer set search_path = pg_catalog, pg_temp
as $$
begin
    new.version := nextval('public.row_version');
    return new;
end
$$;

comment on function public.touch_version() is
    'Gives a changed row a new version, whatever version the writer says. Runs under the row''s lock, so versions of one row only '
    'grow.';

create or replace function public.touch_registration() returns trigger
    language plpgsql
    security definer set search_path = pg_catalog, pg_temp
as $$
begin
    new.version := nextval('public.row_version');
    new.synced_at := null; -- the mark was for the state before
    if current_setting('ghidanh.actors_known', true) is distinct from 'on' then
        new.changed_by := public.current_actor();
    end if;
    return new;
end
$$;

comment on function public.touch_registration() is 'Gives a changed registration a new version, takes its mark away, and notes who it was '
    'unless the function that changes it has.';

create or replace trigger touch_version
    before update on public.registrations
    for each row
    when ((old.stno, old.sec_no, old.created_at, old.mark, old.status, old.version, old.changed_by)
          is distinct from
          (new.stno, new.sec_no, new.created_at, new.mark, new.status, new.version, new.changed_by))
    execute function public.touch_registration();

create or replace trigger touch_version
    before update on public.students
    for each row
    when ((old.u_id, old.col_id, old.dep_id, old.fname, old.mname, old.lname, old.st_address, old.gender, old.prog_degree, old.dob,
           old.version)
          is distinct from
          (new.u_id, new.col_id, new.dep_id, new.fname, new.mname, new.lname, new.st_address, new.gender, new.prog_degree, new.dob,
           new.version))
    execute function public.touch_version();

-- Without enrolled: a seat taken is told by the registration's own event. Columns first: conditions are read anew in each statement.
create or replace trigger touch_version
    before update of year, semester, time, hall, c_no, ins_id, capacity, version on public.sections
    for each row
    when ((old.year, old.semester, old.time, old.hall, old.c_no, old.ins_id, old.capacity, old.version)
          is distinct from (new.year, new.semester, new.time, new.hall, new.c_no, new.ins_id, new.capacity, new.version))
    execute function public.touch_version();
