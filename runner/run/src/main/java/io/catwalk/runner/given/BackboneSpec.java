package io.catwalk.runner.given;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.catwalk.api.Augmentation;
import io.catwalk.api.Task;
import io.catwalk.onnx.compose.Backbone;
import io.catwalk.onnx.compose.Backbone.Pooling;
import io.catwalk.onnx.file.ModelFiles;
import io.catwalk.onnx.runtime.ImageInput.Layout;
import io.catwalk.onnx.runtime.Normalization;
import io.catwalk.onnx.runtime.OnnxHints;
import io.catwalk.onnx.runtime.OnnxOptions;
import io.catwalk.onnx.runtime.OnnxPredictor;
import io.catwalk.onnx.runtime.Signature.PixelType;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.FeatureCache;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.data.ResizeRule.Fit;
import io.catwalk.runner.data.Sha256;
import io.catwalk.runner.training.AugmentedImages;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A network that was trained elsewhere, on whose features classifiers are trained here.
 *
 * @param network its file, the tensor that is taken from it, and how images are prepared
 * @param pool what becomes of a map
 * @param shape of the features of an image: channels, height, width
 * @param parameters number of the weights of the file
 * @param views of each training image, which epochs draw from; null for none
 */
public record BackboneSpec(
        GivenModel network,
        Pool pool,
        List<Integer> shape,
        long parameters,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Views views) {

    /** What becomes of a map of features. */
    public enum Pool {
        MEAN(Pooling.MEAN),
        /** The map stays. */
        NONE(Pooling.NONE);

        private final Pooling of;

        Pool(Pooling of) {
            this.of = of;
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Changed views of each training image: the backbone is asked about them once, too.
     *
     * @param count of the views of an image
     * @param augmentations that make them; null where a user has only said how many
     */
    public record Views(int count, @Nullable List<Augmentation> augmentations) {

        /** The most views of an image: each takes as long and as much room as the image itself. */
        public static final int MOST = 100;

        public Views {
            if (count < 1 || count > MOST) {
                throw new RequestException("count must be 1 to " + MOST + ", but is " + count + ": try 4");
            }
            augmentations = augmentations == null ? null : List.copyOf(augmentations);
            if (augmentations != null && augmentations.isEmpty()) {
                throw new RequestException("expected augmentations that make views, but there are none:"
                        + " choose others with --augment, or leave views out");
            }
        }

        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        static Views of(int count) {
            return new Views(count, null);
        }

        /** Returns the same with these augmentations, unless it has its own. */
        public Views madeBy(List<Augmentation> others) {
            return augmentations == null ? new Views(count, others) : this;
        }
    }

    /** Images that are asked about at once: more need memory and save no time. */
    private static final int BATCH = 16;

    public BackboneSpec {
        shape = List.copyOf(shape);
    }

    /**
     * Reads a file, finds what its source does not state, and asks it about an image without content.
     *
     * @param images of the data set, in any size
     * @param fit how they are fitted; null to stretch them
     * @throws RequestException if it is no such network, or does not say enough about itself
     */
    public static BackboneSpec of(GivenSource source, Pool pool, ImageDataset images, @Nullable Fit fit) {
        Path path = source.path();
        if (!Files.isRegularFile(path)) {
            throw source.refusal("an ONNX file", Reasons.noFile(path), "check the path");
        }
        ImageSource test = images.test();
        return GivenSource.read(() -> {
            Backbone backbone = Backbone.open(
                            path, source.sized(GivenSource.hints(source.output()), test.height(), test.width()))
                    .withPooling(pool.of);
            GivenModel network = GivenModel.of(
                    source, backbone.images(), test, fit == null ? Fit.STRETCH : fit, backbone.output(), null);
            if (network.order() == GivenModel.Order.BGR) {
                throw source.refusal(
                        "a backbone that takes red, green, blue",
                        "the order bgr",
                        "export it with a layer that turns it");
            }
            return new BackboneSpec(network, pool, shape(backbone, pool), ModelFiles.parameters(path), null);
        });
    }

    /** A map of channels first stays one; any other is a vector. */
    private static List<Integer> shape(Backbone backbone, Pool pool) {
        List<Long> shape = backbone.shape();
        return pool == Pool.NONE && shape.size() == 3 && backbone.images().layout() == Layout.NCHW
                ? shape.stream().map(Math::toIntExact).toList()
                : List.of(backbone.size(), 1, 1);
    }

    private Backbone backbone(Path file, int height, int width) {
        return Backbone.open(file, GivenSource.hints(network.output()).withImageSize(height, width))
                .withPooling(pool.of);
    }

    /** Returns the task of classifying features instead of images. */
    public Task task(Task ofImages) {
        return Task.of(shape.get(0), shape.get(1), shape.get(2), ofImages.classes())
                .withClassSizes(ofImages.classSizes())
                .withMirrored(ofImages.mirrored());
    }

    /** Returns the same with its file at another place. */
    public BackboneSpec at(String place) {
        return new BackboneSpec(network.at(place), pool, shape, parameters, views);
    }

    public BackboneSpec with(@Nullable Views others) {
        return new BackboneSpec(network, pool, shape, parameters, others);
    }

    /** Identifies the features of a data set, with its limits: first this backbone, then the images. */
    public String key(String datasetSha256, int limitTrain, int limitTest) {
        return new Sha256()
                        .add(network.sha256())
                        .add(Objects.requireNonNull(network.output()))
                        .add(pool.name())
                        .add(String.valueOf(network.mean()))
                        .add(String.valueOf(network.std()))
                        .add(String.valueOf(network.order()))
                        .add(String.valueOf(network.imageSize()))
                        .hex()
                + "-"
                + new Sha256()
                        .add(datasetSha256)
                        .add(limitTrain + " " + limitTest + (views == null ? "" : " " + views))
                        .hex();
    }

    /** Opens the network by its file here, for images of the size that it takes. */
    public FeatureCache.Extractor open(Path file, ImageSource images) {
        return GivenSource.read(() -> {
            byte[] model = backbone(file, images.height(), images.width()).features();
            return new Network(this, OnnxPredictor.open(model, OnnxOptions.standard(), OnnxHints.none()));
        });
    }

    /**
     * Merges backbone and head into one file, from images to logits.
     *
     * @param file where the backbone is here
     * @param images of the size that it takes
     * @param standardization of the channels of the features
     * @param head exports the network that was trained on the features, in an opset
     * @return content of an ONNX file
     */
    public byte[] merged(
            Path file,
            ImageSource images,
            Normalization standardization,
            IntFunction<byte[]> head,
            Map<String, String> metadata) {
        Backbone backbone = backbone(file, images.height(), images.width());
        int plane = shape.get(1) * shape.get(2);
        return backbone.withStandardization(
                        repeated(standardization.mean(), plane), repeated(standardization.std(), plane))
                .merged(head.apply(backbone.headOpset()), metadata);
    }

    private static float[] repeated(float[] ofChannels, int plane) {
        float[] all = new float[ofChannels.length * plane];
        for (int i = 0; i < all.length; i++) {
            all[i] = ofChannels[i / plane];
        }
        return all;
    }

    /** Returns consecutive images as the file takes them: normalized, (to - from, channels, height, width). */
    public float[] prepared(ImageSource images, int from, int to) {
        return network.normalization().normalized(pixels(images, from, to), to - from);
    }

    private byte[] pixels(ImageSource images, int from, int to) {
        return GivenNetwork.ordered(
                Objects.requireNonNull(network.order()), images.read(from, to), images.channels(), to - from);
    }

    private record Network(BackboneSpec spec, OnnxPredictor predictor) implements FeatureCache.Extractor {

        @Override
        public List<Integer> shape() {
            return spec.shape;
        }

        @Override
        public int batch() {
            return BATCH;
        }

        @Override
        public int views() {
            return spec.views == null ? 0 : spec.views.count;
        }

        @Override
        public byte[] view(ImageSource images, int from, int to, int number) {
            List<Augmentation> augmentations = Objects.requireNonNull(Objects.requireNonNull(spec.views).augmentations);
            ByteBuffer pixels = ByteBuffer.allocate((to - from) * images.imageLength());
            int[] indices = IntStream.range(from, to).toArray();
            AugmentedImages.of(images, indices, augmentations, number).forEach(image -> pixels.put(image.pixels()));
            return pixels.array();
        }

        @Override
        public float[] features(ImageSource images, int from, int to) {
            float[] features = GivenSource.read(() -> predictor.signature().pixels() == PixelType.UINT8
                    ? predictor.logits(spec.pixels(images, from, to), to - from)
                    : predictor.logits(spec.prepared(images, from, to), to - from));
            for (int i = 0; i < features.length; i++) {
                if (!Float.isFinite(features[i])) {
                    throw new RequestException(spec.network.file() + ": expected finite features, found " + features[i]
                            + " for image "
                            + images.title(from + i / predictor.signature().classes())
                            + "; check normalize, or choose another output");
                }
            }
            return features;
        }

        @Override
        public void close() {
            predictor.close();
        }
    }
}
