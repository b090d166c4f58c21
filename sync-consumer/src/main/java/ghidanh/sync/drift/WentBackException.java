package ghidanh.sync.drift;

/** Thrown where rows would be removed that may be the last copy of what a shard has lost. */
public class WentBackException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    WentBackException(String shard) {
        super("Shard " + shard
                + " or the master may have gone back in time and has not been compared since; a check that repairs"
                + " and names what is lost starts by itself. Remove extra rows after it.");
    }
}
