create or replace function public.keep_slots() returns trigger
    language plpgsql
as $$
begin
    new.slots := public.meeting_slots(new.time);
    return new;
end
$$;

comment on function public.keep_slots() is 'When a section meets is what its text says, whatever the writer says.';

-- No generated column: beside other triggers before an update it would be computed again with each seat that is taken.
create or replace trigger keep_slots
    before insert on public.sections
    for each row
    execute function public.keep_slots();

create or replace trigger keep_slots_of_update
    before update of time, slots on public.sections
    for each row
    when (old.time is distinct from new.time or old.slots is distinct from new.slots)
    execute function public.keep_slots();
