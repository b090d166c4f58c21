package ghidanh.registration.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import ghidanh.event.ChangeEvent;
import ghidanh.event.Entity;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class FloorTest {

    private static final long SECOND = 1_000_000;

    private final Floor floor = new Floor(Duration.ofSeconds(1));

    @Test
    void it_trails_fresh_rows_by_the_look_back_while_full_looks_find_fresh_rows_too() {
        for (long id = 1; id <= 100; id++) {
            long now = id * SECOND / 10;
            if (id % 10 == 0) {
                floor.foundByFullLook(id);
            }
            floor.relayed(batch(now, now, id));
            assertThat(floor.value()).isLessThanOrEqualTo(id - 10);
        }

        assertThat(floor.value()).isGreaterThanOrEqualTo(100 - 20 - 1);
    }

    @Test
    void it_follows_an_old_backlog_closely() {
        floor.relayed(batch(0, 5 * SECOND, 1, 2, 3));

        assertThat(floor.value()).isEqualTo(3);
    }

    @Test
    void a_late_commit_moves_it_back_until_all_late_rows_are_relayed() {
        floor.relayed(batch(0, 5 * SECOND, 1000));
        floor.relayed(batch(5 * SECOND, 5 * SECOND, 1001));

        floor.foundByFullLook(400);
        assertThat(floor.value()).isEqualTo(399);

        floor.relayed(batch(SECOND, 7 * SECOND, 400, 401));
        assertThat(floor.value()).as("what follows 401 is not passed over").isEqualTo(401);
    }

    private static Batch batch(long createdAt, long readAt, long... ids) {
        List<OutboxRow> rows = LongStream.of(ids)
                .mapToObj(id -> new OutboxRow(
                        id, new ChangeEvent("5433", Entity.STUDENT, id), createdAt, createdAt, null, null))
                .toList();
        return new Batch(rows, readAt, 0);
    }
}
