package io.catwalk.runner.trial;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.catwalk.onnx.parity.Parity;
import io.catwalk.onnx.parity.Parity.Flip;
import io.catwalk.onnx.parity.Parity.FlipRule;
import io.catwalk.onnx.parity.ProofReport;
import io.catwalk.onnx.runtime.MetadataKeys;
import io.catwalk.runner.Reasons;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Holds how far the ONNX file differs from the network that was trained. The numbers are those of the
 * worst configuration of the cross-check, so that no configuration is worse than what is shown.
 *
 * @param agrees whether every configuration stays within the tolerance, without label flips except for near ties if
 *     these are listed
 * @param images number of images that were compared; 0 if there is no file
 * @param flips images that get another label
 * @param maxAbs largest absolute difference of a logit; null if the file did not run or returned NaN
 * @param meanAbs mean absolute difference of the logits; null likewise
 * @param p999Abs 99.9th percentile of the absolute differences; null likewise
 * @param tolerance largest difference that is accepted, in addition to a share of the logit
 * @param configurations number of ways in which the file was run: optimization levels, threads, batches
 * @param worst the configuration that the numbers belong to; without numbers, the reason
 * @param missing why there is no file; null if there is one
 * @param flipped for a file with rounded weights, the images that get another label, which the tolerance allows; null
 *     for all other files, such as those of trials
 * @param relative share of a logit that is accepted in addition to the tolerance; null, meaning 0, if near ties are not
 *     listed
 * @param nearTies images that get another label in some configuration, but for which the network prefers its own by no
 *     more than the tolerance allows; null if they count as flips, as for the files of trials
 */
public record ParityResult(
        boolean agrees,
        int images,
        int flips,
        @Nullable Double maxAbs,
        @Nullable Double meanAbs,
        @Nullable Double p999Abs,
        double tolerance,
        int configurations,
        String worst,
        @Nullable Missing missing,
        @JsonIgnore @Nullable List<Flip> flipped,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Double relative,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<Flip> nearTies) {

    /** Why a network has no ONNX file. */
    public enum Missing {
        /** It has no ONNX form. */
        @JsonProperty("no-form")
        NO_FORM,
        /** The file could not be written, which says nothing about the network. */
        @JsonProperty("unwritten")
        UNWRITTEN,
        /** The loaded network does not give the results that it gave when it was trained. */
        @JsonProperty("another-network")
        ANOTHER_NETWORK
    }

    private ParityResult(
            int images, int flips, double tolerance, int configurations, String reason, @Nullable Missing missing) {
        this(false, images, flips, null, null, null, tolerance, configurations, reason, missing, null, null, null);
    }

    static ParityResult of(ProofReport report, int images) {
        double tolerance = report.proof().tolerance().absolute();
        ProofReport.Outcome worst = report.worst();
        String configuration = worst.configuration();
        int configurations = report.outcomes().size();
        if (!worst.failure().isEmpty()) {
            String reason = configuration + ": " + worst.failure();
            return new ParityResult(images, 0, tolerance, configurations, reason, null);
        }
        Parity parity = worst.worst();
        int flips = parity.flips().size();
        if (parity.notNumbers() > 0) {
            String reason = configuration + ": NaN for " + parity.notNumbers() + " of " + parity.images() + " images";
            return new ParityResult(images, flips, tolerance, configurations, reason, null);
        }
        boolean tiesApart = parity.rule() == FlipRule.NEAR_TIES;
        return new ParityResult(
                report.agrees(),
                images,
                flips,
                parity.maxAbs(),
                parity.meanAbs(),
                parity.p999Abs(),
                parity.limit().absolute(),
                configurations,
                configuration,
                null,
                parity.rule() == FlipRule.WITHIN_TOLERANCE ? parity.flips() : null,
                tiesApart ? parity.limit().relative() : null,
                tiesApart ? report.nearTies() : null);
    }

    /** Returns the result of a missing file. */
    static ParityResult without(Missing missing, String reason) {
        return new ParityResult(0, 0, Parity.TOLERANCE, 0, reason, missing);
    }

    /** Returns the result of a file that does not run at all. */
    static ParityResult unrun(int images, String reason) {
        return new ParityResult(images, 0, Parity.TOLERANCE, 0, reason, null);
    }

    /** Shortens absolute paths. */
    ParityResult withoutFolders() {
        return new ParityResult(
                agrees,
                images,
                flips,
                maxAbs,
                meanAbs,
                p999Abs,
                tolerance,
                configurations,
                Reasons.withoutFolders(worst),
                missing,
                flipped,
                relative,
                nearTies);
    }

    /** Tells whether there is a file that the numbers belong to. */
    public boolean exported() {
        return missing == null;
    }

    /** Returns the numbers as metadata of the file. */
    Map<String, String> entries() {
        Map<String, String> entries = new TreeMap<>();
        entries.put(MetadataKeys.PARITY_IMAGES, Integer.toString(images));
        entries.put(MetadataKeys.PARITY_FLIPS, Integer.toString(flips));
        entries.put(MetadataKeys.PARITY_MAX_ABS, number(maxAbs));
        entries.put(MetadataKeys.PARITY_MEAN_ABS, number(meanAbs));
        entries.put(MetadataKeys.PARITY_P999_ABS, number(p999Abs));
        entries.put(MetadataKeys.PARITY_TOLERANCE, Double.toString(tolerance));
        if (flipped != null) {
            entries.put(
                    MetadataKeys.PARITY_FLIPPED,
                    flipped.stream().map(Flip::toString).collect(Collectors.joining("\n")));
        }
        return entries;
    }

    private static String number(@Nullable Double value) {
        return Double.toString(value == null ? Double.NaN : value);
    }
}
