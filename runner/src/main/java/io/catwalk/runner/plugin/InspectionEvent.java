package io.catwalk.runner.plugin;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One line of output of the inspecting process: the start of a step, or the answer to a question.
 *
 * @param question index of the question
 * @param step the step that starts, in words that follow 'in'; null in an answer
 * @param seen what the jar contains; null unless this is the answer
 * @param failure why the jar cannot be used; null unless this is the answer
 */
record InspectionEvent(
        int question,
        @Nullable String step,
        @Nullable List<SeenClassifier> seen,
        @Nullable String failure) {}
