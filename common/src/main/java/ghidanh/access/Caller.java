package ghidanh.access;

import ghidanh.shard.Shard;
import ghidanh.shard.UniversityRange;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.AuthenticatedPrincipal;

/**
 * Who sent a request. A handler that has a parameter of this type gets it.
 *
 * @param subject whom the audit names
 * @param shard of a student; null for others
 * @param stno the student's number there; null for others
 * @param universities whose students a registrar sees
 */
public record Caller(
        String subject,
        Set<UserRole> roles,
        @Nullable String shard,
        @Nullable Integer stno,
        List<UniversityRange> universities)
        implements AuthenticatedPrincipal {

    /** Where nobody is asked. */
    static final Caller ANYBODY = new Caller(
            "anybody", EnumSet.allOf(UserRole.class), null, null, List.of(new UniversityRange(1, 999_999_999)));

    @Override
    public String getName() {
        return subject;
    }

    public boolean is(UserRole role) {
        return roles.contains(role);
    }

    /**
     * What is noted of who made a change: role and subject. A student is named by shard and number, since a topic forgets nothing:
     * whoever forgets the student forgets who that was.
     */
    public String actor() {
        UserRole role = UserRole.STUDENT;
        if (!is(role) || shard == null) {
            role = is(UserRole.REGISTRAR) ? UserRole.REGISTRAR : UserRole.OPERATOR;
        }
        return role.name().toLowerCase(Locale.ROOT) + ':' + (role == UserRole.STUDENT ? shard + '-' + stno : subject);
    }

    public boolean isStudent(String ofShard, int ofStno) {
        return is(UserRole.STUDENT) && ofShard.equals(shard) && stno != null && stno == ofStno;
    }

    public boolean registersFor(int uId) {
        return is(UserRole.REGISTRAR) && universities.stream().anyMatch(range -> range.contains(uId));
    }

    /** Whether no student of the shard is out of reach. */
    public boolean registersForAllOf(Shard of) {
        return is(UserRole.REGISTRAR)
                && of.universities().stream()
                        .allMatch(range -> universities.stream().anyMatch(own -> own.contains(range)));
    }
}
