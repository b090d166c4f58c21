package ghidanh.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import ghidanh.sync.job.Job;
import ghidanh.sync.job.JobKind;
import ghidanh.sync.job.JobState;
import ghidanh.sync.job.Jobs;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

class JobIT {

    private static final JsonNode NOTHING = JsonNodeFactory.instance.objectNode();

    private static ConfigurableApplicationContext consumer;
    private static Jobs jobs;

    /** Its heart beats once at the start and not again; those of other tests have more patience with the dead. */
    @BeforeAll
    static void startConsumer() {
        Map<String, Object> settings = new HashMap<>(Jobbing.QUIET);
        settings.put("ghidanh.sync.jobs.heartbeat", "1h");
        settings.put("ghidanh.sync.jobs.patience", "2s");
        consumer = SyncStack.startReadyConsumer(List.of("worked_on"), settings);
        jobs = consumer.getBean(Jobs.class);
    }

    @AfterAll
    static void stopConsumer() {
        consumer.close();
    }

    @Test
    void a_job_whose_thread_dies_of_an_error_has_failed_and_lets_the_next_one_run() {
        jobs.register(JobKind.RESYNC, (job, progress) -> {
            throw new StackOverflowError("injected");
        });

        Job job = jobs.start(request(JobKind.RESYNC));

        await().atMost(Jobbing.SOON).until(() -> find(job).state() == JobState.FAILED);
        assertThat(find(job).message()).isEqualTo("injected");
        jobs.register(JobKind.RESYNC, (next, progress) -> {});
        Job next = jobs.start(request(JobKind.RESYNC));
        await().atMost(Jobbing.SOON).until(() -> find(next).state() == JobState.DONE);
    }

    @Test
    void a_job_that_gets_no_thread_has_failed_and_lets_the_next_one_run() {
        jobs.register(JobKind.RESYNC, (job, progress) -> {});
        var noThread = new InheritableThreadLocal<String>() {
            @Override
            protected String childValue(String parents) {
                if (StackWalker.getInstance().walk(calls -> calls.anyMatch(JobIT::isOfThreads))) {
                    throw new OutOfMemoryError("unable to create native thread");
                }
                return parents;
            }
        };
        noThread.set("whatever");
        try {
            assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(() -> jobs.start(request(JobKind.RESYNC)));
        } finally {
            noThread.remove();
        }

        Job job = jobs.newest(JobKind.RESYNC, 1).get(0);
        assertThat(job.state()).isEqualTo(JobState.FAILED);
        assertThat(job.message()).isEqualTo("unable to create native thread");
        Job next = jobs.start(request(JobKind.RESYNC));
        await().atMost(Jobbing.SOON).until(() -> find(next).state() == JobState.DONE);
    }

    private static boolean isOfThreads(StackWalker.StackFrame call) {
        return call.getClassName().equals("ghidanh.loop.Threads");
    }

    @Test
    void what_dies_of_an_error_within_its_request_has_failed() {
        assertThatExceptionOfType(StackOverflowError.class)
                .isThrownBy(() -> jobs.now(request(JobKind.REDRIVE), progress -> {
                    throw new StackOverflowError("injected");
                }));

        Job job = jobs.newest(JobKind.REDRIVE, 1).get(0);
        assertThat(job.state()).isEqualTo(JobState.FAILED);
        assertThat(job.message()).isEqualTo("injected");
    }

    @Test
    void reading_a_job_only_reads() {
        long id = SyncStack.master().sql("""
                        insert into jobs (kind, shard, options, reason, requested_by, state, owner, heartbeat_at)
                        values ('replay', 'worked_on', '{}', '', '', 'running', 'a dead instance', now() - interval '5 seconds')
                        returning id
                        """).query(Long.class).single();
        String row = row(id);

        assertThat(jobs.find(JobKind.REPLAY, id)).map(Job::state).contains(JobState.RUNNING);
        assertThat(jobs.newest(null, 10)).anyMatch(job -> job.id() == id);

        assertThat(row(id)).isEqualTo(row);
        Job next = jobs.start(request(JobKind.RESYNC));
        assertThat(jobs.find(JobKind.REPLAY, id)).map(Job::state).contains(JobState.INTERRUPTED);
        await().atMost(Jobbing.SOON).until(() -> find(next).state().isOver());
    }

    @Test
    void more_streams_of_progress_than_the_limit_are_refused() throws Exception {
        var gate = new CountDownLatch(1);
        jobs.register(JobKind.RESYNC, (job, progress) -> gate.await());
        Job job = jobs.start(request(JobKind.RESYNC));
        String events = "/api/resyncs/" + job.id() + "/events";
        HttpClient client = HttpClient.newHttpClient();
        List<InputStream> open = new ArrayList<>();
        try {
            for (int i = 0; i < 100; i++) {
                HttpResponse<InputStream> stream = client.send(
                        HttpRequest.newBuilder(URI.create(Rest.of(consumer).url() + events))
                                .build(),
                        BodyHandlers.ofInputStream());
                assertThat(stream.statusCode()).isEqualTo(200);
                open.add(stream.body());
            }
            assertThat(Rest.of(consumer).get(events).status()).isEqualTo(503);
        } finally {
            gate.countDown();
            for (InputStream stream : open) {
                stream.close();
            }
        }
        await().atMost(Jobbing.SOON).until(() -> Rest.of(consumer).get(events).status() == 200);
    }

    private static String row(long id) {
        return SyncStack.master()
                .sql("select xmin || ' ' || ctid || ' ' || state from jobs where id = ?")
                .param(id)
                .query(String.class)
                .single();
    }

    private static Job find(Job job) {
        return jobs.find(job.kind(), job.id()).orElseThrow();
    }

    private static Job.Request request(JobKind kind) {
        return new Job.Request(kind, "worked_on", NOTHING, "test", "JobIT", NOTHING);
    }
}
