package ghidanh.servers;

import ghidanh.embedded.ChildJvm;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A JVM with the tests' class path that has servers, to be killed.
 *
 * @param answer what it says once they run
 */
record ParentProgram(Process process, String answer) implements AutoCloseable {

    static final String READY = "ready: ";

    /** Starts a main class in a directory, its only argument, and returns when it says {@link #READY}. */
    static ParentProgram start(Class<?> main, Path directory) throws IOException {
        var process = ChildJvm.command(
                        Path.of(System.getProperty("java.home")),
                        List.of("-Dghidanh.test.infra=embedded", "-cp", System.getProperty("java.class.path")),
                        main.getName(),
                        List.of(directory.toString()),
                        directory.resolve("parent.args"))
                .directory(directory.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        var answer = process.inputReader()
                .lines()
                .filter(line -> line.startsWith(READY))
                .findFirst()
                .orElseThrow(() -> new IOException("The program has ended"));
        return new ParentProgram(process, answer.substring(READY.length()));
    }

    /** Kills it as {@code kill -9} does. */
    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
