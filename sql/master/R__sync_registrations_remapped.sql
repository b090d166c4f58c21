-- The core: everything that brings registrations to the master comes through here. The settings and the
-- scalar and lateral subqueries mean an index look-up per row, as in sync_students_from_shard.
drop function if exists sync_registrations_remapped(text, bigint[]); -- from before doubts

create or replace function sync_registrations_remapped(from_shard text, reg_ids bigint[], doubts boolean default false)
    returns table (reg_id bigint, outcome text)
    language plpgsql
    set plan_cache_mode = force_generic_plan
    set enable_seqscan = off
    set enable_hashjoin = off
    set enable_mergejoin = off
    set enable_material = off
as $$
#variable_conflict use_column
declare
    pulled           shard_registration[]; -- by reg_id, so that two callers lock one way round
    strange_students integer[];
    strange_sections integer[];
    inserted         bigint[];
    updated          bigint[];
    unplaced         bigint[];
    holders          bigint[];
    doubtful         bigint[];
begin
    perform require_shard(from_shard);
    execute format('select array_agg(r order by r.reg_id) from public.%I($1) r', 'read_registrations_' || from_shard)
       into pulled
      using reg_ids;

    select array_agg(distinct p.stno) filter (where p.master_stno is null),
           array_agg(distinct p.sec_no) filter (where p.master_sec_no is null)
      into strange_students, strange_sections
      from unnest(pulled) p;
    if strange_students is not null or strange_sections is not null then
        if strange_students is not null then
            perform sync_students_from_shard(from_shard, strange_students);
        end if;
        if strange_sections is not null then
            perform sync_sections_from_shard(from_shard, strange_sections);
        end if;
        pulled := array(
            select (p.reg_id, p.stno, p.sec_no, p.created_at, p.mark, p.status, p.version,
                    (select m.master_stno from students_map m
                      where m.shard_name = from_shard and m.shard_stno = p.stno),
                    (select m.master_sec_no from sections_map m
                      where m.shard_name = from_shard and m.shard_sec_no = p.sec_no),
                    p.master_version, p.changed_by)::shard_registration
              from unnest(pulled) p);
    end if;

    begin
        with landed as (
            insert into registrations (stno, sec_no, created_at, mark, status, shard_name, shard_reg_id, version,
                                       changed_by)
            select p.master_stno, p.master_sec_no, p.created_at, p.mark, p.status, from_shard, p.reg_id, p.version,
                   p.changed_by
              from unnest(pulled) p
             where p.master_version is null
            returning shard_reg_id
        )
        select array_agg(l.shard_reg_id) into inserted from landed l;
    exception
        -- Seldom: another call brought one of them meanwhile, or a place is taken. Asking each row beforehand costs a
        -- seventh of the whole; this block nothing, since no shard is spoken to in it.
        when unique_violation then
            with landed as (
                insert into registrations (stno, sec_no, created_at, mark, status, shard_name, shard_reg_id, version,
                                           changed_by)
                select p.master_stno, p.master_sec_no, p.created_at, p.mark, p.status, from_shard, p.reg_id, p.version,
                       p.changed_by
                  from unnest(pulled) p
                 where p.master_version is null
                on conflict do nothing
                returning shard_reg_id
            )
            select array_agg(l.shard_reg_id) into inserted from landed l;
    end;

    -- Also finds what another call inserted meanwhile with an older state.
    if coalesce(cardinality(inserted), 0) < cardinality(pulled) then
        with newer as materialized (
            select r.master_reg_id, r.stays, p.*
              from unnest(pulled) p
             cross join lateral (
                select r.reg_id as master_reg_id,
                       r.stno = p.master_stno and r.sec_no = p.master_sec_no as stays
                  from registrations r
                 where r.shard_name = from_shard
                   and r.shard_reg_id = p.reg_id
                   and r.version < p.version
                   for no key update) r
        ), changed as (
            update registrations r
               -- Registered again is a new arrival; a mark or a withdrawal is not.
               set synced_at = case when r.created_at = n.created_at then r.synced_at else clock_timestamp() end,
                   created_at = n.created_at,
                   mark = n.mark,
                   status = n.status,
                   version = n.version,
                   changed_by = n.changed_by
              from newer n
             where r.reg_id = n.master_reg_id
               and n.stays
        )
        select array_agg(n.reg_id) into updated from newer n where n.stays;
    end if;

    -- What is still older or absent has another student or section than before, or finds its place taken.
    if coalesce(cardinality(inserted), 0) + coalesce(cardinality(updated), 0) < cardinality(pulled) then
        unplaced := array(
            select p.reg_id
              from unnest(pulled) p
             where coalesce((select r.version from registrations r
                              where r.shard_name = from_shard and r.shard_reg_id = p.reg_id), 0) < p.version);
    end if;
    if cardinality(unplaced) > 0 then
        holders := array(
            select distinct h.shard_reg_id
              from unnest(pulled) p
              join registrations h on h.stno = p.master_stno and h.sec_no = p.master_sec_no
             where p.reg_id = any (unplaced)
               and h.shard_name = from_shard
               and h.shard_reg_id <> all (reg_ids));
        if cardinality(holders) > 0 then
            -- They have left their places on the shard, and their events are still to come.
            select inserted || array_agg(s.reg_id) filter (where s.outcome = 'inserted'),
                   updated || array_agg(s.reg_id) filter (where s.outcome = 'updated')
              into inserted, updated
              from sync_registrations_remapped(from_shard, unplaced || holders, doubts) s
             where s.reg_id = any (unplaced);
        else
            select inserted || array_agg(s.reg_id) filter (where s.outcome = 'inserted'),
                   updated || array_agg(s.reg_id) filter (where s.outcome = 'updated')
              into inserted, updated
              from place_registrations(
                    from_shard, array(select p from unnest(pulled) p where p.reg_id = any (unplaced))) s;
        end if;
    end if;

    return query
    select i.i, 'inserted' from unnest(inserted) as i
     union all
    select u.u, 'updated' from unnest(updated) as u;

    if coalesce(cardinality(inserted), 0) + coalesce(cardinality(updated), 0) < cardinality(reg_ids) then
        if doubts then
            -- Another call may have brought a newer state meanwhile, or the shard has gone back: settle_registrations decides.
            doubtful := array(
                select p.reg_id
                  from unnest(pulled) p
                 cross join lateral (
                    select s as shown, s.version
                      from registrations s
                     where s.shard_name = from_shard
                       and s.shard_reg_id = p.reg_id
                    offset 0) r
                 where r.version > p.version
                    or r.version = p.version and another_state(r.shown, p));
        end if;
        return query
        select x.reg_id,
               case when x.reg_id = any (unplaced) then 'conflict'
                    when x.reg_id = any (doubtful) then 'doubtful'
                    else 'unchanged'
               end
          from (select p.reg_id from unnest(pulled) p
                except select unnest(inserted)
                except select unnest(updated)) x
         union all
        select x.reg_id, 'missing'
          from (select unnest(reg_ids) as reg_id
                except select p.reg_id from unnest(pulled) p) x;
    end if;
end
$$;

comment on function sync_registrations_remapped(text, bigint[], boolean) is
    'Brings these registrations of a shard to the master, with the students and sections they need; idempotent, and a newer '
    'state is never undone. One row per number: inserted, updated, unchanged, missing (not on the shard), conflict (the master '
    'has another row for this student and section) or, asked for doubts, doubtful (the master shows a newer state, or another '
    'one of this version).';

create or replace function sync_registrations_remapped(from_shard text) returns bigint
    language plpgsql
as $$
begin
    perform lock_marks(from_shard);
    perform mark_arrived(from_shard);
    -- As a whole first, so that no call below waits for a student or section while it holds registrations.
    perform sync_students_from_shard(from_shard);
    perform sync_sections_from_shard(from_shard);
    return pull_registrations(from_shard);
end
$$;

comment on function sync_registrations_remapped(text) is
    'By hand: brings every new or changed registration of a shard to the master, with its students and sections; the number '
    'of registrations inserted or updated. Marks on the shard what earlier calls brought.';

create or replace function sync_registrations_remapped() returns bigint
    language sql
as $$
    select coalesce(sum(s.registrations), 0)::bigint from sync_all_remapped() s
$$;

comment on function sync_registrations_remapped() is
    'By hand: sync_all_remapped(), and the number of registrations inserted or updated. This is what the seed calls after '
    'an insert.';
