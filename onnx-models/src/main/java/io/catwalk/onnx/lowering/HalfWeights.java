package io.catwalk.onnx.lowering;

import io.catwalk.onnx.graph.Attributes;
import io.catwalk.onnx.graph.Dim;
import io.catwalk.onnx.graph.Elements;
import io.catwalk.onnx.graph.Graph;
import io.catwalk.onnx.graph.Initializer;
import io.catwalk.onnx.graph.Names;
import io.catwalk.onnx.graph.Node;
import io.catwalk.onnx.graph.Value;
import io.catwalk.onnx.runtime.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Stores large matrices and kernels as FLOAT16, rounded to nearest with ties to even, and casts them to FLOAT, in which
 * everything is computed as before. The file is about half as large; a runtime that casts while loading is as fast as
 * before.
 */
public final class HalfWeights {

    /** The largest number of FLOAT16 (IEEE 754, binary16). */
    private static final float LARGEST = 65_504;

    /** Size in bytes of the smallest tensor that is worth a Cast node. */
    private static final long SMALLEST = 1 << 10;

    private HalfWeights() {}

    /**
     * Lists the large matrices and kernels of FLOAT. In a graph of {@link LoweringOptions.ExportFlag#FLOAT16_WEIGHTS}, only those with
     * numbers beyond the range of FLOAT16 are left.
     *
     * @return their names, in the order of the graph
     */
    public static List<String> whole(Graph graph) {
        return graph.initializers().stream()
                .filter(HalfWeights::isLarge)
                .map(weight -> weight.value().name())
                .toList();
    }

    static Graph of(Graph graph) {
        Names names = graph.freshNames();
        Map<String, Value> casts = new HashMap<>();
        List<Initializer> initializers = new ArrayList<>();
        List<Node> nodes = new ArrayList<>();
        for (Initializer weight : graph.initializers()) {
            Value value = weight.value();
            if (!isLarge(weight) || graph.outputs().contains(value) || isBeyond(weight.floats())) {
                initializers.add(weight);
                continue;
            }
            // The weight keeps its name, under which programs that read weights look it up.
            Value half = Value.of(value.name(), TensorType.FLOAT16, value.shape());
            Value cast = Value.of(names.fresh(value.name() + ".float32"), TensorType.FLOAT, value.shape());
            initializers.add(new Initializer(half, () -> halves(weight.floats())));
            nodes.add(new Node(
                    cast.name(),
                    "Cast",
                    List.of(half),
                    List.of(cast),
                    Attributes.NONE.with("to", TensorType.FLOAT.code())));
            casts.put(value.name(), cast);
        }
        return graph.with(initializers, nodes, casts);
    }

    /**
     * Tells whether a tensor is a large matrix or kernel. Vectors are few numbers, and the statistics of a norm may
     * need all their digits: they stay exact, also as a matrix of one row.
     */
    private static boolean isLarge(Initializer weight) {
        Value value = weight.value();
        long axes = value.shape().dims().stream()
                .filter(size -> !size.equals(Dim.of(1)))
                .count();
        return value.type() == TensorType.FLOAT && axes > 1 && weight.size() >= SMALLEST;
    }

    /** Tells whether a number is beyond the range of FLOAT16. Infinities are not: FLOAT16 has them. */
    private static boolean isBeyond(float[] numbers) {
        for (float number : numbers) {
            if (Math.abs(number) > LARGEST && !Float.isInfinite(number)) {
                return true;
            }
        }
        return false;
    }

    private static byte[] halves(float[] numbers) {
        ByteBuffer halves = ByteBuffer.allocate(numbers.length * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (float number : numbers) {
            halves.putShort(Elements.half(number));
        }
        return halves.array();
    }
}
