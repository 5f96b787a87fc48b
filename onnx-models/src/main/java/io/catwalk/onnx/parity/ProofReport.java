package io.catwalk.onnx.parity;

import io.catwalk.onnx.parity.Parity.Flip;
import io.catwalk.onnx.runtime.MetadataKeys;
import io.catwalk.onnx.runtime.OnnxOptions;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Holds the outcome of every configuration of a proof.
 *
 * @param outcomes one per configuration, the default configuration first; at least one
 */
public record ProofReport(Proof proof, List<Outcome> outcomes) {

    /** A missing comparison is worse than any; of equal harm, the largest difference is the worst. */
    private static final Comparator<Parity> BY_HARM =
            Comparator.comparingInt(Parity::harm).thenComparingDouble(Parity::relative);

    /**
     * Result of one configuration.
     *
     * @param options how the file was run; their batch is the number of samples per call, of which the last may have fewer
     * @param outputs how far each output differs; none if the file did not run
     * @param failure why the file did not run, or gave other outputs, in one line; empty if it ran
     */
    public record Outcome(OnnxOptions options, List<Parity> outputs, String failure) {
        public Outcome {
            outputs = List.copyOf(outputs);
        }

        /** {@return how the file was run, such as {@code level ALL, all threads, batch 256}} */
        public String configuration() {
            return configuration(options);
        }

        static String configuration(OnnxOptions options) {
            String threads =
                    options.threads() == OnnxOptions.ALL_THREADS ? "all threads" : options.threads() + " thread(s)";
            return "level " + options.optimization() + ", " + threads + ", "
                    + (options.batch() == OnnxOptions.WHOLE_CALL ? "samples as they are" : "batch " + options.batch());
        }

        /**
         * Returns the output that differs most.
         *
         * @return the output with NaN, else the one with label flips, else one beyond its limit, else any; of several, the
         *     one with the largest share of its scale
         * @throws java.util.NoSuchElementException if the file did not run
         */
        public Parity worst() {
            return outputs.stream().max(BY_HARM).orElseThrow();
        }

        /** {@return whether the file ran and every output agrees} */
        public boolean agrees() {
            return failure.isEmpty() && outputs.stream().allMatch(Parity::agrees);
        }
    }

    /** Checks that there is an outcome. */
    public ProofReport {
        outcomes = List.copyOf(outcomes);
        if (outcomes.isEmpty()) {
            throw new IllegalArgumentException("a proof needs at least one configuration");
        }
    }

    /** {@return whether the file agrees with the network in every configuration} */
    public boolean agrees() {
        return outcomes.stream().allMatch(Outcome::agrees);
    }

    /**
     * {@return the worst outcome: one that failed, else the one with the output that differs most; the first of equals}
     */
    public Outcome worst() {
        return outcomes.stream()
                .filter(outcome -> !outcome.failure().isEmpty())
                .findFirst()
                .orElseGet(() -> outcomes.stream()
                        .filter(outcome -> !outcome.outputs().isEmpty())
                        .max(Comparator.comparing(Outcome::worst, BY_HARM))
                        .orElse(outcomes.get(0)));
    }

    /**
     * {@return the near ties of all configurations, in the order of the images; each image once with each label that it
     * gets}
     */
    public List<Flip> nearTies() {
        return outcomes.stream()
                .flatMap(outcome -> outcome.outputs().stream())
                .flatMap(output -> output.nearTies().stream())
                .distinct()
                .sorted(Comparator.comparingInt(Flip::image).thenComparingInt(Flip::candidate))
                .toList();
    }

    /**
     * {@return the result in one sentence, such as {@code agrees: logits: largest difference 1.2e-06, 3.4e-07 of its
     * scale (40 configurations, worst: level ALL, all threads, batch 7)}}
     */
    public String sentence() {
        Outcome worst = worst();
        String numbers = !worst.failure().isEmpty()
                ? worst.failure()
                : worst.outputs().isEmpty()
                        ? "there is no output"
                        : worst.worst().toString();
        return String.format(
                Locale.ROOT,
                "%s: %s (%d configurations, worst: %s)",
                agrees() ? "agrees" : "DISAGREES",
                numbers,
                outcomes.size(),
                worst.configuration());
    }

    /**
     * {@return the numbers of the worst outcome as metadata of a file: keys {@code parity.*} of {@link MetadataKeys}
     * with their values; only the tolerance if the file did not run}
     */
    public SortedMap<String, String> entries() {
        SortedMap<String, String> entries = new TreeMap<>();
        entries.put(MetadataKeys.PARITY_RELATIVE_TOLERANCE, String.valueOf(proof.share()));
        Outcome worst = worst();
        if (worst.failure().isEmpty() && !worst.outputs().isEmpty()) {
            Parity output = worst.worst();
            entries.put(MetadataKeys.PARITY_OUTPUT, output.output());
            entries.put(MetadataKeys.PARITY_CONFIGURATIONS, String.valueOf(outcomes.size()));
            entries.put(MetadataKeys.PARITY_FLIPS, String.valueOf(output.flips().size()));
            entries.put(MetadataKeys.PARITY_MAX_ABS, String.valueOf(output.maxAbs()));
            entries.put(MetadataKeys.PARITY_MEAN_ABS, String.valueOf(output.meanAbs()));
            entries.put(MetadataKeys.PARITY_P999_ABS, String.valueOf(output.p999Abs()));
            entries.put(MetadataKeys.PARITY_RELATIVE, String.valueOf(output.relative()));
        }
        return entries;
    }
}
