package ghidanh.registration.read.web;

import ghidanh.registration.database.ShardDatabases;
import ghidanh.registration.read.RegistrationId;
import ghidanh.web.Problem;
import ghidanh.web.ProblemCode;
import org.springframework.stereotype.Component;

/** Reads the ids in addresses. */
@Component
public class RegistrationIds {

    private final ShardDatabases databases;

    RegistrationIds(ShardDatabases databases) {
        this.databases = databases;
    }

    /** @throws ghidanh.web.ProblemException if it is no id, or one of a shard that does not exist */
    public RegistrationId parse(String id) {
        return RegistrationId.parse(id)
                .filter(parsed -> databases.find(parsed.shard()).isPresent())
                .orElseThrow(() -> unknown(id).exception());
    }

    public static Problem unknown(String id) {
        return Problem.of(ProblemCode.UNKNOWN_REGISTRATION, "There is no registration '" + id + "'.");
    }
}
