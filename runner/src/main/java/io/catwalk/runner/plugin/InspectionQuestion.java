package io.catwalk.runner.plugin;

import io.catwalk.api.Task;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A question about a jar for the inspecting process.
 *
 * @param jar path of the file
 * @param sha256 its digest, 64 lower-case hexadecimal digits
 * @param classifier the only one to ask, or null for all
 * @param task asks whether it is supported and how to train for it; null asks only what does not depend on a task
 * @param points for which recipes are requested; if empty, the process chooses them
 */
record InspectionQuestion(
        String jar,
        String sha256,
        @Nullable String classifier,
        @Nullable Task task,
        List<Map<String, Object>> points) {}
