package ghidanh.sync.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ghidanh.shard.Database;
import ghidanh.shard.Shard;
import ghidanh.shard.ShardCatalogue;
import ghidanh.shard.UniversityRange;
import ghidanh.sync.lag.LagMeter;
import ghidanh.sync.lag.MasterStamps;
import ghidanh.sync.lag.ShardStamps;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClockOffsetTest {

    private static final int READINGS = 5;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final Random random = new Random(17);
    private final Now now = new Now();

    /** True time, which passes only when somebody waits. */
    private static final class Now extends Clock {

        private long micros = 1_000_000_000_000L;

        @Override
        public Instant instant() {
            return Instant.EPOCH.plusNanos(micros * 1_000);
        }

        @Override
        public ZoneId getZone() {
            return ZoneId.of("UTC");
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    @Test
    void the_reading_with_the_fastest_answer_counts_and_its_error_is_within_half_the_round_trip() throws SQLException {
        ClockOffset offset = measured(200_000);

        assertThat(offset.aheadMicros()).isCloseTo(200_000, within(offset.uncertaintyMicros()));
        assertThat(offset.uncertaintyMicros()).isBetween(25.0, 1_000.0);
    }

    @ParameterizedTest
    @ValueSource(longs = {-200_000, 0, 200_000})
    void measured_clocks_keep_every_sample_and_every_stage_whatever_the_masters_clock_shows(long masterAhead)
            throws SQLException {
        MeasuredClocks clocks = new MeasuredClocks(catalogue(), meters);
        clocks.measured("5433", measured(0));
        clocks.measured(MeasuredClocks.MASTER, measured(masterAhead));
        LagMeter meter = new LagMeter(meters, clocks, Tracer.NOOP, Propagator.NOOP);

        long kafkaMicros = 0;
        for (int i = 0; i < 1_000; i++) {
            long committed = 1_000_000_000L + i;
            long sent = committed + 1_500;
            long kafka = 2_000L + random.nextInt(5_000);
            kafkaMicros += kafka;
            long received = sent + kafka + masterAhead;
            meter.visible(
                    "5433",
                    new ShardStamps(committed, committed + 1_000, sent),
                    new MasterStamps(received, received + 500, received + 9_000),
                    null);
        }

        assertThat(meters.get("registration.sync.lag").timer().count()).isEqualTo(1_000);
        assertThat(meters.get("registration.sync.stage").timers()).allMatch(stage -> stage.count() == 1_000);
        double sum = meters.get("registration.sync.stage").timers().stream()
                .mapToDouble(ClockOffsetTest::micros)
                .sum();
        assertThat(sum).isEqualTo(micros(meters.get("registration.sync.lag").timer()));
        assertThat(micros(meters.get("registration.sync.stage")
                                .tag("stage", "kafka")
                                .timer())
                        / 1_000)
                .as("mean of the kafka stage")
                .isCloseTo(kafkaMicros / 1_000.0, within(1_000.0));
        assertThat(meters.get("registration.sync.clock.clamped").counters())
                .extracting(Counter::count)
                .containsOnly(0.0);
    }

    @Test
    void a_clock_that_cannot_be_read_shows_as_unknown_while_the_lag_goes_on_with_what_was_known() {
        MeasuredClocks clocks = new MeasuredClocks(catalogue(), meters);
        assertThat(offsetGauge("5433")).isNaN();
        assertThat(clocks.masterAheadMicros("5433")).isZero();

        clocks.measured("5433", new ClockOffset(-50_000, 40));
        clocks.measured(MeasuredClocks.MASTER, new ClockOffset(150_000, 40));
        assertThat(offsetGauge("5433")).isEqualTo(-0.05);
        assertThat(clocks.masterAheadMicros("5433")).isEqualTo(200_000);

        clocks.failed("5433");
        assertThat(offsetGauge("5433")).isNaN();
        assertThat(clocks.masterAheadMicros("5433")).isEqualTo(200_000);
    }

    private ClockOffset measured(long ahead) throws SQLException {
        return ClockOffset.measure(
                () -> {
                    now.micros += 25 + random.nextInt(1_000);
                    long there = now.micros + ahead;
                    now.micros += 25 + random.nextInt(1_000);
                    return there;
                },
                now,
                () -> now.micros * 1_000,
                READINGS);
    }

    private double offsetGauge(String node) {
        return meters.get("registration.clock.offset")
                .tag("node", node)
                .timeGauge()
                .value(TimeUnit.SECONDS);
    }

    private static ShardCatalogue catalogue() {
        return new ShardCatalogue(List.of(new Shard(
                "5433",
                "Public",
                List.of(new UniversityRange(1, 10)),
                new Database("jdbc:postgresql://nowhere/db", "user", "", Map.of()),
                new Shard.Fdw("nowhere", 5433, "db"))));
    }

    private static double micros(Timer timer) {
        return timer.totalTime(TimeUnit.MICROSECONDS);
    }
}
