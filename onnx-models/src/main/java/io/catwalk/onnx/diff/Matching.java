package io.catwalk.onnx.diff;

import io.catwalk.onnx.runtime.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds for each tensor of one model the one of the other that holds the same: that of the same name, or else any other.
 * So models can be compared whose nodes have other names, or were fused.
 */
final class Matching {

    private final Map<String, String> partners = new HashMap<>();

    Matching(Side one, Side other, Tolerance tolerance) {
        Map<String, List<Map.Entry<String, Tensor>>> alike = new HashMap<>();
        for (Map.Entry<String, Tensor> each : other.values().entrySet()) {
            alike.computeIfAbsent(each.getValue().toString(), any -> new ArrayList<>())
                    .add(each);
        }
        one.values().forEach((name, tensor) -> {
            Tensor same = other.values().get(name);
            if (same != null && TensorDifference.of(tensor, same, tolerance).agrees()) {
                partners.put(name, name);
            } else if (tellsApart(tensor)) {
                alike.getOrDefault(tensor.toString(), List.of()).stream()
                        .filter(candidate -> TensorDifference.of(tensor, candidate.getValue(), tolerance)
                                .agrees())
                        .findFirst()
                        .ifPresent(partner -> partners.put(name, partner.getKey()));
            }
        });
    }

    /** Tensors of one number throughout are equal by chance. */
    private static boolean tellsApart(Tensor tensor) {
        double[] numbers = tensor.toDoubles();
        return numbers.length > 1 && Arrays.stream(numbers).anyMatch(number -> number != numbers[0]);
    }

    /** Returns the tensor of the other model that holds the same as one of this. */
    Optional<String> partner(String name) {
        return Optional.ofNullable(partners.get(name));
    }
}
