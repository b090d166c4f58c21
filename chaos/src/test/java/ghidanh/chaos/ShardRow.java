package ghidanh.chaos;

import ghidanh.chaos.Ledger.Seat;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/** A registration by the shard's numbers, as the shard has it or as the master shows it. */
record ShardRow(Seat seat, boolean registered, long version) {

    private static final String ON_SHARD = """
            select reg_id, concat_ws(' ', stno, sec_no, status, version) from registrations
            """;
    private static final String ON_MASTER = """
            select r.shard_reg_id, concat_ws(' ', sm.shard_stno, cm.shard_sec_no, r.status, r.version)
              from registrations r
              join students_map sm on sm.shard_name = r.shard_name and sm.master_stno = r.stno
              join sections_map cm on cm.shard_name = r.shard_name and cm.master_sec_no = r.sec_no
             where r.shard_name = ?
            """;
    private static final String SOME_ON_MASTER = ON_MASTER + " and r.shard_reg_id = any (?)";

    /** All of a shard, by number. */
    static Map<Long, ShardRow> onShard(Connection connection, String shard) throws SQLException {
        return of(shard, Table.read(connection, ON_SHARD));
    }

    static Map<Long, ShardRow> onShard(Connection connection, String shard, Long[] regIds) throws SQLException {
        return of(shard, Table.read(connection, ON_SHARD + " where reg_id = any (?)", (Object) regIds));
    }

    /** What the master has of a shard, by the shard's number. */
    static Map<Long, ShardRow> onMaster(Connection master, String shard) throws SQLException {
        return of(shard, Table.read(master, ON_MASTER, shard));
    }

    static Map<Long, ShardRow> onMaster(Connection master, String shard, Long[] regIds) throws SQLException {
        return of(shard, Table.read(master, SOME_ON_MASTER, shard, regIds));
    }

    private static Map<Long, ShardRow> of(String shard, Table table) {
        Map<Long, ShardRow> byNumber = new HashMap<>();
        table.rows().forEach((regId, row) -> {
            String[] columns = row.split(" ");
            byNumber.put(
                    regId,
                    new ShardRow(
                            new Seat(shard, Integer.parseInt(columns[0]), Integer.parseInt(columns[1])),
                            columns[2].equals("registered"),
                            Long.parseLong(columns[3])));
        });
        return byNumber;
    }
}
