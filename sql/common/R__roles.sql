create or replace function public.make_roles(names text[]) returns void
    language plpgsql
as $$
declare
    name text;
begin
    for name in
        select n.name
          from unnest(names) as n (name)
         where not exists (select from pg_catalog.pg_roles r where r.rolname = n.name)
    loop
        begin
            execute format('create role %I', name);
        exception
            when duplicate_object or unique_violation then
                null; -- another database of this cluster was faster
        end;
    end loop;
end
$$;

comment on function public.make_roles(text[]) is
    'Makes the roles that are missing. They cannot log in before somebody gives them a password.';

create or replace function public.close_functions() returns void
    language plpgsql
as $$
declare
    signature regprocedure;
begin
    for signature in
        select p.oid
          from pg_catalog.pg_proc p
         where p.pronamespace = 'public'::regnamespace
           and p.prokind = 'f'
           and p.provolatile <> 'i'
           and has_function_privilege('public', p.oid, 'execute')
           and not exists (
                select from pg_catalog.pg_depend d
                 where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
    loop
        execute format('revoke execute on function %s from public', signature);
    end loop;
end
$$;

comment on function public.close_functions() is
    'Nobody but the owner calls what acts or reads, until it is granted; what only computes stays everybody''s.';
