package ghidanh.sync.observe;

import static org.assertj.core.api.Assertions.assertThat;

import ghidanh.event.Topics;
import ghidanh.sync.SettableClock;
import ghidanh.sync.kafka.BrokerOffsets;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.kafka.core.KafkaAdmin;

/** What a broker that says nothing, or nothing of a shard, does to the figures of all. */
class BrokerObserverTest {

    private final SettableClock clock = new SettableClock();
    private final Broker broker = new Broker();
    private final BrokerObserver observer =
            new BrokerObserver(broker, List.of("5433", "5434"), clock, new SimpleMeterRegistry());

    @AfterEach
    void close() {
        observer.close();
    }

    @Test
    void a_shard_whose_partitions_have_no_leader_does_not_hide_the_others() throws InterruptedException {
        broker.leaderless.add(Topics.events("5433"));
        for (int round = 0; round < 3; round++) {
            measure();
            assertThat(observer.waiting("5433")).isNaN();
            assertThat(observer.waiting("5434")).isEqualTo(7);
        }
    }

    @Test
    void a_broker_that_was_silent_before_is_asked_once_in_a_round() throws InterruptedException {
        measure();
        broker.silent = true;
        measure();
        assertThat(observer.waiting("5433")).isNaN();
        assertThat(observer.waiting("5434")).isNaN();

        broker.asked.clear();
        measure();
        assertThat(broker.asked).hasSize(1);

        broker.silent = false;
        measure();
        assertThat(observer.waiting("5433")).isEqualTo(7);
        assertThat(observer.waiting("5434")).isEqualTo(7);
        assertThat(observer.trouble("5433")).isEmpty();
    }

    private void measure() throws InterruptedException {
        clock.advance(Duration.ofSeconds(5));
        observer.measure();
    }

    /** One that has 7 events of each shard. */
    private static final class Broker extends BrokerOffsets {

        private final Set<String> leaderless = new TreeSet<>();
        private final List<String> asked = new ArrayList<>();
        private boolean silent;

        Broker() {
            super(new KafkaAdmin(Map.of("bootstrap.servers", "127.0.0.1:1")), Duration.ofSeconds(1));
        }

        @Override
        public List<TopicPartition> partitions(String... topics) {
            asked.add(topics[0]);
            if (silent) {
                throw timeout();
            }
            return Stream.of(topics).map(topic -> new TopicPartition(topic, 0)).toList();
        }

        @Override
        public Map<TopicPartition, Long> begins(List<TopicPartition> partitions) {
            return offsets(partitions, 0);
        }

        @Override
        public Map<TopicPartition, Long> ends(List<TopicPartition> partitions) {
            return offsets(partitions, 7);
        }

        private Map<TopicPartition, Long> offsets(List<TopicPartition> partitions, long offset) {
            if (partitions.stream().anyMatch(partition -> leaderless.contains(partition.topic()))) {
                throw timeout();
            }
            return partitions.stream().collect(Collectors.toMap(partition -> partition, partition -> offset));
        }

        @Override
        public Map<TopicPartition, Long> committed(String shard) {
            return Map.of();
        }

        private static KafkaException timeout() {
            return new KafkaException("no answer", new TimeoutException("no answer"));
        }
    }
}
