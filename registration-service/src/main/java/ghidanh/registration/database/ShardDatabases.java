package ghidanh.registration.database;

import ghidanh.database.Connections;
import ghidanh.loop.Loops;
import ghidanh.shard.Role;
import ghidanh.shard.ShardCatalogue;
import ghidanh.shard.ShardSettings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * All databases: the shards by name, and the master. They connect and migrate in the background and in parallel, so a
 * database that is down stops neither the start nor the others.
 */
@Component
public final class ShardDatabases implements SmartLifecycle {

    /** Whoever uses the databases starts in a later phase, and so stops before they are closed. */
    public static final int PHASE = 0;

    private static final Logger log = LoggerFactory.getLogger(ShardDatabases.class);
    private static final int FIRST_RESULT_SECONDS = 15;

    private final ShardCatalogue catalogue;
    private final Map<String, ShardDatabase> shards = new LinkedHashMap<>();
    private final MasterDatabase master;
    private volatile boolean running;

    ShardDatabases(
            ShardCatalogue catalogue,
            ShardSettings settings,
            DatabaseAccessSettings access,
            Connections connections,
            Loops loops) {
        this.catalogue = catalogue;
        this.catalogue
                .all()
                .forEach(shard -> shards.put(shard.name(), new ShardDatabase(shard, access, connections, loops)));
        this.master = new MasterDatabase(settings.masterDatabase().as(Role.APP), access, connections, loops);
    }

    public ShardCatalogue catalogue() {
        return catalogue;
    }

    public List<ShardDatabase> all() {
        return List.copyOf(shards.values());
    }

    public Optional<ShardDatabase> find(String name) {
        return Optional.ofNullable(shards.get(name));
    }

    /** @throws IllegalArgumentException if there is no shard of that name */
    public ShardDatabase get(String name) {
        return find(name).orElseThrow(() -> new IllegalArgumentException("there is no shard " + name));
    }

    public MasterDatabase master() {
        return master;
    }

    /** Asks all shards at once. A shard that is not available is named in the answer; another failure fails it. */
    public <T> CompletableFuture<Answers<T>> askAll(BiFunction<String, JdbcClient, List<T>> question) {
        List<CompletableFuture<Answers<T>>> asked = all().stream()
                .map(shard -> shard.ask(client -> new Answers<>(question.apply(shard.name(), client), List.of()))
                        .exceptionally(failure -> withoutAnswer(shard.name(), failure)))
                .toList();
        return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new))
                .thenApply(done ->
                        merged(asked.stream().map(CompletableFuture::join).toList()));
    }

    private static <T> Answers<T> withoutAnswer(String shard, Throwable failure) {
        DatabaseUnavailableException unavailable = DatabaseUnavailableException.in(failure);
        log.debug("shard {} is missing in an answer", shard, unavailable);
        return new Answers<>(List.of(), List.of(shard));
    }

    private static <T> Answers<T> merged(List<Answers<T>> answers) {
        return new Answers<>(
                answers.stream().flatMap(answer -> answer.rows().stream()).toList(),
                answers.stream()
                        .flatMap(answer -> answer.unavailableShards().stream())
                        .toList());
    }

    /** Returns when every database was tried once: a healthy system then answers its first request. */
    @Override
    public void start() {
        List<CompletableFuture<Void>> firstResults = new ArrayList<>();
        shards.values().forEach(shard -> firstResults.add(shard.start()));
        firstResults.add(master.start());
        CompletableFuture.allOf(firstResults.toArray(CompletableFuture[]::new))
                .completeOnTimeout(null, FIRST_RESULT_SECONDS, TimeUnit.SECONDS)
                .join();
        running = true;
    }

    @Override
    public void stop() {
        running = false;
        shards.values().forEach(ShardDatabase::stop);
        master.stop();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }
}
