-- Names are qualified throughout: a session that comes from the master has search_path = pg_catalog.
create or replace function public.begin_incarnation(reason text) returns bigint
    language plpgsql
    security definer set search_path = pg_catalog, pg_temp
as $$
declare
    number  bigint;
    seconds bigint;
begin
    perform pg_advisory_xact_lock(hashtext('ghidanh.incarnation'));
    -- The clock is above every number that was given by counting from 1, and above every incarnation before, whatever was
    -- lost of them: no need to ask the master, which may be away.
    number := greatest(
        (extract(epoch from clock_timestamp()) * 1000000)::bigint,
        (select max(i.incarnation) + 1 from public.incarnations i));
    perform setval('public.row_version', greatest(number, s.last_value + 1)) from public.row_version s;
    perform setval('public.registrations_reg_id_seq', greatest(number, s.last_value + 1)) from public.registrations_reg_id_seq s;
    -- Integers have room for its seconds since 2025 (until 2093). Not only above what is left here: a backup that is restored
    -- twice goes on from the same number twice.
    seconds := number / 1000000 - 1735689600;
    perform setval('public.students_stno_seq', greatest(seconds, s.last_value + 100000)) from public.students_stno_seq s;
    perform setval('public.sections_sec_no_seq', greatest(seconds, s.last_value + 100000)) from public.sections_sec_no_seq s;
    insert into public.incarnations (incarnation, place, reason) values (number, public.database_place(), reason);
    return number;
end
$$;

comment on function public.begin_incarnation(text) is
    'Numbers what comes from now on above everything that this database, or one that it is a copy of, ever gave. To be called '
    'when it may have gone back in time; done by itself where database_place() is another one. Its number.';

create or replace function public.keep_incarnation() returns trigger
    language plpgsql
    security definer set search_path = pg_catalog, pg_temp
as $$
declare
    last_place text;
begin
    select i.place into last_place from public.incarnations i order by i.incarnation desc limit 1;
    if last_place is distinct from public.database_place() then
        perform pg_advisory_xact_lock(hashtext('ghidanh.incarnation'));
        select i.place into last_place from public.incarnations i order by i.incarnation desc limit 1;
        if last_place is null then
            insert into public.incarnations (incarnation, place, reason) values (0, public.database_place(), 'first');
        elsif starts_with(public.database_place(), last_place || '/') then
            -- The same place, which is known more exactly since this release, or since more was granted.
            update public.incarnations i set place = public.database_place() where i.place = last_place;
        elsif last_place <> public.database_place() then
            perform public.begin_incarnation(format('it was at %s and is at %s', last_place, public.database_place()));
        end if;
    end if;
    perform set_config('ghidanh.incarnation_kept', 'on', false);
    return null;
end
$$;

comment on function public.keep_incarnation() is
    'Begins an incarnation, before the first number is given, where this database is at another place than when it was last '
    'written to. Asked once a session, which never leaves its place.';

create or replace trigger keep_incarnation
    before insert or update on public.registrations
    for each statement
    when (current_setting('ghidanh.incarnation_kept', true) is distinct from 'on')
    execute function public.keep_incarnation();

create or replace trigger keep_incarnation
    before insert or update on public.students
    for each statement
    when (current_setting('ghidanh.incarnation_kept', true) is distinct from 'on')
    execute function public.keep_incarnation();

-- A seat that is taken gives a section no number.
create or replace trigger keep_incarnation
    before insert or update of year, semester, time, hall, c_no, ins_id, capacity, version on public.sections
    for each statement
    when (current_setting('ghidanh.incarnation_kept', true) is distinct from 'on')
    execute function public.keep_incarnation();
