create or replace function another_registration(shown registrations, present shard_registration) returns boolean
    language sql
    immutable
    return shown.created_at <> present.created_at
           and (shown.stno, shown.sec_no) is distinct from (present.master_stno, present.master_sec_no);

comment on function another_registration(registrations, shard_registration) is
    'Whether a row of the master and the shard''s row of that number were made by two registrations: neither the time nor the '
    'student and section agree.';

create or replace function another_state(shown registrations, present shard_registration) returns boolean
    language sql
    immutable
    return (shown.stno, shown.sec_no, shown.created_at, shown.mark, shown.status)
           is distinct from
           (present.master_stno, present.master_sec_no, present.created_at, present.mark, present.status);

comment on function another_state(registrations, shard_registration) is
    'Whether a row of the master says something else than the shard''s row of that number, whatever their versions.';

create or replace function place_registrations(from_shard text, wanted shard_registration[])
    returns table (reg_id bigint, outcome text)
    language plpgsql
as $$
#variable_conflict use_column
declare
    placeable bigint[];
    stuck     bigint[];
    former    registrations[];
begin
    placeable := array(select w.reg_id from unnest(wanted) w);
    loop
        stuck := array(
            select w.reg_id
              from unnest(wanted) w
              join registrations h on h.stno = w.master_stno and h.sec_no = w.master_sec_no
             where w.reg_id = any (placeable)
               and not (h.shard_name = from_shard and h.shard_reg_id = any (placeable)));
        exit when cardinality(stuck) = 0;
        placeable := array(select unnest(placeable) except select unnest(stuck));
    end loop;

    -- Two rows may have changed places: all leave before the first arrives.
    with gone as (
        delete from registrations r
         where r.shard_name = from_shard
           and r.shard_reg_id = any (placeable)
        returning r
    )
    select array_agg(g.r) into former from gone g;

    -- A number used twice: the shard has lost the registration that had it.
    perform doubt_shard(from_shard, array(
        select f from unnest(former) f join unnest(wanted) w on w.reg_id = f.shard_reg_id where another_registration(f, w)));
    former := array(
        select f from unnest(former) f join unnest(wanted) w on w.reg_id = f.shard_reg_id where not another_registration(f, w));

    return query
    insert into registrations as r
           (reg_id, stno, sec_no, created_at, synced_at, mark, status, shard_name, shard_reg_id, version, changed_by)
    select coalesce(f.reg_id, nextval(pg_get_serial_sequence('registrations', 'reg_id'))),
           w.master_stno,
           w.master_sec_no,
           w.created_at,
           case when f.created_at = w.created_at then f.synced_at else clock_timestamp() end,
           w.mark,
           w.status,
           from_shard,
           w.reg_id,
           w.version,
           w.changed_by
      from unnest(wanted) w
      left join unnest(former) f on f.shard_reg_id = w.reg_id
     where w.reg_id = any (placeable)
     order by w.reg_id
    returning r.shard_reg_id,
              case when exists (select from unnest(former) f where f.shard_reg_id = r.shard_reg_id) then 'updated'
                   else 'inserted'
              end;
end
$$;

comment on function place_registrations(text, shard_registration[]) is
    'Gives registrations of a shard another student or section on the master, where a row that is not among them does not '
    'have it; they keep their reg_id, but for a registration under a number that another one had, which is named as lost. One '
    'row per registration placed: inserted or updated. Seldom needed: who wants '
    'another section withdraws and registers; only plain SQL on the shard changes the row.';
