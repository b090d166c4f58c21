package ghidanh.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
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
    void one_that_gets_no_thread_is_not_there_and_can_be_added_again() {
        group.start();
        var noThread = new InheritableThreadLocal<String>() {
            @Override
            protected String childValue(String parents) {
                throw new OutOfMemoryError("unable to create native thread");
            }
        };
        noThread.set("whatever");
        try {
            assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(() -> group.add(loop("first", false)));
        } finally {
            noThread.remove();
        }
        assertThat(loops.health().getDetails()).isEmpty();

        group.add(loop("first", false));

        await().until(() -> alive.equals(Set.of("first")));
        group.stop();
    }

    @Test
    void of_two_with_one_name_the_first_stays() {
        group.start();
        group.add(loop("first", false));
        await().until(() -> alive.equals(Set.of("first")));

        group.add(loops.every(Duration.ZERO, Duration.ofSeconds(1), "first", null, () -> alive.add("second")));
        group.add(loop("third", false));

        await().until(() -> alive.contains("third"));
        assertThat(alive).containsExactlyInAnyOrder("first", "third");
        group.stop();
        assertThat(alive).isEmpty();
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
