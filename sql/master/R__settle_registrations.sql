create or replace function note_lost(lost registrations[]) returns bigint
    language plpgsql
as $$
declare
    noted bigint;
begin
    insert into lost_registrations as l
           (shard_name, shard_reg_id, version, created_at, mark, status, student_name, university, c_name, year, semester,
            time, hall, master_reg_id, master_stno, master_sec_no)
    select r.shard_name, r.shard_reg_id, r.version, r.created_at, r.mark, r.status,
           concat_ws(' ', s.lname, nullif(s.mname, ''), s.fname), u.name, c.c_name, t.year, t.semester,
           t.time, t.hall, r.reg_id, r.stno, r.sec_no
      from unnest(lost) r
      join students s on s.stno = r.stno
      join universities u on u.u_id = s.u_id
      join sections t on t.sec_no = r.sec_no
      join courses c on c.c_no = t.c_no
        on conflict (shard_name, shard_reg_id, version) do update
       set found_at = null
     where l.found_at is not null;
    get diagnostics noted = row_count;
    return noted;
end
$$;

comment on function note_lost(registrations[]) is
    'Names rows of the master that their shard has lost, as people know them; how many were not named before.';

create or replace function doubt_shard(from_shard text, lost registrations[]) returns void
    language plpgsql
as $$
begin
    if note_lost(lost) > 0 then
        update shards s
           set compared = format('the shard went back: it has not registration %s in version %s',
                                 lost[1].shard_reg_id, lost[1].version)
         where s.name = from_shard
           and s.compared not like 'the shard went back: %';
    end if;
end
$$;

comment on function doubt_shard(text, registrations[]) is
    'Names what a shard has lost and asks, by shards.compared, for a comparison as a whole: more may be lost.';

create or replace function settle_registrations(from_shard text, reg_ids bigint[])
    returns table (reg_id bigint, outcome text)
    language plpgsql
as $$
#variable_conflict use_column
declare
    shown   registrations[];
    pulled  shard_registration[];
    holders registrations[];
    present shard_registration[];
    rewound bigint[];
begin
    -- What the master shows is read before the first foreign statement, whose snapshot on the shard is then the younger one: a
    -- shard that has less, or older, went back.
    if pg_current_xact_id_if_assigned() is not null then
        raise exception 'settle_registrations must come before all else in its transaction'
            using errcode = 'RM004';
    end if;
    perform require_shard(from_shard);
    shown := array(select r from registrations r where r.shard_name = from_shard and r.shard_reg_id = any (reg_ids));
    execute format('select array_agg(r order by r.reg_id) from public.%I($1) r', 'read_registrations_' || from_shard)
       into pulled
      using reg_ids;

    rewound := array(
        select p.reg_id
          from unnest(pulled) p
          join unnest(shown) s on s.shard_reg_id = p.reg_id
         where s.version > p.version
            or s.version = p.version and another_state(s, p));

    -- Whoever has the student and section of one of them, from before or from a clock that was ahead, and is not on the shard, or
    -- only its number is, given to another registration.
    holders := array(
        select h
          from unnest(pulled) p
          join registrations h on h.stno = p.master_stno and h.sec_no = p.master_sec_no
         where h.shard_name = from_shard
           and h.shard_reg_id <> p.reg_id
           and h.synced_at not between transaction_timestamp() and clock_timestamp());
    if cardinality(holders) > 0 then
        execute format('select array_agg(r) from public.%I($1) r', 'read_registrations_' || from_shard)
           into present
          using array(select h.shard_reg_id from unnest(holders) h);
        holders := array(
            select h
              from unnest(holders) h
              left join unnest(present) p on p.reg_id = h.shard_reg_id
             where p.reg_id is null
                or another_registration(h, p));
    end if;

    -- One of them may have the place of another one.
    perform doubt_shard(from_shard, array(
        select h from unnest(holders) h
         union
        select s
          from unnest(shown) s
          left join unnest(pulled) p on p.reg_id = s.shard_reg_id
         where p.reg_id is null
            or s.version > p.version and another_state(s, p)
            or another_registration(s, p)));

    -- Its number or its place is needed; a row that is only missing stays.
    delete from registrations r
     using unnest(holders || array(
            select s from unnest(shown) s join unnest(pulled) p on p.reg_id = s.shard_reg_id
             where s.shard_reg_id = any (rewound) and another_registration(s, p))) as l
     where r.reg_id = l.reg_id
       and r.version = l.version;

    -- The same registration in an earlier state, which the next statement takes for the newer one.
    update registrations r
       set version = 0
      from unnest(shown) s
     where r.reg_id = s.reg_id
       and r.version = s.version
       and s.shard_reg_id = any (rewound);

    return query
    select o.reg_id,
           case when o.reg_id = any (rewound) then 'rewound'
                when o.outcome = 'missing' and exists (select from unnest(shown) s where s.shard_reg_id = o.reg_id) then 'lost'
                else o.outcome
           end
      from sync_registrations_remapped(from_shard, reg_ids) o;
end
$$;

comment on function settle_registrations(text, bigint[]) is
    'Decides what sync_registrations_remapped left open: makes the master show what the shard has, also where that is older or '
    'another registration under a number used twice. What the shard lost is named in lost_registrations; its row stays unless its '
    'number, or its student and section, is needed. First in its transaction (RM004). One row per number: rewound, lost (the '
    'master shows it, the shard does not have it) or an outcome of sync_registrations_remapped.';

create or replace function find_lost(from_shard text) returns bigint
    language plpgsql
as $$
declare
    found bigint;
begin
    perform require_shard(from_shard);
    execute format(
        'with present as materialized (select r.* from public.%I(array(select distinct l.shard_reg_id '
        'from public.lost_registrations l where l.shard_name = $1 and l.found_at is null)) r) '
        'update public.lost_registrations l set found_at = clock_timestamp() from present p '
        'where l.shard_name = $1 and l.found_at is null and l.shard_reg_id = p.reg_id and l.created_at = p.created_at '
        'and l.version <= p.version',
        'read_registrations_' || from_shard)
      using from_shard;
    get diagnostics found = row_count;
    return found;
end
$$;

comment on function find_lost(text) is
    'Notes which of the lost registrations the shard has again, as after a way back to the server that had them; their number.';
