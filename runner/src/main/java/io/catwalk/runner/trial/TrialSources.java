package io.catwalk.runner.trial;

import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.DataHome;
import io.catwalk.runner.data.Sha256;
import io.catwalk.runner.plugin.PluginFolder;
import io.catwalk.runner.training.InitialWeights;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Finds what an order names, and refuses everything else: a run whose trials differ in it compares nothing. */
final class TrialSources {

    private final TrialOrder order;

    TrialSources(TrialOrder order) {
        this.order = order;
    }

    /** Refuses to run as another version than was asked. */
    void requireSoftware() {
        Software here = Software.current();
        Software expected = order.inputs().software();
        if (!here.makesTheSame(expected)) {
            throw new TroubleException(
                    "expected " + expected.makers() + ", as the run was asked for, but this is " + here.makers(), null);
        }
    }

    /** Loads the images. */
    TrialImages images() {
        TrialImages images;
        try {
            images = order.images(DataHome.of(order.dataHome()));
        } catch (RequestException e) {
            throw new TroubleException(e.getMessage(), e);
        }
        String expected = order.inputs().datasetSha256();
        if (!images.dataset().sha256().equals(expected)) {
            throw new TroubleException(
                    "expected the images of " + order.dataset().name() + " of sha256 " + shortened(expected)
                            + ", but found " + shortened(images.dataset().sha256())
                            + ": they have changed since the run was asked for, so put the old ones back or start anew",
                    null);
        }
        return images;
    }

    /** Refuses other weights to start from than was asked. */
    void requireInitialWeights() {
        InitialWeights init = order.spec().init();
        if (init == null) {
            return;
        }
        TroubleException.reading(() -> {
            Path file = Path.of(init.file());
            String found = Files.isRegularFile(file) ? Sha256.of(file) : "";
            if (!found.equals(init.sha256())) {
                throw new TroubleException(
                        "expected the initial weights " + file + " of sha256 " + shortened(init.sha256())
                                + ", but " + (found.isEmpty() ? "there is no such file" : "found " + shortened(found))
                                + ": put the old ones back or start anew",
                        null);
            }
            return file;
        });
    }

    /** Finds the one jar that is needed, whatever its name is. */
    Path jar() {
        String expected = order.inputs().pluginSha256();
        return TroubleException.reading(() -> {
            try (Stream<Path> files = Files.list(order.pluginsDir())) {
                for (Path file : files.sorted().toList()) {
                    if (PluginFolder.isPlugin(file.toString())
                            && Files.isRegularFile(file)
                            && Sha256.of(file).equals(expected)) {
                        return file;
                    }
                }
            }
            throw new TroubleException(
                    "expected the plugin " + order.inputs().pluginId() + " "
                            + order.inputs().pluginVersion()
                            + " of sha256 " + shortened(expected) + ", but no jar in " + order.pluginsDir()
                            + " is that: it has changed since the run was asked for, so put the old one back or start"
                            + " anew",
                    null);
        });
    }

    private static String shortened(String sha256) {
        return sha256.length() > 12 ? sha256.substring(0, 12) : sha256;
    }
}
