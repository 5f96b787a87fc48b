package io.catwalk.runner.trial;

import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.DataHome;
import io.catwalk.runner.data.FeatureCache;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.Sha256;
import io.catwalk.runner.given.BackboneSpec;
import io.catwalk.runner.given.GivenModel;
import io.catwalk.runner.latency.Machine;
import io.catwalk.runner.plugin.PluginFolder;
import io.catwalk.runner.supply.InputFetcher;
import io.catwalk.runner.training.WarmStart.InitialWeights;
import io.catwalk.runner.trial.SplitSpec.TrialImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the inputs that an order names, and refuses all others: trials with different inputs cannot be compared. Nobody
 * writes to the files and folders that are found.
 */
public final class TrialSources {

    private static final Logger LOG = LoggerFactory.getLogger(TrialSources.class);

    private final TrialOrder order;
    private final InputFetcher fetcher = InputFetcher.standard();

    public TrialSources(TrialOrder order) {
        this.order = order;
    }

    /** Refuses to run as another version, or on another kind of processor, than ordered. */
    void requireSame() {
        Software here = Software.current();
        Software expected = order.inputs().software();
        if (!here.makesTheSame(expected)) {
            throw new InfrastructureException(
                    "expected " + expected.makers() + ", as at the start of the run, but this is " + here.makers(),
                    null);
        }
        String processor = Machine.current().processor();
        if (order.processor() != null && !order.processor().equals(processor)) {
            throw new InfrastructureException(
                    "expected a processor '" + order.processor() + "', as --same-machine asks, but this is '"
                            + processor + "'",
                    null);
        }
    }

    /** Loads the images. */
    TrialImages images() {
        return order.split().split(dataset(), order.spec().fold());
    }

    /** Loads what the network is trained on: images, or features that came with the order, are kept, or are made. */
    TrialImages inputs() {
        BackboneSpec backbone = order.spec().backbone();
        if (backbone == null) {
            return images();
        }
        try {
            String key = order.featuresKey(backbone);
            ImageDataset features = lacksBackbone()
                    ? FeatureCache.read(imagesFolder(), key)
                    : kept().open(key, this::dataset, images -> backbone.open(backbone(backbone), images));
            return order.split().split(features, order.spec().fold());
        } catch (RequestException e) {
            throw new InfrastructureException(e.getMessage(), e);
        }
    }

    /** Tells whether only features came with the order: the head is merged where its backbone and the images are. */
    boolean lacksBackbone() {
        return order.spec().backbone() != null
                && order.supplies().images().stream().anyMatch(place -> place.sha256() != null);
    }

    /** Finds the file of the features, which are made if they are not kept. */
    public Path features(BackboneSpec backbone) {
        TrialImages unused = inputs();
        return kept().file(order.featuresKey(backbone));
    }

    private static FeatureCache kept() {
        return DataHome.of(Path.of("")).cache().features();
    }

    private ImageDataset dataset() {
        ImageDataset images;
        try {
            Path folder = imagesFolder();
            Path labels = order.supplies().labels().isEmpty() ? null : labels();
            images = order.dataset().at(folder, labels).load(DataHome.of(Objects.requireNonNull(folder.getParent())));
        } catch (RequestException e) {
            throw new InfrastructureException(e.getMessage(), e);
        }
        String expected = order.inputs().datasetSha256();
        if (!images.sha256().equals(expected)) {
            throw new InfrastructureException(
                    "expected the images of " + order.dataset().name() + " of sha256 " + Sha256.shortened(expected)
                            + ", but found " + Sha256.shortened(images.sha256())
                            + ": they have changed since the run was started: restore the old ones, or start again",
                    null);
        }
        return images;
    }

    /** Finds the folder of the images, or the file of their features that came with the order. */
    public Path imagesFolder() {
        return fetcher.bring(
                "the images of " + order.dataset().name(), order.supplies().images());
    }

    /** Lists the images, and what else is read with them. */
    public SortedMap<String, Path> imageFiles() {
        Path labels = order.supplies().labels().isEmpty() ? null : labels();
        return DataHome.files(
                imagesFolder(), order.dataset().at(imagesFolder(), labels).reading());
    }

    /** Finds the table of the labels. */
    public Path labels() {
        return fetcher.bring("the labels", order.supplies().labels());
    }

    /** Finds the weights to start from, the given model or the backbone. */
    public Path weightsFile() {
        return fetcher.bring("the weights", order.supplies().weights());
    }

    /** Finds the weights to start from, and refuses others than ordered; null if the trial starts from none. */
    @Nullable
    InitialWeights initialWeights() throws IOException {
        InitialWeights init = order.spec().init();
        return init == null
                ? null
                : new InitialWeights(own(init.file(), init.sha256()).toString(), init.sha256(), init.rate());
    }

    /** Finds the given model, and refuses another than ordered. */
    Path given(GivenModel given) throws IOException {
        return own(given.file(), given.sha256());
    }

    /** Finds the file of the backbone, and refuses another than ordered. */
    Path backbone(BackboneSpec backbone) {
        try {
            return given(backbone.network());
        } catch (IOException e) {
            throw new InfrastructureException(Reasons.of(e), e);
        }
    }

    private Path own(String name, String sha256) throws IOException {
        String found = "";
        Path file = Path.of(name);
        try {
            file = weightsFile();
            found = order.spec().prepared() == null ? Sha256.of(file) : GivenModel.digest(file);
        } catch (RequestException e) {
            LOG.info("{} is not there", file, e);
        }
        if (!found.equals(sha256)) {
            throw new InfrastructureException(
                    (order.spec().backbone() != null
                                    ? "expected the backbone "
                                    : order.spec().trains()
                                            ? "expected the initial weights "
                                            : "expected the given model ")
                            + file + " of sha256 " + Sha256.shortened(sha256) + ", but "
                            + (found.isEmpty() ? "there is no such file" : "found " + Sha256.shortened(found))
                            + ": restore the old file, or start again",
                    null);
        }
        return file;
    }

    /** Finds the jar of the plugin: in a folder it is found by its digest, whatever its name is. */
    public Path jar() {
        String expected = order.inputs().pluginSha256();
        Path place;
        try {
            place = fetcher.bring(
                    "the plugin " + order.inputs().pluginId(), order.supplies().plugin());
            Optional<Path> jar = Files.isDirectory(place) ? PluginFolder.find(place, expected) : Optional.of(place);
            if (jar.isPresent()) {
                return jar.get();
            }
        } catch (RequestException e) {
            throw new InfrastructureException(e.getMessage(), e);
        }
        throw new InfrastructureException(
                "expected the plugin " + order.inputs().pluginId() + " "
                        + order.inputs().pluginVersion()
                        + " of sha256 " + Sha256.shortened(expected) + ", but no jar in " + place
                        + " has that digest: it has changed since the run was started: restore the old one, or"
                        + " start again",
                null);
    }
}
