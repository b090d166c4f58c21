package ghidanh.embedded;

import java.io.IOException;
import java.nio.file.Path;

/** Starts a stack, prints the process ids of the master and the broker, and waits to be killed. */
final class HoldStack {

    private HoldStack() {}

    public static void main(String[] arguments) throws IOException {
        var settings = StackSettings.in(Path.of(arguments[0]))
                .withPorts(StackSettings.PortChoice.RANDOM)
                .withPasswords("7363728258", "12");
        var stack = EmbeddedStack.start(settings);
        System.out.println(stack.master().pid());
        System.out.println(stack.kafka().pid());
        System.in.read();
    }
}
