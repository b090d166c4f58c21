package ghidanh.registration.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ghidanh.registration.Databases;
import ghidanh.registration.ServiceUnderTest;
import ghidanh.servers.PostgresServer;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A volume made anew under a running service. */
class EmptiedShardIT {

    private static final String DATABASE = "emptied";
    private static final String WISH = "{\"shard\": \"5433\", \"stno\": 1, \"secNo\": 1}";

    private final PostgresServer server = Databases.shard("5433");

    @Test
    void an_emptied_shard_is_set_up_again_and_goes_on() {
        server.createDatabaseIfMissing(DATABASE);
        try (var service = ServiceUnderTest.start("--ghidanh.shards.5433.url=" + server.jdbcUrl(DATABASE))) {
            fill();
            assertThat(service.post("/api/registrations", WISH).status()).isEqualTo(201);

            JdbcClient postgres = JdbcClient.create(server.dataSource("postgres"));
            postgres.sql("drop database " + DATABASE + " with (force)").update();
            server.createDatabaseIfMissing(DATABASE);

            await().untilAsserted(() -> {
                var answer = service.post("/api/registrations", WISH);
                assertThat(answer.status()).as(answer.http().body()).isEqualTo(404);
            });
            fill();
            assertThat(service.post("/api/registrations", WISH).status()).isEqualTo(201);
        }
    }

    private void fill() {
        JdbcClient.create(server.dataSource(DATABASE)).sql("""
                insert into universities values (1, 'Bách khoa', 'public');
                insert into courses values (1, 'Giải tích', 3);
                insert into students (u_id, lname, fname) values (1, 'Lý', 'An');
                insert into sections (year, semester, time, hall, c_no, capacity) values (2026, 1, 'T2 1-3', 'A1', 1, 10);
                """).update();
    }
}
