package io.catwalk.onnx.lowering;

import static io.catwalk.onnx.Refusals.exportRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.catwalk.onnx.graph.ElementType;
import io.catwalk.onnx.graph.TensorShape;
import io.catwalk.onnx.trace.Operand;
import io.catwalk.onnx.trace.Program;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Names of inputs and outputs come from the caller, then from forward, then from the defaults. */
@Tag("tiny")
class NamingTest {

    private static final Naming CLASSIFIER = naming(List.of());

    private static Naming naming(List<String> inputs, String... outputs) {
        return new Naming(inputs, List.of(outputs));
    }

    /** A program of one input and several outputs; null where forward has given no name. */
    private static Program program(@Nullable String input, @Nullable String... outputs) {
        Operand array = new Operand(0, ElementType.FLOAT, TensorShape.of(2));
        List<Optional<String>> names =
                Arrays.stream(outputs).map(Optional::ofNullable).toList();
        List<Optional<String>> all = new java.util.ArrayList<>(List.of(Optional.ofNullable(input)));
        all.addAll(names);
        return new Program(List.of(), Collections.nCopies(outputs.length, array), all);
    }

    private static List<Optional<String>> names(@Nullable String... names) {
        return Arrays.stream(names).map(Optional::ofNullable).toList();
    }

    @Test
    void aClassifierHasImagesAndLogits() {
        Program program = program(null, null, null);
        assertThat(CLASSIFIER.inputs(program)).containsExactly("images");
        assertThat(CLASSIFIER.outputs(program)).isEqualTo(names("logits", null));
        assertThat(CLASSIFIER.taken(program)).containsExactly("images", "logits");
    }

    @Test
    void othersHaveOneOutputOrSeveralThatAreCounted() {
        Naming other = naming(List.of("x"));
        assertThat(other.inputs(program("y", (String) null))).containsExactly("x");
        assertThat(other.outputs(program(null, (String) null))).isEqualTo(names("output"));
        assertThat(other.outputs(program(null, null, null))).isEqualTo(names("output_1", null));
    }

    @Test
    void namesOfForwardComeFirst() {
        Program program = program("pixels", "scores", null);
        assertThat(CLASSIFIER.inputs(program)).containsExactly("pixels");
        assertThat(CLASSIFIER.outputs(program)).isEqualTo(names("scores", null));
    }

    @Test
    void namesOfTheCallerComeBeforeThose() {
        Program program = program("pixels", "scores", null);
        assertThat(naming(List.of(), "a", "b").outputs(program)).isEqualTo(names("a", "b"));
    }

    @Test
    void asManyNamesAsOutputsAreNeeded() {
        exportRefused(() -> naming(List.of("x"), "a").outputs(program(null, null, null)))
                .contains("the network returns 2 array(s), but there are names for 1: [a]");
    }

    @Test
    void noNameIsGivenTwice() {
        exportRefused(() -> naming(List.of("x"), "a", "x").taken(program(null, null, null)))
                .contains("the name x is given to two of the inputs and outputs ([x, a, x])");
    }

    @Test
    void probabilitiesAreOfOneOutputUnlessOneIsTheLogits() {
        assertThatCode(() -> CLASSIFIER.requireRoomForProbabilities(program(null, null, null)))
                .doesNotThrowAnyException();
        assertThatCode(() -> naming(List.of("x")).requireRoomForProbabilities(program(null, (String) null)))
                .doesNotThrowAnyException();
        exportRefused(() -> naming(List.of("x")).requireRoomForProbabilities(program(null, null, null)))
                .contains("returns 2 arrays");
    }

    @Test
    void theNameOfTheProbabilitiesIsLeftToThem() {
        for (Program program : List.of(program("probabilities", (String) null), program(null, "probabilities"))) {
            exportRefused(() -> CLASSIFIER.requireRoomForProbabilities(program))
                    .contains(
                            "the name probabilities is that of the softmax that withProbabilities adds",
                            "rename that, with OnnxInput.of, withOutputNames or setName");
        }
    }
}
