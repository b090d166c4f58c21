-- Names are qualified throughout: a session that comes from the master has search_path = pg_catalog.
create or replace function public.record_students() returns trigger
    language plpgsql
    security definer set search_path = pg_catalog, pg_temp
as $$
begin
    if tg_op = 'INSERT' then
        insert into public.outbox (entity, entity_id, traceparent, actor)
        select 'student', n.stno, nullif(current_setting('ghidanh.traceparent', true), ''), public.current_actor()
          from changed n
         order by n.stno;
    else
        insert into public.outbox (entity, entity_id, traceparent, actor)
        select 'student', n.stno, nullif(current_setting('ghidanh.traceparent', true), ''), public.current_actor()
          from (select c.stno, c.version from changed c
                except -- no join: one planned for a single row would compare each with each of a thousand
                select f.stno, f.version from former f) n
         order by n.stno;
    end if;
    return null;
end
$$;

comment on function public.record_students() is 'One outbox row per new or changed student, in the writer''s transaction.';

create or replace trigger record_insert
    after insert on public.students
    referencing new table as changed
    for each statement
    execute function public.record_students();

create or replace trigger record_update
    after update on public.students
    referencing old table as former new table as changed
    for each statement
    execute function public.record_students();
