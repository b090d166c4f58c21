package ghidanh.metrics;

import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.config.MeterFilter;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** For both services to import. */
@Configuration(proxyBeanMethods = false)
public class MetricsConfiguration {

    @Bean
    static MeterFilter kafkaClientMeters() {
        return new KafkaClientMeters();
    }

    @Bean
    static MeterBinder buildInfo() {
        return BuildInfo.read();
    }
}
