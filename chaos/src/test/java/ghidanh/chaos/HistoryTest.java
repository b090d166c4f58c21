package ghidanh.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import ghidanh.chaos.History.Loss;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HistoryTest {

    private final History history = new History();

    @Test
    void an_event_is_missed_only_where_neither_the_broker_nor_its_shard_went_back_afterwards() {
        long before = System.nanoTime();
        assertThat(history.eventMayBeLost("5433", before)).isFalse();

        history.eventsLost("5433");
        assertThat(history.eventMayBeLost("5433", before)).isTrue();
        assertThat(history.eventMayBeLost("5434", before)).isFalse();
        assertThat(history.eventMayBeLost("5433", System.nanoTime())).isFalse();
    }

    @Test
    void a_shard_that_went_back_has_perhaps_an_earlier_state_of_what_was_asked_for() {
        long before = System.nanoTime();
        history.lost("5433", new Loss(before + 1, Map.of()));

        assertThat(history.eventMayBeLost("5433", before)).isTrue();
        assertThat(history.eventMayBeLost("5433", before + 1)).isFalse();
        assertThat(history.eventMayBeLost("5434", before)).isFalse();
    }
}
