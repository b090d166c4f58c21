package ghidanh.sync.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import ghidanh.sync.SettableClock;
import ghidanh.sync.deadletter.OpenLetters;
import ghidanh.sync.observe.Backlog;
import ghidanh.sync.observe.Observation;
import ghidanh.sync.observe.ShardState;
import ghidanh.sync.observe.Unsynced;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Measurements 5 s apart, each seen twice. */
class CourseTest {

    private static final Duration INTERVAL = Duration.ofSeconds(5);

    private final SettableClock clock = new SettableClock();
    private final Course course = new Course(clock, INTERVAL);

    @Test
    void an_event_that_one_measurement_finds_on_its_way_is_no_standstill() {
        look(0);
        assertThat(look(1)).isZero();
        assertThat(look(1)).isZero();
        assertThat(look(1)).isZero();
        assertThat(look(0)).isZero();
    }

    @Test
    void events_that_several_measurements_find_and_nobody_takes_stand_still() {
        look(0);
        look(1);
        look(1);
        look(2);
        look(2);

        assertThat(look(3)).isEqualTo(5);
        assertThat(look(2)).as("one was taken").isZero();
    }

    /** The next look, half a measurement after the last. */
    private double look(double waitingEvents) {
        clock.advance(INTERVAL.dividedBy(2));
        var seen = new Observation(
                "5433",
                "public",
                null,
                false,
                new ShardState(true, false, null, "0 at 1/2/3", null),
                new Backlog(0, 0),
                new Unsynced(0, 0),
                waitingEvents,
                0,
                null,
                null,
                null,
                0,
                0);
        return course.next(seen, 0, new OpenLetters.Count(0, false, Map.of()), null)
                .standstillSeconds();
    }
}
