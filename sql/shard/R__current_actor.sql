create or replace function public.current_actor() returns text
    language sql
    stable -- without a search_path of its own: its body is bound here, and a setting would keep it from being inlined
    return coalesce(nullif(current_setting('ghidanh.actor', true), ''), 'database:' || session_user);

comment on function public.current_actor() is
    'Who this session works for: what ghidanh.actor says, as role:subject, else the role that signed in to the database.';
