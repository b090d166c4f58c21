package ghidanh.shard;

import jakarta.validation.constraints.NotBlank;
import java.util.Map;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * A PostgreSQL database as the services reach it.
 *
 * @param url JDBC URL
 * @param username role that owns tables and functions: it migrates, and stands in for every role without a password
 * @param password its password; better from a file than from a command line
 * @param roles passwords of the roles that may do less, each for one kind of connection; on a shard web, relay, observer and
 *     fdw, on the master app and sync
 */
public record Database(
        @NotBlank String url,
        @DefaultValue("postgres") @NotBlank String username,
        @DefaultValue("") String password,
        @DefaultValue Map<Role, String> roles) {

    public Database {
        roles = Map.copyOf(roles);
    }

    /** The same database, signed in to as a role if there is a password for it. */
    public Database as(Role role) {
        String ofRole = roles.get(role);
        return ofRole == null ? this : new Database(url, role.login(), ofRole, roles);
    }

    /** Whether somebody can sign in: the owner, or a role at least. */
    boolean hasPassword() {
        return !password.isEmpty() || !roles.isEmpty();
    }

    /** Without the password, which must not reach a log. */
    @Override
    public String toString() {
        return url + " as " + username;
    }
}
