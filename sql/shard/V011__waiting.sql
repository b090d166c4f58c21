-- A student may wait for a section that is full. Who waits has no seat.
do $$
begin
    if not exists (
            select
              from pg_constraint c
             where c.conrelid = 'registrations'::regclass
               and c.conname = 'registrations_status'
               and pg_get_constraintdef(c.oid) like '%waiting%') then
        -- Not valid: the rows from before were held to less.
        alter table registrations
            drop constraint if exists registrations_status,
            add constraint registrations_status check (status in ('registered', 'withdrawn', 'waiting')) not valid;
    end if;
end
$$;

-- A section's list in its order, and what a student waits for.
create index if not exists registrations_waiting on registrations (sec_no, created_at, reg_id) where status = 'waiting';
create index if not exists registrations_waiting_student on registrations (stno, sec_no) where status = 'waiting';

comment on column registrations.created_at is
    'When the student registered, last time if again after withdrawing; of one who waits, since when.';
