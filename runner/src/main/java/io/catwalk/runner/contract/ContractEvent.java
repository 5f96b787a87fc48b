package io.catwalk.runner.contract;

import io.catwalk.runner.Json;
import io.catwalk.testkit.contract.Result;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * Tells the parent process how the checks go on; exactly one field is set, and none at the end of all checks.
 *
 * @param classifiers the plugin is loaded, and has classifiers of these names
 * @param begun a check of this id begins
 * @param ended a check has come to this
 * @param refused the plugin cannot be loaded, for this reason
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

    /** Reads a message of the process; empty if it is none of ours. */
    static Optional<ContractEvent> parse(String message) {
        try {
            return Optional.of(Json.LINE.readValue(message, ContractEvent.class));
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }
}
