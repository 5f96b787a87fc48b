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
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A place is the path of the running blocks, and the line of the user's code in the innermost of them. */
@Tag("tiny")
class OriginTest {

    /** Runs its only child, or returns where it is. */
    private static final class Noting extends OneTrace.Idle {
        private final List<Origin> origins;
        private final List<String> places;

        Noting(List<Origin> origins, List<String> places) {
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

    private static List<String> places(Block root, List<Origin> origins, List<String> places) {
        origins.add(new Origin(root));
        try (NDManager manager = NDManager.newBaseManager()) {
            root.forward(new ParameterStore(manager, false), new NDList(manager.ones(new Shape(2))), false);
        }
        return places;
    }

    @Test
    void blocksAreNamedFromTheNetworkDown() {
        List<Origin> origins = new ArrayList<>();
        List<String> places = new ArrayList<>();
        Block inner = new SequentialBlock().add(LambdaBlock.singleton(x -> x)).add(new Noting(origins, places));
        assertThat(places(new SequentialBlock().add(inner), origins, places))
                .singleElement()
                .asString()
                .matches("block SequentialBlock/01SequentialBlock/02Noting, called at OriginTest.java:\\d+");
    }

    /** The stack does not show which of two siblings of one class runs. */
    @Test
    void siblingsOfOneClassAreNamedByItAlone() {
        List<Origin> origins = new ArrayList<>();
        List<String> places = new ArrayList<>();
        Block both = new SequentialBlock().add(new Noting(origins, places)).add(new Noting(origins, places));
        assertThat(places(both, origins, places))
                .hasSize(2)
                .allMatch(place -> place.startsWith("block SequentialBlock/Noting, called at OriginTest.java:"));
    }

    @Test
    void outsideOfForwardThereIsNoLine() {
        assertThat(new Origin(new SequentialBlock()).here()).isEqualTo("block SequentialBlock");
    }

    @Test
    void aClassWithoutANameIsCalledAsWhatItExtends() {
        assertThat(Origin.name(new ArrayList<String>() {}.getClass())).isEqualTo("ArrayList");
        assertThat(Origin.name(Noting.class)).isEqualTo("Noting");
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
        assertThat(Origin.isOfUser(name)).isEqualTo(user);
    }
}
