package ghidanh.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.postgresql.util.PSQLState;

class SqlStatesTest {

    private static final Pattern OURS = Pattern.compile("errcode = '(\\w{5})'");
    private static final Pattern LITERAL = Pattern.compile("\"(\\w{5})\"");

    @ParameterizedTest
    @MethodSource
    void every_state_that_postgresql_documents_is_in_the_table(String documented) {
        String[] stateAndName = documented.split(" ");

        assertThat(table()).anyMatch(line -> line.matches(stateAndName[0] + " +\\w+ +" + stateAndName[1] + ": .+"));
    }

    static List<String> every_state_that_postgresql_documents_is_in_the_table() {
        return lines("postgresql-errcodes.txt");
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "UNKNOWN_STATE")
    void every_state_of_the_driver_is_in_the_table(PSQLState state) {
        assertThat(SqlStates.isKnown(state.getState())).isTrue();
    }

    @Test
    void every_state_of_our_functions_is_in_the_table() throws IOException {
        assertThat(inFiles(OURS, Path.of("..", "sql", "shard"), Path.of("..", "sql", "master")))
                .contains("RM001", "RM002")
                .allMatch(SqlStates::isKnown);
    }

    @Test
    void every_line_of_the_table_counts() {
        assertThat(table()).hasSizeGreaterThan(270).allMatch(line -> SqlStates.isKnown(line.substring(0, 5)));
    }

    @ParameterizedTest
    @CsvSource({"08ZZZ, OUTAGE", "23ZZZ, DATA", "40ZZZ, BUSY", "XXZZZ, BUG", "RMZZZ, BUG", "ZZ000, BUG"})
    void a_state_that_nobody_knows_counts_as_its_class(String state, Fault fault) {
        assertThat(SqlStates.of(new SQLException("x", state)).fault()).isEqualTo(fault);
    }

    @Test
    void no_other_source_knows_a_state() throws IOException {
        Path java = Path.of("src", "main", "java");
        assertThat(inFiles(
                        LITERAL,
                        java,
                        Path.of("..", "registration-service").resolve(java),
                        Path.of("..", "sync-consumer").resolve(java)))
                .isNotEmpty()
                .noneMatch(SqlStates::isKnown);
    }

    /** What the pattern's group matches in the sources below these directories. */
    private static List<String> inFiles(Pattern pattern, Path... directories) throws IOException {
        List<String> found = new ArrayList<>();
        for (Path directory : directories) {
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.filter(each -> each.toString().matches(".*\\.(java|sql)"))
                        .toList()) {
                    pattern.matcher(Files.readString(file)).results().forEach(match -> found.add(match.group(1)));
                }
            }
        }
        return found;
    }

    private static List<String> table() {
        return lines("sql-states.txt");
    }

    private static List<String> lines(String resource) {
        try (InputStream file = Objects.requireNonNull(SqlStatesTest.class.getResourceAsStream(resource))) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
