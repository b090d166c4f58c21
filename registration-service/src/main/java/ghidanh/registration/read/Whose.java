package ghidanh.registration.read;

import java.util.Map;

/**
 * Whose registrations are listed, as conditions on a row {@code r} of {@code registrations}.
 *
 * @param onShard of a shard whose name is {@code :shard}
 * @param parameters of both
 */
public record Whose(String onShard, String onMaster, Map<String, Object> parameters) {

    public static final Whose ALL = new Whose("", "", Map.of());

    /** Those of one student. */
    public static Whose student(String shard, int stno) {
        return new Whose(
                "and cast(:shard as text) = :ownShard and r.stno = :ownStno",
                """
                and r.shard_name = :ownShard
                and r.stno = (select m.master_stno
                                from students_map m
                               where m.shard_name = :ownShard and m.shard_stno = :ownStno)
                """,
                Map.of("ownShard", shard, "ownStno", stno));
    }

    /** @param universities as PostgreSQL writes an int4multirange */
    public static Whose universities(String universities) {
        String theirs = """
                and exists (select from students s
                             where s.stno = r.stno and s.u_id <@ cast(:universities as int4multirange))
                """;
        return new Whose(theirs, theirs, Map.of("universities", universities));
    }
}
