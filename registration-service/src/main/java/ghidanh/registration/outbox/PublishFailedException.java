package ghidanh.registration.outbox;

/** Thrown when Kafka did not acknowledge all events of a batch; what it did not is still in the outbox. */
class PublishFailedException extends RuntimeException {

    PublishFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
