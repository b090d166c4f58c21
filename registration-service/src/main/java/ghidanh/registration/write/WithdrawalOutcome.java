package ghidanh.registration.write;

/** What became of one withdrawal. */
public enum WithdrawalOutcome {
    WITHDRAWN,
    ALREADY_WITHDRAWN,
    UNKNOWN_REGISTRATION
}
