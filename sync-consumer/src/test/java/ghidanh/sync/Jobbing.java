package ghidanh.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ghidanh.event.ChangeEvent;
import ghidanh.event.Entity;
import ghidanh.event.EventJson;
import ghidanh.event.Topics;
import ghidanh.sync.kafka.BrokerOffsets;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.kafka.core.KafkaAdmin;
import tools.jackson.databind.JsonNode;

/** What tests of replays, resyncs and drift checks share: a shard full of rows, and jobs watched to their end. */
final class Jobbing {

    /** So that only live events and the job under test bring rows. */
    static final Map<String, Object> QUIET = Map.of(
            "ghidanh.sync.sweep.interval", "1h",
            "ghidanh.sync.jobs.heartbeat", "100ms",
            "ghidanh.sync.jobs.patience", "1m",
            "ghidanh.sync.drift.settle", "300ms",
            "ghidanh.sync.drift.interval", "0",
            "ghidanh.sync.drift.watch", "1h",
            "ghidanh.sync.replay.max-per-second", "0");

    static final Duration SOON = Duration.ofSeconds(60);

    private Jobbing() {}

    /** Ten sections, and registrations of as many students, some of them withdrawn, marked or registered again. */
    static void fill(String shard, int registrations) {
        SyncStack.university(shard);
        SyncStack.newSection(shard);
        SyncStack.shard(shard).sql("""
                        insert into sections (year, semester, time, hall, c_no, capacity)
                        select 2026, 1, 'Tue 07:00', :shard || ' ' || n, 1, 1000000 from generate_series(1, 10) n
                        """).param("shard", shard).update();
        SyncStack.shard(shard).sql("""
                        with fresh as (
                            insert into students (u_id, fname, mname, lname)
                            select 1, 'Đức', 'Minh', 'Nguyễn ' || n from generate_series(1, :n) n
                            returning stno
                        )
                        insert into registrations (stno, sec_no)
                        select f.stno, (select min(s.sec_no) from sections s) + f.stno % 10 from fresh f
                        """).param("n", registrations).update();
        SyncStack.shard(shard).sql("""
                        update registrations
                           set status = case when reg_id % 3 = 0 then 'withdrawn' else status end,
                               mark = case when reg_id % 3 = 1 then 7.25 end
                         where reg_id % 3 < 2
                        """).update();
        SyncStack.shard(shard)
                .sql("update registrations set status = 'registered' where reg_id % 30 = 0")
                .update();
    }

    /** Sends the outbox, as the relay does. */
    static int relay(String shard) {
        List<ChangeEvent> events = SyncStack.shard(shard)
                .sql("with gone as (delete from outbox returning *) select entity, entity_id from gone order by id")
                .query((row, n) ->
                        new ChangeEvent(shard, Entity.of(row.getString(1)).orElseThrow(), row.getLong(2)))
                .list();
        events.forEach(event -> SyncStack.sendRaw(shard, event.key(), EventJson.write(event)));
        return events.size();
    }

    /** As if the master had never heard of the shard. */
    static void forget(String shard) {
        SyncStack.master()
                .sql("delete from registrations where shard_name = ?")
                .param(shard)
                .update();
        SyncStack.master().sql("""
                        with unmapped as (delete from students_map where shard_name = ? returning master_stno)
                        select count(*) from unmapped
                        """).param(shard).query().singleRow();
        SyncStack.master()
                .sql("delete from sections_map where shard_name = ?")
                .param(shard)
                .update();
    }

    /** Registrations by the shard's numbers, as the master shows them. */
    static List<Map<String, Object>> onMaster(String shard) {
        return SyncStack.master().sql("""
                        select r.shard_reg_id as reg_id, sm.shard_stno as stno, cm.shard_sec_no as sec_no, r.created_at,
                               r.mark, r.status, r.version, s.lname
                          from registrations r
                          join students_map sm on sm.shard_name = r.shard_name and sm.master_stno = r.stno
                          join sections_map cm on cm.shard_name = r.shard_name and cm.master_sec_no = r.sec_no
                          join students s on s.stno = r.stno
                         where r.shard_name = ?
                         order by r.shard_reg_id
                        """).param(shard).query().listOfRows();
    }

    static List<Map<String, Object>> onShard(String shard) {
        return SyncStack.shard(shard).sql("""
                        select r.reg_id, r.stno, r.sec_no, r.created_at, r.mark, r.status, r.version, s.lname
                          from registrations r
                          join students s using (stno)
                         order by r.reg_id
                        """).query().listOfRows();
    }

    static long rows(String shard) {
        return countOnMaster("registrations", shard);
    }

    static long students(String shard) {
        return countOnMaster("students_map", shard);
    }

    private static long countOnMaster(String table, String shard) {
        return SyncStack.master()
                .sql("select count(*) from " + table + " where shard_name = ?")
                .param(shard)
                .query(Long.class)
                .single();
    }

    /** Waits until the job is over. */
    static JsonNode finished(ConfigurableApplicationContext consumer, String path) {
        Rest rest = Rest.of(consumer);
        await().atMost(SOON).until(() -> !state(rest.get(path).body()).equals("RUNNING"));
        return rest.get(path).body();
    }

    /** Starts a job, which must be accepted, and waits until it is over. */
    static JsonNode run(ConfigurableApplicationContext consumer, String path, String body) {
        return finished(consumer, start(Rest.of(consumer), path, body));
    }

    /** Looks at what a shard does not have, and removes it from the master. */
    static JsonNode removeExtra(ConfigurableApplicationContext consumer, String shard, String reason) {
        JsonNode dryRun = run(consumer, "/api/drift-checks", "{\"shard\": \"" + shard + "\"}");
        return run(consumer, "/api/drift-checks", """
                {"shard": "%s", "repair": true, "removeExtra": true, "after": %d, "reason": "%s"}
                """.formatted(
                        shard, dryRun.path("id").longValue(), reason));
    }

    /** Starts a job, which must be accepted once those that began by themselves are over, and tells its address. */
    static String start(Rest rest, String path, String body) {
        Rest.Answer answer = await().atMost(SOON)
                .until(
                        () -> rest.post(path, body),
                        given -> !given.body().path("code").asString().equals("ALREADY_RUNNING"));
        if (answer.status() != 202) {
            throw new AssertionError(answer.status() + " " + answer.body());
        }
        return answer.http().headers().firstValue("Location").orElseThrow();
    }

    /** Waits until no event waits: what is still to be read when a master dies would be brought to its empty successor. */
    static void awaitRead(ConfigurableApplicationContext consumer, String shard) {
        await().atMost(SOON).until(() -> waitingEvents(consumer, shard) == 0);
    }

    private static long waitingEvents(ConfigurableApplicationContext consumer, String shard)
            throws InterruptedException {
        try (var offsets = new BrokerOffsets(consumer.getBean(KafkaAdmin.class), Duration.ofSeconds(10))) {
            Map<TopicPartition, Long> committed = offsets.committed(shard);
            return offsets.ends(offsets.partitions(Topics.events(shard))).entrySet().stream()
                    .mapToLong(end -> end.getValue() - committed.getOrDefault(end.getKey(), 0L))
                    .sum();
        }
    }

    /** Waits until shard and master have been compared since either may have gone back in time. */
    static void awaitCompared(String shard) {
        await().atMost(SOON)
                .until(() -> SyncStack.master()
                                .sql(
                                        "select count(*) from shards where name = ? and compared like 'shard % at %, master %'")
                                .param(shard)
                                .query(Long.class)
                                .single()
                        == 1);
    }

    /** Lets a minute pass for the job, in which its instance gives no sign of life. */
    static void letAMinutePass(String path) {
        SyncStack.master()
                .sql("update jobs set heartbeat_at = heartbeat_at - interval '1 minute' where id = ?")
                .param(id(path))
                .update();
    }

    private static long id(String path) {
        return Long.parseLong(path.substring(path.lastIndexOf('/') + 1));
    }

    /**
     * Resumes a job that was interrupted in the middle, from there on at full speed, and waits until it is done and has
     * read everything.
     */
    static JsonNode resumed(ConfigurableApplicationContext consumer, String path) {
        Rest rest = Rest.of(consumer);
        JsonNode interrupted = rest.get(path).body();
        assertThat(state(interrupted)).isEqualTo("INTERRUPTED");
        assertThat(interrupted.path("read").longValue())
                .isLessThan(interrupted.path("total").longValue());
        SyncStack.master()
                .sql("update jobs set options = options || '{\"maxPerSecond\": 0}' where id = ?")
                .param(id(path))
                .update();
        assertThat(rest.post(path + "/resume", "").status()).isEqualTo(202);
        JsonNode job = finished(consumer, path);
        assertThat(state(job)).isEqualTo("DONE");
        assertThat(job.path("read").longValue()).isEqualTo(job.path("total").longValue());
        return job;
    }

    static String state(JsonNode job) {
        return job.path("state").asString();
    }

    static long count(JsonNode job, String outcome) {
        return job.path("counts").path(outcome).asLong(0);
    }

    static HttpResponse<String> send(ConfigurableApplicationContext consumer, String method, String path) {
        try {
            return HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create(Rest.of(consumer).url() + path))
                                    .method(method, HttpRequest.BodyPublishers.noBody())
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
