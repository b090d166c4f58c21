package ghidanh.embedded;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A JVM that ends when the one that started it ends, in whatever way: its standard input then ends, over which nothing is
 * ever sent. Closing that input stops it as well.
 */
public final class ChildJvm {

    private static final List<String> INHERITED = List.of("-XX:TieredStopAtLevel=", "-XX:+UseSerialGC");

    private ChildJvm() {}

    /**
     * Returns the command that starts it. It compiles and collects as this JVM does, so that those of a short test spend no time
     * on more.
     *
     * @param java home of the JDK that runs it
     * @param options of the JVM, its class path among them, which must contain this class
     * @param main name of the class whose {@code main} is called; the JVM fails if that throws
     * @param argumentFile is written, since Windows limits the length of a command
     */
    public static ProcessBuilder command(
            Path java, List<String> options, String main, List<String> arguments, Path argumentFile)
            throws IOException {
        var words = new ArrayList<>(ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> INHERITED.stream().anyMatch(option::startsWith))
                .toList());
        words.addAll(options);
        words.add(ChildJvm.class.getName());
        words.add(main);
        words.addAll(arguments);
        Files.write(argumentFile, words.stream().map(ChildJvm::quoted).toList());
        var program = java.resolve("bin").resolve(Platform.current().executable("java"));
        return new ProcessBuilder(program.toString(), "@" + argumentFile);
    }

    private static String quoted(String word) {
        return '"' + word.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    /** Returns the jar or folder that this class comes from, for a class path. */
    public static Path location() {
        try {
            return Path.of(ChildJvm.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The child's side: takes the name of the main class and its arguments. */
    public static void main(String[] arguments) {
        var watch = new Thread(ChildJvm::exitWhenInputEnds, "parent");
        watch.setDaemon(true);
        watch.start();
        try {
            ignoreInterrupts();
            var main = Class.forName(arguments[0]).getDeclaredMethod("main", String[].class);
            main.setAccessible(true);
            main.invoke(null, (Object) Arrays.copyOfRange(arguments, 1, arguments.length));
        } catch (Throwable e) {
            e.printStackTrace();
            Runtime.getRuntime().halt(1); // threads that it has started may be waiting for what will never be
        }
    }

    /**
     * Ctrl-C reaches every process of the terminal; the parent decides what it means. By reflection, since Java has only an
     * interface of its own for this, of whose name the compiler warns.
     */
    private static void ignoreInterrupts() throws ReflectiveOperationException {
        Class<?> signal = Class.forName("sun.misc.Signal");
        Class<?> handler = Class.forName("sun.misc.SignalHandler");
        Object interrupt = signal.getConstructor(String.class).newInstance("INT");
        signal.getMethod("handle", signal, handler)
                .invoke(null, interrupt, handler.getField("SIG_IGN").get(null));
    }

    private static void exitWhenInputEnds() {
        try {
            while (System.in.read() >= 0) {
                // nothing is ever sent
            }
        } catch (IOException e) {
            System.err.println("Stopping, since the parent cannot be heard: " + e);
        }
        System.exit(0);
    }
}
