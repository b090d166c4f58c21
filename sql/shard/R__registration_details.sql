-- A column may be added at the end; for any other change a version drops the view first.
create or replace view registration_details as
select r.reg_id,
       r.stno,
       r.sec_no,
       full_name(s.lname, s.mname, s.fname) as student_name,
       c.c_name,
       t.year,
       t.semester,
       t.time,
       t.hall,
       case r.status when 'waiting' then 'withdrawn' else r.status end as status,
       r.created_at,
       r.version,
       r.synced_at,
       case
           when r.status = 'waiting' then (
               select count(*)::integer
                 from registrations w
                where w.sec_no = r.sec_no
                  and w.status = 'waiting'
                  and (w.created_at, w.reg_id) <= (r.created_at, r.reg_id))
       end as place
  from registrations r
  join students s using (stno)
  join sections t using (sec_no)
  join courses c using (c_no);

comment on view registration_details is
    'Registrations as people see them; the master''s view of this name has the same columns and what only it knows.';
comment on column registration_details.status is
    'Whether the student has the seat. Who waits has none: in the words of releases that know of no waiting, withdrawn.';
comment on column registration_details.place is 'Where the student stands in the section''s waiting list, from 1; null: does not wait.';
