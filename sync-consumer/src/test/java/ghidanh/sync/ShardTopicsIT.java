package ghidanh.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ghidanh.event.ShardTopics;
import ghidanh.event.TopicSettings;
import ghidanh.event.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.Test;

class ShardTopicsIT {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Map<String, Object> CLIENT =
            Map.of("bootstrap.servers", SyncStack.SERVERS.kafka().bootstrapServers());

    private final ShardTopics topics = new ShardTopics(CLIENT, new TopicSettings(3, (short) 1), PATIENCE);

    @Test
    void many_that_make_the_same_topics_at_once_all_have_them() throws Exception {
        ExecutorService instances = Executors.newFixedThreadPool(4);
        try {
            Callable<Integer> make = () -> topics.make("contested");
            for (Future<Integer> partitions : instances.invokeAll(List.of(make, make, make, make))) {
                assertThat(partitions.get()).isEqualTo(3);
            }
        } finally {
            instances.shutdownNow();
        }
        assertThat(partitions(Topics.events("contested"))).isEqualTo(3);
        assertThat(partitions(Topics.deadLetters("contested"))).isEqualTo(1);
    }

    @Test
    void a_topic_that_is_there_stays_as_it_is_and_the_other_is_made() throws Exception {
        try (Admin admin = Admin.create(CLIENT)) {
            admin.createTopics(List.of(new NewTopic(Topics.events("early"), 5, (short) 1)))
                    .all()
                    .get();
            await().until(() -> admin.listTopics().names().get().contains(Topics.events("early")));
        }

        assertThat(topics.make("early")).isEqualTo(5);

        assertThat(partitions(Topics.events("early"))).isEqualTo(5);
        assertThat(partitions(Topics.deadLetters("early"))).isEqualTo(1);
    }

    @Test
    void a_broker_that_does_not_answer_is_an_exception_within_the_patience() {
        var nowhere = new ShardTopics(
                Map.of("bootstrap.servers", "localhost:1"), new TopicSettings(3, (short) 1), Duration.ofSeconds(1));

        assertThatThrownBy(() -> nowhere.make("any")).isInstanceOf(KafkaException.class);
    }

    /** Partitions of a topic that was made a moment ago: a broker hears of it from the controller. */
    private static int partitions(String topic) {
        try (Admin admin = Admin.create(CLIENT)) {
            return await().ignoreExceptions()
                    .until(
                            () -> admin.describeTopics(List.of(topic)).allTopicNames().get().values().stream()
                                    .mapToInt(
                                            described -> described.partitions().size())
                                    .sum(),
                            partitions -> partitions > 0);
        }
    }
}
