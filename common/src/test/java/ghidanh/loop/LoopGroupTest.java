package ghidanh.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

class LoopGroupTest {

    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final Loops loops = new Loops();
    private final Set<String> alive = ConcurrentHashMap.newKeySet();
    private final LoopGroup group = new LoopGroup(7, PATIENCE) {};

    /** Lives until it is interrupted, or longer. */
    private Loop loop(String name, boolean hangs) {
        return loops.every(Duration.ZERO, Duration.ofSeconds(1), name, null, () -> {
            alive.add(name);
            do {
                try {
                    Thread.sleep(Duration.ofDays(1).toMillis());
                } catch (InterruptedException e) {
                    if (!hangs) {
                        alive.remove(name);
                        throw e;
                    }
                }
            } while (alive.contains(name));
        });
    }

    @Test
    void its_loops_start_with_it_and_later_ones_at_once() {
        group.add(loop("first", false));
        assertThat(loops.health().getDetails()).isEmpty();

        group.start();
        group.add(loop("second", false));

        await().until(() -> alive.equals(Set.of("first", "second")));
        assertThat(group.isRunning()).isTrue();
        assertThat(group.getPhase()).isEqualTo(7);
        group.stop();
        assertThat(alive).isEmpty();
        assertThat(group.isRunning()).isFalse();
    }

    @Test
    void those_that_hang_share_the_patience_of_a_stop() {
        group.add(loop("first", true));
        group.add(loop("second", true));
        group.add(loop("third", true));
        group.add(loop("fourth", false));
        group.start();
        await().until(() -> alive.size() == 4);
        long begun = System.nanoTime();

        group.stop();

        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isBetween(PATIENCE, PATIENCE.multipliedBy(2));
        assertThat(alive).containsExactlyInAnyOrder("first", "second", "third");
        alive.clear();
    }
}
