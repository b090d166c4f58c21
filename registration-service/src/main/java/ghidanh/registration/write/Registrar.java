package ghidanh.registration.write;

import ghidanh.event.TraceParent;
import ghidanh.registration.database.ShardDatabase;
import ghidanh.registration.database.ShardDatabases;
import ghidanh.registration.read.RegistrationId;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Registers students for sections and withdraws them, through the writer of each shard.
 *
 * <p>Stops after the web server has finished its requests and before the databases are closed: what was accepted is
 * written.
 */
@Component
public final class Registrar implements SmartLifecycle {

    private static final Duration PATIENCE = Duration.ofSeconds(18);

    private final Map<String, ShardWriter> writers = new LinkedHashMap<>();
    private volatile boolean running;

    Registrar(
            ShardDatabases databases,
            WriterSettings settings,
            ObjectProvider<ShardCommitListener> listeners,
            MeterRegistry meters) {
        List<ShardCommitListener> all = listeners.orderedStream().toList();
        for (ShardDatabase shard : databases.all()) {
            writers.put(
                    shard.name(),
                    new ShardWriter(
                            shard.name(),
                            new JdbcShardCalls(shard),
                            settings,
                            committed -> all.forEach(listener -> listener.committed(committed)),
                            meters));
        }
    }

    /**
     * Registers a student; repeating it is safe.
     *
     * @param shard name of an existing shard
     * @param trace of the request, for the event
     * @return completes on the writer's thread: what hangs on it must not block
     */
    public CompletableFuture<RegistrationOutcome> register(
            String shard, int stno, int secNo, @Nullable TraceParent trace) {
        return writer(shard).register(stno, secNo, trace);
    }

    /**
     * Withdraws a registration; repeating it is safe.
     *
     * @param trace of the request, for the event
     * @return completes on the writer's thread: what hangs on it must not block
     */
    public CompletableFuture<WithdrawalOutcome> withdraw(RegistrationId id, @Nullable TraceParent trace) {
        return writer(id.shard()).withdraw(id.regId(), trace);
    }

    private ShardWriter writer(String shard) {
        ShardWriter writer = writers.get(shard);
        if (writer == null) {
            throw new IllegalArgumentException("there is no shard " + shard);
        }
        return writer;
    }

    @Override
    public void start() {
        writers.values().forEach(ShardWriter::start);
        running = true;
    }

    @Override
    public void stop() {
        running = false;
        writers.values().forEach(ShardWriter::close);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        for (ShardWriter writer : writers.values()) {
            writer.finish(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return ShardDatabases.PHASE + 1000;
    }
}
