create or replace function public.lock_section() returns trigger
    language plpgsql
    security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform
       from public.sections s
      where s.sec_no = new.sec_no
        for no key update;
    -- Whatever the writer says: a version from elsewhere would be above or below all that this shard gives.
    new.version := nextval('public.row_version');
    new.synced_at := null;
    new.changed_by := public.current_actor();
    perform public.number_beyond('public.registrations_reg_id_seq', new.reg_id);
    return new;
end
$$;

comment on function public.lock_section() is
    'Any writer takes the section before the pair: with the other order, two of them could wait for each other. Version, mark '
    'and who it was are not the writer''s to choose.';

-- register_students has locked all its sections at once and chooses no number, and says so, to be spared this per row.
create or replace trigger lock_section
    before insert on public.registrations
    for each row
    when (current_setting('ghidanh.sections_locked', true) is distinct from 'on')
    execute function public.lock_section();
