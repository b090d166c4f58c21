create or replace function bring_universities(from_shard text, u_ids integer[]) returns void
    language plpgsql
as $$
declare
    absent integer[] := array(
        select u.u_id from unnest(u_ids) as u (u_id)
        except select k.u_id from universities k);
begin
    if cardinality(absent) > 0 then
        execute format(
            'insert into public.universities (u_id, name, sector) select f.u_id, f.name, f.sector from public.%I f '
            'where f.u_id = any ($1) order by f.u_id on conflict (u_id) do nothing',
            'universities_' || from_shard)
          using absent;
    end if;
end
$$;

comment on function bring_universities(text, integer[]) is 'Copies the universities that the master does not have yet.';

create or replace function bring_courses(from_shard text, c_nos integer[]) returns void
    language plpgsql
as $$
declare
    absent integer[] := array(
        select c.c_no from unnest(c_nos) as c (c_no)
        except select k.c_no from courses k);
begin
    if cardinality(absent) > 0 then
        execute format(
            'insert into public.courses (c_no, c_name, credits) select f.c_no, f.c_name, f.credits from public.%I f '
            'where f.c_no = any ($1) order by f.c_no on conflict (c_no) do nothing',
            'courses_' || from_shard)
          using absent;
    end if;
end
$$;

comment on function bring_courses(text, integer[]) is 'Copies the courses that the master does not have yet.';

create or replace function bring_instructors(from_shard text, ins_ids integer[]) returns void
    language plpgsql
as $$
declare
    absent integer[] := array(
        select i.ins_id from unnest(ins_ids) as i (ins_id) where i.ins_id is not null
        except select k.ins_id from instructors k);
begin
    if cardinality(absent) > 0 then
        execute format(
            'insert into public.instructors (ins_id, name) select f.ins_id, f.name from public.%I f '
            'where f.ins_id = any ($1) order by f.ins_id on conflict (ins_id) do nothing',
            'instructors_' || from_shard)
          using absent;
    end if;
end
$$;

comment on function bring_instructors(text, integer[]) is 'Copies the instructors that the master does not have yet.';
