package ghidanh.sync.lag;

import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class LagConfiguration {

    @Bean
    LagMeter lagMeter(MeterRegistry meters) {
        // Clocks are taken as equal until they are measured; what differs is clamped and counted.
        return new LagMeter(meters, shard -> 0);
    }
}
