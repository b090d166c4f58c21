package ghidanh.registration.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BackoffTest {

    private final Backoff backoff = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(1));

    @Test
    void pauses_double_up_to_the_longest_each_by_up_to_a_half_shorter() {
        for (int full : new int[] {100, 200, 400, 800, 1000, 1000}) {
            assertThat(backoff.next()).isBetween(Duration.ofMillis(full / 2), Duration.ofMillis(full));
        }
    }

    @Test
    void two_instances_do_not_pause_alike() {
        assertThat(Stream.generate(() -> {
                            backoff.reset();
                            return backoff.next();
                        })
                        .limit(50)
                        .distinct())
                .hasSizeGreaterThan(1);
    }

    @Test
    void after_a_success_the_first_pause_is_short_again() {
        backoff.next();
        backoff.next();
        backoff.reset();

        assertThat(backoff.next()).isLessThanOrEqualTo(Duration.ofMillis(100));
    }
}
