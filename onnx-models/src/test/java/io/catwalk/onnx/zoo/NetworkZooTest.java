package io.catwalk.onnx.zoo;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.onnx.zoo.Verdict.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Holds the exporter against networks that were written without a look at it. The suite takes some of them, {@code
 * -Dcatwalk.zoo=all} takes all, and any other value those whose names begin so. {@code -Dcatwalk.zoo.table=FILE}
 * writes what came of them as a Markdown table with the reasons.
 */
class NetworkZooTest {
    /** What is to come of networks that do not just agree, and words of the reason by name. */
    private record Expectation(Outcome outcome, Map<String, String> reasons) {}

    private static final List<Expectation> EXPECTED = List.of(
            new Expectation(Outcome.REFUSED, Exceptions.REFUSED),
            new Expectation(Outcome.AGREES_AS_ADVISED, Exceptions.ADVISED),
            new Expectation(Outcome.CANNOT_RUN, Exceptions.NOT_RUN));

    private static final List<Verdict> VERDICTS = new ArrayList<>();

    static Stream<Network> networks() {
        List<Network> all = Zoo.networks();
        String chosen = System.getProperty("catwalk.zoo", "");
        if (chosen.equals("all")) {
            return all.stream();
        }
        if (!chosen.isEmpty()) {
            return all.stream().filter(network -> network.toString().startsWith(chosen));
        }
        // DJL's own are large
        List<Network> small = all.stream()
                .filter(network -> !network.family().equals("djl zoo"))
                .toList();
        return IntStream.range(0, small.size()).filter(i -> i % 8 == 0).mapToObj(small::get);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("networks")
    void theFileAnswersAsTheNetworkDoes(Network network) {
        Verdict verdict = Judge.judge(network);
        VERDICTS.add(verdict);
        Outcome outcome = Outcome.AGREES;
        String reason = "";
        for (Expectation expectation : EXPECTED) {
            if (expectation.reasons.containsKey(network.toString())) {
                outcome = expectation.outcome;
                reason = expectation.reasons.get(network.toString());
            }
        }
        assertThat(verdict.outcome()).as(verdict.why()).isEqualTo(outcome);
        assertThat(verdict.why()).contains(reason);
    }

    /** Within bounds of the batch that a refusal asks for: those of {@link Exceptions#ADVISED} count as exported. */
    @Test
    void atMost3OfAHundredThatRunAreRefusedWithinAllBounds() {
        int run = Zoo.networks().size() - Exceptions.NOT_RUN.size();
        assertThat(Exceptions.REFUSED.size()).isLessThanOrEqualTo(run * 3 / 100);
    }

    @Test
    void eachNetworkHasANameOfItsOwn() {
        Set<String> names = new HashSet<>();
        for (Network network : Zoo.networks()) {
            assertThat(names.add(network.toString())).as(network.toString()).isTrue();
        }
        for (Expectation expectation : EXPECTED) {
            assertThat(names).containsAll(expectation.reasons.keySet());
        }
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
