package ghidanh.metrics;

import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.tracing.otel.bridge.Slf4JEventListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** For both services to import. */
@Configuration(proxyBeanMethods = false)
public class MetricsConfiguration {

    @Bean
    static MeterFilter kafkaClientMeters() {
        return new KafkaClientMeters();
    }

    /** Names the trace in log lines as ECS does, so that the JSON of a container's log needs no renaming. */
    @Bean
    static Slf4JEventListener traceInLogs() {
        return new Slf4JEventListener(LogFields.TRACE_ID, LogFields.SPAN_ID);
    }

    @Bean
    static MeterBinder buildInfo() {
        return BuildInfo.read();
    }
}
