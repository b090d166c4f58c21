package ghidanh.shard;

/** Thrown when the shards' settings contradict each other; the message names the shards and the settings. */
final class InvalidCatalogueException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    InvalidCatalogueException(String message) {
        super(message);
    }
}
