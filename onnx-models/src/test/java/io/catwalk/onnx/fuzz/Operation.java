package io.catwalk.onnx.fuzz;

import org.jspecify.annotations.Nullable;

/** One step of a fuzzed program. */
@FunctionalInterface
interface Operation {

    /** Applies itself, or returns null where it does not fit. */
    @Nullable
    Item apply(Draw draw, Item x);
}
