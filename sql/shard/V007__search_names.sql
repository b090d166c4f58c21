-- Names as people see them: Ð and Ɖ look like Đ, a no-break space like a space, and what has no width like nothing.
create or replace function search_text(name text) returns text
    language sql immutable strict parallel safe
    return translate(
        pg_catalog.lower(pg_catalog.regexp_replace(
            pg_catalog.regexp_replace(
                pg_catalog.normalize(name, 'NFD'), '[\u0300-\u036f\u00ad\u200b-\u200f\u2060\ufeff]', '', 'g'),
            '[\s\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+', ' ', 'g')),
        'ĐđÐðƉɖ', 'dddddd');

comment on function search_text(text) is
    'Lower case without Vietnamese accents and doubled or odd spaces: what a search compares. Đ and the letters that look like it '
    'apart, since no locale has to know them.';

-- A word's beginning is then always after a space, and the trigram index knows it of words of one letter, too.
create or replace function search_line(name text) returns text
    language sql immutable strict parallel safe
    return ' ' || public.search_text(name);

comment on function search_line(text) is 'search_text with a space before it: what search_name holds.';

-- Made anew, since its rows were computed by the function of before. No version changes: nothing of it goes to the master.
do $$
begin
    if not exists (
            select
              from pg_attrdef d
              join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
             where d.adrelid = 'students'::regclass
               and a.attname = 'search_name'
               and pg_get_expr(d.adbin, d.adrelid) like '%search_line%') then
        alter table students
            drop column search_name,
            add column search_name text
                generated always as (public.search_line(lname || ' ' || mname || ' ' || fname)) stored;
    end if;
end
$$;

create index if not exists students_search on students using gin (search_name gin_trgm_ops);
