package ghidanh.servers;

import ghidanh.embedded.ChildJvm;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a service runs from and how.
 *
 * @param directory holds the service's log; the working directory of its JVM
 * @param classPath of its JVM
 * @param main class whose {@code main} is called
 * @param java home of the JDK that runs it
 * @param jvmOptions of its JVM
 * @param arguments of its {@code main}; {@code --server.port} and {@code --server.address} are added
 * @param port TCP port on 127.0.0.1; 0 picks a free one, kept over restarts
 */
public record ServiceSettings(
        Path directory,
        String classPath,
        String main,
        Path java,
        List<String> jvmOptions,
        List<String> arguments,
        int port) {

    private static final String BOOT_LAUNCHER = "org.springframework.boot.loader.launch.JarLauncher";

    public ServiceSettings {
        directory = directory.toAbsolutePath().normalize();
        jvmOptions = List.copyOf(jvmOptions);
        arguments = List.copyOf(arguments);
    }

    /** A main class on this JVM's class path, on this JVM's Java. */
    public static ServiceSettings of(Class<?> main, Path directory) {
        return new ServiceSettings(
                directory, System.getProperty("java.class.path"), main.getName(), thisJava(), List.of(), List.of(), 0);
    }

    /** An executable jar of Spring Boot, on this JVM's Java. */
    public static ServiceSettings ofJar(Path jar, Path directory) {
        String classPath = jar.toAbsolutePath() + File.pathSeparator + ChildJvm.location();
        return new ServiceSettings(directory, classPath, BOOT_LAUNCHER, thisJava(), List.of(), List.of(), 0);
    }

    private static Path thisJava() {
        return Path.of(System.getProperty("java.home"));
    }

    public ServiceSettings withJava(Path home) {
        return new ServiceSettings(directory, classPath, main, home, jvmOptions, arguments, port);
    }

    /** Adds to the JVM's options. */
    public ServiceSettings withJvmOptions(String... more) {
        return new ServiceSettings(directory, classPath, main, java, joined(jvmOptions, more), arguments, port);
    }

    /** Adds to the arguments. */
    public ServiceSettings withArguments(String... more) {
        return new ServiceSettings(directory, classPath, main, java, jvmOptions, joined(arguments, more), port);
    }

    /** Puts classes before all others, in place of those of the same names. */
    public ServiceSettings withClassesFirst(Path classes) {
        String first = classes + File.pathSeparator + classPath;
        return new ServiceSettings(directory, first, main, java, jvmOptions, arguments, port);
    }

    public ServiceSettings withPort(int newPort) {
        return new ServiceSettings(directory, classPath, main, java, jvmOptions, arguments, newPort);
    }

    private static List<String> joined(List<String> given, String[] more) {
        var all = new ArrayList<>(given);
        all.addAll(List.of(more));
        return all;
    }
}
