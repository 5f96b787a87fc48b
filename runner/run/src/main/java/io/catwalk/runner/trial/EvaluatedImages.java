package io.catwalk.runner.trial;

import io.catwalk.onnx.runtime.MetadataKeys;
import io.catwalk.onnx.runtime.OnnxMetadata;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.evaluation.Metrics;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Identifies the images of a data set that a network was evaluated on, so that users of its ONNX file find the same
 * ones, even those of a limited run or of a fold. It says how they were drawn, and their digest proves that the same
 * were drawn again.
 *
 * @param limitTrain number of training images that were kept before the split into folds; 0 for all
 * @param limitTest number of test images that were kept; 0 for all
 * @param folds 0 for a hold-out
 * @param fold from 1; 0 for a hold-out
 * @param seed of the folds
 * @param sha256 digest of the images, by {@link io.catwalk.runner.data.ImageSource#sha256}
 */
public record EvaluatedImages(
        String datasetSha256, int limitTrain, int limitTest, int folds, int fold, long seed, String sha256) {

    private static final String DATASET_SHA256 = MetadataKeys.PROVENANCE + "dataset_sha256";
    private static final String LIMIT_TRAIN = MetadataKeys.PROVENANCE + "limit_train";
    private static final String LIMIT_TEST = MetadataKeys.PROVENANCE + "limit_test";
    private static final String FOLDS = MetadataKeys.PROVENANCE + "folds";
    private static final String FOLD = MetadataKeys.PROVENANCE + "fold";
    private static final String SPLIT_SEED = MetadataKeys.PROVENANCE + "split_seed";
    private static final String SHA256 = MetadataKeys.PROVENANCE + "test_sha256";

    /** Identifies the test images of a trial, by the data set as the trial sees it. */
    static EvaluatedImages of(TrialOrder order, ImageDataset dataset) {
        return new EvaluatedImages(
                dataset.sha256(),
                order.dataset().limitTrain(),
                order.dataset().limitTest(),
                order.spec().fold() == 0 ? 0 : order.split().folds(),
                order.spec().fold(),
                order.split().seed(),
                dataset.test().sha256());
    }

    /** Reads them from the metadata of an ONNX file; empty if it does not contain them, as files of earlier versions. */
    public static Optional<EvaluatedImages> of(OnnxMetadata metadata) {
        return metadata.get(SHA256)
                .map(sha256 -> new EvaluatedImages(
                        metadata.get(DATASET_SHA256).orElse(""),
                        (int) number(metadata, LIMIT_TRAIN),
                        (int) number(metadata, LIMIT_TEST),
                        (int) number(metadata, FOLDS),
                        (int) number(metadata, FOLD),
                        number(metadata, SPLIT_SEED),
                        sha256));
    }

    private static long number(OnnxMetadata metadata, String key) {
        String value = metadata.get(key).orElse("0");
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException e) {
            throw new RequestException(
                    "expected a whole number in the metadata as " + key + ", found \"" + value + "\"; export it again",
                    e);
        }
    }

    /** Returns the metadata for an ONNX file; the data set and the number of the fold are already there. */
    Map<String, String> entries() {
        Map<String, String> entries = new TreeMap<>();
        entries.put(SHA256, sha256);
        if (limitTrain > 0) {
            entries.put(LIMIT_TRAIN, Integer.toString(limitTrain));
        }
        if (limitTest > 0) {
            entries.put(LIMIT_TEST, Integer.toString(limitTest));
        }
        if (folds > 0) {
            entries.put(FOLDS, Integer.toString(folds));
            entries.put(SPLIT_SEED, Long.toString(seed));
        }
        return entries;
    }

    /**
     * Changes the metadata of an ONNX file that is evaluated, perhaps on other images than the network that it came from.
     *
     * @param evaluated the data set whose test images, all of them, the file is evaluated on
     */
    public static void restate(Map<String, String> entries, ImageDataset evaluated, Metrics metrics) {
        entries.putAll(OnnxModel.metrics(metrics));
        String sha256 = evaluated.test().sha256();
        if (!sha256.equals(entries.get(SHA256))) {
            entries.keySet().removeAll(Set.of(SHA256, LIMIT_TRAIN, LIMIT_TEST, FOLDS, SPLIT_SEED));
            if (evaluated.sha256().equals(entries.get(DATASET_SHA256))) {
                entries.put(SHA256, sha256);
            }
        }
    }

    /** Returns the data set with these as its test images; empty if it is another one, or draws others now. */
    public Optional<ImageDataset> in(ImageDataset whole) {
        if (!whole.sha256().equals(datasetSha256) || (folds > 0 && fold < 1)) {
            return Optional.empty();
        }
        ImageDataset images = DatasetSpec.limited(whole, limitTrain, limitTest);
        if (folds > 0) {
            try {
                int[] ofFold = SplitSpec.fold(images, folds, seed, fold).validation();
                images = images.withTest(images.train().select(ofFold));
            } catch (RequestException e) { // there is no such fold
                return Optional.empty();
            }
        }
        return Optional.of(images).filter(found -> found.test().sha256().equals(sha256));
    }
}
