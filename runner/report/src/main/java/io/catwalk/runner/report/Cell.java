package io.catwalk.runner.report;

import io.catwalk.runner.Numbers;
import io.catwalk.runner.evaluation.Accuracy;
import io.catwalk.runner.experiment.RunFolder;
import io.catwalk.runner.latency.Latency;
import io.catwalk.runner.statistics.PairedValues;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A value in a table. Its text is the same wherever it is read. */
public sealed interface Cell {

    String text();

    /** Text that is no number. */
    record Text(String text) implements Cell {}

    /** A word of programs, such as a digest or the name of a file, in letters of equal width. */
    record Code(String text) implements Cell {}

    /** A link to a file or a page, by its address relative to the run folder. */
    record Link(String text, String address) implements Cell {

        /** Links to the page of a run, by the path of its folder relative to that of the document, with {@code /}. */
        static Link toReport(String run) {
            try {
                // A path of several parts cannot be mistaken for an address with a scheme.
                return new Link(run, new URI(null, null, run + "/" + RunFolder.PAGE, null).toASCIIString());
            } catch (URISyntaxException e) {
                throw new IllegalArgumentException(e);
            }
        }
    }

    /**
     * The name of a classifier, with its mark.
     *
     * @param look its color and symbol; null for what is no classifier of the run, such as a baseline
     * @param target id of the block that a page links to; empty for none
     * @param tag a word beside the name, such as "fastest"; empty for none
     */
    record Name(String text, Palette.@Nullable Look look, String target, String tag) implements Cell {

        /** Returns the name with its tag in brackets. */
        public String tagged() {
            return tag.isEmpty() ? text : text + " (" + tag + ")";
        }
    }

    /**
     * A number with its unit.
     *
     * @param value not yet rounded; null if it is not known
     * @param rough whether it was measured under conditions that make it inexact
     * @param detail in small print below it on a page, such as a range; empty for none
     */
    record Quantity(@Nullable Number value, Unit unit, boolean rough, String detail) implements Cell {

        @Override
        public String text() {
            return (rough ? Latency.ROUGH : "") + unit.text(value);
        }

        public Quantity with(String newDetail) {
            return new Quantity(value, unit, rough, newDetail);
        }
    }

    /** An interval of two bounds; null stands for one that is not known. */
    record Range(@Nullable Double low, @Nullable Double high, Unit unit) implements Cell {

        @Override
        public String text() {
            if (low == null || high == null || !Double.isFinite(low) || !Double.isFinite(high)) {
                return Numbers.NONE;
            }
            return isPoint() ? "the same in each" : unit.text(low) + " to " + unit.text(high);
        }

        /** Tells whether it is a single number, of trials without a spread: this would seem certain. */
        boolean isPoint() {
            return low != null && high != null && PairedValues.order(low, high) == 0;
        }

        /** Returns it with its name, for a sentence. */
        String named(String name) {
            return isPoint() ? text() : name + " " + text();
        }
    }

    /**
     * How one classifier compares with another, or whether something holds.
     *
     * @param symbol one character
     * @param good whether it is good news for the row; null if it is neither
     */
    record Mark(String symbol, String text, @Nullable Boolean good) implements Cell {}

    /** Returns an interval of shares, in percent. */
    static Range percent(@Nullable Double low, @Nullable Double high) {
        return new Range(low, high, Unit.PERCENT);
    }

    /** Returns an interval of differences of shares, in points. */
    static Range points(@Nullable Double low, @Nullable Double high) {
        return new Range(low, high, Unit.POINTS);
    }

    /** Returns the 95 % interval of an accuracy, in percent. */
    static Range of(Accuracy accuracy) {
        return percent(accuracy.low(), accuracy.high());
    }

    /** Returns whether it is no number, or a number that is known. */
    static boolean isKnown(Cell cell) {
        return !(cell instanceof Quantity number) || number.value() != null;
    }

    static Cell of(String text) {
        return new Text(text);
    }

    static Quantity of(@Nullable Number value, Unit unit) {
        return new Quantity(value, unit, false, "");
    }

    /** Returns the median latency of one image, which is rough if the machine was busy; a dash without one. */
    static Quantity of(@Nullable Latency latency) {
        return of(latency, Latency::p50Micros, Unit.MICROS);
    }

    /** Returns a figure of a latency in the same way. */
    static Quantity of(@Nullable Latency latency, Function<Latency, @Nullable Number> figure, Unit unit) {
        boolean rough = latency != null && latency.busy() != null;
        return new Quantity(latency == null ? null : figure.apply(latency), unit, rough, "");
    }
}
