package ghidanh.registration;

import ghidanh.access.AccessConfiguration;
import ghidanh.database.Connections;
import ghidanh.loop.Loops;
import ghidanh.metrics.MetricsConfiguration;
import ghidanh.shard.ShardCatalogue;
import ghidanh.shard.ShardSettings;
import ghidanh.web.WebConfiguration;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/** The service. Stateless: any number of instances can run on the same databases. */
@SpringBootApplication
@ConfigurationPropertiesScan
@EnableConfigurationProperties(ShardSettings.class)
@Import({Loops.class, MetricsConfiguration.class, WebConfiguration.class, AccessConfiguration.class})
public class RegistrationServiceApplication {

    public static void main(String[] args) {
        application().run(args);
    }

    /** The configured application, not yet running; demo and tests add their settings as arguments. */
    public static SpringApplicationBuilder application() {
        // Not application.yml: in the demo both services share one class path.
        return new SpringApplicationBuilder(RegistrationServiceApplication.class)
                .main(RegistrationServiceApplication.class)
                .properties("spring.config.name=registration-service");
    }

    @Bean
    ShardCatalogue shardCatalogue(ShardSettings settings) {
        return settings.catalogue();
    }

    @Bean
    Connections connections(MeterRegistry meters) {
        return new Connections("registration-service", meters);
    }
}
