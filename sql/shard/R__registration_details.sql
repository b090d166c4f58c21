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
       r.status,
       r.created_at,
       r.version,
       r.synced_at
  from registrations r
  join students s using (stno)
  join sections t using (sec_no)
  join courses c using (c_no);

comment on view registration_details is
    'Registrations as people see them; the master''s view of this name has the same columns and what only it knows.';
