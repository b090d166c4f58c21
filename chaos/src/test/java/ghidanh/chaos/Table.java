package ghidanh.chaos;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/**
 * The rows of one shard as one side has them, by the shard's number.
 *
 * @param rows all that both sides must agree on, as text
 * @param count rows read; more than there are numbers if one came twice
 */
record Table(Map<Long, String> rows, long count) {

    static Table read(Connection connection, String query, Object... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            for (int i = 0; i < parameters.length; i++) {
                if (parameters[i] instanceof Long[] numbers) {
                    statement.setArray(i + 1, connection.createArrayOf("bigint", numbers));
                } else {
                    statement.setObject(i + 1, parameters[i]);
                }
            }
            Map<Long, String> rows = new HashMap<>();
            long count = 0;
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    rows.put(row.getLong(1), row.getString(2));
                    count++;
                }
            }
            return new Table(rows, count);
        }
    }
}
