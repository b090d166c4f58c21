-- Names are qualified throughout: a session that comes from the master has search_path = pg_catalog.
create or replace function public.record_sections() returns trigger
    language plpgsql
    security definer set search_path = pg_catalog, pg_temp
as $$
begin
    if tg_op = 'INSERT' then
        insert into public.outbox (entity, entity_id, traceparent, actor)
        select 'section', n.sec_no, nullif(current_setting('ghidanh.traceparent', true), ''), public.current_actor()
          from changed n
         order by n.sec_no;
    else
        insert into public.outbox (entity, entity_id, traceparent, actor)
        select 'section', n.sec_no, nullif(current_setting('ghidanh.traceparent', true), ''), public.current_actor()
          from (select c.sec_no, c.version from changed c
                except -- no join: one planned for a single row would compare each with each of a thousand
                select f.sec_no, f.version from former f) n
         order by n.sec_no;
    end if;
    return null;
end
$$;

comment on function public.record_sections() is 'One outbox row per new or changed section, in the writer''s transaction.';

create or replace trigger record_insert
    after insert on public.sections
    referencing new table as changed
    for each statement
    execute function public.record_sections();

create or replace trigger record_update
    after update on public.sections
    referencing old table as former new table as changed
    for each statement
    execute function public.record_sections();
