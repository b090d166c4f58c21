package ghidanh.embedded;

import java.io.IOException;

/** As {@link HoldStack}, with the stack that tests share. */
final class HoldTestStack {

    private HoldTestStack() {}

    public static void main(String[] arguments) throws IOException {
        HoldStack.hold(EmbeddedStack.forTests());
    }
}
