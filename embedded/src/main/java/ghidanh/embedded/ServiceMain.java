package ghidanh.embedded;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Arrays;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/** A service's process: calls its {@code main}, and exits when standard input ends, as it does when the parent is killed. */
final class ServiceMain {

    private ServiceMain() {}

    /** Takes the name of the service's main class and its arguments. */
    public static void main(String[] arguments) throws ReflectiveOperationException {
        // Ctrl-C reaches every process of the terminal; the parent decides what it means.
        Signal.handle(new Signal("INT"), SignalHandler.SIG_IGN);
        var watch = new Thread(ServiceMain::exitWhenInputEnds, "parent");
        watch.setDaemon(true);
        watch.start();
        Class.forName(arguments[0]).getMethod("main", String[].class).invoke(null, (Object)
                Arrays.copyOfRange(arguments, 1, arguments.length));
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

    /** The jar or folder that this class comes from. */
    static Path location() {
        try {
            return Path.of(ServiceMain.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
