package ghidanh.embedded;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Runs PostgreSQL's programs as the user they accept.
 *
 * @param environment variables of theirs, over those of this process
 */
record PostgresTools(PostgresBinaries binaries, ServerUser user, Map<String, String> environment) {

    Command initdb(List<String> options) throws IOException {
        return run("initdb", options, "");
    }

    Command pgCtl(String action, Path data, String... options) throws IOException {
        var words = new ArrayList<>(List.of(action, "--pgdata=" + data));
        words.addAll(List.of(options));
        return run("pg_ctl", words, "");
    }

    /** Executes SQL, a statement a line, in a data directory whose server does not run. */
    Command singleUser(Path data, String sql) throws IOException {
        return run("postgres", List.of("--single", "-D", data.toString(), "postgres"), sql);
    }

    private Command run(String program, List<String> options, String input) throws IOException {
        var words = new ArrayList<>(user.prefix());
        words.add(binaries.executable(program).toString());
        words.addAll(options);
        return Command.run(words, input, environment);
    }
}
