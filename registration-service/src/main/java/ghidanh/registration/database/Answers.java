package ghidanh.registration.database;

import java.util.List;

/**
 * What the shards answered to one question.
 *
 * @param rows of all shards that answered, in order of the shards
 * @param unavailableShards names of those that did not
 */
public record Answers<T>(List<T> rows, List<String> unavailableShards) {

    public Answers {
        rows = List.copyOf(rows);
        unavailableShards = List.copyOf(unavailableShards);
    }
}
