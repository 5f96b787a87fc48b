/** Sends trials to other machines and collects their outcomes: self-contained orders, and the files that come back. */
@NullMarked
package io.catwalk.runner.remote;

import org.jspecify.annotations.NullMarked;
