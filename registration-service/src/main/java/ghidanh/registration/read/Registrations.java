package ghidanh.registration.read;

import ghidanh.registration.database.Answers;
import ghidanh.registration.database.DatabaseUnavailableException;
import ghidanh.registration.database.MasterDatabase;
import ghidanh.registration.database.ShardDatabases;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Reads registrations from the shards and the master together. A registration is on its shard from the moment it was
 * accepted, so it is never missing here; the master adds when it arrived there.
 */
@Component
public final class Registrations {

    private static final Logger log = LoggerFactory.getLogger(Registrations.class);

    /**
     * A registration and who could be asked about it.
     *
     * @param shardAvailable false: the master alone was asked, and may have an older state
     * @param masterAvailable false: the shard alone was asked, and knows late of the master
     */
    public record Found(Registration registration, boolean shardAvailable, boolean masterAvailable) {}

    /**
     * A page of the list.
     *
     * @param next where the next page starts; null if this is the last
     * @param masterAvailable false: only what has no sync mark is in it
     * @param unavailableShards whose registrations are in it only as far as the master has them
     */
    public record Page(
            List<Registration> items, @Nullable Cursor next, boolean masterAvailable, List<String> unavailableShards) {}

    private final ShardDatabases databases;
    private final MasterDatabase master;

    Registrations(ShardDatabases databases) {
        this.databases = databases;
        this.master = databases.master();
    }

    /**
     * One registration of an existing shard.
     *
     * @return empty if there is none; {@link DatabaseUnavailableException} if the shard cannot be asked and the master
     *     does not have it
     */
    public CompletableFuture<Optional<Found>> find(RegistrationId id) {
        return databases
                .get(id.shard())
                .ask(shard -> RegistrationDetails.onShard(shard, id))
                .thenCompose(onShard -> onShard.map(this::withMaster)
                        .orElseGet(() -> CompletableFuture.completedFuture(Optional.empty())))
                .exceptionallyCompose(failure -> fromMaster(id, DatabaseUnavailableException.in(failure)));
    }

    /**
     * The shard's number of the student whose registration this is; the shard alone is asked, as for a change.
     *
     * @return empty if there is none; {@link DatabaseUnavailableException} if the shard cannot be asked
     */
    public CompletableFuture<Optional<Integer>> student(RegistrationId id) {
        return databases
                .get(id.shard())
                .ask(shard -> RegistrationDetails.onShard(shard, id).map(Registration::stno));
    }

    /**
     * The states of a registration, newest first, as its shard has kept them.
     *
     * @param stno of the student whose registration it is
     * @return {@link DatabaseUnavailableException} if the shard cannot be asked
     */
    public CompletableFuture<List<RegistrationChange>> history(RegistrationId id, int stno) {
        return databases.get(id.shard()).ask(shard -> RegistrationChange.newest(shard, id.regId(), stno));
    }

    private CompletableFuture<Optional<Found>> withMaster(Registration onShard) {
        return master.ask(client -> RegistrationDetails.states(client, List.of(onShard.id())))
                .thenApply(states -> new Found(onShard.with(states.get(onShard.id())), true, true))
                .exceptionally(failure -> {
                    log.debug("answered without the master", DatabaseUnavailableException.in(failure));
                    return new Found(onShard, true, false);
                })
                .thenCompose(found -> onShard.synced() && !found.registration().synced()
                        ? takeMarkBack(onShard).thenApply(done -> Optional.of(found))
                        : CompletableFuture.completedFuture(Optional.of(found)));
    }

    /** The master has gone back in time: it was asked after the shard, and lacks what the shard's mark says it has. */
    private CompletableFuture<Void> takeMarkBack(Registration marked) {
        log.warn("{} is marked as synced and the master does not have it so: it is brought again", marked.id());
        return databases
                .get(marked.id().shard())
                .ask(shard -> RegistrationDetails.takeMarkBack(shard, marked))
                .handle((rows, failure) -> {
                    if (failure != null) {
                        log.warn("{}: the mark could not be taken back", marked.id(), failure);
                    }
                    return null;
                });
    }

    private CompletableFuture<Optional<Found>> fromMaster(RegistrationId id, DatabaseUnavailableException shardDown) {
        return master.ask(client -> RegistrationDetails.onMaster(client, id)).handle((onMaster, failure) -> {
            if (failure != null) {
                shardDown.addSuppressed(DatabaseUnavailableException.in(failure));
                throw shardDown;
            }
            return Optional.of(new Found(onMaster.orElseThrow(() -> shardDown), false, true));
        });
    }

    /**
     * Registrations, newest first: the master's, and those of the shards that have not arrived there.
     *
     * @return {@link DatabaseUnavailableException} if neither the master nor any shard can be asked
     */
    public CompletableFuture<Page> newest(Whose whose, Cursor after, int limit) {
        // The shards first: what arrives on the master in between is then in both answers, and not in neither.
        return databases
                .askAll((shard, client) -> RegistrationDetails.unsynced(client, shard, whose, after, limit + 1))
                .thenCompose(unsynced -> master.ask(
                                client -> RegistrationDetails.newest(client, whose, after, limit + 1))
                        .handle((synced, failure) -> failure == null
                                ? page(synced, unsynced, limit, true)
                                : withoutMaster(unsynced, limit, DatabaseUnavailableException.in(failure))));
    }

    private Page withoutMaster(Answers<Registration> unsynced, int limit, DatabaseUnavailableException masterDown) {
        if (unsynced.unavailableShards().size() == databases.all().size()) {
            throw masterDown;
        }
        return page(List.of(), unsynced, limit, false);
    }

    private static Page page(
            List<Registration> synced, Answers<Registration> unsynced, int limit, boolean masterAvailable) {
        Map<RegistrationId, Registration> latest = new HashMap<>();
        // A row in both is on the master already, unless the shard has a newer state of it.
        Stream.concat(synced.stream(), unsynced.rows().stream())
                .forEach(row -> latest.merge(row.id(), row, (one, two) -> one.version() >= two.version() ? one : two));
        List<Registration> all = latest.values().stream()
                .sorted((one, two) -> Cursor.NEWEST_FIRST.compare(one.cursor(), two.cursor()))
                .toList();
        List<Registration> items = all.subList(0, Math.min(limit, all.size()));
        Cursor next = all.size() > limit ? items.get(limit - 1).cursor() : null;
        return new Page(List.copyOf(items), next, masterAvailable, unsynced.unavailableShards());
    }
}
