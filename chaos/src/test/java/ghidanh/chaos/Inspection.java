package ghidanh.chaos;

import ghidanh.chaos.Ledger.Entry;
import ghidanh.chaos.Ledger.Seat;
import ghidanh.chaos.Ledger.State;
import ghidanh.chaos.Ledger.Told;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

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
    private static final String NAMED_AS_LOST = """
            select row_number() over (), concat_ws(' ', l.shard_reg_id, sm.shard_stno)
              from lost_registrations l
              left join students_map sm on sm.shard_name = l.shard_name and sm.master_stno = l.master_stno
             where l.shard_name = ?
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
    private final History history;
    private final KafkaTopics topics;

    Inspection(RunningSystem system, Ledger ledger, History history, KafkaTopics topics) {
        this.system = system;
        this.ledger = ledger;
        this.history = history;
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
                    var named = Set.copyOf(
                            Table.read(master, NAMED_AS_LOST, shard).rows().values());
                    told(findings, shard, ShardRow.onShard(connection, shard), named);
                    findings.oversold += count(connection, OVERSOLD);
                }
                deadLetters(findings, shard);
            }
            findings.wrongSums = count(master, WRONG_SUMS);
        }
        findings.contradictions.addAll(ledger.contradictions());
        return findings;
    }

    /** The number of a lost registration that the master had not got is all that is left of it: a dead letter tells it. */
    private void deadLetters(Findings findings, String shard) {
        topics.deadLetters(shard).forEach(reason -> {
            if (reason.equals("missing") && !history.losses(shard).isEmpty()) {
                findings.numbered++;
            } else {
                findings.deadLetters++;
            }
        });
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

    /**
     * Looks for what clients were told.
     *
     * @param present what the shard has, by number
     * @param named what the master names as lost: number and student
     */
    private void told(Findings findings, String shard, Map<Long, ShardRow> present, Set<String> named) {
        ledger.told().forEach((told, asked) -> {
            if (told.seat().shard().equals(shard)) {
                lookForRow(findings, told, asked, present.get(told.regId()), named);
            }
        });
        ledger.entries().forEach((seat, entry) -> {
            Long regId = entry.regId();
            if (seat.shard().equals(shard) && regId != null) {
                findings.told++;
                lookForState(findings, seat, entry, regId, present.get(regId), named);
                if (ledger.isGivenTwice(shard, regId)) {
                    findings.lost.add("number " + regId + " was given to " + seat + " and to another one");
                }
            }
        });
        if (history.losses(shard).isEmpty() && !named.isEmpty()) {
            findings.lost.add("shard " + shard + " lost nothing, and is said to have lost " + named);
        }
    }

    /** Registrations that no event of the topic tells of, though neither broker nor shard went back since they were asked for. */
    List<String> eventsMissing() throws SQLException {
        List<String> missing = new ArrayList<>();
        for (String shard : Targets.SHARDS) {
            Set<Long> events = topics.registrations(shard);
            try (Connection connection = system.connect(Targets.shard(shard))) {
                Map<Long, ShardRow> present = ShardRow.onShard(connection, shard);
                ledger.changed().forEach((told, asked) -> {
                    if (present.containsKey(told.regId())
                            && told.seat().shard().equals(shard)
                            && !events.contains(told.regId())
                            && !history.eventMayBeLost(shard, asked)) {
                        missing.add(told + " has no event");
                    }
                });
            }
        }
        return missing;
    }

    private void lookForRow(Findings findings, Told told, long asked, @Nullable ShardRow row, Set<String> named) {
        Seat seat = told.seat();
        if (row != null && row.seat().equals(seat)) {
            return;
        }
        if (named.contains(name(seat, told.regId()))) {
            findings.named++;
        } else if (isOnMaster(seat, told.regId(), asked, shown -> true)) {
            findings.unnamed.add(told + " is neither on the shard nor named as lost");
        } else {
            findings.unknowable++;
        }
    }

    private void lookForState(
            Findings findings, Seat seat, Entry entry, long regId, @Nullable ShardRow row, Set<String> named) {
        boolean there = row != null && row.seat().equals(seat);
        boolean registered = there && row != null && row.registered();
        if (there && (entry.state() == State.UNKNOWN || registered == (entry.state() == State.REGISTERED))) {
            return;
        }
        long version = row == null ? 0 : row.version();
        if (!ledger.isDoubtful(seat)) {
            findings.lost.add(seat + " was told " + entry + ", the shard has " + row);
        } else if (there
                && entry.state() == State.REGISTERED
                && !named.contains(name(seat, regId))
                && isOnMaster(seat, regId, entry.asked(), shown -> shown.registered() && shown.version() > version)) {
            findings.unnamed.add(
                    seat + " was told " + entry + ", the shard has " + row + ", and nothing is named as lost");
        }
    }

    private static String name(Seat seat, long regId) {
        return regId + " " + seat.stno();
    }

    /** Whether the master had it when the shard lost what had been asked for before. */
    private boolean isOnMaster(Seat seat, long regId, long asked, Predicate<ShardRow> state) {
        List<ShardRow> shown = history.losses(seat.shard()).stream()
                .filter(loss -> loss.at() - asked > 0)
                .map(loss -> loss.onMaster().get(regId))
                .toList();
        return shown.isEmpty()
                || shown.stream().anyMatch(row -> row != null && row.seat().equals(seat) && state.test(row));
    }

    /** Takes the shards' word for what is not known; between rounds, when nothing is under way. */
    void settleLedger() throws SQLException {
        for (String shard : Targets.SHARDS) {
            Map<Seat, Long> bySeat = new HashMap<>();
            Map<Long, ShardRow> present;
            try (Connection connection = system.connect(Targets.shard(shard))) {
                present = ShardRow.onShard(connection, shard);
            }
            present.forEach((regId, row) -> bySeat.put(row.seat(), regId));
            for (Seat seat : ledger.entries().keySet()) {
                if (seat.shard().equals(shard)) {
                    Long regId = bySeat.get(seat);
                    ShardRow row = regId == null ? null : present.get(regId);
                    ledger.settle(seat, regId, row != null && row.registered());
                }
            }
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
        final List<String> unnamed = new ArrayList<>();
        long told;
        long named;
        long unknowable;
        long numbered;
        long oversold;
        long wrongSums;
        long deadLetters;

        /** Whether the master has all of it, and nothing else. */
        boolean agree() {
            return agreeButForExtra()
                    && Stream.of(registrations, others).flatMap(List::stream).allMatch(Comparison::agrees);
        }

        /** What a shard has lost apart: that is named. */
        boolean agreeButForExtra() {
            return unnamed.isEmpty()
                    && Stream.of(registrations, others).flatMap(List::stream).allMatch(Comparison::agreesButForExtra)
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
            violations.addAll(unnamed);
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
