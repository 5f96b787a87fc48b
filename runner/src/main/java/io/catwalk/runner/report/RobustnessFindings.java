package io.catwalk.runner.report;

import static io.catwalk.runner.report.Wording.joined;

import io.catwalk.runner.Numbers;
import io.catwalk.runner.robustness.Corruption;
import io.catwalk.runner.robustness.Robustness;
import io.catwalk.runner.robustness.Robustness.Classifier;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The findings on corrupted images: sentences with their numbers, without a period.
 *
 * @param robustness of at least one classifier
 */
public record RobustnessFindings(Robustness robustness) {

    /** Largest number of names in a sentence. */
    private static final int NAMES = 3;

    /** Says which classifier loses least under each corruption; of a single one, which corruption costs it most. */
    public String all() {
        if (robustness.classifiers().size() == 1) {
            Classifier only = robustness.classifiers().get(0);
            Corruption worst = List.of(Corruption.values()).stream()
                    .min(Comparator.comparingDouble(only::kept))
                    .orElseThrow();
            return only.name() + " loses most under " + strongest(worst) + ": it keeps " + kept(only, worst);
        }
        Map<String, List<String>> least = new LinkedHashMap<>();
        List<String> unclear = new ArrayList<>();
        for (Corruption corruption : Corruption.values()) {
            List<Classifier> ranked = ranked(corruption);
            (alike(ranked, corruption).isEmpty()
                            ? least.computeIfAbsent(ranked.get(0).name(), name -> new ArrayList<>())
                            : unclear)
                    .add(corruption.title().toLowerCase(Locale.ROOT));
        }
        if (least.isEmpty()) {
            return "No classifier loses clearly less of its accuracy than all others under " + joined(unclear);
        }
        List<String> parts = new ArrayList<>();
        least.forEach((name, corruptions) -> parts.add(name
                + (parts.isEmpty() ? " loses the smallest share of its accuracy under " : " under ")
                + joined(corruptions)));
        return joined(parts)
                + (unclear.isEmpty() ? "" : "; under " + joined(unclear) + ", the best do not clearly differ");
    }

    /** Says which classifiers lose least and most under one corruption. */
    public String of(Corruption corruption) {
        List<Classifier> ranked = ranked(corruption);
        Classifier best = ranked.get(0);
        if (ranked.size() == 1) {
            return best.name() + " keeps " + kept(best, corruption) + " under " + strongest(corruption);
        }
        List<String> alike = alike(ranked, corruption);
        Classifier worst = ranked.get(ranked.size() - 1);
        return best.name() + " loses least under " + strongest(corruption) + ": it keeps " + kept(best, corruption)
                + (alike.isEmpty()
                        ? ""
                        : "; "
                                + (alike.size() > NAMES ? alike.size() + " others" : joined(alike))
                                + (alike.size() == 1 ? " does" : " do")
                                + " not clearly differ from it")
                + (alike.contains(worst.name())
                        ? ""
                        : "; " + worst.name() + " loses most and keeps " + Numbers.percent(worst.kept(corruption))
                                + " %");
    }

    /** Returns the classifiers that may keep as much as the first: their intervals overlap, a cautious test. */
    private static List<String> alike(List<Classifier> ranked, Corruption corruption) {
        double low = ranked.get(0).keptInterval(corruption).low();
        return ranked.stream()
                .skip(1)
                .filter(one -> one.keptInterval(corruption).high() >= low)
                .map(Classifier::name)
                .toList();
    }

    /** Says how far the intervals of the accuracies extend; Wilson's extends farther towards 50 %. */
    public String precision() {
        double widest = robustness.classifiers().stream()
                .flatMap(one -> one.curves().stream())
                .flatMap(curve -> curve.steps().stream())
                .map(Robustness.Step::accuracy)
                .mapToDouble(one -> Math.max(one.share() - one.low(), one.high() - one.share()))
                .max()
                .orElse(0);
        return "95 % intervals extend at most " + Numbers.fixed(100 * widest, 1) + " points to each side";
    }

    private List<Classifier> ranked(Corruption corruption) {
        return robustness.classifiers().stream()
                .sorted(Comparator.comparingDouble((Classifier one) -> one.kept(corruption))
                        .reversed())
                .toList();
    }

    /** Names the strongest step of a corruption. */
    public static String strongest(Corruption corruption) {
        return corruption.title().toLowerCase(Locale.ROOT) + " (" + corruption.strongest() + " " + corruption.unit()
                + ")";
    }

    private static String kept(Classifier one, Corruption corruption) {
        return Numbers.percent(one.kept(corruption)) + " % of its accuracy ("
                + Numbers.percent(one.clean().share()) + " to "
                + Numbers.percent(one.curve(corruption).last().accuracy().share()) + " %)";
    }
}
