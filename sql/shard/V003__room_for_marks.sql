-- A mark writes a second entry beside each number's first; in a full page it must look for entries to remove, or split it.
alter index registrations_pkey set (fillfactor = 50);
