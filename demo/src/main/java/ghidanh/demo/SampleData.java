package ghidanh.demo;

import ghidanh.embedded.EmbeddedStack;
import ghidanh.embedded.PostgresCluster;
import ghidanh.sql.Migrations;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;

/** The sample universities on a shard. A shard with students or sections of its own is left alone. */
class SampleData {

    private SampleData() {}

    /**
     * Makes the schema and loads the sample.
     *
     * @param sector public or private
     * @return a sentence saying what was done
     */
    static String load(PostgresCluster shard, String sector) throws SQLException {
        Migrations.SHARD.migrate(shard.dataSource(EmbeddedStack.DATABASE));
        try (Connection connection = shard.connect(EmbeddedStack.DATABASE);
                Statement script = connection.createStatement();
                PreparedStatement call = connection.prepareStatement("select load_sample(?)")) {
            script.execute(resource("/sql/sample/sample.sql"));
            call.setString(1, sector);
            try (ResultSet answer = call.executeQuery()) {
                answer.next();
                return answer.getString(1);
            }
        }
    }

    private static String resource(String name) {
        try (InputStream stream = Objects.requireNonNull(SampleData.class.getResourceAsStream(name), name)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
