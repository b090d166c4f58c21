create or replace function require_shard(shard text) returns void
    language plpgsql
    stable
as $$
begin
    if not exists (select from shards s where s.name = shard) then
        raise exception 'shard % is not attached', shard
            using errcode = 'RM002',
                  hint = 'Attach it with attach_shard(name, host, port, username, password).';
    end if;
end
$$;

comment on function require_shard(text) is 'Raises RM002 unless the shard is attached.';
