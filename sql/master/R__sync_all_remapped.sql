create or replace function sync_all_remapped()
    returns table (shard_name text, students bigint, sections bigint, registrations bigint)
    language plpgsql
as $$
#variable_conflict use_column
declare
    names    text[] := array(select s.name from shards s order by s.name);
    left_out boolean[];
    counts   bigint[] := array_fill(0, array[cardinality(names), 4]);
    detail   text;
begin
    for i in 1 .. cardinality(names) loop
        perform lock_marks(names[i]);
    end loop;

    -- All marks before the first row: a mark is for what was committed before this transaction. Then kind by kind, not
    -- shard by shard, which is the order of the locks.
    for kind in 1 .. 4 loop
        for i in 1 .. cardinality(names) loop
            continue when left_out[i];
            begin
                counts[i][kind] := case kind
                    when 1 then mark_arrived(names[i])
                    when 2 then sync_students_from_shard(names[i])
                    when 3 then sync_sections_from_shard(names[i])
                    else pull_registrations(names[i])
                end;
            exception
                when connection_exception or fdw_error or undefined_table then
                    get stacked diagnostics detail = pg_exception_detail;
                    raise warning 'shard % cannot be read and is left out: %. %', names[i], sqlerrm, detail
                        using hint = format('Address and password are those of server %I and its user mapping.',
                                            'fdw_' || names[i]);
                    left_out[i] := true;
            end;
        end loop;
    end loop;

    return query
    select names[i], counts[i][2], counts[i][3], counts[i][4]
      from generate_subscripts(names, 1) as i
     where left_out[i] is null;
end
$$;

comment on function sync_all_remapped() is
    'By hand: brings every new or changed student, section and registration of all shards to the master; rows inserted or '
    'updated, per shard. Marks on the shards what earlier calls brought. A shard that is down is left out with a warning.';
