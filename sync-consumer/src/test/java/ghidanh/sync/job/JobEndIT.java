package ghidanh.sync.job;

import static org.assertj.core.api.Assertions.assertThat;

import ghidanh.servers.TestServers;
import ghidanh.sync.SyncStack;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.node.JsonNodeFactory;

/** What is written at the end of a job of which others have had their own opinion. */
class JobEndIT {

    private static final String OWNER = "this instance";

    private static ConfigurableApplicationContext consumer;
    private static JobStore store;

    @BeforeAll
    static void start() {
        consumer = SyncStack.startReadyConsumer(List.of("5433", "5434"), Map.of());
        store = consumer.getBean(JobStore.class);
    }

    @AfterAll
    static void stop() {
        consumer.close();
    }

    private static Job begun() {
        var nothing = JsonNodeFactory.instance.objectNode();
        return store.begin(new Job.Request(JobKind.REPLAY, "5433", nothing, "a test", "somebody", nothing), OWNER);
    }

    private static Job ended(Job job, String owner) {
        store.end(job.id(), owner, new Progress(job).snapshot(), JobState.DONE, "all of it");
        return store.find(job.id()).orElseThrow();
    }

    private static void set(Job job, String columns) {
        JdbcClient.create(TestServers.shared().master().dataSource(TestServers.DATABASE))
                .sql("update jobs set " + columns + " where id = " + job.id())
                .update();
    }

    @Test
    void a_job_that_was_taken_for_dead_while_it_came_to_its_end_is_done() {
        Job job = begun();
        set(job, "state = 'interrupted', message = 'its instance gave no sign of life', ended_at = heartbeat_at");

        Job ended = ended(job, OWNER);

        assertThat(ended.state()).isEqualTo(JobState.DONE);
        assertThat(ended.message()).isEqualTo("all of it");
    }

    @Test
    void a_cancelled_job_stays_cancelled() {
        Job job = begun();
        store.cancel(job.id());

        assertThat(ended(job, OWNER).state()).isEqualTo(JobState.CANCELLED);
    }

    @Test
    void a_job_that_another_instance_goes_on_with_is_not_ended_by_the_first() {
        Job job = begun();
        set(job, "owner = 'another one'");

        assertThat(ended(job, OWNER).state()).isEqualTo(JobState.RUNNING);
        assertThat(ended(job, "another one").state()).isEqualTo(JobState.DONE);
    }
}
