package io.catwalk.runner.report.sections;

import io.catwalk.runner.Numbers;
import io.catwalk.runner.report.charts.Axis;
import io.catwalk.runner.report.charts.XyChart.Series.Point;
import io.catwalk.runner.training.Epoch;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** A metric that is measured in each epoch. */
@SuppressWarnings("ImmutableEnumChecker") // its functions have no state
enum Curve {
    ACCURACY("accuracy", " %", 100, 2, Epoch::trainAccuracy, Epoch::validationAccuracy),
    LOSS("loss", " nats", 1, 4, Epoch::trainLoss, Epoch::validationLoss);

    private final String title;
    private final String unit;
    private final double scale;
    private final int digits;
    private final ToDoubleFunction<Epoch> training;
    private final ToDoubleFunction<Epoch> validation;

    Curve(
            String title,
            String unit,
            double scale,
            int digits,
            ToDoubleFunction<Epoch> training,
            ToDoubleFunction<Epoch> validation) {
        this.title = title;
        this.unit = unit;
        this.scale = scale;
        this.digits = digits;
        this.training = training;
        this.validation = validation;
    }

    String title() {
        return title;
    }

    double training(Epoch epoch) {
        return scale * training.applyAsDouble(epoch);
    }

    double validation(Epoch epoch) {
        return scale * validation.applyAsDouble(epoch);
    }

    /** Returns the first point with the highest accuracy or the lowest loss; empty if there are no points. */
    Optional<Point> best(List<Point> points) {
        return points.stream().max(Comparator.comparingDouble(point -> this == LOSS ? -point.y() : point.y()));
    }

    /** Writes a number without its unit. */
    String text(double value) {
        return Numbers.fixed(value, digits);
    }

    String unit() {
        return unit;
    }

    String withUnit(double value) {
        return text(value) + unit;
    }

    /** Returns the head of a column of such numbers. */
    String head(String what) {
        return what + (this == LOSS ? "," : "") + unit;
    }

    Axis axis(String name, List<Double> span) {
        return this == LOSS ? Axis.around(name + ", nats", span) : Axis.percent(name + ", %", span);
    }
}
