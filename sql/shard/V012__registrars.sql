-- What registrars set through the services: registration windows, and seats above a section's capacity. Each deed is logged.
-- And whether plain SQL is judged, too.
alter table sections
    add column if not exists extra_seats integer not null default 0
        constraint sections_extra_seats check (extra_seats >= 0);

do $$
begin
    if not exists (
            select
              from pg_constraint c
             where c.conrelid = 'sections'::regclass
               and c.conname = 'sections_seats'
               and pg_get_constraintdef(c.oid) like '%extra_seats%') then
        alter table sections
            drop constraint if exists sections_seats,
            add constraint sections_seats check (enrolled between 0 and capacity + extra_seats);
    end if;
end
$$;

alter table registrar_log
    add column if not exists window_id integer,
    add column if not exists extra_seats integer,
    drop constraint if exists registrar_log_action,
    add constraint registrar_log_action check (action in ('hold', 'release', 'cancel', 'open', 'close', 'seats'));

alter table rules
    add column if not exists judge text not null default 'functions'
        constraint rules_judge check (judge in ('functions', 'database'));

comment on column rules.judge is 'Who holds writers to the rules: functions, those who call them; database, everybody.';
comment on column sections.extra_seats is 'Seats that a registrar has added to capacity; of this shard alone, the master knows none.';
comment on column sections.enrolled is
    'Seats taken, kept by the trigger on registrations; never above capacity and extra_seats, whoever writes.';
comment on column registrar_log.window_id is 'The registration window that was opened or closed; one that had not begun is gone.';
comment on column registrar_log.extra_seats is 'The extra seats that a section has since.';
