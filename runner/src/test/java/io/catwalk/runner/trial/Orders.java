package io.catwalk.runner.trial;

import io.catwalk.api.Recipe;
import io.catwalk.runner.data.DataHome;
import io.catwalk.runner.data.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/** Makes orders for trials of test plugins on small images. */
public final class Orders {

    private Orders() {}

    /**
     * Orders a trial.
     *
     * @param home holds {@code plugins/CLASSIFIER.jar} and the folder of the data set
     */
    public static TrialOrder of(Path home, String classifier, String dataset, int epochs, long seed) {
        DatasetSpec images = new DatasetSpec(home.resolve(dataset).toString(), null, 0, 0);
        try {
            return new TrialOrder(
                    MadeUp.trial(
                            classifier,
                            seed,
                            0,
                            Recipe.standard().withEpochs(epochs).withBatchSize(16)),
                    images,
                    SplitSpec.holdOut(0.1, 0),
                    new TrialInputs(
                            classifier,
                            "1.2.3",
                            Sha256.of(home.resolve("plugins").resolve(classifier + ".jar")),
                            images.load(DataHome.of(home)).sha256(),
                            Software.current()),
                    Supplies.here(home.resolve("plugins"), home.resolve(dataset), null, null),
                    null,
                    null,
                    1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
