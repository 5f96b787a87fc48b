/** Asks other programs that run ONNX files, each by a small runner in a folder of its own. */
@NullMarked
package io.catwalk.runner.runtimes;

import org.jspecify.annotations.NullMarked;
