package ghidanh.registration.database;

import ghidanh.database.Patience;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How this service talks to its databases.
 *
 * @param connectTimeout longest wait for a connection; whole seconds
 * @param readTimeout longest wait for the answer to a read; a frozen database holds a reader this long, once
 * @param writeTimeout longest wait for a batch of registrations to commit; a frozen shard holds its writer this long
 * @param lockTimeout longest wait of a batch of registrations for what others hold; those who need it are then told so, and the
 *     rest of the batch goes on
 * @param readers connections, and threads, that read from one database
 * @param waitingReads reads that may wait for a reader of one database; beyond them a read is refused at once
 * @param retryInterval first pause before a database that failed is tried again; doubles up to eight times this
 */
@Validated
@ConfigurationProperties("ghidanh.registration.database")
record DatabaseAccessSettings(
        @DefaultValue("3s") @DurationMin(seconds = 1) Duration connectTimeout,
        @DefaultValue("5s") @DurationMin(seconds = 1) Duration readTimeout,
        @DefaultValue("15s") @DurationMin(seconds = 2) Duration writeTimeout,
        @DefaultValue("300ms") @DurationMin(millis = 1) Duration lockTimeout,
        @DefaultValue("6") @Min(1) @Max(100) int readers,
        @DefaultValue("500") @Min(1) int waitingReads,
        @DefaultValue("500ms") @DurationMin(millis = 10) Duration retryInterval) {

    Patience check() {
        return Patience.of(connectTimeout, connectTimeout);
    }

    Patience read() {
        return new Patience(
                connectTimeout,
                readTimeout,
                statement(readTimeout),
                statement(readTimeout).dividedBy(2));
    }

    Patience write() {
        return new Patience(connectTimeout, writeTimeout, statement(writeTimeout), lockTimeout);
    }

    /** The server gives up a little sooner than the driver, and the session lives. */
    private static Duration statement(Duration answer) {
        return Duration.ofMillis(Math.max(500, answer.toMillis() * 8 / 10));
    }
}
