-- Nobody reads them here: they stay on the shards.
update students set st_address = null, dob = null where st_address is not null or dob is not null;

comment on column students.st_address is 'Always null: it stays on the shard.';
comment on column students.dob is 'Always null: it stays on the shard.';

create index if not exists lost_registrations_student on lost_registrations (master_stno);
