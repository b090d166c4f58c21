package ghidanh.sync.lag;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class LagConfiguration {

    @Bean
    LagMeter lagMeter(MeterRegistry meters, ShardClocks clocks, Tracer tracer, Propagator propagator) {
        return new LagMeter(meters, clocks, tracer, propagator);
    }
}
