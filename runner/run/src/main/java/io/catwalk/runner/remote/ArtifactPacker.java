package io.catwalk.runner.remote;

import io.catwalk.runner.AtomicFiles;
import io.catwalk.runner.data.DataHome;
import io.catwalk.runner.data.Sha256;
import io.catwalk.runner.given.BackboneSpec;
import io.catwalk.runner.supply.InputFetcher.Place;
import io.catwalk.runner.training.WeightFile;
import io.catwalk.runner.trial.TrialOrder;
import io.catwalk.runner.trial.TrialSources;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Copies the files that orders name into one folder, each only once and named by its digest, so that another machine
 * needs only an order and this folder beside it.
 */
final class ArtifactPacker {

    private final Path folder;
    private final boolean imagesInPlace;

    private final Map<String, Place> packed = new HashMap<>();

    ArtifactPacker(Path folder, boolean imagesInPlace) {
        this.folder = folder;
        this.imagesInPlace = imagesInPlace;
    }

    /** Reuses the images or features that an earlier order names as packed, if they are still there. */
    void knows(TrialOrder earlier) {
        TrialOrder.Artifacts supplies = earlier.supplies();
        if (!supplies.images().isEmpty()) {
            Place place = supplies.images().get(0);
            if (place.sha256() != null && Files.isRegularFile(folder.resolve(place.sha256()))) {
                packed.put(imagesKey(earlier), place);
            }
        }
    }

    private static String imagesKey(TrialOrder order) {
        BackboneSpec backbone = order.spec().backbone();
        return backbone == null
                ? "images " + order.inputs().datasetSha256()
                : "features " + order.featuresKey(backbone);
    }

    /** Packs the files that an order of this machine names; of a head, features instead of images and backbone. */
    TrialOrder packed(TrialOrder order) throws IOException {
        TrialSources here = new TrialSources(order);
        TrialOrder.Artifacts supplies = order.supplies();
        BackboneSpec backbone = order.spec().backbone();
        boolean inPlace = imagesInPlace || DataHome.isKnown(order.dataset().name());
        return order.from(
                inPlace ? order.dataset() : order.dataset().unplaced(),
                new TrialOrder.Artifacts(
                        List.of(once("plugin " + order.inputs().pluginSha256(), () -> file(here.jar()))),
                        backbone != null
                                ? List.of(once(imagesKey(order), () -> file(here.features(backbone))))
                                : DataHome.isKnown(order.dataset().name())
                                        ? List.of()
                                        : inPlace
                                                ? supplies.images()
                                                : List.of(once(imagesKey(order), () -> images(here))),
                        supplies.labels().isEmpty() || inPlace || backbone != null
                                ? supplies.labels()
                                : List.of(once("labels " + supplies.labels(), () -> within(here.labels()))),
                        supplies.weights().isEmpty() || backbone != null
                                ? List.of()
                                : List.of(once("weights " + supplies.weights(), () -> weights(here.weightsFile())))));
    }

    private interface Step {

        Place pack() throws IOException;
    }

    private Place once(String what, Step step) throws IOException {
        Place place = packed.get(what);
        if (place == null) {
            place = step.pack();
            packed.put(what, place);
        }
        return place;
    }

    private Place file(Path file) throws IOException {
        String sha256 = Sha256.of(file);
        Path copy = folder.resolve(sha256);
        // A worker may be reading it: it is replaced only if it is damaged, and then in one step.
        if (!Files.isRegularFile(copy) || !Sha256.of(copy).equals(sha256)) {
            AtomicFiles.write(copy, out -> Files.copy(file, out));
        }
        return place(copy, sha256, null);
    }

    /** Packs the files that are read of the data set: whatever else lies in its folder stays here. */
    private Place images(TrialSources here) throws IOException {
        String name = name(here.imagesFolder());
        ZipArchive archive = new ZipArchive();
        here.imageFiles().forEach((file, path) -> archive.add(name + "/" + file, path));
        return archived(archive, name);
    }

    private Place within(Path file) throws IOException {
        return archived(new ZipArchive().add(name(file), file), name(file));
    }

    /** Packs weights with the names of the classes, which are beside the weights of a trial. */
    private Place weights(Path file) throws IOException {
        ZipArchive archive = new ZipArchive().add("model/" + name(file), file);
        Path classes =
                file.toAbsolutePath().resolveSibling("../" + WeightFile.CLASSES).normalize();
        if (Files.isRegularFile(classes)) {
            archive.add(WeightFile.CLASSES, classes);
        }
        return archived(archive, "model/" + name(file));
    }

    private Place archived(ZipArchive archive, String entry) throws IOException {
        Path draft = folder.resolve("new.zip");
        archive.write(draft);
        String sha256 = Sha256.of(draft);
        Path file = folder.resolve(sha256);
        AtomicFiles.publish(draft, file);
        return place(file, sha256, entry);
    }

    private Place place(Path file, String sha256, @Nullable String entry) throws IOException {
        return new Place(URI.create(folder.getFileName() + "/" + file.getFileName()), sha256, entry, Files.size(file));
    }

    private static String name(Path path) {
        return String.valueOf(path.toAbsolutePath().normalize().getFileName());
    }
}
