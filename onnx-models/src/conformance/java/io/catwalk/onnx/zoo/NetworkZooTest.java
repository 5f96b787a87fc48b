package io.catwalk.onnx.zoo;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.onnx.zoo.Verdict.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Holds the exporter against networks that were written without a look at it. A plain build takes every eighth, CI all
 * but DJL's own, which are large; {@code -Dcatwalk.zoo=all} takes all, and any other value those whose names begin so.
 * {@code -Dcatwalk.zoo.table=FILE} writes what came of them as a Markdown table with the reasons.
 */
class NetworkZooTest {
    private static final String CHOSEN = System.getProperty("catwalk.zoo", "");
    private static final List<Verdict> VERDICTS = new ArrayList<>();

    static Stream<Network> networks() {
        return CHOSEN.isEmpty()
                ? small(place -> place % 8 == 0)
                : Zoo.networks().stream()
                        .filter(network ->
                                CHOSEN.equals("all") || network.toString().startsWith(CHOSEN));
    }

    static Stream<Network> others() {
        return CHOSEN.isEmpty() ? small(place -> place % 8 != 0) : Stream.empty();
    }

    private static Stream<Network> small(IntPredicate places) {
        List<Network> small = Zoo.networks().stream()
                .filter(network -> !network.family().equals("djl zoo"))
                .toList();
        return IntStream.range(0, small.size()).filter(places).mapToObj(small::get);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("networks")
    void theFileAnswersAsTheNetworkDoes(Network network) {
        Verdict verdict = Judge.judge(network);
        VERDICTS.add(verdict);
        Outcome expected = Outcome.AGREES;
        String reason = "";
        for (var reasons : Exceptions.ALL.entrySet()) {
            if (reasons.getValue().containsKey(network.toString())) {
                expected = reasons.getKey();
                reason = reasons.getValue().get(network.toString());
            }
        }
        assertThat(verdict.outcome()).as(verdict.why()).isEqualTo(expected);
        assertThat(verdict.why()).contains(reason);
    }

    @Tag("long")
    @ParameterizedTest(name = "{0}", allowZeroInvocations = true)
    @MethodSource("others")
    void theFilesOfTheOthersDoToo(Network network) {
        theFileAnswersAsTheNetworkDoes(network);
    }

    /** Within bounds of the batch that a refusal asks for: those of {@link Exceptions#ADVISED} count as exported. */
    @Test
    void atMost3OfAHundredThatRunAreRefusedWithinAllBounds() {
        int run = Zoo.networks().size() - Exceptions.NOT_RUN.size();
        assertThat(Exceptions.REFUSED.size()).isLessThanOrEqualTo(run * 3 / 100);
    }

    @Test
    void eachNetworkHasANameOfItsOwn() {
        List<String> names = Zoo.networks().stream().map(Network::toString).toList();
        assertThat(names).doesNotHaveDuplicates();
        Map<String, String> all = new HashMap<>();
        Exceptions.ALL.values().forEach(all::putAll);
        assertThat(names).containsAll(all.keySet());
    }

    @AfterAll
    static void writeTable() throws IOException {
        String file = System.getProperty("catwalk.zoo.table");
        if (file != null) {
            Files.writeString(Path.of(file), Tally.of(VERDICTS).markdown());
        }
        System.out.println(Tally.of(VERDICTS));
    }
}
