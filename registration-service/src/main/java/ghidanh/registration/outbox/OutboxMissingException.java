package ghidanh.registration.outbox;

import ghidanh.database.DatabaseName;

/** Thrown when a shard has no outbox: the migration that makes it has not run, or runs beside us. */
class OutboxMissingException extends RuntimeException {

    OutboxMissingException(String shard, Throwable cause) {
        super(
                "Shard " + shard + " has no outbox yet: "
                        + DatabaseName.ofShard(shard).explain(cause),
                cause);
    }
}
