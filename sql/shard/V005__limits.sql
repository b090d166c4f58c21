-- What the master, its indexes and every reader of a time can hold. Not valid: rows from before are left as they are.
do $$
declare
    l record;
begin
    for l in
        select *
          from (values
            ('students', 'students_number', 'stno > 0'),
            ('sections', 'sections_number', 'sec_no > 0'),
            ('sections', 'sections_texts', 'length(time) <= 200 and length(hall) <= 200'),
            ('registrations', 'registrations_number', 'reg_id > 0'),
            ('registrations', 'registrations_time',
             'created_at >= ''1900-01-01 00:00:00+00'' and created_at < ''2200-01-01 00:00:00+00'''))
               as w (table_name, name, condition)
         where not exists (
            select from pg_constraint c where c.conrelid = w.table_name::regclass and c.conname = w.name)
    loop
        execute format('alter table %I add constraint %I check (%s) not valid', l.table_name, l.name, l.condition);
    end loop;
end
$$;
