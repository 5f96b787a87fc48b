package io.catwalk.runner.plugin;

import java.util.List;

/** Is what came of looking at a jar. */
sealed interface InspectionAnswer {

    /**
     * The jar can be used.
     *
     * @param classifiers what it brings
     */
    record Seen(List<SeenClassifier> classifiers) implements InspectionAnswer {}

    /**
     * The jar cannot be used.
     *
     * @param reason one line
     */
    record Refused(String reason) implements InspectionAnswer {}

    /**
     * There was no answer about the jar.
     *
     * @param reason one line that says what happened instead
     */
    record None(String reason) implements InspectionAnswer {}
}
