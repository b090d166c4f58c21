-- Names are qualified throughout: a session that comes from the master has search_path = pg_catalog.
create or replace function public.record_sections() returns trigger
    language plpgsql
    security definer set search_path = pg_catalog, pg_temp
as $$
begin
    insert into public.outbox (entity, entity_id, traceparent, actor)
    values ('section', new.sec_no, nullif(current_setting('ghidanh.traceparent', true), ''), public.current_actor());
    return null;
end
$$;

comment on function public.record_sections() is 'One outbox row per new or changed section, in the writer''s transaction.';

create or replace trigger record_insert
    after insert on public.sections
    for each row
    execute function public.record_sections();

-- By row and with columns, unlike students: a seat that is taken updates its section and is to pay for none of this.
create or replace trigger record_update
    after update of year, semester, time, hall, c_no, ins_id, capacity, version on public.sections
    for each row
    when (old.version <> new.version)
    execute function public.record_sections();
