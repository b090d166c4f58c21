package ghidanh.shard;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Has a start that fails on the catalogue end with the message alone, not with the stack traces of beans. */
class CatalogueFailureAnalyzer extends AbstractFailureAnalyzer<InvalidCatalogueException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, InvalidCatalogueException cause) {
        return new FailureAnalysis(cause.getMessage(), "Change these settings; both services read them.", cause);
    }
}
