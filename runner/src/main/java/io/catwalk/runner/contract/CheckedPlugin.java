package io.catwalk.runner.contract;

import io.catwalk.testkit.contract.Result;

/**
 * Is what came of one check on one classifier of a plugin.
 *
 * @param classifier its name; empty where the plugin could not be loaded
 * @param result what came of it
 */
public record CheckedPlugin(String classifier, Result result) {}
