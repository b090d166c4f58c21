package ghidanh.chaos;

/** Something real that faults happen to. */
interface Victim {

    /**
     * Begins a fault.
     *
     * @return what exactly was hit, where the target's name does not say it; else empty
     */
    String begin(Fault fault) throws Exception;

    /** Ends it; returns when the victim works again, as far as it can tell. */
    void end(Fault fault) throws Exception;
}
