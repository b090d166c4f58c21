-- Redrives of dead letters and syncs by hand leave their rows among the jobs.
alter table jobs drop constraint if exists jobs_kind;
alter table jobs add constraint jobs_kind check (kind in ('replay', 'resync', 'drift_check', 'redrive', 'sync'));

comment on table jobs is
    'Replays, resyncs, drift checks, redrives and syncs by hand; rows are kept as the audit of who wrote what to the master.';
