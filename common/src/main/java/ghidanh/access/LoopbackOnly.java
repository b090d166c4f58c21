package ghidanh.access;

import ghidanh.access.AccessSettings.Mode;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.stream.Collectors;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/** A service that asks nobody, or shows passwords, listens on loopback addresses, and does not start if told otherwise. */
class LoopbackOnly implements EnvironmentPostProcessor {

    private static final String MODE = "ghidanh.access.mode";
    private static final String SERVER = "server.address";
    private static final String MANAGEMENT = "management.server.address";

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        Mode mode = Binder.get(environment).bind(MODE, Mode.class).orElse(Mode.CLOSED);
        if (mode == Mode.CLOSED) {
            return;
        }
        List<String> addresses = hasPortOfItsOwn(environment) ? List.of(SERVER, MANAGEMENT) : List.of(SERVER);
        String loopback = InetAddress.getLoopbackAddress().getHostAddress();
        environment
                .getPropertySources()
                .addLast(new MapPropertySource(
                        MODE, addresses.stream().collect(Collectors.toMap(name -> name, name -> loopback))));
        for (String name : addresses) {
            String address = environment.getProperty(name, loopback);
            if (!isLoopback(address)) {
                throw new InvalidAccessException(
                        MODE + "=" + mode + " is for loopback addresses only, and " + name + " is " + address + ".");
            }
        }
    }

    /** Of management; Spring takes no address for it otherwise. */
    private static boolean hasPortOfItsOwn(ConfigurableEnvironment environment) {
        String port = environment.getProperty("management.server.port");
        return port != null && (port.equals("0") || !port.equals(environment.getProperty("server.port", "8080")));
    }

    private static boolean isLoopback(String address) {
        try {
            return InetAddress.getByName(address).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
