package io.catwalk.runner.trial;

/**
 * Names what a trial is made from, besides its own specification: a process that runs it refuses anything else.
 *
 * @param pluginId id of the plugin
 * @param pluginVersion its version
 * @param pluginSha256 digest of its jar, in hexadecimal
 * @param datasetSha256 digest of the data set, in hexadecimal
 * @param software versions of the program and its engine
 */
public record TrialInputs(
        String pluginId, String pluginVersion, String pluginSha256, String datasetSha256, Software software) {

    /** Returns the same with other software. */
    public TrialInputs with(Software newSoftware) {
        return new TrialInputs(pluginId, pluginVersion, pluginSha256, datasetSha256, newSoftware);
    }
}
