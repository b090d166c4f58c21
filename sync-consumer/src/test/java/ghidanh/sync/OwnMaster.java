package ghidanh.sync;

import static org.awaitility.Awaitility.await;

import ghidanh.servers.PostgresServer;
import java.util.HashMap;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A master database for one test, which may lose everything. */
record OwnMaster(String database) {

    OwnMaster {
        SyncStack.SERVERS.master().createDatabaseIfMissing(database);
    }

    /** Those of quiet jobs, with this master. */
    Map<String, Object> settings() {
        Map<String, Object> settings = new HashMap<>(Jobbing.QUIET);
        settings.put("ghidanh.master.url", SyncStack.SERVERS.master().jdbcUrl(database));
        return settings;
    }

    /** Takes the database away, sessions and all, and returns when the service has noticed. */
    void die(Rest service) {
        client("postgres").sql("drop database " + database + " with (force)").update();
        await().atMost(Jobbing.SOON).until(() -> readiness(service) == 503);
    }

    /** Puts an empty one in its place, and returns when the service has set it up. */
    void comeBackEmpty(Rest service) {
        SyncStack.SERVERS.master().createDatabaseIfMissing(database);
        await().atMost(Jobbing.SOON).until(() -> readiness(service) == 200);
    }

    long rows(String table) {
        return client(database)
                .sql("select count(*) from " + table)
                .query(Long.class)
                .single();
    }

    private static int readiness(Rest service) {
        return service.get("/actuator/health/readiness").status();
    }

    private static JdbcClient client(String database) {
        PostgresServer server = SyncStack.SERVERS.master();
        return JdbcClient.create(server.dataSource(database));
    }
}
