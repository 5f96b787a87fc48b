package io.catwalk.runner.contract;

import io.catwalk.testkit.contract.Result;

/**
 * The result of one check on one classifier of a plugin.
 *
 * @param classifier its name; empty where the plugin could not be loaded
 * @param result of the check
 */
public record CheckedPlugin(String classifier, Result result) {}
