package ghidanh.benchmarks.lag;

import ghidanh.benchmarks.load.Answers;
import ghidanh.benchmarks.load.ProcessorTime;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** This system, as packaged, registered with over HTTP. */
final class Ghidanh {

    private static final int CONNECTIONS = 16; // of each shard
    private static final int SETTLE_SECONDS = 60;

    private final Deployment deployment;
    private @Nullable Load load;

    Ghidanh() throws IOException, SQLException {
        deployment = new Deployment();
    }

    Deployment deployment() {
        return deployment;
    }

    /** Returns when it is ready for registrations. */
    void start() throws Exception {
        deployment.start();
        deployment.awaitFirstChecks();
        load = new Load(deployment.registration().port(), CONNECTIONS);
    }

    /** As {@link #sample}, and nobody counts. */
    void warmUp(int perSecond, Duration duration) throws Exception {
        load().steady(perSecond, duration);
        deployment.awaitMarks(SETTLE_SECONDS);
    }

    /**
     * Lets students register at a rate, half of them on each shard, and waits until all of it is on the master.
     *
     * @param lead is not counted
     */
    Sample sample(int perSecond, Duration lead, Duration measured) throws Exception {
        Map<String, Long> after = lastRegistrations();
        ProcessorTime before = deployment.processorTime();
        Load.Outcome outcome = load().steady(perSecond, lead.plus(measured));
        deployment.awaitMarks(SETTLE_SECONDS);
        ProcessorTime used = deployment.processorTime().since(before);
        long from = outcome.beganMicros() + TimeUnit.NANOSECONDS.toMicros(lead.toNanos());
        double rate = outcome.answers().stream()
                .mapToDouble(each -> each.rate(Answers.CREATED))
                .sum();
        return new Sample(
                outcome.accepted(),
                outcome.others(),
                rate,
                outcome.acceptedMicros(from),
                CommitLag.read(deployment, after, from),
                used);
    }

    private Load load() {
        return Objects.requireNonNull(load, "not started");
    }

    private Map<String, Long> lastRegistrations() throws SQLException {
        Map<String, Long> last = new LinkedHashMap<>();
        for (String shard : Deployment.SHARDS) {
            last.put(shard, deployment.shard(shard).number("select coalesce(max(reg_id), 0) from registrations"));
        }
        return last;
    }
}
