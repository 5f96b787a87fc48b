package io.catwalk.runner.plugin;

import io.catwalk.api.Task;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Asks the inspecting process about a jar.
 *
 * @param jar path of the file
 * @param sha256 its digest, 64 lower-case hexadecimal digits
 * @param classifier the only one to ask, or null for all
 * @param task what to ask about, whether it is supported and how to train for it; null asks what is true of any task
 * @param points where to ask for recipes; empty leaves it to the process
 */
record InspectionQuestion(
        String jar,
        String sha256,
        @Nullable String classifier,
        @Nullable Task task,
        List<Map<String, Object>> points) {}
