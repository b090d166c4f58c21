package ghidanh.sync.master;

import com.zaxxer.hikari.SQLExceptionOverride;
import java.sql.SQLException;
import org.postgresql.util.PSQLException;

/**
 * Keeps a session whose statement failed because a shard could not be reached. By the SQLSTATE alone (08001, 08006) the pool
 * would take the session itself for broken and open a new one for every attempt.
 */
public class KeepSessionOnShardErrors implements SQLExceptionOverride {

    @java.lang.Override
    public Override adjudicate(SQLException error) {
        String state = error.getSQLState();
        boolean toldByMaster = error instanceof PSQLException told && told.getServerErrorMessage() != null;
        return toldByMaster && state != null && state.startsWith("08")
                ? Override.DO_NOT_EVICT
                : Override.CONTINUE_EVICT;
    }
}
