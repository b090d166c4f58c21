create or replace function shard_page(from_shard text, entity text, after bigint, most integer) returns setof bigint
    language plpgsql
    stable
as $$
begin
    perform require_shard(from_shard);
    return query execute format(
        case entity
            when 'student' then
                'select f.stno::bigint from public.%I f where f.stno > $1::integer order by f.stno limit $2'
            when 'section' then
                'select f.sec_no::bigint from public.%I f where f.sec_no > $1::integer order by f.sec_no limit $2'
            when 'registration' then
                'select f.reg_id from public.%I f where f.reg_id > $1 order by f.reg_id limit $2'
        end,
        entity || 's_' || from_shard)
      using after, most;
end
$$;

comment on function shard_page(text, text, bigint, integer) is
    'The next numbers of a shard''s students, sections or registrations, in order.';

create or replace function shard_rows(from_shard text, entity text) returns bigint
    language plpgsql
    stable
as $$
declare
    n bigint;
begin
    perform require_shard(from_shard);
    execute format('select count(*) from public.%I', entity || 's_' || from_shard) into n;
    return n;
end
$$;

comment on function shard_rows(text, text) is 'How many students, sections or registrations a shard has; it counts them itself.';
