package ghidanh.registration.write;

import static org.assertj.core.api.Assertions.assertThat;

import ghidanh.registration.Databases;
import ghidanh.registration.ServiceUnderTest;
import ghidanh.registration.ServiceUnderTest.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SeatsIT {

    private static final int WRITERS = 32;
    private static final int STUDENTS_EACH = 10;
    private static final int SEATS = 50;

    @Test
    void a_nearly_full_section_is_never_oversold_by_32_writers_at_two_instances() throws Exception {
        int firstStudent = Databases.students("5433", WRITERS * STUDENTS_EACH);
        int hot = Databases.section("5433", SEATS);
        int other = Databases.section("5433", WRITERS * STUDENTS_EACH);
        long outboxBefore = outbox();
        List<Integer> statuses = new ArrayList<>();

        try (var second = ServiceUnderTest.start()) {
            var threads = Executors.newFixedThreadPool(WRITERS);
            List<Callable<List<Integer>>> writers = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                ServiceUnderTest instance = i % 2 == 0 ? ServiceUnderTest.shared() : second;
                int from = firstStudent + i * STUDENTS_EACH;
                List<Integer> students =
                        IntStream.range(from, from + STUDENTS_EACH).boxed().toList();
                // Half of them take the sections in the other order: a deadlock if anybody could wait both ways.
                int first = i % 4 < 2 ? hot : other;
                int last = first == hot ? other : hot;
                writers.add(() -> write(instance, students, hot, first, last));
            }
            for (Future<List<Integer>> writer : threads.invokeAll(writers)) {
                statuses.addAll(writer.get());
            }
            threads.shutdown();
        }

        assertThat(statuses).hasSize(WRITERS * STUDENTS_EACH).containsOnly(201, 409);
        assertThat(statuses.stream().filter(status -> status == 201)).hasSize(SEATS);
        assertThat(taken(hot)).isEqualTo(SEATS);
        assertThat(registered(hot)).isEqualTo(SEATS);
        assertThat(taken(other)).isEqualTo(WRITERS * STUDENTS_EACH);
        assertThat(outbox() - outboxBefore).isEqualTo(SEATS + WRITERS * STUDENTS_EACH);
    }

    /** Returns the statuses for the hot section. */
    private static List<Integer> write(
            ServiceUnderTest instance, List<Integer> students, int hot, int first, int last) {
        List<Integer> statuses = new ArrayList<>();
        for (int stno : students) {
            for (int secNo : List.of(first, last)) {
                Answer answer = instance.register("5433", stno, secNo);
                if (secNo == hot) {
                    statuses.add(answer.status());
                } else {
                    assertThat(answer.status()).isEqualTo(201);
                }
            }
        }
        return statuses;
    }

    private static long taken(int secNo) {
        return Databases.count(Databases.shard("5433"), "select enrolled from sections where sec_no = ?", secNo);
    }

    private static long registered(int secNo) {
        return Databases.count(
                Databases.shard("5433"),
                "select count(*) from registrations where status = 'registered' and sec_no = ?",
                secNo);
    }

    private static long outbox() {
        return Databases.count(Databases.shard("5433"), "select count(*) from outbox where entity = 'registration'");
    }
}
