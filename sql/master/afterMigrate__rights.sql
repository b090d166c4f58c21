-- Who may do what on the master, said again after every migration. The owner migrates, attaches and detaches shards, and nothing
-- else.
do $$
declare
    signature regprocedure;
    name      regclass;
begin
    perform make_roles(array['ghidanh_app', 'ghidanh_sync']);
    perform close_functions();

    for signature in
        select p.oid
          from pg_proc p
         where p.pronamespace = 'public'::regnamespace
           and p.prokind = 'f'
           and p.proname not in ('attach_shard', 'detach_shard', 'shard_objects', 'log_no_statements', 'make_roles', 'close_functions')
           and not has_function_privilege('ghidanh_sync', p.oid, 'execute')
    loop
        execute format('grant execute on function %s to ghidanh_sync', signature);
    end loop;

    -- What it writes: the copies, the jobs and their audit.
    for name in
        select c.oid
          from pg_class c
         where c.relnamespace = 'public'::regnamespace
           and c.relkind in ('r', 'v', 'f')
           and c.relname not in ('flyway_schema_history', 'schema_release')
           and not has_table_privilege('ghidanh_sync', c.oid, 'delete')
    loop
        execute format('grant select, insert, update, delete on %s to ghidanh_sync', name);
    end loop;
end
$$;

revoke create on schema public from public;
grant usage on schema public to ghidanh_app, ghidanh_sync;
grant usage on all sequences in schema public to ghidanh_sync;

-- The foreign tables of shards that are attached later.
alter default privileges in schema public grant select, insert, update, delete on tables to ghidanh_sync;

-- What pages and lists show.
grant select on universities, courses, instructors, students, students_map, sections, registrations, registration_details
    to ghidanh_app;
