package io.catwalk.runner.report.page;

import io.catwalk.runner.report.graphics.Letters;
import io.catwalk.runner.statistics.CriticalDifference;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The layout of a critical-difference diagram as in Demsar (2006): mean ranks on an axis, the best to the left, a bar
 * for each group that does not differ significantly, and the critical difference itself above.
 *
 * @param labels the classifiers
 * @param ticks whole ranks
 * @param groups bars over classifiers that do not differ significantly
 * @param difference the critical difference, from rank 1 on
 * @param height of the whole, in the same unit as {@link #WIDTH}
 */
record RankDiagram(List<Label> labels, List<Tick> ticks, List<Bar> groups, Bar difference, double height) {

    static final int WIDTH = 860;
    static final int AXIS = 64;
    static final int LEFT = 250;
    static final int RIGHT = 610;
    /** Distance of a text from the axis. */
    private static final int BESIDE = 26;
    /** Width that is left for a name with its rank, on either side. */
    private static final int ROOM = LEFT - BESIDE - 4;

    private static final Letters LETTERS = Letters.plain(14);
    private static final int BAR_STEP = 9;
    private static final int LABEL_STEP = 24;

    /** The name of a classifier: a line goes from its rank down to the height of the text, then to the text. */
    record Label(String name, String rank, double x, double y, double textX, String anchor) {}

    /** A rank on the axis. */
    record Tick(int rank, double x) {}

    /** A thick line. */
    record Bar(double from, double to, double y) {}

    static RankDiagram of(CriticalDifference ranking) {
        List<CriticalDifference.Rank> ranks = ranking.ranks();
        int count = ranks.size();
        List<Bar> bars = new ArrayList<>();
        for (List<String> group : ranking.groups()) {
            double best = average(ranks, group.get(0));
            double last = average(ranks, group.get(group.size() - 1));
            bars.add(new Bar(at(best, count) - 4, at(last, count) + 4, AXIS + BAR_STEP * (bars.size() + 1.0)));
        }
        double below = AXIS + BAR_STEP * (bars.size() + 1.0) + 18;
        List<Label> labels = new ArrayList<>();
        int left = (count + 1) / 2;
        for (int i = 0; i < count; i++) {
            CriticalDifference.Rank rank = ranks.get(i);
            boolean onLeft = i < left;
            String average = String.format(Locale.ROOT, "%.2f", rank.average());
            labels.add(new Label(
                    LETTERS.cut(rank.classifier(), ROOM - LETTERS.width(" (" + average + ")")),
                    average,
                    at(rank.average(), count),
                    below + LABEL_STEP * (onLeft ? i : count - 1 - i),
                    onLeft ? LEFT - 20 : RIGHT + 20,
                    onLeft ? "end" : "start"));
        }
        List<Tick> ticks = new ArrayList<>();
        int step = Math.max(1, (count + 14) / 15); // more than 15 numbers would touch
        for (int rank = 1; rank <= count; rank += step) {
            ticks.add(new Tick(rank, at(rank, count)));
        }
        Bar difference = new Bar(LEFT, at(1 + ranking.difference(), count), 26);
        return new RankDiagram(labels, ticks, bars, difference, below + LABEL_STEP * left);
    }

    private static double average(List<CriticalDifference.Rank> ranks, String classifier) {
        return ranks.stream()
                .filter(rank -> rank.classifier().equals(classifier))
                .mapToDouble(CriticalDifference.Rank::average)
                .findFirst()
                .orElseThrow();
    }

    private static double at(double rank, int count) {
        return LEFT + (rank - 1) / (count - 1) * (RIGHT - LEFT);
    }

    /** Writes a coordinate. */
    static String px(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }
}
