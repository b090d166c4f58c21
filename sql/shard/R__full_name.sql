create or replace function full_name(lname text, mname text, fname text) returns text
    language sql stable parallel safe
    return concat_ws(' ', lname, nullif(mname, ''), fname);

comment on function full_name(text, text, text) is
    'A name as it is written and spoken: the family name first, no gap for a middle name that is not there.';
