package io.catwalk.runner.contract;

import io.catwalk.runner.Json;
import io.catwalk.testkit.contract.Result;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * Reports the progress of the checks to the parent process; exactly one field is set, or none at the end of all checks.
 *
 * @param classifiers the plugin was loaded; the names of its classifiers
 * @param begun id of the check that starts
 * @param ended result of the check that ended
 * @param refused reason why the plugin cannot be loaded
 */
record ContractEvent(
        @Nullable List<String> classifiers,
        @Nullable String begun,
        @Nullable Result ended,
        @Nullable String refused) {

    static ContractEvent loaded(List<String> classifiers) {
        return new ContractEvent(classifiers, null, null, null);
    }

    static ContractEvent begun(String check) {
        return new ContractEvent(null, check, null, null);
    }

    static ContractEvent ended(Result result) {
        return new ContractEvent(null, null, result, null);
    }

    static ContractEvent refused(String reason) {
        return new ContractEvent(null, null, null, reason);
    }

    static ContractEvent over() {
        return new ContractEvent(null, null, null, null);
    }

    boolean isLast() {
        return refused != null || isOver();
    }

    boolean isOver() {
        return classifiers == null && begun == null && ended == null && refused == null;
    }

    String message() {
        return Json.LINE.writeValueAsString(this);
    }

    /** Parses a message of the process; empty if it is none of this program. */
    static Optional<ContractEvent> parse(String message) {
        try {
            return Optional.of(Json.LINE.readValue(message, ContractEvent.class));
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }
}
