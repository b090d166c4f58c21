create or replace function public.override_registration(
    stno integer, sec_no integer, reason text, traceparent text default null, actor text default null)
    returns table (outcome text, reg_id bigint, created_at timestamptz, synced_at timestamptz, details jsonb)
    language plpgsql
    security definer set search_path = pg_catalog, pg_temp
    set ghidanh.override = 'on'
    set ghidanh.reason = '' -- what is set below ends with this call
as $$
begin
    if reason is null or reason = '' then
        raise exception 'an override has a reason'
            using errcode = 'RM010';
    end if;

    perform set_config('ghidanh.reason', reason, true); -- for the history
    return query
    select r.outcome, r.reg_id, r.created_at, r.synced_at, r.details
      from public.register_students(
               array[override_registration.stno], array[override_registration.sec_no], array[traceparent], array[actor]) r;
end
$$;

comment on function public.override_registration(integer, integer, text, text, text) is
    'Registers a student past every rule but the room, and keeps the reason, 1 to 200 characters, in registration_history. '
    'registered, already_registered, unknown_student, unknown_section or section_full; otherwise as register_students.';
