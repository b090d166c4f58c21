create or replace function public.take_mark_back(reg_id bigint, version bigint) returns integer
    language sql
    security definer set search_path = pg_catalog, pg_temp
as $$
    with taken as (
        update public.registrations r
           set synced_at = null
         where r.reg_id = take_mark_back.reg_id
           and r.version = take_mark_back.version
           and r.synced_at is not null
        returning 1
    )
    select count(*)::integer from taken
$$;

comment on function public.take_mark_back(bigint, bigint) is
    'Takes the mark of this state away where the master was found to lack it; the sweeper then brings it. Marks nothing. 1, or 0 if there is no such mark.';
