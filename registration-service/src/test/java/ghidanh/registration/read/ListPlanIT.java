package ghidanh.registration.read;

import static org.assertj.core.api.Assertions.assertThat;

import ghidanh.registration.Databases;
import ghidanh.registration.database.Times;
import ghidanh.servers.PostgresServer;
import ghidanh.sql.Migrations;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A page of the list costs what a page costs, however many registrations there are. */
class ListPlanIT {

    private static final int PAGE = 20;

    private static final String STUDENTS_AND_SECTIONS = """
            insert into universities values (1, 'University 1', 'public');
            insert into courses values (1, 'Databases', 3);
            insert into students (u_id, lname, fname) select 1, 'Trần', 'An' from generate_series(1, 20000);
            insert into sections (year, semester, time, hall, c_no, capacity)
            select 2026, 1, 'Mon 7:00', 'A' || n, 1, 20000 from generate_series(1, 3) n;
            """;

    @Test
    void a_page_of_the_master_s_reads_few_rows() throws SQLException {
        JdbcClient master = filled(Databases.master(), Migrations.MASTER, STUDENTS_AND_SECTIONS + """
                insert into students_map (shard_name, shard_stno, master_stno, version)
                select '5433', stno, stno, stno from students;
                insert into sections_map (shard_name, shard_sec_no, master_sec_no, capacity, version)
                select '5433', sec_no, sec_no, capacity, sec_no from sections;
                insert into registrations (stno, sec_no, created_at, status, shard_name, shard_reg_id, version)
                select stno, sec_no, clock_timestamp(), 'registered', '5433', 3 * stno + sec_no, stno
                  from students cross join sections;
                analyze;
                """);

        readsFewRows(master, RegistrationDetails.NEWEST);
    }

    @Test
    void a_page_of_a_shard_s_reads_few_rows() throws SQLException {
        JdbcClient shard = filled(Databases.shard("5433"), Migrations.SHARD, STUDENTS_AND_SECTIONS + """
                insert into registrations (stno, sec_no) select stno, sec_no from students cross join sections;
                analyze;
                """);

        readsFewRows(shard, RegistrationDetails.UNSYNCED);
    }

    private static JdbcClient filled(PostgresServer cluster, Migrations migrations, String rows) throws SQLException {
        String name = "plans_of_" + migrations.name().toLowerCase(Locale.ROOT);
        cluster.createDatabaseIfMissing(name);
        var database = new DriverManagerDataSource(cluster.jdbcUrl(name), cluster.user(), cluster.password());
        migrations.migrate(database);
        JdbcClient client = JdbcClient.create(database);
        client.sql(rows).update();
        return client;
    }

    private static void readsFewRows(JdbcClient client, String page) {
        String plan = client.sql("explain (analyze, format json) " + page)
                .param("shard", "5433")
                .param("createdAt", Times.parameter(Instant.MAX))
                .param("afterShard", "")
                .param("afterRegId", 0L)
                .param("limit", PAGE)
                .query((row, number) -> row.getString(1))
                .single();
        JsonNode root = JsonMapper.shared().readTree(plan).path(0).path("Plan");
        assertThat(root.path("Actual Rows").doubleValue()).as(plan).isEqualTo(PAGE);
        assertThat(nodes(root))
                .as(plan)
                .allSatisfy(node -> assertThat(rows(node)).isLessThan(10 * PAGE));
    }

    private static double rows(JsonNode node) {
        return node.path("Actual Loops").doubleValue()
                * (node.path("Actual Rows").doubleValue()
                        + node.path("Rows Removed by Filter").doubleValue(0));
    }

    private static Stream<JsonNode> nodes(JsonNode node) {
        return Stream.concat(
                Stream.of(node), node.path("Plans").values().stream().flatMap(ListPlanIT::nodes));
    }
}
