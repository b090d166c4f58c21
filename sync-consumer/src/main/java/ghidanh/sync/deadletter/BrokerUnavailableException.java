package ghidanh.sync.deadletter;

/** Thrown when Kafka does not confirm a record; nothing may be given up on then. */
public class BrokerUnavailableException extends RuntimeException {

    public BrokerUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
