-- Which students and sections are new is asked every few seconds; registrations have their index of unmarked rows for that.
create index if not exists students_version on students (version);
create index if not exists sections_version on sections (version);
