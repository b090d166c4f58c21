create or replace function mark_synced(from_shard text, reg_ids bigint[]) returns bigint
    language plpgsql
    -- As in sync_students_from_shard: never the plan of a table that was empty.
    set plan_cache_mode = force_generic_plan
    set enable_seqscan = off
as $$
declare
    arrived  bigint[];
    versions bigint[];
    times    timestamptz[];
    marked   bigint;
begin
    -- A transaction that has written nothing sees only what others committed; postgres_fdw commits the shard before the
    -- master, so a mark for a row of this transaction could outlive it.
    if pg_current_xact_id_if_assigned() is not null then
        raise exception 'mark_synced must come before all writes of its transaction'
            using errcode = 'RM004';
    end if;
    perform require_shard(from_shard);
    perform lock_marks(from_shard);

    select array_agg(r.shard_reg_id order by r.shard_reg_id), array_agg(r.version order by r.shard_reg_id),
           array_agg(r.created_at order by r.shard_reg_id)
      into arrived, versions, times
      from registrations r
     where r.shard_name = from_shard
       and r.shard_reg_id = any (reg_ids);
    if arrived is null then
        return 0;
    end if;

    execute format('select public.%I($1, $2, $3, $4)', 'mark_registrations_' || from_shard)
       into marked
      using arrived, versions, times, clock_timestamp();
    return marked;
end
$$;

comment on function mark_synced(text, bigint[]) is
    'Stamps synced_at on the shard for those of these registrations whose present state is on the master; the number of rows '
    'marked. First in its transaction (RM004). Marks already there are left as they are.';

create or replace function mark_arrived(from_shard text) returns bigint
    language plpgsql
as $$
declare
    unmarked bigint[];
    marked   bigint := 0;
begin
    if pg_current_xact_id_if_assigned() is not null then
        return 0; -- a later call or the sweeper adds the marks
    end if;
    perform require_shard(from_shard);
    execute format(
        'select array_agg(f.reg_id order by f.reg_id) from public.%I f where f.synced_at is null',
        'registrations_' || from_shard)
       into unmarked;

    -- In parts: the shard cancels a statement after a minute.
    for start in 1 .. coalesce(cardinality(unmarked), 0) by 10000 loop
        begin
            marked := marked + mark_synced(from_shard, unmarked[start : start + 9999]);
        exception
            when serialization_failure or deadlock_detected then
                null; -- a row changed under the mark; a later call or the sweeper adds it
            when lock_not_available then
                exit; -- somebody holds a row for longer than the shard lets us wait
        end;
    end loop;
    return marked;
end
$$;

comment on function mark_arrived(text) is
    'Marks what is unmarked on the shard and already on the master, unless this transaction has written; the number of '
    'rows. Rows that others are changing are left to a later call.';
