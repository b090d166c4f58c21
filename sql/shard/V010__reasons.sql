-- What a registrar does beyond the rules goes with a reason.
alter table registration_history
    add column if not exists reason text
        constraint registration_history_reason check (length(reason) between 1 and 200);

create table if not exists registrar_log (
    logged_at timestamptz not null default clock_timestamp(),
    actor     text not null,
    action    text not null constraint registrar_log_action check (action in ('hold', 'release', 'cancel')),
    stno      integer constraint registrar_log_student references students,
    sec_no    integer constraint registrar_log_section references sections,
    reason    text not null constraint registrar_log_reason check (length(reason) between 1 and 200)
);

comment on column registration_history.reason is
    'Why, where a registrar went past the rules or cancelled the section; else what ghidanh.reason said.';
comment on table registrar_log is 'What registrars did to students and sections, who and why. Old rows may be deleted.';
