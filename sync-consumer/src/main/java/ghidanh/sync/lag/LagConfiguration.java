package ghidanh.sync.lag;

import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class LagConfiguration {

    @Bean
    LagMeter lagMeter(MeterRegistry meters, ShardClocks clocks) {
        return new LagMeter(meters, clocks);
    }
}
