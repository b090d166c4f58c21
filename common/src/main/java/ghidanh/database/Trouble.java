package ghidanh.database;

import java.time.Instant;

/**
 * What is wrong with something that is asked again and again.
 *
 * @param since first failure without a success after it
 * @param message of the last failure, for people
 */
public record Trouble(Instant since, Obstacle obstacle, String message) {}
