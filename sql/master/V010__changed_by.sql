-- Who made the state that is shown comes with it.
alter table registrations add column if not exists changed_by text;

do $$
begin
    if not exists (
        select from pg_attribute a where a.attrelid = 'shard_registration'::regclass and a.attname = 'changed_by') then
        alter type shard_registration add attribute changed_by text;
    end if;
end
$$;

comment on column registrations.changed_by is 'The shard''s: who made this state, by role and subject. Null: from before that was kept.';
