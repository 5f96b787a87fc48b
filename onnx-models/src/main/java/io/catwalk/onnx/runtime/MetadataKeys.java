package io.catwalk.onnx.runtime;

/**
 * Lists the keys that Catwalk writes to the {@code metadata_props} of a file. Keys of the ONNX specification keep their
 * names; every number is written so that reading it back gives the same number.
 */
public final class MetadataKeys {

    /** Number of MACs (multiply-accumulate operations) for one image, counted on the graph. */
    public static final String MULTIPLY_ACCUMULATES = "multiply_accumulates";

    /**
     * Sizes of each dynamic axis that the export has tried the network at, such as {@code batch=1-18,20;width=32,64}. A
     * size that is not listed is not proven. Absent if no axis is dynamic.
     */
    public static final String TRIED_SIZES = "catwalk.tried_sizes";

    /**
     * Sizes that each bounded axis may have, such as {@code width=32-512/32}: from, to and step. Absent if no axis was
     * given bounds.
     */
    public static final String SIZE_BOUNDS = "catwalk.size_bounds";

    /** Names of the classes in the order of the logits, one per line (separated by {@code \n}). */
    public static final String LABELS = "labels";

    /** Channels the network sees: {@code gray} or {@code rgb}. */
    public static final String COLOR = "preprocessing.color";

    /** Size of the image the network sees, {@code HEIGHTxWIDTH} in pixels. */
    public static final String SIZE = "preprocessing.size";

    /** Means per channel, separated by commas, in units of pixel / 255. */
    public static final String MEAN = "preprocessing.mean";

    /** Standard deviations per channel, separated by commas, in units of pixel / 255. */
    public static final String STD = "preprocessing.std";

    /**
     * How an image of another size is brought to the size that the network sees: {@code stretch}, {@code crop} or
     * {@code pad}; absent if all training images had one size. An axis that shrinks is resampled with the filter that
     * Pillow calls BOX, an axis that grows with BILINEAR.
     */
    public static final String FIT = "preprocessing.fit";

    /**
     * Sides of the images that a file resizes itself, such as {@code 1-32768}; absent if it takes images of the size that
     * the network sees. Such a file takes (batch, height, width, channels) bytes of decoded images of 1 or 3 channels.
     */
    public static final String RESIZES = "preprocessing.resizes";

    /** {@code Gray8} or {@code Rgb8} (ONNX, MetadataProps.md). */
    public static final String PIXEL_FORMAT = "Image.BitmapPixelFormat";

    /** Always {@code SRGB}: pixels are taken from image files as they are (ONNX, MetadataProps.md). */
    public static final String GAMMA = "Image.ColorSpaceGamma";

    /** Always {@code NominalRange_0_255}: the range before preprocessing (ONNX, MetadataProps.md). */
    public static final String PIXEL_RANGE = "Image.NominalPixelRange";

    /** Who made the model (ONNX, IR.md). */
    public static final String AUTHOR = "model_author";

    /** SPDX name of the license of the model (ONNX, IR.md). */
    public static final String LICENSE = "model_license";

    /** Prefix of every metric on the test set, such as {@code metrics.accuracy}. */
    public static final String METRICS = "metrics.";

    /** Prefix of every fact about the origin of the model, such as {@code provenance.seed}. */
    public static final String PROVENANCE = "provenance.";

    /** Prefix of every number of the cross-check. */
    public static final String PARITY = "parity.";

    /** Number of images on which file and network were compared. */
    public static final String PARITY_IMAGES = PARITY + "images";

    /** Number of images whose label differs. */
    public static final String PARITY_FLIPS = PARITY + "flips";

    /** Images whose label differs, one per line; only for a file with rounded weights. */
    public static final String PARITY_FLIPPED = PARITY + "flipped";

    /** Largest absolute difference of a logit, or of a number of another output. */
    public static final String PARITY_MAX_ABS = PARITY + "max_abs";

    /** Mean absolute difference of the logits. */
    public static final String PARITY_MEAN_ABS = PARITY + "mean_abs";

    /** 99.9th percentile of the absolute differences of the logits. */
    public static final String PARITY_P999_ABS = PARITY + "p999_abs";

    /** Largest absolute difference that passes. */
    public static final String PARITY_TOLERANCE = PARITY + "tolerance";

    /** Name of the output that the numbers of a proof belong to, the one that differs most. */
    public static final String PARITY_OUTPUT = PARITY + "output";

    /** Number of ways in which the file was run: optimization levels, threads, batches. */
    public static final String PARITY_CONFIGURATIONS = PARITY + "configurations";

    /** Largest difference of a proof, as a share of the largest absolute value of the output. */
    public static final String PARITY_RELATIVE = PARITY + "relative";

    /** Largest share that passes. */
    public static final String PARITY_RELATIVE_TOLERANCE = PARITY + "relative_tolerance";

    /**
     * {@link #FLOAT16} if large weights are stored as 16-bit floats, and converted to 32-bit floats to compute; else
     * absent.
     */
    public static final String WEIGHTS = "weights";

    /** Value of {@link #WEIGHTS}: rounded to 11 significant bits. */
    public static final String FLOAT16 = "float16";

    /**
     * Names of large weights that stayed 32-bit floats in such a file, being out of range for 16 bits, one per line.
     */
    public static final String WHOLE_WEIGHTS = WEIGHTS + ".float32";

    /** Prefix of every fact about a file in 8 bits: its float file, and how both compare. */
    public static final String QUANTIZATION = "quantization.";

    /** Prefix of every fact about an ensemble: its members with their votes, and how it compares with the best of them. */
    public static final String ENSEMBLE = "ensemble.";

    /** Prefix of the metadata that the file of a backbone had before a head was merged with it. */
    public static final String BACKBONE = "backbone.";

    private MetadataKeys() {}
}
