create or replace function public.lock_section() returns trigger
    language plpgsql
as $$
begin
    perform
       from public.sections s
      where s.sec_no = new.sec_no
        for no key update;
    return new;
end
$$;

comment on function public.lock_section() is
    'Any writer takes the section before the pair: with the other order, two of them could wait for each other.';

-- register_students has locked all its sections at once and says so, to be spared a query per row.
create or replace trigger lock_section
    before insert on public.registrations
    for each row
    when (current_setting('ghidanh.sections_locked', true) is distinct from 'on')
    execute function public.lock_section();
