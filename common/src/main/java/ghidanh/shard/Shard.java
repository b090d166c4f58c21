package ghidanh.shard;

import java.util.List;

/**
 * One shard of the catalogue.
 *
 * @param name what maps, foreign servers, foreign tables and topics are named after, such as {@code 5433}
 * @param label what people read, such as "Public universities"
 * @param universities whose students live here
 * @param database how the services reach it
 * @param fdw how the master reaches it
 */
public record Shard(String name, String label, List<UniversityRange> universities, Database database, Fdw fdw) {

    public Shard {
        universities = List.copyOf(universities);
    }

    /**
     * A shard as the master's postgres_fdw reaches it.
     *
     * @param host seen from the master's machine
     * @param port seen from the master's machine
     * @param database name of the database on the shard
     */
    public record Fdw(String host, int port, String database) {}

    boolean hasUniversity(int uId) {
        return universities.stream().anyMatch(range -> range.contains(uId));
    }
}
