create or replace function attach_shard(
    name     text,
    host     text,
    port     integer,
    username text default 'postgres',
    password text default '',
    dbname   text default 'enrollment_db')
    returns text
    language plpgsql
    set client_min_messages = warning
as $$
declare
    server   text := 'fdw_' || attach_shard.name;
    -- A frozen or vanished shard must give its caller back; a forgotten session must not hold back vacuum there.
    timeouts text := '-c statement_timeout=60s -c lock_timeout=5s -c idle_in_transaction_session_timeout=60s';
    objects  text;
    outcome  text := 'unchanged';
begin
    if attach_shard.name !~ '^[a-z0-9_]{1,30}$' then
        raise exception 'a shard''s name is 1 to 30 of a-z, 0-9 and _, not "%"', attach_shard.name
            using errcode = 'invalid_parameter_value';
    end if;
    perform pg_advisory_xact_lock(hashtext('ghidanh.attach'), hashtext(attach_shard.name));

    if not exists (select from pg_foreign_server s where s.srvname = server) then
        execute format(
            'create server %I foreign data wrapper postgres_fdw options (host %L, port %L, dbname %L, fetch_size %L, '
            'connect_timeout %L, keepalives_idle %L, keepalives_interval %L, keepalives_count %L, tcp_user_timeout %L, '
            'application_name %L, options %L)',
            server, host, port, dbname, 10000, 3, 10, 5, 3, 15000, 'ghidanh-master', timeouts);
        outcome := 'attached';
    elsif not exists (
        select from pg_foreign_server s
         where s.srvname = server
           and s.srvoptions @> array['host=' || host, 'port=' || port, 'dbname=' || dbname]) then
        execute format('alter server %I options (set host %L, set port %L, set dbname %L)', server, host, port, dbname);
        outcome := 'changed';
    end if;

    if not exists (select from pg_user_mappings m where m.srvname = server and m.usename = current_user) then
        execute format(
            'create user mapping for current_user server %I options (user %L, password %L)', server, username, password);
    elsif not exists (
        select from pg_user_mappings m
         where m.srvname = server
           and m.usename = current_user
           and m.umoptions @> array['user=' || username, 'password=' || password]) then
        execute format(
            'alter user mapping for current_user server %I options (set user %L, set password %L)',
            server, username, password);
        outcome := case outcome when 'unchanged' then 'changed' else outcome end;
    end if;

    objects := shard_objects(attach_shard.name);
    if not exists (select from shards s where s.name = attach_shard.name and s.definition = md5(objects)) then
        execute objects;
        insert into shards as s (name, definition)
        values (attach_shard.name, md5(objects))
        on conflict on constraint shards_pkey do update
           set definition = excluded.definition;
        outcome := case outcome when 'unchanged' then 'changed' else outcome end;
    end if;
    return outcome;
end
$$;

comment on function attach_shard(text, text, integer, text, text, text) is
    'Makes a shard known by name: server, user mapping, foreign tables and readers. Connects to nothing. Idempotent: '
    'attached, changed (another address, password or definition) or unchanged.';
