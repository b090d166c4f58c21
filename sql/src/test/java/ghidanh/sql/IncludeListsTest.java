package ghidanh.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class IncludeListsTest {

    private static final Path SQL = Path.of("");
    private static final Pattern INCLUDE = Pattern.compile("^\\\\ir (\\S+)$", Pattern.MULTILINE);

    @Test
    void the_master_s_scripts_include_every_migration_once_in_the_order_of_flyway() throws IOException {
        List<String> included = new ArrayList<>(included("script_5432.sql", "master"));
        included.addAll(included("mapping_method.sql", "master"));

        assertThat(included).containsExactlyElementsOf(migrations("master"));
        assertThat(included("mapping_method.sql", "common")).containsExactlyElementsOf(migrations("common"));
    }

    @Test
    void the_shards_scripts_include_every_migration_once_in_the_order_of_flyway() throws IOException {
        assertThat(included("psql/shard.psql", "../shard")).containsExactlyElementsOf(migrations("shard"));
        assertThat(included("psql/shard.psql", "../common")).containsExactlyElementsOf(migrations("common"));
        for (String script : List.of("script_5433.sql", "script_5434.sql")) {
            assertThat(included(script, "psql")).containsExactly("shard.psql");
        }
    }

    private static List<String> included(String script, String folder) throws IOException {
        return INCLUDE.matcher(Files.readString(SQL.resolve(script)))
                .results()
                .map(include -> include.group(1))
                .filter(path -> path.startsWith(folder + "/"))
                .map(path -> path.substring(folder.length() + 1))
                .filter(path -> !path.equals("open.psql"))
                .toList();
    }

    /** Versioned ones, then repeatable ones by description, between what is said before and after every migration. */
    private static List<String> migrations(String folder) throws IOException {
        try (Stream<Path> files = Files.list(SQL.resolve(folder))) {
            List<String> names = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".sql"))
                    .sorted()
                    .toList();
            return Stream.of("beforeMigrate__", "V", "R__", "afterMigrate__")
                    .flatMap(kind -> names.stream().filter(name -> name.startsWith(kind)))
                    .toList();
        }
    }
}
