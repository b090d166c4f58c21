package ghidanh.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

class MetricsConfigurationTest {

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    @Test
    void of_kafkas_own_meters_only_the_chosen_ones_are_kept() {
        meters.config().meterFilter(MetricsConfiguration.kafkaClientMeters());

        meters.counter("kafka.producer.record.retry.total");
        meters.counter("kafka.producer.select.rate");
        meters.counter("registration.accepted");

        assertThat(meters.getMeters())
                .extracting(meter -> meter.getId().getName())
                .containsExactlyInAnyOrder("kafka.producer.record.retry.total", "registration.accepted");
    }

    @Test
    void the_build_says_what_it_is() {
        MetricsConfiguration.buildInfo().bindTo(meters);

        Gauge info = meters.get("registration.build.info").gauge();
        assertThat(info.value()).isEqualTo(1);
        assertThat(info.getId().getTag("version")).matches("\\d+\\.\\d+.*");
        assertThat(info.getId().getTag("revision")).matches("\\w+");
    }
}
