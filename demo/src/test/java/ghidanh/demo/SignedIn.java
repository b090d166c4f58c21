package ghidanh.demo;

import ghidanh.access.UserRole;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;

/** Requests of the demo's accounts. */
final class SignedIn {

    private SignedIn() {}

    /** The value of the header {@code Authorization}. */
    static String as(UserRole role, Demo demo) {
        String login =
                role.name().toLowerCase(Locale.ROOT) + ":" + demo.accounts().password(role);
        return "Basic " + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.US_ASCII));
    }
}
