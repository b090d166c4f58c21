package ghidanh.shard;

import jakarta.validation.constraints.NotBlank;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * A PostgreSQL database as the services reach it.
 *
 * @param url JDBC URL
 * @param username role to log in as
 * @param password its password; better from a file than from a command line
 */
public record Database(
        @NotBlank String url,
        @DefaultValue("postgres") @NotBlank String username,
        @DefaultValue("") String password) {

    /** Without the password, which must not reach a log. */
    @Override
    public String toString() {
        return url + " as " + username;
    }
}
