package ghidanh.demo;

import ghidanh.access.UserRole;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The demo's people, one of each role, each with a password that the data directory has for itself: in a file that curl reads,
 * {@code curl --netrc-file .../netrc http://registrar@127.0.0.1:8080/api/...}.
 */
record DemoAccounts(Path file, Map<String, String> passwords) {

    /** A student of the sample. */
    private static final String SHARD = "5433";

    private static final int STNO = 17;
    private static final Pattern LINE = Pattern.compile("machine 127\\.0\\.0\\.1 login (\\S+) password (\\S+)");

    /** Reads them, or makes them if there are none. */
    static DemoAccounts in(Path directory) {
        Path file = directory.resolve("netrc");
        try {
            if (!Files.exists(file)) {
                OwnersFile.write(file, fresh());
            }
            return new DemoAccounts(
                    file,
                    Files.readAllLines(file).stream()
                            .map(LINE::matcher)
                            .filter(Matcher::matches)
                            .collect(Collectors.toMap(line -> line.group(1), line -> line.group(2))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> fresh() {
        return Stream.of(UserRole.values())
                .map(role -> "machine 127.0.0.1 login " + name(role) + " password "
                        + UUID.randomUUID().toString().substring(0, 8))
                .toList();
    }

    private static String name(UserRole role) {
        return role.name().toLowerCase(Locale.ROOT);
    }

    String password(UserRole role) {
        return passwords.getOrDefault(name(role), "");
    }

    /** Both services' settings. */
    List<String> arguments() {
        List<String> arguments = new ArrayList<>(List.of("--ghidanh.access.mode=demo"));
        for (UserRole role : UserRole.values()) {
            String account = "--ghidanh.access.accounts." + name(role);
            arguments.add(account + ".role=" + role);
            arguments.add(account + ".password=" + password(role));
        }
        arguments.add("--ghidanh.access.accounts.student.shard=" + SHARD);
        arguments.add("--ghidanh.access.accounts.student.stno=" + STNO);
        arguments.add("--ghidanh.access.accounts.registrar.universities=1-999999999");
        return arguments;
    }
}
