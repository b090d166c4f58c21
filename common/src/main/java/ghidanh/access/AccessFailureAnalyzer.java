package ghidanh.access;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Has a start that fails on these settings end with the message alone, not with the stack traces of beans. */
class AccessFailureAnalyzer extends AbstractFailureAnalyzer<InvalidAccessException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, InvalidAccessException cause) {
        return new FailureAnalysis(cause.getMessage(), "Change these settings.", cause);
    }
}
