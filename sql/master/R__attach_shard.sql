drop function if exists attach_shard(text, text, integer, text, text, text); -- from before roles

create or replace function attach_shard(
    name     text,
    host     text,
    port     integer,
    username text default 'postgres',
    password text default '',
    dbname   text default 'enrollment_db',
    role     text default current_user)
    returns text
    language plpgsql
    set client_min_messages = warning
as $$
declare
    server     text := 'fdw_' || attach_shard.name;
    address    text[] := array['host=' || host, 'port=' || port, 'dbname=' || dbname];
    -- A frozen or vanished shard must give its caller back; a forgotten session must not hold back vacuum there. A call
    -- over all shards leaves one idle while it reads the others.
    settings   text[] := array[
        'fetch_size=10000', 'connect_timeout=3', 'keepalives_idle=10', 'keepalives_interval=5', 'keepalives_count=3',
        'tcp_user_timeout=15000', 'application_name=ghidanh-master',
        'options=-c statement_timeout=60s -c lock_timeout=5s -c idle_in_transaction_session_timeout=300s'];
    objects    text;
    digest     text;
    outdated   boolean;
    changes    text;
    mapped     text;
    existing   text[];
    change     text;
    outcome    text := 'unchanged';
begin
    if attach_shard.name !~ '^[a-z0-9_]{1,30}$' then
        raise exception 'a shard''s name is 1 to 30 of a-z, 0-9 and _, not "%"', attach_shard.name
            using errcode = 'invalid_parameter_value';
    end if;
    perform pg_advisory_xact_lock(hashtext('ghidanh.attach'), hashtext(attach_shard.name));

    objects := shard_objects(attach_shard.name);
    digest := md5(objects || settings::text);
    outdated := not exists (select from shards s where s.name = attach_shard.name and s.definition = digest)
        -- Somebody took them away, as by dropping the server.
        or exists (
            select from unnest(array['universities_', 'courses_', 'instructors_', 'students_', 'sections_', 'registrations_']) as t
             where to_regclass('public.' || t || attach_shard.name) is null)
        or exists (
            select from unnest(array['read_students_', 'read_sections_', 'read_registrations_', 'mark_registrations_']) as f
             where to_regproc('public.' || f || attach_shard.name) is null);

    if not exists (select from pg_foreign_server s where s.srvname = server) then
        execute format('create server %I foreign data wrapper postgres_fdw', server);
        outcome := 'attached';
    end if;

    -- Settings that somebody has tuned with alter server stay until ours change.
    select string_agg(
               format(
                   '%s %I %L',
                   case when exists (select from pg_options_to_table(s.srvoptions) o where o.option_name = w.name)
                        then 'set' else 'add'
                   end,
                   w.name,
                   w.value),
               ', ')
      into changes
      from pg_foreign_server s
     cross join lateral (
        select split_part(w, '=', 1) as name, substr(w, strpos(w, '=') + 1) as value
          from unnest(case when outdated then address || settings else address end) as w
         where s.srvoptions is null or w <> all (s.srvoptions)) w
     where s.srvname = server;
    if changes is not null then
        execute format('alter server %I options (%s)', server, changes);
        outcome := case outcome when 'unchanged' then 'changed' else outcome end;
    end if;

    -- Whoever calls has one, too, and keeps it, unless it is of the same user.
    for mapped in select attach_shard.role union select current_user loop
        select m.umoptions into existing from pg_user_mappings m where m.srvname = server and m.usename = mapped;
        continue when existing @> array['user=' || username, 'password=' || password]
            or (mapped <> attach_shard.role and not existing @> array['user=' || username]);
        change := case
            when existing is null then 'create user mapping for %I server %I options (user %L, password %L)'
            else 'alter user mapping for %I server %I options (set user %L, set password %L)'
        end;
        begin
            execute format(change, mapped, server, username, password);
        exception
            when others then
                -- Its context would be the statement, and so the password.
                raise exception 'user mapping of % for server %: %', mapped, server, sqlerrm using errcode = sqlstate;
        end;
        outcome := case outcome when 'unchanged' then 'changed' else outcome end;
    end loop;

    if outdated then
        execute objects;
        insert into shards as s (name, definition)
        values (attach_shard.name, digest)
        on conflict on constraint shards_pkey do update
           set definition = excluded.definition;
        outcome := case outcome when 'unchanged' then 'changed' else outcome end;
    end if;
    return outcome;
end
$$;

comment on function attach_shard(text, text, integer, text, text, text, text) is
    'Makes a shard known by name: server, user mapping, foreign tables and readers. Connects to nothing. Idempotent: '
    'attached, changed (another address, password or definition) or unchanged.';

create or replace function log_no_statements() returns void
    language sql
as $$
    select set_config(s.name, w.value, false)
      from (values ('log_statement', 'none'), ('log_min_duration_statement', '-1'), ('log_min_duration_sample', '-1'),
                   ('log_transaction_sample_rate', '0'), ('log_min_error_statement', 'panic'),
                   ('log_parameter_max_length', '0'), ('log_parameter_max_length_on_error', '0')) as w (name, value)
      join pg_settings s on s.name = w.name
     where s.context = 'user' or has_parameter_privilege(current_user, s.name, 'set')
$$;

comment on function log_no_statements() is
    'Keeps what the session says from now on, such as a password to attach_shard, out of the server''s log; of that, what its '
    'role may set.';
