-- Nothing looked registrations up by section alone, and each registration and each mark paid for it.
drop index if exists registrations_section_idx;
