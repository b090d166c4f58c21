package ghidanh.sync;

import ghidanh.access.AccessConfiguration;
import ghidanh.database.Connections;
import ghidanh.event.TopicSettings;
import ghidanh.loop.Loops;
import ghidanh.metrics.MetricsConfiguration;
import ghidanh.shard.ShardCatalogue;
import ghidanh.shard.ShardSettings;
import ghidanh.sync.replay.ReplayShell;
import ghidanh.web.WebConfiguration;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Arrays;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/** Starts the sync-consumer; {@code sync-consumer.yml} has its settings, so that demo can hold both services. */
@SpringBootApplication(exclude = DataSourceAutoConfiguration.class)
@ConfigurationPropertiesScan
@EnableConfigurationProperties({ShardSettings.class, TopicSettings.class})
@Import({Loops.class, MetricsConfiguration.class, WebConfiguration.class, AccessConfiguration.class})
public class SyncConsumerApplication {

    public static void main(String[] args) throws InterruptedException {
        if (args.length > 0 && args[0].equals("replay")) {
            System.exit(ReplayShell.run(System.out, Arrays.copyOfRange(args, 1, args.length)));
        }
        application().run(args);
    }

    public static SpringApplicationBuilder application() {
        return new SpringApplicationBuilder(SyncConsumerApplication.class)
                .properties("spring.config.name=sync-consumer");
    }

    @Bean
    ShardCatalogue shardCatalogue(ShardSettings settings) {
        return settings.catalogue();
    }

    @Bean
    Connections connections(MeterRegistry meters) {
        return new Connections("sync-consumer", meters);
    }
}
