package io.catwalk.onnx;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/** Shows which primitives have a sample, by their signatures in the operator table. */
public final class SampledPrimitives {

    private SampledPrimitives() {}

    public static Set<String> all() {
        return OperatorSamples.all().stream()
                .flatMap(sample -> Arrays.stream(sample.primitives().split("(?<=\\)), ")))
                .collect(Collectors.toSet());
    }
}
