package io.catwalk.runner.plugin;

import java.util.List;

/** The result of inspecting a jar. */
sealed interface InspectionAnswer {

    /**
     * The jar can be used.
     *
     * @param classifiers of the jar
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
     * @param reason one line about what happened instead
     */
    record None(String reason) implements InspectionAnswer {}
}
