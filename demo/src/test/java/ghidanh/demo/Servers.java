package ghidanh.demo;

import ghidanh.servers.PostgresServer;
import ghidanh.servers.TestServers;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Hands to ask and fill the databases of a test. */
final class Servers {

    private Servers() {}

    /** Statements on the database, each in a session of its own. */
    static JdbcClient sql(PostgresServer cluster) {
        return JdbcClient.create(cluster.dataSource(TestServers.DATABASE));
    }

    /** Makes a university, a course, a section with seats and a student; their numbers are all that a registration needs. */
    static Seat seat(PostgresServer shard, int university) {
        JdbcClient sql = sql(shard);
        sql.sql("""
                insert into universities (u_id, name, sector) values (:university, 'Đại học ' || :university, 'public')
                on conflict do nothing
                """).param("university", university).update();
        sql.sql("insert into courses (c_no, c_name, credits) values (1, 'Giải tích', 3) on conflict do nothing")
                .update();
        int stno = sql.sql("insert into students (u_id, lname, fname) values (:university, 'Lê', 'An') returning stno")
                .param("university", university)
                .query(Integer.class)
                .single();
        int secNo = sql.sql("""
                insert into sections (year, semester, time, hall, c_no, capacity)
                values (2026, 1, 'T2 1-3', 'A' || :stno, 1, 50) returning sec_no
                """).param("stno", stno).query(Integer.class).single();
        return new Seat(university, stno, secNo);
    }

    /** What a student asks for. */
    record Seat(int university, int stno, int secNo) {

        /** A request that leaves the shard to the university. */
        String json() {
            return "{\"uId\":" + university + ",\"stno\":" + stno + ",\"secNo\":" + secNo + "}";
        }
    }
}
