package ghidanh.chaos;

import ghidanh.chaos.Ledger.Entry;
import ghidanh.chaos.Ledger.Seat;
import ghidanh.chaos.Ledger.State;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Compares shards, master and ledger, with connections of its own and without any code of the services. */
final class Inspection {

    private static final String SHARD_REGISTRATIONS = """
            select reg_id,
                   concat_ws(' ', stno, sec_no, (extract(epoch from created_at) * 1000000)::bigint,
                             coalesce(mark::text, '-'), status, version)
              from registrations
            """;
    private static final String MASTER_REGISTRATIONS = """
            select r.shard_reg_id,
                   concat_ws(' ', sm.shard_stno, cm.shard_sec_no, (extract(epoch from r.created_at) * 1000000)::bigint,
                             coalesce(r.mark::text, '-'), r.status, r.version)
              from registrations r
              left join students_map sm on sm.shard_name = r.shard_name and sm.master_stno = r.stno
              left join sections_map cm on cm.shard_name = r.shard_name and cm.master_sec_no = r.sec_no
             where r.shard_name = ?
            """;
    private static final String SHARD_STUDENTS = """
            select stno, concat_ws(' ', u_id, lname, mname, fname, version) from students
            """;
    private static final String MASTER_STUDENTS = """
            select m.shard_stno, concat_ws(' ', s.u_id, s.lname, s.mname, s.fname, m.version)
              from students_map m
              join students s on s.stno = m.master_stno
             where m.shard_name = ?
            """;
    private static final String SHARD_SECTIONS = """
            select sec_no, concat_ws(' ', year, semester, time, hall, c_no, capacity, version) from sections
            """;
    private static final String MASTER_SECTIONS = """
            select m.shard_sec_no, concat_ws(' ', s.year, s.semester, s.time, s.hall, s.c_no, m.capacity, m.version)
              from sections_map m
              join sections s on s.sec_no = m.master_sec_no
             where m.shard_name = ?
            """;
    private static final String MARKED = """
            select reg_id, version::text from registrations where synced_at is not null
            """;
    private static final String MASTER_VERSIONS = """
            select shard_reg_id, version::text from registrations where shard_name = ?
            """;
    private static final String SEATS = """
            select reg_id, concat_ws(' ', stno, sec_no, status) from registrations
            """;
    private static final String OVERSOLD = """
            select count(*)
              from sections s
             where s.enrolled > s.capacity
                or s.enrolled <> (select count(*) from registrations r
                                   where r.sec_no = s.sec_no and r.status = 'registered')
            """;
    private static final String WRONG_SUMS = """
            select count(*)
              from sections s
             where s.capacity <> (select sum(m.capacity) from sections_map m where m.master_sec_no = s.sec_no)
            """;

    private final RunningSystem system;
    private final Ledger ledger;
    private final KafkaTopics topics;

    Inspection(RunningSystem system, Ledger ledger, KafkaTopics topics) {
        this.system = system;
        this.ledger = ledger;
        this.topics = topics;
    }

    /** Rows that wait for a mark, and changes that wait for the relay. */
    Waiting waiting() throws SQLException {
        long unmarked = 0;
        long outbox = 0;
        for (String shard : Targets.SHARDS) {
            try (Connection connection = system.connect(Targets.shard(shard))) {
                unmarked += count(connection, "select count(*) from registrations where synced_at is null");
                outbox += count(connection, "select count(*) from outbox");
            }
        }
        return new Waiting(unmarked, outbox);
    }

    /** What is not through yet. */
    record Waiting(long unmarked, long outbox) {

        boolean isOver() {
            return unmarked == 0 && outbox == 0;
        }
    }

    private static long count(Connection connection, String query) throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery(query)) {
            row.next();
            return row.getLong(1);
        }
    }

    /** Compares everything; nobody may write meanwhile. */
    Findings inspect() throws Exception {
        var findings = new Findings();
        try (Connection master = system.connect(Targets.MASTER)) {
            for (String shard : Targets.SHARDS) {
                try (Connection connection = system.connect(Targets.shard(shard))) {
                    String of = " of " + Targets.shard(shard);
                    findings.registrations.add(Comparison.of(
                            "registrations" + of,
                            Table.read(connection, SHARD_REGISTRATIONS),
                            Table.read(master, MASTER_REGISTRATIONS, shard)));
                    findings.others.add(Comparison.of(
                            "students" + of,
                            Table.read(connection, SHARD_STUDENTS),
                            Table.read(master, MASTER_STUDENTS, shard)));
                    findings.others.add(Comparison.of(
                            "sections" + of,
                            Table.read(connection, SHARD_SECTIONS),
                            Table.read(master, MASTER_SECTIONS, shard)));
                    marks(findings, Table.read(connection, MARKED), Table.read(master, MASTER_VERSIONS, shard));
                    seats(findings, shard, Table.read(connection, SEATS));
                    findings.oversold += count(connection, OVERSOLD);
                }
                findings.deadLetters += topics.deadLetters(shard);
            }
            findings.wrongSums = count(master, WRONG_SUMS);
        }
        findings.contradictions.addAll(ledger.contradictions());
        return findings;
    }

    private static void marks(Findings findings, Table marked, Table master) {
        findings.marked += marked.count();
        marked.rows().forEach((regId, version) -> {
            String there = master.rows().get(regId);
            if (there == null || Long.parseLong(there) < Long.parseLong(version)) {
                findings.markedTooEarly++;
            }
        });
    }

    private void seats(Findings findings, String shard, Table registrations) {
        Map<Seat, Long> bySeat = new HashMap<>();
        registrations.rows().forEach((regId, row) -> {
            String[] columns = row.split(" ");
            bySeat.put(new Seat(shard, Integer.parseInt(columns[0]), Integer.parseInt(columns[1])), regId);
        });
        for (Map.Entry<Seat, Entry> told : ledger.entries().entrySet()) {
            Seat seat = told.getKey();
            if (!seat.shard().equals(shard)) {
                continue;
            }
            Entry entry = told.getValue();
            Long regId = bySeat.get(seat);
            String row = regId == null ? null : registrations.rows().get(regId);
            boolean registered = row != null && row.endsWith(" registered");
            if (entry.regId() != null) {
                findings.told++;
                if (!entry.regId().equals(regId)) {
                    findings.lost.add(seat + " was told " + entry + ", the shard has " + regId);
                } else if (entry.state() != State.UNKNOWN && registered != (entry.state() == State.REGISTERED)) {
                    findings.lost.add(seat + " was told " + entry + ", the shard says " + row);
                }
            }
            ledger.settle(seat, regId, registered);
        }
    }

    /** What was found. */
    static final class Findings {

        final List<Comparison> registrations = new ArrayList<>();
        final List<Comparison> others = new ArrayList<>();
        final List<String> lost = new ArrayList<>();
        final List<String> contradictions = new ArrayList<>();
        long marked;
        long markedTooEarly;
        long told;
        long oversold;
        long wrongSums;
        long deadLetters;

        /** Whether the master has all of it, and nothing else. */
        boolean agree() {
            return registrations.stream().allMatch(Comparison::agrees)
                    && others.stream().allMatch(Comparison::agrees)
                    && wrongSums == 0;
        }

        /** One line for each thing that must not be; none if all is well. */
        List<String> violations() {
            List<String> violations = new ArrayList<>();
            for (var comparisons : List.of(registrations, others)) {
                comparisons.stream().filter(found -> !found.agrees()).forEach(found -> {
                    violations.add(found.toString());
                    violations.addAll(found.examples());
                });
            }
            add(violations, markedTooEarly, "marks on a shard without their row on the master");
            add(violations, oversold, "sections oversold, or with a wrong count of seats");
            add(violations, wrongSums, "sections of the master whose capacity is not the shards' sum");
            add(violations, deadLetters, "dead letters");
            violations.addAll(lost);
            violations.addAll(contradictions);
            return violations;
        }

        private static void add(List<String> violations, long count, String what) {
            if (count > 0) {
                violations.add(count + " " + what);
            }
        }
    }
}
