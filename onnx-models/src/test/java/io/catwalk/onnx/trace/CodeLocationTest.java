package io.catwalk.onnx.trace;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A place is the path of the running blocks, and the line of the user's code in the innermost of them. */
@Tag("tiny")
class CodeLocationTest {

    /** Runs its only child, or returns where it is. */
    private static final class Noting extends OneTrace.Idle {
        private final List<CodeLocation> origins;
        private final List<String> places;

        Noting(List<CodeLocation> origins, List<String> places) {
            this.origins = origins;
            this.places = places;
        }

        @Override
        protected NDList forwardInternal(
                ParameterStore store, NDList inputs, boolean training, @Nullable PairList<String, Object> params) {
            origins.forEach(origin -> places.add(origin.here()));
            return inputs;
        }
    }

    /** Returns where the blocks are that {@code root} makes around noting ones. */
    private static List<String> places(Function<Supplier<Block>, Block> root) {
        List<CodeLocation> origins = new ArrayList<>();
        List<String> places = new ArrayList<>();
        Block network = root.apply(() -> new Noting(origins, places));
        origins.add(new CodeLocation(network));
        try (NDManager manager = NDManager.newBaseManager()) {
            network.forward(new ParameterStore(manager, false), new NDList(manager.ones(new Shape(2))), false);
        }
        return places;
    }

    /** The stack does not show which of two siblings of one class runs. */
    @Test
    void blocksAreNamedFromTheNetworkDownAndSiblingsByTheirClass() {
        Block idle = LambdaBlock.singleton(x -> x);
        assertThat(places(noting -> new SequentialBlock()
                        .add(new SequentialBlock().add(idle).add(noting.get()))))
                .singleElement()
                .asString()
                .matches("block SequentialBlock/01SequentialBlock/02Noting, called at CodeLocationTest.java:\\d+");
        assertThat(places(noting -> new SequentialBlock().add(noting.get()).add(noting.get())))
                .hasSize(2)
                .allMatch(place -> place.startsWith("block SequentialBlock/Noting, called at CodeLocationTest.java:"));
        // Outside of forward there is no line, and a class without a name is called as what it extends.
        assertThat(new CodeLocation(new SequentialBlock()).here()).isEqualTo("block SequentialBlock");
        assertThat(CodeLocation.name(new ArrayList<String>() {}.getClass())).isEqualTo("ArrayList");
    }

    @ParameterizedTest
    @CsvSource({
        "com.example.Net, true",
        "io.catwalk.onnx.OnnxExport, true",
        "ai.djl.nn.core.Linear, false",
        "java.util.ArrayList, false",
        "jdk.internal.reflect.Method, false",
        "io.catwalk.onnx.trace.Tracer, false",
        "com.sun.proxy.$Proxy12, false"
    })
    void codeOfTheUserIsWhatIsNobodyElses(String name, boolean user) {
        assertThat(CodeLocation.isOfUser(name)).isEqualTo(user);
    }
}
