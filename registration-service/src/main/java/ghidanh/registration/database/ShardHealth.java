package ghidanh.registration.database;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What {@code /actuator/health} says about the databases. No query: the answer is what the last call or check found. */
@Configuration(proxyBeanMethods = false)
class ShardHealth {

    /** Each shard, down if it cannot be used. */
    @Bean
    HealthContributor shards(ShardDatabases databases) {
        Map<String, HealthContributor> shards = new LinkedHashMap<>();
        databases.all().forEach(shard -> shards.put(shard.name(), (HealthIndicator) () -> health(shard.problem())));
        return CompositeHealthContributor.fromMap(shards);
    }

    @Bean
    HealthIndicator master(ShardDatabases databases) {
        return () -> health(databases.master().problem());
    }

    /** Down only if no shard can be written: with one of them this instance is of use. Part of readiness. */
    @Bean
    HealthIndicator writableShards(ShardDatabases databases) {
        return () -> databases.all().stream().anyMatch(shard -> shard.problem() == null)
                ? Health.up().build()
                : Health.down().build();
    }

    private static Health health(@Nullable String problem) {
        return problem == null
                ? Health.up().build()
                : Health.down().withDetail("problem", problem).build();
    }
}
