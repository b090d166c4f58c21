-- Who may do what on the master, said again after every migration. The owner migrates, attaches and detaches shards, and nothing
-- else. Roles cannot log in before somebody gives them a password.
do $$
declare
    l record;
begin
    for l in
        select r.name
          from unnest(array['ghidanh_app', 'ghidanh_sync']) as r (name)
         where not exists (select from pg_roles p where p.rolname = r.name)
    loop
        begin
            execute format('create role %I', l.name);
        exception
            when duplicate_object or unique_violation then
                null; -- another database of this cluster was faster
        end;
    end loop;

    -- Nobody else calls what acts or reads; what only computes stays everybody's.
    for l in
        select p.oid::regprocedure as signature,
               p.proname in ('attach_shard', 'detach_shard', 'shard_objects') as of_owner,
               has_function_privilege('public', p.oid, 'execute') as of_all
          from pg_proc p
         where p.pronamespace = 'public'::regnamespace
           and p.prokind = 'f'
           and p.provolatile <> 'i'
           and not exists (
                select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
    loop
        if l.of_all then
            execute format('revoke execute on function %s from public', l.signature);
        end if;
        if not l.of_owner and not has_function_privilege('ghidanh_sync', l.signature, 'execute') then
            execute format('grant execute on function %s to ghidanh_sync', l.signature);
        end if;
    end loop;

    -- What it writes: the copies, the jobs and their audit.
    for l in
        select c.oid::regclass as name
          from pg_class c
         where c.relnamespace = 'public'::regnamespace
           and c.relkind in ('r', 'v', 'f')
           and c.relname not in ('flyway_schema_history', 'schema_release')
           and not has_table_privilege('ghidanh_sync', c.oid, 'delete')
    loop
        execute format('grant select, insert, update, delete on %s to ghidanh_sync', l.name);
    end loop;
end
$$;

revoke create on schema public from public;
grant usage on schema public to ghidanh_app, ghidanh_sync;
grant usage on all sequences in schema public to ghidanh_sync;

-- The foreign tables of shards that are attached later.
alter default privileges in schema public grant select, insert, update, delete on tables to ghidanh_sync;

-- What pages and lists show.
grant select on universities, courses, instructors, students, sections, registrations, registration_details to ghidanh_app;
