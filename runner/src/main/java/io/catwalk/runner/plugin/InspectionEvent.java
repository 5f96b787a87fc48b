package io.catwalk.runner.plugin;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Is what the inspecting process says in a line: that it begins with a step, or the answer to a question.
 *
 * @param question index of the question
 * @param step what comes now, in words that follow 'in'; null in an answer
 * @param seen what the jar brings; null unless it is the answer
 * @param failure why the jar cannot be used; null unless that is the answer
 */
record InspectionEvent(
        int question,
        @Nullable String step,
        @Nullable List<SeenClassifier> seen,
        @Nullable String failure) {}
