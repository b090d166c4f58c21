-- The shards' limits: a row from before them is refused by itself and named, before an index refuses it with the whole batch.
do $$
begin
    if not exists (select from pg_constraint where conrelid = 'sections'::regclass and conname = 'sections_texts') then
        alter table sections
            add constraint sections_texts check (length(time) <= 200 and length(hall) <= 200) not valid;
    end if;
    if not exists (select from pg_constraint where conrelid = 'registrations'::regclass and conname = 'registrations_time') then
        alter table registrations
            add constraint registrations_time
            check (created_at >= '1900-01-01 00:00:00+00' and created_at < '2200-01-01 00:00:00+00') not valid;
    end if;
end
$$;
