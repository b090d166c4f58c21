-- A section's waiting list on each shard, in its order.
create index if not exists registrations_waiting on registrations (sec_no, shard_name, created_at, shard_reg_id) where status = 'waiting';
