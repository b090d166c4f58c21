-- Who may do what on a shard, said again after every migration. The owner migrates and nothing else; each kind of connection has
-- a role with what it needs.
do $$
declare
    signature regprocedure;
begin
    perform make_roles(array['ghidanh_web', 'ghidanh_relay', 'ghidanh_observer', 'ghidanh_fdw']);
    perform close_functions();

    -- Who holds the relay's lock leads: nobody else may. Only a superuser can say so.
    if (select r.rolsuper from pg_roles r where r.rolname = current_user) then
        for signature in
            select p.oid
              from pg_proc p
             where p.proname ~ '^pg_(try_)?advisory_(xact_)?lock(_shared)?$'
               and p.proargtypes = array['bigint'::regtype]::oidvector
               and has_function_privilege('public', p.oid, 'execute')
        loop
            execute format('revoke execute on function %s from public', signature);
        end loop;
        grant execute on function pg_try_advisory_lock(bigint) to ghidanh_relay;
    end if;
end
$$;

revoke create on schema public from public;
grant usage on schema public to ghidanh_web, ghidanh_relay, ghidanh_observer, ghidanh_fdw;

-- Students, sections and registrations as people see them, the rules, and the ways to change a registration.
grant select on universities, courses, instructors, students, sections, registrations, registration_details,
    registration_history, rules, term_limits, registration_windows, section_audience to ghidanh_web;
grant execute on function register_students(integer[], integer[], text[], text[], boolean[]), give_seats(integer[], integer[]),
    withdraw_registrations(bigint[], text[], text[]),
    swap_registration(bigint, integer, text, text), override_registration(integer, integer, text, text, text),
    hold_student(integer, boolean, text, text), cancel_section(integer, text, integer, text, text),
    open_registration(integer, integer, integer, integer, timestamptz, timestamptz, timestamptz, text, text),
    close_registration(integer, text, text), set_extra_seats(integer, integer, text, text),
    held_registrations(integer[], integer[]), held_withdrawals(bigint[]), full_name(text, text, text),
    take_mark_back(bigint, bigint), anonymise_student(integer, text), judge_wish(integer, integer, integer[], timestamptz),
    section_facts(integer) to ghidanh_web;

grant select, delete on outbox to ghidanh_relay;

-- Numbers and times, no names.
grant select on outbox, registrations, incarnations to ghidanh_observer;
grant execute on function database_place(), begin_incarnation(text) to ghidanh_observer;

-- The master, through postgres_fdw. Triggers hold what it writes: a mark is for the version it names, seats are counted.
grant select on universities, courses, instructors, students, sections, registrations to ghidanh_fdw;
grant update (synced_at) on registrations to ghidanh_fdw;
grant update (enrolled) on sections to ghidanh_fdw;
