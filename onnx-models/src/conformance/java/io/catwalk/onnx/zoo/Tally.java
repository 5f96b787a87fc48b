package io.catwalk.onnx.zoo;

import io.catwalk.onnx.zoo.Verdict.Outcome;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Counts what came of the networks.
 *
 * @param verdicts one for each network
 */
record Tally(List<Verdict> verdicts) {

    static Tally of(List<Verdict> verdicts) {
        return new Tally(List.copyOf(verdicts));
    }

    /** A row for each family and one for all, and below them the reasons of those that do not agree. */
    String markdown() {
        StringBuilder text = new StringBuilder();
        text.append(
                "| family | networks | run in DJL | exported | agree | as advised | refused | wrong | other exception |\n");
        text.append("|---|--:|--:|--:|--:|--:|--:|--:|--:|\n");
        Map<String, List<Verdict>> families = new LinkedHashMap<>();
        verdicts.forEach(verdict -> families.computeIfAbsent(verdict.network().family(), name -> new ArrayList<>())
                .add(verdict));
        families.forEach((family, of) -> text.append(new Tally(of).row(family)));
        text.append(row("all")).append('\n');
        verdicts.stream()
                .filter(verdict -> verdict.outcome() != Outcome.AGREES)
                .forEach(verdict ->
                        text.append("- %s: %s: %s\n".formatted(verdict.outcome(), verdict.network(), verdict.why())));
        return text.toString();
    }

    private String row(String name) {
        long run = verdicts.size() - count(Outcome.CANNOT_RUN);
        long exported = run - count(Outcome.REFUSED) - count(Outcome.CRASHED);
        return "| %s | %d | %d | %d | %d | %d | %d | %d | %d |\n"
                .formatted(
                        name,
                        verdicts.size(),
                        run,
                        exported,
                        count(Outcome.AGREES),
                        count(Outcome.AGREES_AS_ADVISED),
                        count(Outcome.REFUSED),
                        exported - count(Outcome.AGREES) - count(Outcome.AGREES_AS_ADVISED),
                        count(Outcome.CRASHED));
    }

    private long count(Outcome outcome) {
        return verdicts.stream().filter(verdict -> verdict.outcome() == outcome).count();
    }

    @Override
    public String toString() {
        return "unseen networks: " + row("all").strip();
    }
}
