/** Runs ONNX files with other runtimes, each through a small runner in a folder of its own. */
@NullMarked
package io.catwalk.runner.runtimes;

import org.jspecify.annotations.NullMarked;
