package ghidanh.sql;

import static org.assertj.core.api.Assertions.assertThat;

import ghidanh.sql.Session.Refused;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that write into the shards themselves and sync by hand, as the seed's page did. */
class DirectWritersIT {

    private static final int WRITERS = 32;
    private static final int WRITES = 5;

    private final Enrollment enrollment = new Enrollment();

    @AfterEach
    void close() {
        enrollment.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void writers_at_once_lose_double_and_oversell_nothing_and_see_no_error(boolean besideTheConsumer) {
        AtomicBoolean ended = new AtomicBoolean();
        List<Future<Long>> consumers = new ArrayList<>();
        if (besideTheConsumer) {
            for (String shard : Servers.SHARDS) {
                for (int i = 0; i < 2; i++) {
                    Consumer consumer = new Consumer(enrollment, shard, i, ended);
                    consumers.add(Waiting.start(consumer));
                }
            }
        }

        List<Callable<List<String>>> writers = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            String shard = Servers.SHARDS.get(i % 2);
            // A few sections are fought for; every writer also brings students and sections of its own.
            writers.add(new Writer(enrollment, shard, sharedSection(shard)));
        }
        List<String> answers =
                Waiting.allAtOnce(writers).stream().flatMap(List::stream).toList();
        ended.set(true);
        assertThat(consumers).allMatch(consumer -> Waiting.result(consumer) > 0);

        assertThat(answers).hasSize(WRITERS * WRITES * 2).containsOnly("saved", "full");
        enrollment.master().execute("select sync_registrations_remapped()");
        enrollment.master().execute("select sync_registrations_remapped()");
        long saved = answers.stream().filter("saved"::equals).count();
        assertThat(enrollment.master().number("select count(*) from registrations"))
                .isEqualTo(saved);
        for (String shard : Servers.SHARDS) {
            assertThat(enrollment.differences(shard)).isEmpty();
            assertThat(enrollment.wrongSeats(shard)).isEmpty();
            assertThat(enrollment.shard(shard).number("select count(*) from registrations where synced_at is null"))
                    .isZero();
        }
    }

    private int sharedSection(String shard) {
        List<String> known = enrollment.shard(shard).rows("select sec_no from sections where hall = 'C1'");
        return known.isEmpty() ? enrollment.section(shard, "C1", 10) : Integer.parseInt(known.get(0));
    }

    private record Writer(Session shard, Session master, int university, int hot) implements Callable<List<String>> {

        Writer(Enrollment enrollment, String shard, int hot) {
            this(enrollment.openShard(shard), enrollment.openMaster(), Enrollment.university(shard), hot);
        }

        @Override
        public List<String> call() {
            List<String> answers = new ArrayList<>();
            for (int i = 0; i < WRITES; i++) {
                int stno = (int) shard.number(
                        "insert into students (u_id, lname, fname) values (?, 'Lê', 'An') returning stno", university);
                int own = (int) shard.number("""
                        insert into sections (year, semester, time, hall, c_no, capacity)
                        values (2026, 1, 'T2 1-3', 'D' || ?, 1, 9)
                        returning sec_no
                        """, stno % 20);
                answers.add(write(stno, own));
                answers.add(write(stno, hot));
            }
            return answers;
        }

        private String write(int stno, int secNo) {
            try {
                shard.text("INSERT INTO registrations (stno, sec_no) VALUES (?, ?) RETURNING created_at", stno, secNo);
            } catch (Refused e) {
                return e.getMessage().contains("sections_seats") ? "full" : e.getMessage();
            }
            try {
                master.number("SELECT sync_registrations_remapped()");
            } catch (Refused e) {
                return e.getMessage();
            }
            return "saved";
        }
    }

    /** Reads the outbox instead of a topic, one partition of two; an outage is tried again. */
    private record Consumer(Session shard, Session master, String name, int partition, AtomicBoolean ended)
            implements Callable<Long> {

        Consumer(Enrollment enrollment, String shard, int partition, AtomicBoolean ended) {
            this(enrollment.openShard(shard), enrollment.openMaster(), shard, partition, ended);
        }

        /** Returns how many of its calls were no outage. */
        @Override
        public Long call() {
            long calls = 0;
            while (!ended.get()) {
                Integer[] students =
                        ids("student").stream().map(Integer::valueOf).toArray(Integer[]::new);
                Integer[] sections =
                        ids("section").stream().map(Integer::valueOf).toArray(Integer[]::new);
                long[] registrations =
                        ids("registration").stream().mapToLong(Long::parseLong).toArray();
                try {
                    master.begin();
                    master.rows("select * from sync_students_from_shard(?, ?)", name, students);
                    master.rows("select * from sync_sections_from_shard(?, ?)", name, sections);
                    master.rows("select * from sync_registrations_remapped(?, ?)", name, registrations);
                    master.commit();
                    master.execute("select mark_synced(?, ?)", name, registrations);
                    calls++;
                } catch (Refused e) {
                    master.rollback();
                    assertThat(e.state()).isIn("40001", "40P01");
                }
            }
            return calls;
        }

        private List<String> ids(String entity) {
            return shard.rows("""
                    select entity_id from (
                        select distinct entity_id from outbox where entity = ? and entity_id % 2 = ?) o
                     order by random() limit 40
                    """, entity, partition).stream()
                    .sorted(java.util.Comparator.comparing(Long::valueOf))
                    .toList();
        }
    }
}
