package ghidanh.shard;

/**
 * A PostgreSQL database as the services reach it.
 *
 * @param url JDBC URL
 * @param username role that the services log in as
 * @param password its password
 */
public record Database(String url, String username, String password) {

    /** Without the password, which must not reach a log. */
    @Override
    public String toString() {
        return url + " as " + username;
    }
}
