package io.catwalk.runner.contract;

import java.util.List;

/**
 * Specifies what a process has to check.
 *
 * @param jar path of the plugin
 * @param sha256 its digest, 64 lower-case hexadecimal digits
 * @param checks ids of the checks, in their order
 * @param settled how many checks are done, counted over all classifiers
 * @param unkept ids of checks that the current classifier did not pass
 * @param patienceMillis time limit of a check
 */
record ContractOrder(
        String jar, String sha256, List<String> checks, int settled, List<String> unkept, long patienceMillis) {

    /** Copies the lists. */
    ContractOrder {
        checks = List.copyOf(checks);
        unkept = List.copyOf(unkept);
    }
}
