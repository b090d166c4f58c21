package ghidanh.sync.lag;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LagMeterTest {

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    @Test
    void each_stage_is_the_time_from_one_stamp_to_the_next() {
        new LagMeter(meters, shard -> 0, Tracer.NOOP, Propagator.NOOP)
                .visible(
                        "5433",
                        new ShardStamps(1_000_000, 1_001_000, 1_003_000),
                        new MasterStamps(1_007_000, 1_015_000, 1_046_000),
                        null);

        assertThat(micros(stage("outbox"))).isEqualTo(1_000);
        assertThat(micros(stage("relay"))).isEqualTo(2_000);
        assertThat(micros(stage("kafka"))).isEqualTo(4_000);
        assertThat(micros(stage("consumer"))).isEqualTo(8_000);
        assertThat(micros(stage("master"))).isEqualTo(31_000);
        assertThat(micros(lag())).isEqualTo(46_000);
    }

    @ParameterizedTest
    @ValueSource(longs = {-200_000, -40_000, 0, 40_000, 200_000})
    void no_sample_is_lost_and_the_stages_add_up_however_the_masters_clock_is_off(long masterAhead) {
        LagMeter meter = new LagMeter(meters, shard -> 0, Tracer.NOOP, Propagator.NOOP);
        Random random = new Random(17);
        for (int i = 0; i < 10_000; i++) {
            long committed = 1_000_000_000L + i;
            long claimed = committed + random.nextInt(3_000);
            long sent = claimed + random.nextInt(2_000);
            long received = sent + random.nextInt(5_000) + masterAhead;
            long applying = received + random.nextInt(5_000);
            meter.visible(
                    "5433",
                    new ShardStamps(committed, claimed, sent),
                    new MasterStamps(received, applying, applying + random.nextInt(20_000)),
                    null);
        }

        assertThat(lag().count()).isEqualTo(10_000);
        double sum = 0;
        for (Stage stage : Stage.values()) {
            assertThat(stage(stage.tag()).count()).isEqualTo(10_000);
            sum += micros(stage(stage.tag()));
        }
        assertThat(sum).isEqualTo(micros(lag()));
    }

    @Test
    void a_stage_that_the_clocks_make_negative_counts_as_zero_and_is_counted() {
        new LagMeter(meters, shard -> 0, Tracer.NOOP, Propagator.NOOP)
                .visible("5433", new ShardStamps(5_000, 6_000, 7_000), new MasterStamps(1_000, 2_000, 9_000), null);

        assertThat(micros(stage("kafka"))).isZero();
        assertThat(micros(stage("consumer"))).isZero();
        assertThat(micros(stage("master"))).isEqualTo(2_000);
        assertThat(clamped("kafka")).isEqualTo(1);
        assertThat(clamped("consumer")).isEqualTo(1);
        assertThat(clamped("master")).isZero();
    }

    @Test
    void a_measured_clock_offset_is_taken_out_first() {
        new LagMeter(meters, shard -> -200_000, Tracer.NOOP, Propagator.NOOP)
                .visible(
                        "5433",
                        new ShardStamps(201_000, 202_000, 203_000),
                        new MasterStamps(4_000, 5_000, 6_000),
                        null);

        assertThat(micros(lag())).isEqualTo(5_000);
        assertThat(clamped("kafka")).isZero();
    }

    @Test
    void the_masters_clock_is_read_once_and_counted_on_by_the_monotonic_clock() {
        assertThat(MasterStamps.anchored(1_000_000, 500_000, 2_500_000, 7_500_000))
                .isEqualTo(new MasterStamps(998_000, 1_000_000, 1_005_000));
    }

    private Timer lag() {
        return meters.get("registration.sync.lag").tag("shard", "5433").timer();
    }

    private Timer stage(String stage) {
        return meters.get("registration.sync.stage").tag("stage", stage).timer();
    }

    private double clamped(String stage) {
        return meters.get("registration.sync.clock.clamped")
                .tag("stage", stage)
                .counter()
                .count();
    }

    private static double micros(Timer timer) {
        return timer.totalTime(TimeUnit.MICROSECONDS);
    }
}
