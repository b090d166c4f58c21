package ghidanh.registration.write;

import ghidanh.loop.LoopGroup;
import ghidanh.loop.Loops;
import ghidanh.registration.database.ShardDatabase;
import ghidanh.registration.database.ShardDatabases;
import ghidanh.registration.read.RegistrationId;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.springframework.stereotype.Component;

/**
 * Registers students for sections, withdraws and swaps them, through the writer of each shard.
 *
 * <p>Stops after the web server has finished its requests and before the databases are closed: what was accepted is
 * written.
 */
@Component
public final class Registrar extends LoopGroup {

    private static final Duration PATIENCE = Duration.ofSeconds(18);

    private final Map<String, ShardWriter> writers = new LinkedHashMap<>();

    Registrar(ShardDatabases databases, WriterSettings settings, Doorbell doorbell, MeterRegistry meters, Loops loops) {
        super(ShardDatabases.PHASE + 1000, PATIENCE);
        for (ShardDatabase shard : databases.all()) {
            var writer = new ShardWriter(shard.name(), new JdbcShardCalls(shard), settings, doorbell, meters);
            writers.put(shard.name(), writer);
            add(loops.lasting("write", shard.name(), writer));
        }
    }

    /**
     * Registers a student; repeating it is safe.
     *
     * @param shard name of an existing shard
     * @return completes on the writer's thread: what hangs on it must not block
     */
    public CompletableFuture<RegistrationOutcome> register(String shard, int stno, int secNo, Origin origin) {
        return writer(shard).register(stno, secNo, origin);
    }

    /**
     * Registers a student, or enters them in the section's waiting list if it is full; repeating it is safe.
     *
     * @return completes on the writer's thread: what hangs on it must not block
     */
    public CompletableFuture<RegistrationOutcome> registerOrWait(String shard, int stno, int secNo, Origin origin) {
        return writer(shard).registerOrWait(stno, secNo, origin);
    }

    /**
     * Registers a student past every rule but the room; repeating it is safe.
     *
     * @param reason 1 to 200 characters, for the history
     * @return completes on the writer's thread: what hangs on it must not block
     */
    public CompletableFuture<RegistrationOutcome> override(
            String shard, int stno, int secNo, String reason, Origin origin) {
        return writer(shard).override(stno, secNo, reason, origin);
    }

    /**
     * Withdraws a registration; repeating it is safe.
     *
     * @return completes on the writer's thread: what hangs on it must not block
     */
    public CompletableFuture<WithdrawalOutcome> withdraw(RegistrationId id, Origin origin) {
        return writer(id.shard()).withdraw(id.regId(), origin);
    }

    /**
     * Gives up a registration and takes another section for its student, or changes nothing; repeating it is safe.
     *
     * @return completes on the writer's thread: what hangs on it must not block
     */
    public CompletableFuture<SwapOutcome> swap(RegistrationId id, int secNo, Origin origin) {
        return writer(id.shard()).swap(id.regId(), secNo, origin);
    }

    private ShardWriter writer(String shard) {
        ShardWriter writer = writers.get(shard);
        if (writer == null) {
            throw new IllegalArgumentException("there is no shard " + shard);
        }
        return writer;
    }

    @Override
    public synchronized void stop() {
        super.stop();
        writers.values().forEach(ShardWriter::refuseRest);
    }
}
