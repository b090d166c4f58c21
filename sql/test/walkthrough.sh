#!/usr/bin/env bash
# The walk-through of sql/README.md, from nothing: makes three servers, runs the commands, prints a line per check.
#
#   sql/test/walkthrough.sh                            PostgreSQL of the PATH, or the newest below /usr/lib/postgresql
#   PG_BIN=/usr/lib/postgresql/16/bin sql/test/walkthrough.sh
#   PORTS="5432 5433 5434" sql/test/walkthrough.sh     these ports instead of free ones
#
# More on these in servers.sh. The servers are stopped and removed at the end, whatever it was. Exits with 1 if a check failed.
set -uo pipefail
cd "$(dirname "$0")/../.."

# shellcheck source=servers.sh
source sql/test/servers.sh

WRITERS=32

passed=0
failed=0

section() { printf '\n== %s\n' "$*"; }

# What is expected may be a pattern.
check() {
    local what=$1 expected=$2 actual=$3
    # shellcheck disable=SC2053
    if [[ $actual == $expected ]]; then
        passed=$((passed + 1))
        printf 'ok    %s\n' "$what"
    else
        failed=$((failed + 1))
        printf 'FAIL  %s\n      expected %s\n      but got  %s\n' "$what" "$expected" "${actual:-nothing}"
    fi
}

# A section with so many seats on each shard; the number of seats names it.
make_section() {
    on_shard "$1" "insert into sections (year, semester, time, hall, c_no, capacity)
                   values (2026, 1, 'T7 13-15', 'D$2', 1, $2) returning sec_no" | head -n 1
}

# What the seed's page did on each click: one line for the insert, one for the sync.
write_and_sync() {
    on_shard "$1" "INSERT INTO registrations (stno, sec_no) VALUES ($2, $3) RETURNING created_at" >"$4.insert"
    master "SELECT sync_registrations_remapped()" >"$4.sync"
}

# $1: name; $2: section of 5433; $3: section of 5434. Two students of the same number write at a time, one per shard.
write_in_parallel() {
    local i pids="" pid
    for ((i = 1; i <= WRITERS; i++)); do
        if ((i % 2)); then
            write_and_sync "$p5433" $((1000 + i / 2)) "$2" "$work/$1.$i" &
        else
            write_and_sync "$p5434" $((1000 + i / 2)) "$3" "$work/$1.$i" &
        fi
        pids="$pids $!"
    done
    for pid in $pids; do
        wait "$pid"
    done
}

count_matching() { cat "$work"/$1 | grep -c "$2"; }

check_nothing_lost() {
    local name
    check "$1: the next sync finds nothing to do" 0 "$(master "SELECT sync_registrations_remapped()")"
    for name in 5433 5434; do
        check "$1: shard $name and master have the same registrations" 0 "$(master "
            select count(*)
              from registrations_$name f
              full join (select * from registrations where shard_name = '$name') r on r.shard_reg_id = f.reg_id
             where (f.created_at, f.status, f.mark, f.version) is distinct from (r.created_at, r.status, r.mark, r.version)")"
        check "$1: each is of the same student and section" 0 "$(master "
            select count(*)
              from registrations_$name f
              join registrations r on r.shard_name = '$name' and r.shard_reg_id = f.reg_id
              join students_$name fs on fs.stno = f.stno
              join sections_$name fc on fc.sec_no = f.sec_no
              join students s on s.stno = r.stno
              join sections c on c.sec_no = r.sec_no
             where (fs.u_id, fs.lname, fs.mname, fs.fname, null::date) is distinct from (s.u_id, s.lname, s.mname, s.fname, s.dob)
                or (fc.year, fc.semester, fc.time, fc.hall, fc.c_no) is distinct from (c.year, c.semester, c.time, c.hall, c.c_no)")"
        check "$1: all of shard $name are marked" 0 "$(master "select count(*) from registrations_$name where synced_at is null")"
    done
    for name in "$p5433" "$p5434"; do
        check "$1: seats taken are seats counted, and none is oversold" 0 "$(on_shard "$name" "
            select count(*)
              from sections s
             where s.enrolled > s.capacity
                or s.enrolled <> (select count(*) from registrations r where r.sec_no = s.sec_no and r.status = 'registered')")"
    done
}

# ---- the walk

make_servers
section "2 Servers: $("$bin/initdb" --version), ports $p5432 $p5433 $p5434${owner:+, user $owner}"
check "2.4 no entry without the password" '*password authentication failed*' \
    "$(PGPASSWORD=wrong "$psql" -X -h localhost -p "$p5433" -U postgres -c 'select 1' 2>&1 </dev/null)"

section "3 Scripts"
output=$(run_scripts 2>&1)
status=$?
printf '%s\n' "$output" | sed 's/^/      /'
check "3.1-3.4 the four scripts run in order" 0 "$status"
check "3.2 script_5433 loads the public sample" '*Loaded the public sample: 10 universities*2400 students*' "$output"
check "3.3 script_5434 loads the private sample" '*Loaded the private sample: 10 universities*2400 students*' "$output"
check "3.4 mapping_method attaches both shards" '*Shard 5433*attached*Shard 5434*attached*' "$output"
check "3.4 foreign tables, maps and functions are there" "students_5433 sections_5433 students_map sections_map" "$(master "
    select concat_ws(' ', to_regclass('students_5433'), to_regclass('sections_5433'), to_regclass('students_map'),
                     to_regclass('sections_map'))")"
check "3.2 Vietnamese names arrive whole" t "$(on_shard "$p5433" "select count(*) > 100 from students where lname = 'Nguyễn'")"

output=$(run_scripts 2>&1)
check "3 all four again: no error" 0 "$?"
check "3 all four again: the sample is left alone" '*nothing loaded*nothing loaded*' "$output"
check "3 all four again: the shards are unchanged" '*Shard 5433*unchanged*Shard 5434*unchanged*' "$output"

section "7 Quick check"
there=$(($(on_shard "$p5433" "select count(*) from registrations") + $(on_shard "$p5434" "select count(*) from registrations")))
check "7 SELECT sync_registrations_remapped() brings all $there registrations" "$there" \
    "$(master "SELECT sync_registrations_remapped();")"
check "7 none of them is marked by the call that brought it" 0 \
    "$(on_shard "$p5433" "select count(*) from registrations where synced_at is not null")"
check_nothing_lost "7"
check "7 the ten newest registrations have their times" 10 "$(master "
    SELECT reg_id, stno, sec_no, created_at, synced_at FROM registrations ORDER BY reg_id DESC LIMIT 10;" |
    grep -c '^[0-9]*|[0-9]*|[0-9]*|[^|]*[0-9]|[^|]*[0-9]$')"
check "7 synced_at is never null on the master" 0 "$(master "select count(*) from registrations where synced_at is null")"
check "7 sync_all_remapped() and the calls for one shard work by hand" "5433|0|0|0 5434|0|0|0 0 0 0" "$(
    echo $(master "select * from sync_all_remapped()") $(master "select sync_students_from_shard('5433')") \
        $(master "select sync_sections_from_shard('5434')") $(master "select sync_registrations_remapped('5434')"))"

section "8 Notes"
check "8 the constraint uniq_master_reg is there" "UNIQUE (stno, sec_no)" \
    "$(master "select pg_get_constraintdef(oid) from pg_constraint where conname = 'uniq_master_reg'")"
check "8 adding it says so" '*"uniq_master_reg" already exists*' \
    "$(master "ALTER TABLE registrations ADD CONSTRAINT uniq_master_reg UNIQUE (stno, sec_no);")"
check "9 a section both shards have is one on the master: no 28, 29, 30" 0 "$(master "
    select count(*)
      from (select year, semester, time, hall, c_no from sections group by 1, 2, 3, 4, 5 having count(*) > 1) twice")"
check "9 ... with the seats of both" t "$(master "
    select count(*) > 0 and bool_and(s.capacity = m.capacity)
      from (select master_sec_no, sum(capacity) as capacity from sections_map group by 1 having count(*) = 2) m
      join sections s on s.sec_no = m.master_sec_no")"

section "9 A wrong password in the user mapping"
wide_5433=$(make_section "$p5433" 500)
wide_5434=$(make_section "$p5434" 500)
on_shard "$p5433" "INSERT INTO registrations (stno, sec_no) VALUES (900, $wide_5433) RETURNING created_at" >/dev/null
on_shard "$p5434" "INSERT INTO registrations (stno, sec_no) VALUES (900, $wide_5434) RETURNING created_at" >/dev/null
master "ALTER USER MAPPING FOR postgres SERVER fdw_5433 OPTIONS (SET password 'wrong');" >/dev/null
output=$(master "SELECT sync_registrations_remapped();")
check "9 the message names shard, server and cause" \
    '*WARNING:  shard 5433 cannot be read*"fdw_5433"*password authentication failed*' "$output"
check "9 the other shard is synced all the same" 1 "$(printf '%s\n' "$output" | tail -n 1)"
check "9 asked for alone, the shard gives an error" '*ERROR:  could not connect to server "fdw_5433"*' \
    "$(master "SELECT sync_registrations_remapped('5433');")"
master "ALTER USER MAPPING FOR postgres SERVER fdw_5433 OPTIONS (SET password '$SHARD_PASSWORD');" >/dev/null
check "9 ALTER USER MAPPING cures it" 1 "$(master "SELECT sync_registrations_remapped();")"

section "6 $WRITERS clients write into the shards and sync, all at once"
write_in_parallel wide "$wide_5433" "$wide_5434"
check "6 every insert answered with its created_at" "$WRITERS" "$(count_matching 'wide.*.insert' '^20[0-9][0-9]-.*:')"
check "6 no error reached a client" 0 "$(count_matching 'wide.*' 'ERROR\|WARNING\|FATAL')"
check "6 each new registration was counted by one sync" "$WRITERS" "$(cat "$work"/wide.*.sync | awk '{ n += $1 } END { print n }')"
check_nothing_lost "6"

hot_5433=$(make_section "$p5433" 5)
hot_5434=$(make_section "$p5434" 4)
write_in_parallel hot "$hot_5433" "$hot_5434"
check "6 of $WRITERS for the last 9 seats 9 get one" 9 "$(count_matching 'hot.*.insert' '^20[0-9][0-9]-.*:')"
check "6 the others are told the section is full, nobody anything else" $((WRITERS - 9)) \
    "$(count_matching 'hot.*' '^ERROR:.*"sections_seats"')"
check "6 no other error reached a client" $((WRITERS - 9)) "$(count_matching 'hot.*' 'ERROR\|WARNING\|FATAL')"
check_nothing_lost "6 full section"

section "10 Further commands"
check "10 restart of 5433" '*server started*' \
    "$(server "$bin/pg_ctl" -D "$work/5433/data" -l "$work/5433/log" restart 2>&1)"
check '10 psql -h localhost -p 5432 -U postgres -c "SELECT COUNT(*) FROM students_5433;"' "2400" \
    "$(PGPASSWORD=$MASTER_PASSWORD \
        "$psql" -X -At -h localhost -p "$p5432" -U postgres -c "SELECT COUNT(*) FROM students_5433;" 2>&1 </dev/null)"

printf '\n%s passed, %s failed\n' "$passed" "$failed"
[ "$failed" = 0 ]
