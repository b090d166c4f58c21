create or replace function wrong_seats(from_shard text) returns table (sec_no integer, enrolled integer, taken bigint)
    language plpgsql
as $$
begin
    perform require_shard(from_shard);
    return query execute format(
        'select s.sec_no, s.enrolled, coalesce(t.taken, 0) from public.%I s '
        'left join (select f.sec_no, count(*) as taken from public.%I f where f.status = ''registered'' group by f.sec_no) t '
        'on t.sec_no = s.sec_no where s.enrolled <> coalesce(t.taken, 0) order by s.sec_no',
        'sections_' || from_shard, 'registrations_' || from_shard);
end
$$;

comment on function wrong_seats(text) is
    'The sections of a shard whose seats are miscounted, as after a load past the triggers. The shard counts, in one snapshot.';

create or replace function repair_seats(from_shard text) returns bigint
    language plpgsql
as $$
declare
    w        record;
    repaired bigint := 0;
begin
    for w in select * from wrong_seats(from_shard) loop
        begin
            execute format('update public.%I set enrolled = $1 where sec_no = $2', 'sections_' || from_shard)
              using w.taken, w.sec_no;
            repaired := repaired + 1;
        exception
            -- Somebody registers or withdraws just now, or there are more registrations than seats: for the next look, or a person.
            when sqlstate 'RM007' or check_violation or serialization_failure then
                null;
        end;
    end loop;
    return repaired;
end
$$;

comment on function repair_seats(text) is
    'Sets sections.enrolled of a shard to what its registrations say, where they differ; the number of sections put right.';
