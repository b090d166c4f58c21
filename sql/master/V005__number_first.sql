-- The number before the shard's name: an index is descended by comparing integers, not names, and a remap descends one
-- six times a row.
do $$
declare
    c record;
begin
    for c in
        select *
          from (values ('students_map', 'students_map_pkey', 'primary key', 'shard_stno'),
                       ('sections_map', 'sections_map_pkey', 'primary key', 'shard_sec_no'),
                       ('registrations', 'registrations_source', 'unique', 'shard_reg_id'))
               as w (table_name, name, kind, number)
          join pg_constraint p on p.conrelid = w.table_name::regclass and p.conname = w.name
         where pg_get_constraintdef(p.oid) like '%(shard_name, %'
    loop
        execute format(
            'alter table %I drop constraint %I, add constraint %I %s (%I, shard_name)',
            c.table_name, c.name, c.name, c.kind, c.number);
    end loop;

    if not exists (
        select from pg_attribute a where a.attrelid = 'shard_registration'::regclass and a.attname = 'master_stno') then
        alter type shard_registration
            add attribute master_stno integer,
            add attribute master_sec_no integer,
            add attribute master_version bigint;
    end if;
end
$$;

comment on type shard_registration is
    'A shard''s registration, and what the master knows of it: student and section by its numbers, the version it shows; '
    'null for what it does not have.';
