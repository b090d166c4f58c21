drop function if exists public.anonymise_student(integer); -- from before actors

create or replace function public.anonymise_student(stno integer, actor text default null) returns text
    language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    set ghidanh.actor = '' -- what is set below ends with this call
as $$
declare
    told text := 'unchanged';
begin
    perform set_config('ghidanh.actor', actor, true); -- for the outbox row
    update public.students s
       set lname = 'Ẩn',
           mname = '',
           fname = 'danh',
           st_address = null,
           gender = null,
           prog_degree = null,
           dob = null
     where s.stno = anonymise_student.stno
       and (s.lname, s.mname, s.fname, s.st_address, s.gender, s.prog_degree, s.dob)
           is distinct from ('Ẩn', '', 'danh', null, null, null, null);
    if found then
        told := 'anonymised';
    elsif not exists (select from public.students s where s.stno = anonymise_student.stno) then
        told := 'unknown_student';
    end if;
    return told;
end
$$;

comment on function public.anonymise_student(integer, text) is
    'Forgets who a student is, for good; number, university, college, department and registrations stay. The master follows by the '
    'ordinary event. anonymised, unchanged (was so before) or unknown_student.';
