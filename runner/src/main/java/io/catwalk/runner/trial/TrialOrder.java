package io.catwalk.runner.trial;

import io.catwalk.runner.data.DataHome;
import java.nio.file.Path;

/**
 * Hands a trial to whoever runs it: what to do, with which data and plugins, and where to leave it.
 *
 * @param spec the trial
 * @param dataset which images
 * @param split which of them are for validation
 * @param dataHome the folder that holds the known data sets
 * @param pluginsDir the folder of the plugin jars
 * @param folder the trial folder; it exists
 * @param inputs plugin, data and software that are expected; others are refused
 */
public record TrialOrder(
        TrialSpec spec,
        DatasetSpec dataset,
        SplitSpec split,
        Path dataHome,
        Path pluginsDir,
        Path folder,
        TrialInputs inputs) {

    /**
     * Loads the images that the trial sees.
     *
     * @param home where data sets are, in place of what the order says
     * @return training, validation and judging images
     * @throws RequestException if the data set or the split is wrong
     */
    public TrialImages images(DataHome home) {
        return split.split(dataset.load(home), spec.fold());
    }

    /**
     * Prepares measuring: with the data and plugins of this installation.
     *
     * @param newDataHome the folder that holds the known data sets
     * @param newPluginsDir the folder of the plugin jars
     * @return a changed copy
     */
    public TrialOrder toMeasure(Path newDataHome, Path newPluginsDir) {
        return new TrialOrder(spec, dataset, split, newDataHome, newPluginsDir, folder, inputs);
    }

    TrialOrder at(Path newFolder) {
        return new TrialOrder(spec, dataset, split, dataHome, pluginsDir, newFolder, inputs);
    }

    /**
     * Asks for the same, made from something else.
     *
     * @param newInputs plugin, data and software
     * @return a changed copy
     */
    public TrialOrder with(TrialInputs newInputs) {
        return new TrialOrder(spec, dataset, split, dataHome, pluginsDir, folder, newInputs);
    }
}
