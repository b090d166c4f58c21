package ghidanh.access;

import com.fasterxml.jackson.annotation.JsonInclude;
import ghidanh.access.AccessSettings.Mode;
import ghidanh.web.Api;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
class CallerController {

    private final AccessSettings settings;

    CallerController(AccessSettings settings) {
        this.settings = settings;
    }

    /**
     * Who has signed in.
     *
     * @param asked false where nobody is asked who they are
     * @param shard of a student
     * @param universities of a registrar
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Me(
            String subject,
            boolean asked,
            Set<UserRole> roles,
            @Nullable String shard,
            @Nullable Integer stno,
            List<String> universities) {}

    @Api("Shows who has signed in")
    @Allowed({UserRole.STUDENT, UserRole.REGISTRAR, UserRole.OPERATOR, UserRole.METRICS})
    @GetMapping("/api/me")
    Me me(Caller caller) {
        return new Me(
                caller.subject(),
                settings.mode() != Mode.OPEN,
                caller.roles(),
                caller.shard(),
                caller.stno(),
                caller.universities().stream().map(Object::toString).toList());
    }
}
