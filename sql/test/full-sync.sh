#!/usr/bin/env bash
# Times sync_all_remapped() on two shards of 100,000 students, 2,000 sections and 500,000 registrations each: for an empty
# master, again (which marks them all), and again. Needs 3 GB of disk below TMPDIR. Servers as in servers.sh.
#
#   sql/test/full-sync.sh [students sections registrations]
set -uo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=servers.sh
source sql/test/servers.sh

students=${1:-100000}
sections=${2:-2000}
registrations=${3:-500000}

# $1: port; $2: first u_id. Every second section is shared. Without triggers: they are measured elsewhere.
fill() {
    cat >"$work/fill.sql" <<EOF
set client_min_messages = warning;
\encoding UTF8
alter table students disable trigger user;
alter table sections disable trigger user;
alter table registrations disable trigger user;
insert into universities values ($2, 'U$2', 'public');
insert into courses values (1, 'Toán', 3);
insert into students (u_id, lname, mname, fname, st_address, gender, prog_degree, dob)
select $2, 'Nguyễn', 'Thị Ngọc', 'Ánh ' || i, i || ' Lê Lợi, phường Bến Thành, Thành phố Hồ Chí Minh', 'F', 'Cử nhân',
       date '2004-01-01' + i % 1500
  from generate_series(1, $students) as i;
insert into sections (year, semester, time, hall, c_no, capacity)
select 2026, 1, 'T' || 2 + i % 6 || ' 1-3', case when i % 2 = 0 then 'C' else 'A$2-' end || i, 1, $registrations
  from generate_series(1, $sections) as i;
insert into registrations (stno, sec_no)
select 1 + i % $students, 1 + (i / $students * 37 + i) % $sections
  from generate_series(0::bigint, $registrations - 1) as i;
update sections s
   set enrolled = r.taken
  from (select sec_no, count(*) as taken from registrations group by sec_no) r
 where r.sec_no = s.sec_no;
alter table students enable trigger user;
alter table sections enable trigger user;
alter table registrations enable trigger user;
vacuum analyze;
EOF
    psql_on "$1" -d enrollment_db -q -v ON_ERROR_STOP=1 -f "$work/fill.sql"
}

make_servers "shared_buffers = '256MB'" "max_wal_size = '4GB'"
echo "$("$bin/initdb" --version), $(nproc 2>/dev/null || echo '?') cores, load $(cut -d ' ' -f 1 /proc/loadavg 2>/dev/null)"
psql_on "$p5432" -f sql/script_5432.sql >/dev/null || exit 1
psql_on "$p5433" -v sample=off -f sql/script_5433.sql >/dev/null || exit 1
psql_on "$p5434" -v sample=off -f sql/script_5434.sql >/dev/null || exit 1
psql_on "$p5432" -v "port_5433=$p5433" -v "port_5434=$p5434" -f sql/mapping_method.sql >/dev/null || exit 1
fill "$p5433" 1 || exit 1
fill "$p5434" 11 || exit 1

for what in "empty master" "unchanged, marking all" "unchanged"; do
    echo "$what:"
    psql_on "$p5432" -d enrollment_db -v ON_ERROR_STOP=1 -c '\timing on' -c "select * from sync_all_remapped()" || exit 1
done
