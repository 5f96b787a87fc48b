package io.catwalk.onnx.fuzz;

import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** One step of a fuzzed program. */
@FunctionalInterface
interface Operation {

    /** Applies itself, or returns null where it does not fit. */
    @Nullable
    Item apply(Draw draw, Item x);

    /** Fits where this does not hold. */
    static Operation unless(Predicate<Item> misfit, Operation operation) {
        return (draw, x) -> misfit.test(x) ? null : operation.apply(draw, x);
    }
}
