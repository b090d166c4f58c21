package ghidanh.demo;

import ghidanh.embedded.StackSettings.PortChoice;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What the demo is asked for.
 *
 * @param dataDirectory where databases, topics and logs live; kept between runs
 * @param fresh whether to delete the data of earlier runs first
 * @param ports the usual ports where they are free, or any
 * @param serviceArguments passed to both services as they are, such as {@code --ghidanh.relay.poll-interval=1s}
 */
record DemoSettings(Path dataDirectory, boolean fresh, PortChoice ports, List<String> serviceArguments) {

    static final String USAGE = """
            Options:
              --data-dir=DIRECTORY  where databases, topics and logs are kept (default: .ghidanh/demo in the home directory)
              --fresh               start over: delete what is there
              --random-ports        any free ports instead of the usual ones
              --help                this text
            Everything else is passed to both services, such as --ghidanh.relay.poll-interval=1s .
            """;

    /** @throws IllegalArgumentException naming an option that needs a value or is not one */
    static DemoSettings of(List<String> arguments) {
        Path directory = Path.of(System.getProperty("user.home"), ".ghidanh", "demo");
        boolean fresh = false;
        PortChoice ports = PortChoice.USUAL;
        List<String> others = new ArrayList<>();
        for (String argument : arguments) {
            if (argument.startsWith("--data-dir=") && argument.length() > "--data-dir=".length()) {
                directory = Path.of(argument.substring("--data-dir=".length()));
            } else if (argument.equals("--fresh")) {
                fresh = true;
            } else if (argument.equals("--random-ports")) {
                ports = PortChoice.RANDOM;
            } else if (argument.startsWith("--") && argument.contains("=") && !argument.startsWith("--data-dir")) {
                others.add(argument);
            } else {
                throw new IllegalArgumentException("unknown option " + argument);
            }
        }
        return new DemoSettings(directory.toAbsolutePath().normalize(), fresh, ports, List.copyOf(others));
    }
}
