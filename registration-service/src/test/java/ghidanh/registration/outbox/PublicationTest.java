package ghidanh.registration.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import ghidanh.event.ChangeEvent;
import ghidanh.event.Entity;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

class PublicationTest {

    private final Exception timeout = new TimeoutException("too late");

    private final Publication publication = new Publication(List.of(row(1, 7), row(2, 8), row(3, 7), row(4, 9)));

    @Test
    void all_acknowledged_rows_may_go() throws InterruptedException {
        for (int i = 3; i >= 0; i--) {
            assertThat(publication.await(Duration.ZERO)).isFalse();
            publication.answered(i, null);
        }

        assertThat(publication.await(Duration.ZERO)).isTrue();
        assertThat(publication.failure()).isNull();
        assertThat(publication.done()).containsExactly(1, 2, 3, 4);
    }

    @Test
    void a_row_behind_a_failed_one_of_its_key_stays() {
        publication.answered(0, timeout);
        publication.answered(1, null);
        publication.answered(2, null);
        publication.answered(3, null);

        assertThat(publication.failure()).isSameAs(timeout);
        assertThat(publication.done()).containsExactly(2, 4);
    }

    @Test
    void a_row_before_a_failed_one_of_its_key_may_go() {
        publication.answered(0, null);
        publication.answered(1, null);
        publication.answered(2, timeout);
        publication.answered(3, new TimeoutException("another"));

        assertThat(publication.failure()).isSameAs(timeout);
        assertThat(publication.done()).containsExactly(1, 2);
    }

    private static OutboxRow row(long id, long student) {
        return new OutboxRow(id, new ChangeEvent("5433", Entity.STUDENT, student), 0, 0, null, null);
    }
}
