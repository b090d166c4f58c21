alter table shards add column if not exists compared_starts text;

comment on column shards.compared_starts is
    'When the servers of both had been started then: one that was started since may have an older copy of its disk.';
