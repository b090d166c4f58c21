package ghidanh.sync.remap;

import static org.assertj.core.api.Assertions.assertThat;

import ghidanh.database.Obstacle;
import ghidanh.database.Trouble;
import ghidanh.sync.SettableClock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class OutageTest {

    private final SettableClock clock = new SettableClock();
    private final Outage outage = new Outage("5433", TestSettings.REMAP, clock);

    @Test
    void the_first_pause_is_short_and_pauses_grow_with_the_outage_up_to_the_longest() {
        assertThat(outage.failed(Obstacle.AWAY, "gone")).isBetween(Duration.ofMillis(75), Duration.ofMillis(125));

        clock.advance(Duration.ofSeconds(4));
        assertThat(outage.failed(Obstacle.AWAY, "gone")).isBetween(Duration.ofMillis(1_500), Duration.ofMillis(2_500));

        clock.advance(Duration.ofHours(10));
        assertThat(outage.failed(Obstacle.AWAY, "gone")).isBetween(Duration.ofMillis(3_750), Duration.ofMillis(6_250));
    }

    @Test
    void a_success_ends_it_and_the_next_one_begins_short() {
        outage.failed(Obstacle.AWAY, "gone");
        clock.advance(Duration.ofMinutes(1));
        outage.over();

        assertThat(outage.trouble()).isEmpty();
        assertThat(outage.failed(Obstacle.AWAY, "gone again")).isLessThan(Duration.ofMillis(130));
    }

    @Test
    void it_tells_since_when_and_why() {
        Instant start = clock.instant();
        outage.failed(Obstacle.AWAY, "gone");
        clock.advance(Duration.ofSeconds(9));
        outage.failed(Obstacle.AWAY, "still gone");

        assertThat(outage.trouble()).contains(new Trouble(start, Obstacle.AWAY, "still gone"));
    }
}
