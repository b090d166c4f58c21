-- A column may be added at the end; for any other change a version drops the view first.
create or replace view registration_details as
select r.shard_reg_id as reg_id,
       sm.shard_stno as stno,
       tm.shard_sec_no as sec_no,
       concat_ws(' ', s.lname, nullif(s.mname, ''), s.fname) as student_name,
       c.c_name,
       t.year,
       t.semester,
       t.time,
       t.hall,
       case r.status when 'waiting' then 'withdrawn' else r.status end as status,
       r.created_at,
       r.version,
       r.synced_at,
       r.shard_name,
       r.reg_id as master_reg_id,
       case
           when r.status = 'waiting' then (
               select count(*)::integer
                 from registrations w
                where w.sec_no = r.sec_no
                  and w.shard_name = r.shard_name
                  and w.status = 'waiting'
                  and (w.created_at, w.shard_reg_id) <= (r.created_at, r.shard_reg_id))
       end as place
  from registrations r
  join students s using (stno)
  join students_map sm on sm.master_stno = r.stno
  join sections t using (sec_no)
  join sections_map tm on tm.master_sec_no = r.sec_no and tm.shard_name = r.shard_name
  join courses c using (c_no);

comment on view registration_details is
    'Registrations as people see them, numbered as on their shard; it has all columns of the shards'' view of this name.';
comment on column registration_details.reg_id is 'The shard''s number.';
comment on column registration_details.stno is 'The shard''s number.';
comment on column registration_details.sec_no is 'The shard''s number.';
comment on column registration_details.status is 'Whether the student has the seat, as in the shards'' view.';
comment on column registration_details.place is
    'Where the student stands in the waiting list of the section on their shard, from 1; null: does not wait.';
comment on column registration_details.master_reg_id is 'The number in registrations here.';
